#include "identity/domain/password.h"

#include <gtest/gtest.h>

namespace twinline::identity {
namespace {

constexpr std::string_view kSalt = "0123456789abcdef";
// Tests need no strength.
constexpr PasswordCost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

TEST(Password, RoundTripAtFullCost) {
  const std::string phc = HashPassword("correct horse 马", kSalt).value();
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_EQ(VerifyPassword("correct horse 马", phc).value(), PasswordMatch::kMatch);
  EXPECT_EQ(VerifyPassword("correct horse 馬", phc).value(), PasswordMatch::kNo);
  EXPECT_EQ(VerifyPassword("", phc).value(), PasswordMatch::kNo);
}

// From the test suite of the reference implementation (v=19, argon2id, t=2, m=256, p=1): what other
// software hashed is what we verify.
TEST(Password, VectorOfTheReferenceImplementation) {
  constexpr std::string_view kPhc =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_EQ(VerifyPassword("password", kPhc).value(), PasswordMatch::kMatchOldCost);
  EXPECT_EQ(VerifyPassword("passwore", kPhc).value(), PasswordMatch::kNo);
}

TEST(Password, SaltMakesTheDifference) {
  EXPECT_NE(HashPassword("same", kSalt, kCheap).value(),
            HashPassword("same", "fedcba9876543210", kCheap).value());
  EXPECT_EQ(HashPassword("same", kSalt, kCheap).value(),
            HashPassword("same", kSalt, kCheap).value());
}

TEST(Password, AnOldCostIsHashedAgain) {
  const std::string phc = HashPassword("password", kSalt, kCheap).value();
  EXPECT_EQ(VerifyPassword("password", phc).value(), PasswordMatch::kMatchOldCost);
}

TEST(Password, NulBytesCount) {
  const std::string with_nul("abc\0def", 7);
  const std::string phc = HashPassword(with_nul, kSalt, kCheap).value();
  EXPECT_EQ(VerifyPassword("abc", phc).value(), PasswordMatch::kNo);
  EXPECT_EQ(VerifyPassword(with_nul, phc).value(), PasswordMatch::kMatchOldCost);
}

TEST(Password, SizesAreBounded) {
  EXPECT_FALSE(HashPassword("", kSalt, kCheap).ok());
  EXPECT_FALSE(HashPassword("x", "short", kCheap).ok());
  EXPECT_FALSE(HashPassword(std::string(513, 'x'), kSalt, kCheap).ok());
  EXPECT_EQ(VerifyPassword(std::string(513, 'x'), HashOfNobody()).value(), PasswordMatch::kNo);
}

TEST(Password, NobodyHasNoPasswordAndTheFullCost) {
  EXPECT_TRUE(HashOfNobody().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_EQ(VerifyPassword("nobody-nobody-", HashOfNobody()).value(), PasswordMatch::kNo);
}

TEST(Password, DamagedHashesAreErrorsNotMatches) {
  const std::string good = HashPassword("password", kSalt, kCheap).value();
  const std::string tail = good.substr(good.find("p=1"));
  const std::string bad[] = {
      "",
      "password",
      "$2b$12$abcdefghijklmnopqrstuv",
      "$argon2i$v=19$m=64,t=1," + tail,
      "$argon2id$v=16$m=64,t=1," + tail,
      "$argon2id$m=64,t=1," + tail,
      "$argon2id$v=19$m=4294967295,t=1," + tail,  // all memory
      "$argon2id$v=19$m=262145,t=1," + tail,
      "$argon2id$v=19$m=64,t=11," + tail,  // for ever
      "$argon2id$v=19$m=64,t=1,p=5" + tail.substr(3),
      "$argon2id$v=19$m=64,t=0," + tail,
      "$argon2id$v=19$m=-64,t=1," + tail,
      "$argon2id$v=19$m= 64,t=1," + tail,
      "$argon2id$v=19$m=,t=1," + tail,
      "$argon2id$v=19$t=1,m=64," + tail,
      good.substr(0, 30),
      good + std::string(300, 'A'),
      good + "$x",
  };
  for (const std::string& phc : bad) {
    EXPECT_EQ(VerifyPassword("password", phc).status().code(), absl::StatusCode::kDataLoss) << phc;
  }
}

}  // namespace
}  // namespace twinline::identity

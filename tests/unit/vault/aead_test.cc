#include "platform/vault/aead.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/base/hash.h"

namespace twinline::vault {
namespace {

std::string Bytes(std::string_view hex) { return base::FromHex(hex).value(); }

// Test case 16 of "The Galois/Counter Mode of Operation (GCM)" by McGrew and Viega: AES-256 with
// associated data and a text that does not fill its last block. Sealed data lives for ever, so the
// bytes are pinned to an outside vector, not to ourselves.
constexpr std::string_view kKey =
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr std::string_view kNonce = "cafebabefacedbaddecaf888";
constexpr std::string_view kAssociated = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
constexpr std::string_view kPlain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25b16aedf5aa0de657ba637b39";
constexpr std::string_view kCipher =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10568288"
    "38"
    "c5f61e6393ba7a0abcc9f662";
constexpr std::string_view kTag = "76fc6ece0f4e1768cddf8853bb2d551b";

TEST(Aead, MatchesThePublishedVector) {
  const std::string sealed =
      AeadSeal(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), Bytes(kPlain));
  EXPECT_EQ(base::ToHex(sealed), std::string(kCipher) + std::string(kTag));
  const auto opened = AeadOpen(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->view(), Bytes(kPlain));
}

TEST(Aead, EveryFlippedBitIsNoticed) {
  const std::string sealed =
      AeadSeal(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), Bytes(kPlain));
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] ^= static_cast<char>(1 << bit % 8);
    ASSERT_FALSE(AeadOpen(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), changed)) << bit;
  }
  // The context is reused after a failure: the next opening is not affected.
  EXPECT_TRUE(AeadOpen(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), sealed));
}

TEST(Aead, WrongKeyNonceOrDataDoesNotOpen) {
  const std::string sealed =
      AeadSeal(Bytes(kKey), Bytes(kNonce), Bytes(kAssociated), Bytes(kPlain));
  std::string key = Bytes(kKey);
  key[31] ^= 1;
  EXPECT_FALSE(AeadOpen(key, Bytes(kNonce), Bytes(kAssociated), sealed));
  std::string nonce = Bytes(kNonce);
  nonce[0] ^= 1;
  EXPECT_FALSE(AeadOpen(Bytes(kKey), nonce, Bytes(kAssociated), sealed));
  EXPECT_FALSE(AeadOpen(Bytes(kKey), Bytes(kNonce), "", sealed));
}

TEST(Aead, WrongSizesDoNotOpen) {
  const std::string sealed = AeadSeal(Bytes(kKey), Bytes(kNonce), "", "x");
  EXPECT_FALSE(AeadOpen("short", Bytes(kNonce), "", sealed));
  EXPECT_FALSE(AeadOpen(Bytes(kKey), "short", "", sealed));
  EXPECT_FALSE(AeadOpen(Bytes(kKey), Bytes(kNonce), "", sealed.substr(0, kTagSize)));
  EXPECT_FALSE(AeadOpen(Bytes(kKey), Bytes(kNonce), "", sealed.substr(0, 3)));
  EXPECT_FALSE(AeadOpen(Bytes(kKey), Bytes(kNonce), "", ""));
}

TEST(Aead, EmptyTextIsSealedToo) {
  const std::string sealed = AeadSeal(Bytes(kKey), Bytes(kNonce), "place", "");
  EXPECT_EQ(sealed.size(), kTagSize);
  const auto opened = AeadOpen(Bytes(kKey), Bytes(kNonce), "place", sealed);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->empty());
}

TEST(RandomSource, SeededRepeatsAndSystemDoesNot) {
  SeededRandom a(7), b(7), c(8);
  EXPECT_EQ(MakeKey(a).view(), MakeKey(b).view());
  EXPECT_NE(MakeNonce(a), MakeNonce(c));
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(seen.insert(MakeNonce(SystemRandom())).second) << "a nonce came twice";
  }
}

TEST(SecretBytes, MovingLeavesNothingBehind) {
  SecretBytes a("key material");
  SecretBytes b = std::move(a);
  EXPECT_EQ(b.view(), "key material");
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): the point of the test
  b = SecretBytes("other");
  EXPECT_EQ(b.Copy().view(), "other");
}

}  // namespace
}  // namespace twinline::vault

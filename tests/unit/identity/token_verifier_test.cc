#include "identity/service/token_verifier.h"

#include <gtest/gtest.h>

#include <thread>

#include "identity/service/token_signer.h"

namespace twinline::identity {
namespace {

constexpr base::Timestamp kNow{1'790'000'000'000'000};
base::Timestamp After(int64_t seconds) { return {kNow.us + seconds * 1'000'000}; }

class TokenVerifierTest : public testing::Test {
 protected:
  std::string Token(int n) const {
    return signer_.Mint({base::DeriveId({std::to_string(n)}), static_cast<uint64_t>(n)}, kNow);
  }
  static bool IsOk(const std::variant<TokenIdentity, TokenFault>& result) {
    return std::holds_alternative<TokenIdentity>(result);
  }

  const TokenSigner signer_{"twinline", "county", SigningKey::Generate().value(), {}};
  const TokenExpectations expected_{.issuer = "twinline", .audience = "county"};
  TokenVerifier verifier_{expected_, signer_.public_keys()};
};

TEST_F(TokenVerifierTest, VerifiesOnceThenKnows) {
  const std::string token = Token(7);
  const auto first = verifier_.Verify(token, kNow);
  ASSERT_TRUE(IsOk(first));
  EXPECT_EQ(std::get<TokenIdentity>(first).session, 7u);
  EXPECT_EQ(verifier_.misses(), 1u);
  EXPECT_EQ(verifier_.Verify(token, kNow), first);
  EXPECT_EQ(verifier_.hits(), 1u);
  EXPECT_EQ(verifier_.misses(), 1u);
}

TEST_F(TokenVerifierTest, ACachedTokenExpiresLikeAFreshOne) {
  const std::string token = Token(1);
  ASSERT_TRUE(IsOk(verifier_.Verify(token, kNow)));
  EXPECT_TRUE(IsOk(verifier_.Verify(token, After(659))));
  EXPECT_EQ(std::get<TokenFault>(verifier_.Verify(token, After(660))), TokenFault::kExpired);
}

TEST_F(TokenVerifierTest, FailuresAreNotRemembered) {
  std::string token = Token(1);
  token.back() = token.back() == 'A' ? 'Q' : 'A';
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(IsOk(verifier_.Verify(token, kNow)));
  EXPECT_EQ(verifier_.size(), 0u);
  EXPECT_EQ(verifier_.hits(), 0u);
  EXPECT_FALSE(IsOk(verifier_.Verify(std::string(100'000, 'x'), kNow)));
}

TEST_F(TokenVerifierTest, ATokenOfAnotherKindIsRefused) {
  TokenClaims claims;
  claims.issuer = "twinline";
  claims.audience = {"county"};
  claims.subject = "somebody@example";
  claims.issued_at = kNow.us / 1'000'000;
  claims.expires_at = claims.issued_at + 10;
  EXPECT_EQ(std::get<TokenFault>(verifier_.Verify(signer_.Sign(claims), kNow)),
            TokenFault::kBadClaims);
}

TEST_F(TokenVerifierTest, NewKeysForgetTheOldTokens) {
  const std::string token = Token(1);
  ASSERT_TRUE(IsOk(verifier_.Verify(token, kNow)));
  const TokenSigner other("twinline", "county", SigningKey::Generate().value(), {});
  verifier_.ReplaceKeys(other.public_keys());
  EXPECT_EQ(std::get<TokenFault>(verifier_.Verify(token, kNow)), TokenFault::kUnknownKey);
  EXPECT_TRUE(IsOk(verifier_.Verify(other.Mint({base::DeriveId({"x"}), 1}, kNow), kNow)));
}

TEST_F(TokenVerifierTest, TheCacheIsBounded) {
  TokenVerifier small(expected_, signer_.public_keys(), 32);
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) tokens.push_back(Token(i));
  for (const std::string& token : tokens) ASSERT_TRUE(IsOk(small.Verify(token, kNow)));
  EXPECT_LE(small.size(), 32u);
  EXPECT_GT(small.size(), 0u);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(std::get<TokenIdentity>(small.Verify(tokens[i], kNow)).session,
              static_cast<uint64_t>(i));
  }
}

TEST_F(TokenVerifierTest, ThreadsShareIt) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) tokens.push_back(Token(i));
  const TokenSigner other("twinline", "county", SigningKey::Generate().value(), {});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const auto result = verifier_.Verify(tokens[i % 8], kNow);
        if (const auto* identity = std::get_if<TokenIdentity>(&result)) {
          EXPECT_EQ(identity->session, static_cast<uint64_t>(i % 8));
        }
        if (t == 0 && i == 200) verifier_.ReplaceKeys(other.public_keys());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // Nothing verified with the old keys may have slipped in behind the replacement.
  for (const std::string& token : tokens) EXPECT_FALSE(IsOk(verifier_.Verify(token, kNow)));
}

}  // namespace
}  // namespace twinline::identity

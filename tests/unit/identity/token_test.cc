#include "identity/domain/token.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "identity/service/token_signer.h"
#include "platform/base/hash.h"

namespace twinline::identity {
namespace {

using nlohmann::json;

constexpr int64_t kNowS = 1'790'000'000;
constexpr base::Timestamp kNow{kNowS * 1'000'000};

class TokenTest : public testing::Test {
 protected:
  // A token with any header and payload text and a right signature.
  std::string Forge(const std::string& header, const std::string& payload) const {
    const std::string input = base::ToBase64Url(header) + "." + base::ToBase64Url(payload);
    return input + "." + base::ToBase64Url(key_.Sign(input));
  }
  std::string WithHeader(const json& header) const {
    return Forge(header.dump(), Payload().dump());
  }
  std::string WithPayload(const json& payload) const {
    return Forge(Header().dump(), payload.dump());
  }
  json Header() const { return {{"alg", "ES256"}, {"kid", key_.key_id()}, {"typ", "JWT"}}; }
  json Payload() const {
    return {
        {"iss", "twinline"}, {"sub", "s"}, {"aud", "county"}, {"iat", kNowS}, {"exp", kNowS + 600}};
  }
  // The name of the fault, or "ok".
  std::string Check(const std::string& token, base::Timestamp now = kNow) const {
    const auto result = VerifyToken(token, keys_, expected_, now);
    const auto* fault = std::get_if<TokenFault>(&result);
    return fault == nullptr ? "ok" : std::string(FaultName(*fault));
  }

  const SigningKey key_ = SigningKey::Generate().value();
  const TokenSigner signer_{"twinline", "county", SigningKey::FromPem(key_.ToPem()).value(), {}};
  const KeySet keys_ = signer_.public_keys();
  const TokenExpectations expected_{.issuer = "twinline", .audience = "county"};
  const TokenIdentity identity_{base::DeriveId({"staff"}), 0xfedcba9876543210,
                                Assurance::kTwoFactors};
};

TEST_F(TokenTest, MintedTokenSaysWhoAndNothingElse) {
  const auto result = VerifyToken(signer_.Mint(identity_, kNow), keys_, expected_, kNow);
  ASSERT_TRUE(std::holds_alternative<TokenClaims>(result));
  const auto& claims = std::get<TokenClaims>(result);
  EXPECT_EQ(IdentityOf(claims), identity_);
  EXPECT_EQ(claims.session, "fedcba9876543210");
  EXPECT_EQ(claims.subject, identity_.subject.hex());
  EXPECT_EQ(claims.expires_at - claims.issued_at, 600);
  EXPECT_EQ(claims.methods, (std::vector<std::string>{"pwd", "otp"}));
}

TEST_F(TokenTest, LivesTenMinutesAndTheSkew) {
  const std::string token = signer_.Mint(identity_, kNow);
  const auto at = [](int64_t s) { return base::Timestamp{(kNowS + s) * 1'000'000}; };
  EXPECT_EQ(Check(token, at(-60)), "ok");
  EXPECT_EQ(Check(token, at(-61)), "not_yet_valid");
  EXPECT_EQ(Check(token, at(659)), "ok");
  EXPECT_EQ(Check(token, at(660)), "expired");
}

TEST_F(TokenTest, Headers) {
  const SigningKey stranger = SigningKey::Generate().value();
  const auto with = [&](const char* name, json value) {
    json header = Header();
    header[name] = std::move(value);
    return WithHeader(header);
  };
  const auto without = [&](const char* name) {
    json header = Header();
    header.erase(name);
    return WithHeader(header);
  };
  EXPECT_EQ(Check(WithHeader(Header())), "ok");
  EXPECT_EQ(Check(without("typ")), "ok");
  EXPECT_EQ(Check(with("typ", "at+jwt")), "ok");
  const struct {
    const char* why;
    std::string token;
    std::string fault;
  } kCases[] = {
      {"none", with("alg", "none"), "wrong_algorithm"},
      {"None", with("alg", "None"), "wrong_algorithm"},
      {"public key as HMAC secret", with("alg", "HS256"), "wrong_algorithm"},
      {"another algorithm", with("alg", "RS256"), "wrong_algorithm"},
      {"lower case", with("alg", "es256"), "wrong_algorithm"},
      {"algorithm of another type", with("alg", 1), "malformed"},
      {"no algorithm", without("alg"), "malformed"},
      {"no key id", without("kid"), "malformed"},
      {"key id of another type", with("kid", json::array()), "malformed"},
      {"unknown key", with("kid", stranger.key_id()), "unknown_key"},
      {"path as key id", with("kid", "../../dev/null"), "unknown_key"},
      {"own key inside", with("jwk", json::object()), "malformed"},
      {"key by address", with("jku", "https://evil.example"), "malformed"},
      {"certificate inside", with("x5c", json::array()), "malformed"},
      {"certificate by address", with("x5u", "https://evil.example"), "malformed"},
      {"critical extension", with("crit", {"b64"}), "malformed"},
      {"another type", with("typ", "JWE"), "malformed"},
      {"doubled member",
       Forge(R"({"alg":"none","kid":")" + key_.key_id() + R"(","alg":"ES256"})", Payload().dump()),
       "malformed"},
      {"no object", Forge("[]", Payload().dump()), "malformed"},
      {"no JSON", Forge("x", Payload().dump()), "malformed"},
      {"empty", Forge("", Payload().dump()), "malformed"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Check(c.token), c.fault) << c.why;
}

TEST_F(TokenTest, Shapes) {
  const std::string good = WithPayload(Payload());
  const size_t first = good.find('.'), last = good.rfind('.');
  const struct {
    const char* why;
    std::string token;
    std::string fault;
  } kCases[] = {
      {"empty", "", "malformed"},
      {"dots", "..", "malformed"},
      {"one part", good.substr(0, first), "malformed"},
      {"two parts", good.substr(0, last), "malformed"},
      {"no signature", good.substr(0, last + 1), "bad_signature"},
      {"four parts", good + ".x", "malformed"},
      {"blank in front", " " + good, "malformed"},
      {"line break behind", good + "\n", "malformed"},
      {"padding", good + "==", "malformed"},
      {"bearer in front", "Bearer " + good, "malformed"},
      {"short signature", good.substr(0, good.size() - 2), "bad_signature"},
      {"signature of zeros", good.substr(0, last + 1) + std::string(86, 'A'), "bad_signature"},
      {"too large", WithPayload(json{{"x", std::string(9000, 'x')}}), "malformed"},
      {"other payload, same signature",
       good.substr(0, first) + WithPayload(json{{"x", 1}}).substr(first, 11) + good.substr(last),
       "bad_signature"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Check(c.token), c.fault) << c.why;
}

// No single changed character passes; the last one may have unused bits, which are refused too.
TEST_F(TokenTest, EveryChangedCharacterIsNoticed) {
  const std::string good = WithPayload(Payload());
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    ASSERT_NE(Check(changed), "ok") << i;
  }
  const std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (char c : alphabet) {
    if (c == good.back()) continue;
    ASSERT_NE(Check(good.substr(0, good.size() - 1) + c), "ok") << c;
  }
}

TEST_F(TokenTest, Claims) {
  const auto with = [&](const char* name, json value) {
    json payload = Payload();
    payload[name] = std::move(value);
    return WithPayload(payload);
  };
  const auto without = [&](const char* name) {
    json payload = Payload();
    payload.erase(name);
    return WithPayload(payload);
  };
  EXPECT_EQ(Check(with("aud", {"other", "county"})), "ok");
  EXPECT_EQ(Check(with("unknown", {{"nested", true}})), "ok");
  EXPECT_EQ(Check(with("nbf", kNowS + 60)), "ok");
  const struct {
    const char* why;
    std::string token;
    std::string fault;
  } kCases[] = {
      {"no issuer", without("iss"), "bad_claims"},
      {"another issuer", with("iss", "demo"), "wrong_issuer"},
      {"issuer in another case", with("iss", "Twinline"), "wrong_issuer"},
      {"issuer of another type", with("iss", 5), "bad_claims"},
      {"no subject", without("sub"), "bad_claims"},
      {"empty subject", with("sub", ""), "bad_claims"},
      {"long subject", with("sub", std::string(513, 's')), "bad_claims"},
      {"no audience", without("aud"), "wrong_audience"},
      {"another audience", with("aud", "province"), "wrong_audience"},
      {"empty audiences", with("aud", json::array()), "wrong_audience"},
      {"audience of another type", with("aud", json::object()), "bad_claims"},
      {"numbers as audiences", with("aud", {1}), "bad_claims"},
      {"many audiences", with("aud", std::vector<std::string>(17, "county")), "bad_claims"},
      {"no expiry", without("exp"), "bad_claims"},
      {"expiry as text", with("exp", "1790000600"), "bad_claims"},
      {"expiry with a fraction", with("exp", kNowS + 0.5), "bad_claims"},
      {"negative expiry", with("exp", -1), "bad_claims"},
      {"huge expiry", with("exp", UINT64_MAX), "bad_claims"},
      {"null expiry", with("exp", nullptr), "bad_claims"},
      {"expired", with("exp", kNowS - 60), "expired"},
      {"lives too long", with("exp", kNowS + 601), "too_long_lived"},
      {"ends before it begins", with("iat", kNowS + 60), "ok"},
      {"no issue time", without("iat"), "bad_claims"},
      {"issued later", with("iat", kNowS + 61), "not_yet_valid"},
      {"issued long ago", with("iat", kNowS - 1), "too_long_lived"},
      {"valid later", with("nbf", kNowS + 61), "not_yet_valid"},
      {"not-before of another type", with("nbf", true), "bad_claims"},
      {"session of another type", with("sid", 7), "bad_claims"},
      {"methods no list", with("amr", "pwd"), "bad_claims"},
      {"doubled member", Forge(Header().dump(), R"({"iss":"x",)" + Payload().dump().substr(1)),
       "bad_claims"},
      {"no object", Forge(Header().dump(), "[]"), "bad_claims"},
      {"no JSON", Forge(Header().dump(), ""), "bad_claims"},
      {"broken UTF-8", Forge(Header().dump(), "{\"iss\":\"\xff\"}"), "bad_claims"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Check(c.token), c.fault) << c.why;
}

TEST_F(TokenTest, ExpiryBeforeIssueIsNoToken) {
  json payload = Payload();
  payload["iat"] = kNowS + 30;
  payload["exp"] = kNowS + 30;
  EXPECT_EQ(Check(WithPayload(payload)), "too_long_lived");
}

// A key of the same set cannot stand in for another: the header's kid chooses one.
TEST_F(TokenTest, AnotherKeyOfTheSetDoesNotHelp) {
  const SigningKey other = SigningKey::Generate().value();
  const TokenSigner both("twinline", "county", SigningKey::FromPem(key_.ToPem()).value(),
                         {other.public_key()});
  const std::string input = SigningInput({}, other.key_id(), SignatureAlgorithm::kEs256);
  const std::string token = input + "." + base::ToBase64Url(key_.Sign(input));
  const auto result = VerifyToken(token, both.public_keys(), expected_, kNow);
  EXPECT_EQ(std::get<TokenFault>(result), TokenFault::kBadSignature);
}

TEST_F(TokenTest, FullClaimsSurviveTheRoundTrip) {
  TokenClaims claims;
  claims.issuer = "twinline";
  claims.subject = "张三";
  claims.audience = {"county", "gateway"};
  claims.issued_at = kNowS;
  claims.expires_at = kNowS + 10;
  claims.not_before = kNowS - 1;
  claims.session = "abc";
  claims.assurance = "x";
  claims.methods = {"pwd"};
  claims.nonce = "n";
  EXPECT_EQ(std::get<TokenClaims>(VerifyToken(signer_.Sign(claims), keys_, expected_, kNow)),
            claims);
  EXPECT_FALSE(IdentityOf(claims)) << "the subject of another issuer is no staff id";
}

TEST(TokenIdentity, OnlyOurFormsAreRead) {
  TokenClaims good;
  SetIdentity({base::DeriveId({"staff"}), 1, Assurance::kOneFactor}, &good);
  ASSERT_TRUE(IdentityOf(good));
  EXPECT_EQ(good.methods, std::vector<std::string>{"pwd"});
  const auto reads = [&](auto change) {
    TokenClaims claims = good;
    change(claims);
    return IdentityOf(claims).has_value();
  };
  EXPECT_FALSE(reads([](TokenClaims& c) { c.subject.pop_back(); }));
  EXPECT_FALSE(reads([](TokenClaims& c) { c.subject = std::string(32, '0'); }));
  EXPECT_FALSE(reads([](TokenClaims& c) { c.session = ""; }));
  EXPECT_FALSE(reads([](TokenClaims& c) { c.session += "00"; }));
  EXPECT_FALSE(reads([](TokenClaims& c) { c.assurance = ""; }));
  EXPECT_FALSE(reads([](TokenClaims& c) { c.assurance = "3"; }));
}

TEST(TokenFault, CallersLearnOnlyWhatHelpsThem) {
  EXPECT_EQ(DescribeFault(TokenFault::kExpired).code, "TOKEN_EXPIRED");
  for (TokenFault fault : {TokenFault::kMalformed, TokenFault::kBadSignature,
                           TokenFault::kWrongAudience, TokenFault::kUnknownKey}) {
    EXPECT_EQ(DescribeFault(fault).code, "TOKEN_INVALID");
    EXPECT_FALSE(DescribeFault(fault).zh.empty());
  }
}

}  // namespace
}  // namespace twinline::identity

// Tokens of an outside issuer, with an RSA key made here.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "platform/base/hash.h"
#include "tests/unit/identity/service_rig.h"

namespace twinline::identity {
namespace {

using nlohmann::json;

class RsaKey {
 public:
  RsaKey() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) {}

  std::string Jwks(const std::string& kid) const {
    return json{{"keys",
                 {{{"kty", "RSA"},
                   {"kid", kid},
                   {"alg", "RS256"},
                   {"use", "sig"},
                   {"n", Number(OSSL_PKEY_PARAM_RSA_N)},
                   {"e", Number(OSSL_PKEY_PARAM_RSA_E)}}}}}
        .dump();
  }
  std::string Sign(const json& claims, const std::string& kid) const {
    const json header = {{"alg", "RS256"}, {"kid", kid}, {"typ", "JWT"}};
    const std::string input =
        base::ToBase64Url(header.dump()) + "." + base::ToBase64Url(claims.dump());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::string signature(256, '\0');
    size_t size = signature.size();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()), 1);
    EXPECT_EQ(
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(input.data()), input.size()),
        1);
    return input + "." + base::ToBase64Url(signature);
  }

 private:
  std::string Number(const char* name) const {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key_.get(), name, &number), 1);
    std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(number);
    return base::ToBase64Url(bytes);
  }
  std::shared_ptr<EVP_PKEY> key_;
};

class OidcTest : public testing::Test {
 protected:
  static constexpr char kIssuer[] = "https://sso.edu.example";

  OidcTest() {
    rig_.AddTeacher("li.wei");
    admin_ = rig_.Admin();
  }
  std::string Trust(const std::string& jwks) {
    v1::TrustIssuerRequest request;
    request.set_issuer(kIssuer);
    request.set_audience("twinline-lingbao");
    request.set_jwks(jwks);
    v1::AccountReply reply;
    return rig_.Call("TrustIssuer", request, &reply, admin_);
  }
  json Claims() {
    const int64_t now = rig_.real_clock.us / ServiceRig::kSecond;
    return {{"iss", kIssuer},           {"aud", "twinline-lingbao"},
            {"sub", "248289761001"},    {"preferred_username", "Li.Wei"},
            {"iat", now + ++ids_ % 50}, {"exp", now + 3'600}};
  }
  std::string Exchange(const std::string& id_token) {
    v1::ExchangeOidcRequest request;
    request.set_id_token(id_token);
    return rig_.Call("ExchangeOidc", request, &rig_.token);
  }
  std::string ExchangeWith(const std::string& name, const json& value) {
    json claims = Claims();
    claims[name] = value;
    return Exchange(key_.Sign(claims, "k1"));
  }

  ServiceRig rig_;
  const RsaKey key_;
  std::string admin_;
  int64_t ids_ = 0;
};

TEST_F(OidcTest, AFreshTokenOfATrustedIssuerBeginsASessionOnce) {
  const std::string outside = key_.Sign(Claims(), "k1");
  EXPECT_EQ(Exchange(outside), "ISSUER_UNKNOWN");
  EXPECT_EQ(Trust(key_.Jwks("k1")), "OK");
  EXPECT_EQ(rig_.WhoAmI(outside), "TOKEN_INVALID");  // good for nothing but the exchange
  EXPECT_EQ(Exchange(outside), "OK");
  EXPECT_EQ(rig_.token.subject(), Staff("li.wei").str());
  EXPECT_EQ(rig_.WhoAmI(rig_.token.token()), "OK");
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
  EXPECT_EQ(Exchange(outside), "OIDC_TOKEN_INVALID");
}

TEST_F(OidcTest, WhatIsNotExactlyRightIsRefused) {
  Trust(key_.Jwks("k1"));
  const int64_t now = rig_.real_clock.us / ServiceRig::kSecond;
  EXPECT_EQ(ExchangeWith("aud", "somebody else"), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(ExchangeWith("iss", "https://other.example"), "ISSUER_UNKNOWN");
  EXPECT_EQ(ExchangeWith("exp", now - 61), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(ExchangeWith("iat", now - 660), "OIDC_TOKEN_INVALID");  // old, though not expired
  EXPECT_EQ(ExchangeWith("iat", now - 659), "OK");
  EXPECT_EQ(ExchangeWith("preferred_username", "nobody"), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(ExchangeWith("preferred_username", 7), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(Exchange(RsaKey().Sign(Claims(), "k1")), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(Exchange(key_.Sign(Claims(), "k2")), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(Exchange("not a token"), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(Exchange(rig_.token.token()), "ISSUER_UNKNOWN");  // our own
}

TEST_F(OidcTest, NewKeysOfTheIssuerReplaceTheOldOnes) {
  Trust(key_.Jwks("k1"));
  const RsaKey next;
  Trust(next.Jwks("k2"));
  EXPECT_EQ(Exchange(key_.Sign(Claims(), "k1")), "OIDC_TOKEN_INVALID");
  EXPECT_EQ(Exchange(next.Sign(Claims(), "k2")), "OK");
}

TEST_F(OidcTest, ADistrustedIssuersSessionsAreNotRenewed) {
  Trust(key_.Jwks("k1"));
  Exchange(key_.Sign(Claims(), "k1"));
  const v1::TokenReply session = rig_.token;
  v1::DistrustIssuerRequest request;
  request.set_issuer(kIssuer);
  v1::AccountReply reply;
  EXPECT_EQ(rig_.Call("DistrustIssuer", request, &reply, admin_), "OK");
  EXPECT_EQ(Exchange(key_.Sign(Claims(), "k1")), "ISSUER_UNKNOWN");
  EXPECT_EQ(rig_.Refresh(session.refresh_token()), "REFRESH_INVALID");
  rig_.Follow();
  EXPECT_EQ(rig_.WhoAmI(session.token()), "SESSION_ENDED");
}

TEST_F(OidcTest, TheTokenSaysHowSureTheIssuerWas) {
  Trust(key_.Jwks("k1"));
  json claims = Claims();
  claims["amr"] = {"pwd", "otp"};
  EXPECT_EQ(Exchange(key_.Sign(claims, "k1")), "OK");
  const auto two = rig_.module->token_verifier()(rig_.token.token(), rig_.real_clock.Now());
  EXPECT_EQ(std::get<rpc::VerifiedToken>(two).assurance, 2U);
  EXPECT_EQ(rig_.Refresh(rig_.token.refresh_token()), "OK");
  const auto still = rig_.module->token_verifier()(rig_.token.token(), rig_.real_clock.Now());
  EXPECT_EQ(std::get<rpc::VerifiedToken>(still).assurance, 2U);
  EXPECT_EQ(Exchange(key_.Sign(Claims(), "k1")), "OK");
  const auto one = rig_.module->token_verifier()(rig_.token.token(), rig_.real_clock.Now());
  EXPECT_EQ(std::get<rpc::VerifiedToken>(one).assurance, 1U);
}

}  // namespace
}  // namespace twinline::identity

#include <gtest/gtest.h>

#include "identity/domain/verification_key.h"
#include "identity/service/token_signer.h"
#include "platform/base/hash.h"
#include "tests/unit/identity/rfc_vectors.h"

namespace twinline::identity {
namespace {

std::string Decode(std::string_view text) { return DecodeBase64UrlStrictly(text).value(); }

// The private key of RFC 7515 appendix A.3, as two other tools write it.
constexpr std::string_view kPkcs8 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
    "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view kSec1 =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEII6bEJ5xkJi/mASH3x9dd+nLKWBuvtImO19XwhPfhPSyoAoGCCqGSM49\n"
    "AwEHoUQDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72b\n"
    "focs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr std::string_view kP384 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDctLYDrP/diMKimrGK\n"
    "KAikq3Tk6dPoGT6gX5YjtBiFUlUJlxUZioc5sj/caD5YZkihZANiAASnUJtoChdd\n"
    "Zd4UcSr+Okg6RqbBNQyMtMZeqZXL+whbz3byNbvkHgb7vrxd9PANzpdNK+3DOwHu\n"
    "xpkSOHewfSyja97QaHxge9PdKtg2QsLgZBFjaxhhtX+s8rkvfXjNwyg=\n"
    "-----END PRIVATE KEY-----\n";

TEST(VerificationKey, Es256VectorOfTheRfc) {
  const auto key = VerificationKey::FromP256(Decode(kRfcX), Decode(kRfcY));
  ASSERT_TRUE(key);
  const std::string signature = Decode(kRfcEs256Signature);
  EXPECT_TRUE(key->Verify(kRfcEs256Input, signature));
  EXPECT_FALSE(key->Verify("x", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] ^= 1;
    ASSERT_FALSE(key->Verify(kRfcEs256Input, changed)) << i;
  }
}

TEST(VerificationKey, Rs256VectorOfTheRfc) {
  const auto key = VerificationKey::FromRsa(Decode(kRfcN), Decode(kRfcE));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->Verify(kRfcRs256Input, Decode(kRfcRs256Signature)));
  EXPECT_FALSE(key->Verify("x", Decode(kRfcRs256Signature)));
  EXPECT_FALSE(key->Verify(kRfcRs256Input, Decode(kRfcRs256Signature).substr(1)));
}

TEST(VerificationKey, ThumbprintVectorOfTheRfc) {
  EXPECT_EQ(VerificationKey::FromRsa(Decode(kThumbprintN), Decode("AQAB"))->Thumbprint(),
            kThumbprint);
}

TEST(VerificationKey, SignaturesOfAnotherShapeFail) {
  const auto key = VerificationKey::FromP256(Decode(kRfcX), Decode(kRfcY)).value();
  const std::string good = Decode(kRfcEs256Signature);
  for (const std::string& bad :
       {std::string(), std::string(64, '\0'), good + good, good.substr(0, 63), good + "x",
        std::string(64, '\xff'), good.substr(0, 32) + std::string(32, '\0')}) {
    EXPECT_FALSE(key.Verify(kRfcEs256Input, bad)) << base::ToHex(bad);
  }
}

TEST(VerificationKey, RefusesBrokenAndWeakKeys) {
  const std::string x = Decode(kRfcX), y = Decode(kRfcY), n = Decode(kRfcN), e = Decode(kRfcE);
  EXPECT_FALSE(VerificationKey::FromP256(x, x)) << "not on the curve";
  EXPECT_FALSE(VerificationKey::FromP256(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(VerificationKey::FromP256(std::string(32, '\xff'), y));
  EXPECT_FALSE(VerificationKey::FromP256(x.substr(1), y));
  EXPECT_FALSE(VerificationKey::FromP256("", ""));
  EXPECT_FALSE(VerificationKey::FromRsa(n.substr(0, 128), e)) << "1024 bits";
  EXPECT_FALSE(VerificationKey::FromRsa(std::string(1026, '\xff'), e)) << "8208 bits";
  EXPECT_FALSE(VerificationKey::FromRsa(n, std::string(1, '\x01')));
  EXPECT_FALSE(VerificationKey::FromRsa(n, std::string(1, '\x02')));
  EXPECT_FALSE(VerificationKey::FromRsa(n, "\x01\x01\x01\x01\x01")) << "a slow exponent";
  EXPECT_FALSE(VerificationKey::FromRsa(n, ""));
  EXPECT_FALSE(VerificationKey::FromRsa("", e));
}

TEST(Base64Url, OneSpellingOnly) {
  EXPECT_EQ(DecodeBase64UrlStrictly("YQ"), "a");
  EXPECT_EQ(DecodeBase64UrlStrictly(""), "");
  for (const char* bad : {"YQ==", "YR", "Y", " YQ", "Y Q", "YQ\n", "Y+8_", "Y/8_", "YQ.", "\xff"}) {
    EXPECT_FALSE(DecodeBase64UrlStrictly(bad)) << bad;
  }
}

TEST(SigningKey, SignsWhatTheWorldVerifies) {
  const SigningKey key = SigningKey::Generate().value();
  const std::string signature = key.Sign("bytes");
  EXPECT_EQ(signature.size(), 64u);
  EXPECT_TRUE(key.public_key().Verify("bytes", signature));
  EXPECT_FALSE(key.public_key().Verify("byteS", signature));
  EXPECT_FALSE(SigningKey::Generate()->public_key().Verify("bytes", signature));
  // Numbers with leading zeros keep their 32 bytes: one signature in 128 has such a number.
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(key.public_key().Verify("bytes", key.Sign("bytes")));
  }
}

TEST(SigningKey, ReadsPemOfOtherToolsAndItsOwn) {
  for (std::string_view pem : {kPkcs8, kSec1}) {
    const auto key = SigningKey::FromPem(pem);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->public_key().first_number(), Decode(kRfcX));
    EXPECT_EQ(key->public_key().second_number(), Decode(kRfcY));
  }
  const SigningKey key = SigningKey::Generate().value();
  EXPECT_EQ(SigningKey::FromPem(key.ToPem())->key_id(), key.key_id());
  EXPECT_EQ(SigningKey::FromPem(kSec1)->ToPem(), kPkcs8);
}

TEST(SigningKey, RefusesOtherPem) {
  // Other bytes inside the private half: it no longer belongs to the public one.
  std::string mismatched(kSec1);
  mismatched.replace(mismatched.find("bEJ5xkJi"), 8, "AAAAAAAA");
  for (const std::string& bad :
       {std::string(), std::string("no pem"), std::string(kP384),
        std::string(kPkcs8).substr(0, 100),
        std::string("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"), mismatched}) {
    EXPECT_FALSE(SigningKey::FromPem(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace twinline::identity

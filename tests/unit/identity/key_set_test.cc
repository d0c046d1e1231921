#include "identity/domain/key_set.h"

#include <gtest/gtest.h>

#include "identity/service/token_signer.h"
#include "tests/unit/identity/rfc_vectors.h"

namespace twinline::identity {
namespace {

std::string Ec(const std::string& id, const std::string& more = "") {
  return R"({"kty":"EC","crv":"P-256","kid":")" + id + R"(","x":")" + std::string(kRfcX) +
         R"(","y":")" + std::string(kRfcY) + '"' + more + "}";
}

std::string Rsa(const std::string& id, const std::string& more = "") {
  return R"({"kty":"RSA","kid":")" + id + R"(","n":")" + std::string(kRfcN) + R"(","e":"AQAB")" +
         more + "}";
}

std::string Document(const std::string& keys) { return R"({"keys":[)" + keys + "]}"; }

TEST(KeySet, ReadsBothKinds) {
  const auto set =
      KeySet::Parse(Document(Ec("a") + "," + Rsa("b", R"(,"use":"sig","alg":"RS256")")));
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->size(), 2u);
  EXPECT_EQ(set->Find("a")->algorithm(), SignatureAlgorithm::kEs256);
  EXPECT_EQ(set->Find("b")->algorithm(), SignatureAlgorithm::kRs256);
  EXPECT_EQ(set->Find("c"), nullptr);
}

TEST(KeySet, SkipsWhatIsForSomethingElse) {
  const std::string other[] = {
      Ec("x", R"(,"use":"enc")"),
      Ec("x", R"(,"alg":"ES384")"),
      Ec("x", R"(,"key_ops":["deriveKey"])"),
      Rsa("x", R"(,"alg":"PS256")"),
      Rsa("x", R"(,"alg":"RSA-OAEP")"),
      R"({"kty":"oct","kid":"x","k":"AAAA"})",
      R"({"kty":"OKP","crv":"Ed25519","kid":"x","x":"AAAA"})",
      R"({"kty":"EC","crv":"P-384","kid":"x","x":"AAAA","y":"AAAA"})",
      R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})",
  };
  for (const std::string& key : other) {
    const auto set = KeySet::Parse(Document(key + "," + Ec("a", R"(,"key_ops":["verify"])")));
    ASSERT_TRUE(set.ok()) << key << set.status();
    EXPECT_EQ(set->size(), 1u) << key;
    EXPECT_FALSE(KeySet::Parse(Document(key)).ok()) << "nothing usable is left";
  }
}

TEST(KeySet, RefusesBadDocuments) {
  std::string many = Ec("0");
  for (int i = 1; i <= 64; ++i) many += "," + Ec(std::to_string(i));
  const struct {
    const char* why;
    std::string document;
  } kBad[] = {
      {"empty", ""},
      {"no JSON", "<html>404</html>"},
      {"array", "[]"},
      {"no keys", "{}"},
      {"keys no array", R"({"keys":{}})"},
      {"key no object", Document("1")},
      {"key without type", Document(R"({"kid":"a"})")},
      {"no key", Document("")},
      {"behind the end", Document(Ec("a")) + "x"},
      {"cut short", Document(Ec("a")).substr(0, 100)},
      {"same id twice", Document(Ec("a") + "," + Rsa("a"))},
      {"doubled member", Document(Ec("a", R"(,"kid":"b")"))},
      {"doubled keys", R"({"keys":[],"keys":[)" + Ec("a") + "]}"},
      {"private key", Document(Ec("a", R"(,"d":"AAAA")"))},
      {"private key for another purpose", Document(Ec("a") + "," + Rsa("b", R"(,"d":"AAAA")"))},
      {"empty id", Document(Ec(""))},
      {"long id", Document(Ec(std::string(129, 'k')))},
      {"too many", Document(many)},
      {"off the curve", Document(R"({"kty":"EC","crv":"P-256","kid":"a","x":")" +
                                 std::string(kRfcX) + R"(","y":")" + std::string(kRfcX) + R"("})")},
      {"padded number",
       Document(R"({"kty":"EC","crv":"P-256","kid":"a","x":")" + std::string(kRfcX) +
                R"(=","y":")" + std::string(kRfcY) + R"("})")},
      {"number is a number", Document(R"({"kty":"EC","crv":"P-256","kid":"a","x":1,"y":2})")},
      {"weak RSA", Document(R"({"kty":"RSA","kid":"a","e":"AQAB","n":")" +
                            std::string(kRfcN.substr(0, 172)) + R"("})")},
      {"too deep", R"({"a":[[[[[[[[[[]]]]]]]]]],"keys":[)" + Ec("a") + "]}"},
      {"too large", std::string(300'000, ' ') + Document(Ec("a"))},
      {"broken UTF-8", R"({"a":")"
                       "\xff"
                       R"(","keys":[)" +
                           Ec("a") + "]}"},
  };
  for (const auto& bad : kBad) {
    EXPECT_EQ(KeySet::Parse(bad.document).status().code(), absl::StatusCode::kInvalidArgument)
        << bad.why;
  }
  EXPECT_FALSE(KeySet::Parse(std::string(200'000, '[')).ok()) << "depth alone";
}

TEST(KeySet, WhatWePublishIsWhatWeRead) {
  const SigningKey next = SigningKey::Generate().value();
  const TokenSigner signer("issuer", "audience", SigningKey::Generate().value(),
                           {next.public_key(), next.public_key()});
  const std::string document = signer.public_keys().ToJwks();
  const auto read = KeySet::Parse(document);
  ASSERT_TRUE(read.ok()) << read.status() << document;
  EXPECT_EQ(read->size(), 2u);
  ASSERT_NE(read->Find(next.key_id()), nullptr);
  EXPECT_TRUE(read->Find(next.key_id())->Verify("x", next.Sign("x")));
  EXPECT_EQ(read->ToJwks(), document);
  EXPECT_EQ(document.find("\"d\""), std::string::npos) << "no private half";

  KeySet outside;
  ASSERT_TRUE(outside.Add("r", KeySet::Parse(Document(Rsa("b")))->Find("b")[0]).ok());
  EXPECT_EQ(KeySet::Parse(outside.ToJwks())->Find("r")->algorithm(), SignatureAlgorithm::kRs256);
}

}  // namespace
}  // namespace twinline::identity

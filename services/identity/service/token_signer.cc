#include "identity/service/token_signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>

#include <optional>

#include "platform/base/check.h"
#include "platform/base/hash.h"

namespace twinline::identity {
namespace {

constexpr int kNumberSize = 32;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Decoder = std::unique_ptr<OSSL_DECODER_CTX, Freer<OSSL_DECODER_CTX_free>>;
using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, Freer<OSSL_ENCODER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

std::string Padded(const BIGNUM* number) {
  std::string bytes(kNumberSize, '\0');
  TWINLINE_CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                              kNumberSize) == kNumberSize,
                 "a number of P-256 has more than 32 bytes");
  return bytes;
}

// A coordinate of the public point; empty when the key is not on a curve with such numbers.
std::string Coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return "";
  const BigNumber owned(number);
  return BN_num_bytes(number) > kNumberSize ? "" : Padded(number);
}

}  // namespace

absl::StatusOr<SigningKey> SigningKey::FromKey(std::shared_ptr<EVP_PKEY> key) {
  char group[32] = "";
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr) != 1 ||
      (std::string_view(group) != "prime256v1" && std::string_view(group) != "P-256")) {
    return absl::InvalidArgumentError("signing key: not a private key on P-256");
  }
  std::optional<VerificationKey> public_key =
      VerificationKey::FromP256(Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X),
                                Coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
  if (!public_key) return absl::InvalidArgumentError("signing key: the public half is broken");
  SigningKey made(std::move(key), *std::move(public_key));
  // Also finds a private half that does not belong to the public one.
  if (!made.public_key().Verify("probe", made.Sign("probe"))) {
    return absl::InvalidArgumentError("signing key: the halves do not belong together");
  }
  return made;
}

absl::StatusOr<SigningKey> SigningKey::Generate() {
  return FromKey(std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free));
}

absl::StatusOr<SigningKey> SigningKey::FromPem(std::string_view pem) {
  EVP_PKEY* key = nullptr;
  const Decoder decoder(OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, "EC", EVP_PKEY_KEYPAIR,
                                                      nullptr, nullptr));
  const auto* data = reinterpret_cast<const unsigned char*>(pem.data());
  size_t left = pem.size();
  if (!decoder || OSSL_DECODER_from_data(decoder.get(), &data, &left) != 1) {
    EVP_PKEY_free(key);
    return absl::InvalidArgumentError("signing key: not a private key on P-256");
  }
  return FromKey(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

std::string SigningKey::ToPem() const {
  const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key_.get(), EVP_PKEY_KEYPAIR, "PEM",
                                                      "PrivateKeyInfo", nullptr));
  unsigned char* data = nullptr;
  size_t size = 0;
  TWINLINE_CHECK(encoder && OSSL_ENCODER_to_data(encoder.get(), &data, &size) == 1,
                 "a signing key cannot be written");
  std::string pem(reinterpret_cast<const char*>(data), size);
  OPENSSL_clear_free(data, size);
  return pem;
}

std::string SigningKey::Sign(std::string_view bytes) const {
  const DigestContext context(EVP_MD_CTX_new());
  unsigned char der[128];
  size_t size = sizeof der;
  TWINLINE_CHECK(
      context &&
          EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(),
                                nullptr) == 1 &&
          EVP_DigestSign(context.get(), der, &size,
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1,
      "ECDSA failed");
  const unsigned char* cursor = der;
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(size)));
  TWINLINE_CHECK(signature != nullptr, "ECDSA made no signature");
  return Padded(ECDSA_SIG_get0_r(signature.get())) + Padded(ECDSA_SIG_get0_s(signature.get()));
}

TokenSigner::TokenSigner(std::string issuer, std::string audience, SigningKey current,
                         const std::vector<VerificationKey>& also_published)
    : issuer_(std::move(issuer)), audience_(std::move(audience)), current_(std::move(current)) {
  TWINLINE_CHECK(public_keys_.Add(current_.key_id(), current_.public_key()).ok(), "empty key set");
  for (const VerificationKey& key : also_published) {
    const std::string id = key.Thumbprint();
    if (public_keys_.Find(id) == nullptr) {
      TWINLINE_CHECK(public_keys_.Add(id, key).ok(), "a thumbprint is a valid key id");
    }
  }
}

std::string TokenSigner::Mint(const TokenIdentity& identity, base::Timestamp now,
                              int64_t lifetime_s) const {
  TokenClaims claims;
  claims.issuer = issuer_;
  claims.audience = {audience_};
  claims.issued_at = now.us / 1'000'000;
  claims.expires_at = claims.issued_at + lifetime_s;
  SetIdentity(identity, &claims);
  return Sign(claims);
}

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  const std::string input =
      SigningInput(claims, current_.key_id(), current_.public_key().algorithm());
  return input + "." + base::ToBase64Url(current_.Sign(input));
}

}  // namespace twinline::identity

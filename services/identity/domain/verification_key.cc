#include "identity/domain/verification_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <vector>

#include "platform/base/hash.h"

namespace twinline::identity {
namespace {

constexpr size_t kCoordinateSize = 32;
constexpr size_t kMinModulusBits = 2048;
constexpr size_t kMaxModulusBits = 8192;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BigNumber ToNumber(std::string_view bytes) {
  return BigNumber(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Null unless the parameters are a valid public key: OpenSSL checks that a point is on the curve.
std::shared_ptr<EVP_PKEY> MakeKey(const char* type, OSSL_PARAM* params) {
  EVP_PKEY* key = nullptr;
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  if (!context || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? owned : nullptr;
}

// r and s of 32 bytes each, as DER.
std::optional<std::string> ToDer(std::string_view signature) {
  if (signature.size() != 2 * kCoordinateSize) return std::nullopt;
  const EcdsaSignature parts(ECDSA_SIG_new());
  BigNumber r = ToNumber(signature.substr(0, kCoordinateSize));
  BigNumber s = ToNumber(signature.substr(kCoordinateSize));
  if (!parts || !r || !s || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return std::nullopt;
  r.release();
  s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::string_view AlgorithmName(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::kEs256 ? "ES256" : "RS256";
}

std::optional<VerificationKey> VerificationKey::FromP256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateSize || y.size() != kCoordinateSize) return std::nullopt;
  std::string point(1, '\x04');  // uncompressed
  point.append(x).append(y);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return std::nullopt;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  std::shared_ptr<EVP_PKEY> key = MakeKey("EC", params.get());
  if (!key) return std::nullopt;
  return VerificationKey(SignatureAlgorithm::kEs256, std::move(key), x, y);
}

std::optional<VerificationKey> VerificationKey::FromRsa(std::string_view modulus,
                                                        std::string_view exponent) {
  if (modulus.size() > kMaxModulusBits / 8 + 1 || exponent.empty() || exponent.size() > 4) {
    return std::nullopt;
  }
  const BigNumber n = ToNumber(modulus);
  const BigNumber e = ToNumber(exponent);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder) return std::nullopt;
  const auto bits = static_cast<size_t>(BN_num_bits(n.get()));
  if (bits < kMinModulusBits || bits > kMaxModulusBits || !BN_is_odd(n.get()) ||
      !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return std::nullopt;
  }
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  std::shared_ptr<EVP_PKEY> key = MakeKey("RSA", params.get());
  if (!key) return std::nullopt;
  return VerificationKey(SignatureAlgorithm::kRs256, std::move(key), modulus, exponent);
}

bool VerificationKey::Verify(std::string_view signed_bytes, std::string_view signature) const {
  std::string encoded(signature);
  if (algorithm_ == SignatureAlgorithm::kEs256) {
    std::optional<std::string> der = ToDer(signature);
    if (!der) return false;
    encoded = std::move(*der);
  } else if (signature.size() != static_cast<size_t>(EVP_PKEY_get_size(key_.get()))) {
    return false;
  }
  // RSA keys verify PKCS #1 v1.5 unless told otherwise, which is what RS256 means.
  const DigestContext context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(),
                                 nullptr) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(encoded), encoded.size(), Bytes(signed_bytes),
                          signed_bytes.size()) == 1;
}

std::string VerificationKey::Thumbprint() const {
  // The required members only, in alphabetical order, without blanks.
  const std::string first = base::ToBase64Url(first_);
  const std::string second = base::ToBase64Url(second_);
  const std::string text =
      algorithm_ == SignatureAlgorithm::kEs256
          ? R"({"crv":"P-256","kty":"EC","x":")" + first + R"(","y":")" + second + "\"}"
          : R"({"e":")" + second + R"(","kty":"RSA","n":")" + first + "\"}";
  return base::ToBase64Url(base::View(base::Sha256({text})));
}

std::optional<std::string> DecodeBase64UrlStrictly(std::string_view text) {
  std::optional<std::string> bytes = base::FromBase64Url(text);
  // The decoder underneath skips white space and ignores unused bits of the last character.
  if (!bytes || base::ToBase64Url(*bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace twinline::identity

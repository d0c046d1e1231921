// Public keys that sign tokens: ECDSA P-256 (ES256), which we issue, and RSA (RS256), which outside
// OIDC issuers use. The algorithm belongs to the key and is never taken from a token: "alg" in a
// header is only compared with it, so neither "none" nor an HMAC with the public key as secret can
// ever be asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

typedef struct evp_pkey_st EVP_PKEY;

namespace twinline::identity {

enum class SignatureAlgorithm { kEs256, kRs256 };

std::string_view AlgorithmName(SignatureAlgorithm algorithm);  // "ES256", "RS256"

// Immutable, cheap to copy, safe to use from any thread.
class VerificationKey {
 public:
  // Coordinates of 32 bytes each. nullopt unless they are a point of the curve.
  static std::optional<VerificationKey> FromP256(std::string_view x, std::string_view y);
  // Big-endian numbers. nullopt unless the modulus has 2048 to 8192 bits and the exponent is odd,
  // above 2 and below 2^32 (a larger one makes a verification arbitrarily slow).
  static std::optional<VerificationKey> FromRsa(std::string_view modulus,
                                                std::string_view exponent);

  SignatureAlgorithm algorithm() const { return algorithm_; }
  // JWS signature: ES256 is r and s of 32 bytes each (RFC 7518 3.4), not DER.
  bool Verify(std::string_view signed_bytes, std::string_view signature) const;

  // What a JWK shows: x and y, or n and e.
  const std::string& first_number() const { return first_; }
  const std::string& second_number() const { return second_; }
  // RFC 7638, SHA-256, base64url: a key id that any party computes alike.
  std::string Thumbprint() const;

 private:
  VerificationKey(SignatureAlgorithm algorithm, std::shared_ptr<EVP_PKEY> key,
                  std::string_view first, std::string_view second)
      : algorithm_(algorithm), key_(std::move(key)), first_(first), second_(second) {}

  SignatureAlgorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string first_;
  std::string second_;
};

// base64url as JOSE demands it: no padding, no white space, and only the one spelling that encoding
// produces. nullopt for anything else.
std::optional<std::string> DecodeBase64UrlStrictly(std::string_view text);

}  // namespace twinline::identity

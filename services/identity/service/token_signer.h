// Signing of tokens. Here and not in the pure room, because an ECDSA signature draws randomness.
//
// The private key is a secret of the vault (SecretKind::kSigningKey, R-56) or a file that only the
// service reads; it is never in a journal or in the configuration.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "identity/domain/key_set.h"
#include "identity/domain/token.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace twinline::identity {

// An ECDSA P-256 key pair. Its id is the RFC 7638 thumbprint of the public half.
class SigningKey {
 public:
  static absl::StatusOr<SigningKey> Generate();
  // PKCS #8 "PRIVATE KEY" or SEC 1 "EC PRIVATE KEY". INVALID_ARGUMENT unless it is one on P-256.
  static absl::StatusOr<SigningKey> FromPem(std::string_view pem);
  // Unencrypted PKCS #8: a secret.
  std::string ToPem() const;

  const std::string& key_id() const { return key_id_; }
  const VerificationKey& public_key() const { return public_key_; }
  // r and s of 32 bytes each. Safe from any thread.
  std::string Sign(std::string_view bytes) const;

 private:
  SigningKey(std::shared_ptr<EVP_PKEY> key, VerificationKey public_key)
      : key_(std::move(key)),
        public_key_(std::move(public_key)),
        key_id_(public_key_.Thumbprint()) {}
  static absl::StatusOr<SigningKey> FromKey(std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<EVP_PKEY> key_;
  VerificationKey public_key_;
  std::string key_id_;
};

class TokenSigner {
 public:
  // `also_published`: the next key, so that verifiers know it before it signs; and for one token
  // lifetime after a rotation the previous one, whose tokens are still about. A rotation makes a
  // new signer.
  TokenSigner(std::string issuer, std::string audience, SigningKey current,
              const std::vector<VerificationKey>& also_published);

  // A token of ours, valid from `now`; longer than kTokenLifetimeS only in a demonstration.
  std::string Mint(const TokenIdentity& identity, base::Timestamp now,
                   int64_t lifetime_s = kTokenLifetimeS) const;
  // Any claims, as they are.
  std::string Sign(const TokenClaims& claims) const;

  const KeySet& public_keys() const { return public_keys_; }

 private:
  const std::string issuer_;
  const std::string audience_;
  const SigningKey current_;
  KeySet public_keys_;
};

}  // namespace twinline::identity

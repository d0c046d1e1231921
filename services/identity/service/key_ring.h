// Our signing keys in use: the row says which, the vault holds the private halves.
// Signs tokens, verifies them, publishes the public halves. What it holds is a copy of the row and
// is made anew when the row's version differs: after a rotation here, or by another instance.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "identity/service/token_signer.h"
#include "identity/service/token_verifier.h"
#include "platform/engine/shard.h"
#include "platform/rpc/token.h"
#include "platform/vault/key_vault.h"
#include "twinline/identity/v1/identity_events.pb.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

class KeyRing {
 public:
  // `shard` and `vault` outlive the ring.
  KeyRing(engine::Shard* shard, vault::KeyVault* vault, const base::Id16& installation,
          bool demo_realm);

  // The longest life of a token here, with the skew that verifiers allow: how long a retired key is
  // still needed.
  int64_t RetirementUs() const;

  // A new key, private half already in the vault.
  absl::StatusOr<v1::SigningKeyPublished> MakeKey() const;
  // At the first start: makes two keys and publishes them. Blocks; the shard leads.
  absl::Status EnsureKeys();
  // Private halves that no key of the row needs, left by a crash.
  absl::Status DestroyLeftovers() const;

  // UNAVAILABLE before there is a key, DATA_LOSS when its private half cannot be read.
  absl::StatusOr<std::string> Mint(const TokenIdentity& identity, base::Timestamp now,
                                   int64_t lifetime_s);
  // RFC 7517: the key that signs, the next one, and those whose tokens may still be about.
  std::string Jwks(base::Timestamp now);
  // Id of the key that signs; empty before there is one.
  std::string SigningKid();

  std::variant<rpc::VerifiedToken, rpc::TokenProblem> Verify(std::string_view jwt,
                                                             base::Timestamp now);

 private:
  struct Loaded {
    uint32_t version = 0;
    std::vector<v1::SigningKeyState> keys;
    int64_t next_end_us = 0;  // when the first retired key falls away
  };

  // Looks at the row; true when what is held changed.
  bool Reload(base::Timestamp now);
  // Held for a call; never null.
  std::shared_ptr<const Loaded> Current() const;
  absl::StatusOr<std::shared_ptr<const TokenSigner>> Signer();
  base::Id16 Owner() const;

  engine::Shard* const shard_;
  vault::KeyVault* const vault_;
  const base::Id16 installation_;
  const std::string issuer_;
  const int64_t max_lifetime_s_;
  TokenVerifier verifier_;

  mutable std::mutex mutex_;
  std::shared_ptr<const Loaded> loaded_;
  std::string signer_kid_;
  std::shared_ptr<const TokenSigner> signer_;
};

}  // namespace twinline::identity

#include "identity/service/key_ring.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "identity/domain/issuer.h"
#include "identity/service/environment.h"
#include "identity/service/public_keys.h"
#include "identity/service/submit.h"
#include "identity/service/verified_token.h"
#include "identity/tables/tables.h"
#include "platform/base/status_macros.h"
#include "twinline/identity/v1/identity_commands.pb.h"

namespace twinline::identity {
namespace {

using nlohmann::json;

constexpr int64_t kSecondUs = 1'000'000;

// The key that signs, in `keys`; nullptr when all are retired.
template <typename Keys>
const v1::SigningKeyState* SigningOf(const Keys& keys) {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [](const auto& key) { return key.retired_until_us() == 0; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace

KeyRing::KeyRing(engine::Shard* shard, vault::KeyVault* vault, const base::Id16& installation,
                 bool demo_realm)
    : shard_(shard),
      vault_(vault),
      installation_(installation),
      issuer_(IssuerName(installation, demo_realm)),
      max_lifetime_s_(demo_realm ? int64_t{kMostDemoMinutes} * 60 : kTokenLifetimeS),
      verifier_(ExpectationsOf(installation, demo_realm), KeySet()),
      loaded_(std::make_shared<Loaded>()) {}

int64_t KeyRing::RetirementUs() const { return (max_lifetime_s_ + kClockSkewS) * kSecondUs; }

base::Id16 KeyRing::Owner() const {
  return base::DeriveId({"identity signing keys", installation_.bytes()});
}

absl::StatusOr<v1::SigningKeyPublished> KeyRing::MakeKey() const {
  TWINLINE_ASSIGN_OR_RETURN(const SigningKey key, SigningKey::Generate());
  TWINLINE_ASSIGN_OR_RETURN(
      const base::Id16 entry,
      vault_->Put(Owner(), vault::SecretKind::kSigningKey, key.key_id(), key.ToPem()));
  KeySet set;
  TWINLINE_RETURN_IF_ERROR(set.Add(key.key_id(), key.public_key()));
  v1::SigningKeyPublished published;
  published.set_kid(key.key_id());
  published.set_algorithm(std::string(AlgorithmName(key.public_key().algorithm())));
  published.set_public_jwk(json::parse(set.ToJwks())["keys"][0].dump());
  published.set_private_entry(entry.str());
  return published;
}

absl::Status KeyRing::EnsureKeys() {
  if (base::Find<v1::KeyRingRow>(*shard_->Read().rows)) return absl::OkStatus();
  v1::PublishSigningKeysCommand command;
  std::vector<base::Id16> entries;
  for (int i = 0; i < 2; ++i) {
    TWINLINE_ASSIGN_OR_RETURN(*command.add_keys(), MakeKey());
    entries.push_back(base::AsId(command.keys(i).private_entry()));
  }
  const base::Id16 id =
      base::DeriveId({"identity first keys", installation_.bytes(), command.keys(0).kid()});
  const engine::Answer answer =
      SubmitAndWait(*shard_, ServiceSubmission("service:identity", id, command));
  if (const auto* status = std::get_if<absl::Status>(&answer)) return *status;
  // Refused: another instance was first.
  if (std::holds_alternative<base::Refusal>(answer)) return vault_->Destroy(entries);
  return absl::OkStatus();
}

absl::Status KeyRing::DestroyLeftovers() const {
  const auto ring = base::Find<v1::KeyRingRow>(*shard_->Read().rows);
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<vault::EntryInfo> entries, vault_->List(Owner()));
  std::vector<base::Id16> unused;
  for (const vault::EntryInfo& entry : entries) {
    bool used = entry.destroyed || entry.kind != vault::SecretKind::kSigningKey;
    if (ring) {
      for (const auto& key : ring->keys()) used |= key.private_entry() == entry.key_id.bytes();
    }
    if (!used) unused.push_back(entry.key_id);
  }
  return unused.empty() ? absl::OkStatus() : vault_->Destroy(unused);
}

std::shared_ptr<const KeyRing::Loaded> KeyRing::Current() const {
  const std::lock_guard lock(mutex_);
  return loaded_;
}

bool KeyRing::Reload(base::Timestamp now) {
  const auto row = base::Find<v1::KeyRingRow>(*shard_->Read().rows);
  if (!row) return false;
  const std::lock_guard lock(mutex_);
  if (row->version() == loaded_->version && now.us < loaded_->next_end_us) return false;
  auto fresh = std::make_shared<Loaded>();
  fresh->version = row->version();
  fresh->keys.assign(row->keys().begin(), row->keys().end());
  fresh->next_end_us = NextEndUs(fresh->keys, now);
  verifier_.ReplaceKeys(PublicKeys(fresh->keys, now));
  loaded_ = std::move(fresh);
  return true;
}

absl::StatusOr<std::shared_ptr<const TokenSigner>> KeyRing::Signer() {
  const std::lock_guard lock(mutex_);
  const v1::SigningKeyState* signs = SigningOf(loaded_->keys);
  if (signs == nullptr) return absl::UnavailableError("there is no signing key yet");
  if (signer_ != nullptr && signer_kid_ == signs->kid()) return signer_;
  TWINLINE_ASSIGN_OR_RETURN(const vault::Secret secret,
                            vault_->Get(base::AsId(signs->private_entry())));
  if (secret.state != vault::KeyState::kPresent) {
    return absl::DataLossError(
        absl::StrCat("the private half of signing key ", signs->kid(), " is not in the vault"));
  }
  TWINLINE_ASSIGN_OR_RETURN(SigningKey key, SigningKey::FromPem(secret.bytes.view()));
  signer_ = std::make_shared<TokenSigner>(issuer_, std::string(kAudience), std::move(key),
                                          std::vector<VerificationKey>());
  signer_kid_ = signs->kid();
  return signer_;
}

absl::StatusOr<std::string> KeyRing::Mint(const TokenIdentity& identity, base::Timestamp now,
                                          int64_t lifetime_s) {
  Reload(now);
  TWINLINE_ASSIGN_OR_RETURN(const std::shared_ptr<const TokenSigner> signer, Signer());
  return signer->Mint(identity, now, std::min(lifetime_s, max_lifetime_s_));
}

std::string KeyRing::Jwks(base::Timestamp now) {
  Reload(now);
  return PublicKeys(Current()->keys, now).ToJwks();
}

std::string KeyRing::SigningKid() {
  const auto row = base::Find<v1::KeyRingRow>(*shard_->Read().rows).value_or(v1::KeyRingRow());
  const v1::SigningKeyState* signs = SigningOf(row.keys());
  return signs == nullptr ? "" : signs->kid();
}

std::variant<rpc::VerifiedToken, rpc::TokenProblem> KeyRing::Verify(std::string_view jwt,
                                                                    base::Timestamp now) {
  // A retired key that has had its time verifies nothing more, were it stolen.
  if (now.us >= Current()->next_end_us) Reload(now);
  auto verified = verifier_.VerifyUntil(jwt, now);
  const auto* fault = std::get_if<TokenFault>(&verified);
  if (fault != nullptr && *fault == TokenFault::kUnknownKey && Reload(now)) {
    verified = verifier_.VerifyUntil(jwt, now);
  }
  return AsVerified(verified);
}

}  // namespace twinline::identity

#include "platform/vault/key_vault.h"

#include "platform/base/status_macros.h"

namespace twinline::vault {

absl::StatusOr<base::Id16> KeyVault::Create(const base::Id16& owner, std::string_view label) {
  TWINLINE_ASSIGN_OR_RETURN(std::vector<base::Id16> ids, CreateMany(std::span(&owner, 1), label));
  return ids.front();
}

absl::StatusOr<std::vector<base::Id16>> KeyVault::DestroyOwner(const base::Id16& owner) {
  TWINLINE_ASSIGN_OR_RETURN(std::vector<EntryInfo> entries, List(owner));
  std::vector<base::Id16> ids;
  for (const EntryInfo& entry : entries) {
    if (!entry.destroyed) ids.push_back(entry.key_id);
  }
  if (!ids.empty()) TWINLINE_RETURN_IF_ERROR(Destroy(ids));
  return ids;
}

absl::Status KeyVault::CheckOwners(std::span<const base::Id16> owners, std::string_view label) {
  if (!owners.empty() && owners.size() <= kMaxBatch && label.size() <= kMaxLabelSize) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("vault: too many owners, none, or a label that is too long");
}

absl::Status KeyVault::CheckSecret(SecretKind kind, std::string_view label,
                                   std::string_view secret) {
  if (kind != SecretKind::kDataKey && label.size() <= kMaxLabelSize && !secret.empty() &&
      secret.size() <= kMaxSecretSize) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("vault: not a secret that can be stored");
}

}  // namespace twinline::vault

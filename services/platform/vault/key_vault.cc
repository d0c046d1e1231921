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

}  // namespace twinline::vault

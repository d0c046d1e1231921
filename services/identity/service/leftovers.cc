#include "identity/service/leftovers.h"

#include <limits>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "identity/tables/tables.h"
#include "platform/base/status_macros.h"

namespace twinline::identity {

absl::Status DestroyLeftovers(const base::Rows& rows, vault::KeyVault& vault) {
  constexpr size_t kAll = std::numeric_limits<size_t>::max();
  absl::flat_hash_set<base::Id16> used;
  std::vector<base::Id16> owners;
  base::ScanRows<v1::AccountRow>(rows, kAll, [&](const v1::AccountRow& row) {
    used.insert(base::AsId(row.password_entry()));
    owners.push_back(base::AsId(row.subject()));
    return true;
  });
  std::vector<base::Id16> unused;
  for (const base::Id16& owner : owners) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<vault::EntryInfo> entries, vault.List(owner));
    for (const vault::EntryInfo& entry : entries) {
      const bool ours = entry.kind == vault::SecretKind::kPasswordHash;
      if (ours && !entry.destroyed && !used.contains(entry.key_id)) unused.push_back(entry.key_id);
    }
  }
  return unused.empty() ? absl::OkStatus() : vault.Destroy(unused);
}

}  // namespace twinline::identity

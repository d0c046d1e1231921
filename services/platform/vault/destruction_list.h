// The list of destroyed key ids in a second place, outside the vault, its backup and the journals'
// backup: an old copy of the vault restored beside an old copy of the journals would
// otherwise bring a destroyed key back to life. Ids only, no personal data, no key material.
//
// Text format: one id of 32 hex digits a line, appended and fsynced before the vault destroys. A
// last line cut short by a power cut was never acknowledged and is dropped; any other damage
// refuses to load, since an id lost from this list is a key that may come back.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/ids.h"

namespace twinline::vault {

class DestructionList {
 public:
  // A missing file is an empty list: it is created by the first Append.
  static absl::StatusOr<DestructionList> Load(const std::filesystem::path& path);

  const absl::flat_hash_set<base::Id16>& ids() const { return ids_; }
  // Adds the ids that are not listed yet; durable on return.
  absl::Status Append(std::span<const base::Id16> ids);

 private:
  explicit DestructionList(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  absl::flat_hash_set<base::Id16> ids_;
};

}  // namespace twinline::vault

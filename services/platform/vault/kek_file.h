// The key-encryption keys (KEK). Every vault entry is wrapped by a KEK, and the KEK lies in a file
// of its own, outside the vault directory and outside its backup: who finds a backup disk
// finds no key. Destroying an old KEK is also what makes old vault backups unreadable, the last
// step of an erasure.
//
// Text format, mode 0600, one key a line, the newest first:
//   twinline-kek 1
//   <16-byte id in hex> <32-byte key in hex>
// The file holds two keys only while a rotation is under way.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/ids.h"
#include "platform/vault/random_source.h"
#include "platform/vault/secret_bytes.h"

namespace twinline::vault {

struct Kek {
  base::Id16 id;
  SecretBytes key;  // kKeySize bytes
};

class KekFile {
 public:
  // FAILED_PRECONDITION when the file is missing, malformed or readable by group or others.
  static absl::StatusOr<KekFile> Load(const std::filesystem::path& path);
  // Writes a file with one new key. FAILED_PRECONDITION when the path exists: a KEK is never
  // replaced by accident, since that would lose every entry wrapped by it.
  static absl::StatusOr<KekFile> CreateNew(const std::filesystem::path& path, RandomSource& random);

  const Kek& current() const { return keys_.front(); }
  const Kek* Find(const base::Id16& id) const;
  size_t size() const { return keys_.size(); }

  // Puts a new key in front, durable on return.
  absl::Status AddNewest(RandomSource& random);
  // Removes all but the newest key, durable on return. The old file is overwritten before it is
  // unlinked; on flash disks and journalling file systems that is best effort, so the medium itself
  // is to be encrypted.
  absl::Status DropOld();

 private:
  explicit KekFile(const std::filesystem::path& path) : path_(std::filesystem::absolute(path)) {}
  absl::Status Save();
  std::filesystem::path OldPath() const;
  absl::Status RemoveOldFile();

  std::filesystem::path path_;
  std::vector<Kek> keys_;
};

}  // namespace twinline::vault

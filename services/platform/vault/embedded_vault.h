// The vault of a one-machine installation: a small RocksDB of its own, written with sync, wrapped
// entries only. It is separate from the journals' and the state's databases because its copies live
// and die by other rules: a backup of the vault must expire, a backup of a journal must not.
//
// What "destroyed" means here, in three steps: the id stands in the second place and the entry is
// gone from every answer (on return of Destroy); the wrapped bytes are gone from this disk's
// database files (on return, for data keys; within a week for other kinds); the wrapped bytes in
// old backups cannot be opened any more (after RotateKek, which destroys the old KEK).
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "platform/vault/destruction_list.h"
#include "platform/vault/kek_file.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"
#include "platform/vault/vault_entry.h"

namespace rocksdb {
class DB;
class Env;
class WriteBatch;
}  // namespace rocksdb

namespace twinline::vault {

struct EmbeddedVaultOptions {
  std::filesystem::path directory;
  // Must not lie below `directory`: FAILED_PRECONDITION.
  std::filesystem::path kek_file;
  // The list of destroyed ids; empty only in tests.
  std::filesystem::path second_place;
  // Make a new vault, and a new KEK file when there is none. Off for an ordinary start: a vault
  // directory that has vanished must stop the start, not be replaced by an empty one.
  bool create = false;
  RandomSource* random = &SystemRandom();
  // The file system under the database; null is the real one. Tests cut its power.
  rocksdb::Env* env = nullptr;
};

class EmbeddedVault : public KeyVault {
 public:
  // NOT_FOUND when there is no vault and `create` is off; FAILED_PRECONDITION when the KEK file is
  // missing, open to others, or not the one this vault was wrapped with; DATA_LOSS when the
  // database or the second place is damaged. Applies the second place to the vault and completes a
  // KEK rotation that a crash interrupted, before it returns.
  static absl::StatusOr<std::unique_ptr<EmbeddedVault>> Open(const EmbeddedVaultOptions& options);
  ~EmbeddedVault() override;

  absl::StatusOr<std::vector<base::Id16>> CreateMany(std::span<const base::Id16> owners,
                                                     std::string_view label) override;
  absl::StatusOr<base::Id16> Put(const base::Id16& owner, SecretKind kind, std::string_view label,
                                 std::string_view secret) override;
  absl::StatusOr<Secret> Get(const base::Id16& key_id) const override;
  using KeyVault::Destroy;
  absl::Status Destroy(std::span<const base::Id16> key_ids) override;
  absl::StatusOr<std::vector<EntryInfo>> List(const base::Id16& owner) const override;
  uint64_t destructions() const override { return destructions_.load(std::memory_order_relaxed); }

  absl::StatusOr<size_t> RotateKek() override;
  base::Id16 current_kek() const override;

  // A consistent copy for the backup; `directory` must not exist, its parent must. Taken after the
  // journals' copy: keys without data are harmless, data without keys is lost.
  absl::Status CopyTo(const std::filesystem::path& directory) const;

 private:
  EmbeddedVault(const EmbeddedVaultOptions& options, KekFile keks);

  absl::Status OpenDatabase();
  absl::Status LoadMeta();
  absl::Status ApplySecondPlace();
  absl::Status FinishRotation(size_t* wrapped);
  absl::Status RewrapAll(size_t* wrapped);
  // Adds an entry to `batch`; returns its id.
  base::Id16 AddEntry(rocksdb::WriteBatch& batch, const base::Id16& owner, SecretKind kind,
                      std::string_view label, std::string_view secret);
  absl::Status Commit(rocksdb::WriteBatch& batch);
  absl::Status DestroyLocked(std::span<const base::Id16> key_ids);
  absl::Status Scrub(std::span<const std::string> keys);
  absl::StatusOr<std::optional<std::string>> Read(std::string_view key) const;

  const EmbeddedVaultOptions options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::optional<DestructionList> second_place_;
  // Held shared by reads from the look-up of an entry to its unwrapping, so that a rotation cannot
  // drop the KEK in between. Taken after write_mutex_ where both are needed.
  mutable std::shared_mutex kek_mutex_;
  KekFile keks_;
  std::mutex write_mutex_;
  uint64_t next_sequence_ = 1;
  std::atomic<uint64_t> destructions_{0};
};

}  // namespace twinline::vault

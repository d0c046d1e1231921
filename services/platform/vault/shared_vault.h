// The vault of an installation of several processes: the wrapped entries lie in a compacted topic
// that every process follows, and each holds all of them in memory, still wrapped. The
// key-encryption key is a file that every process is given; who reads the topic opens nothing.
//
// It knows no medium: rows are written through `write`, and come back, in one order for everybody,
// through Apply. The place of a row is the order of creation, so that all processes agree which of
// two entries made at the same time is the first.
//
// A row is the entry's id, and "E" with the wrapped entry or "D" with a tombstone. Destroying
// writes the tombstone over the entry; what was wrapped is gone from the brokers' disks after
// compaction (topics.tsv: one day).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "platform/vault/destruction_list.h"
#include "platform/vault/kek_file.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"
#include "platform/vault/vault_entry.h"

namespace twinline::vault {

class SharedVault : public KeyVault {
 public:
  using Row = std::pair<std::string, std::string>;
  // Durable, and applied here, on OK; after an error some rows may have landed or may land later.
  using Write = std::function<absl::Status(const std::vector<Row>&)>;

  SharedVault(KekFile keks, DestructionList second_place, RandomSource& random = SystemRandom())
      : keks_(std::move(keks)), second_place_(std::move(second_place)), random_(random) {}

  // From the medium, in order, each row once.
  void Apply(std::string_view key, std::string_view value, uint64_t place);
  // Once, when everything that was there has been applied: FAILED_PRECONDITION when the entries
  // were wrapped by a key that the file does not hold. Destroys again what the second place says
  // was destroyed.
  absl::Status Begin(Write write);
  bool empty() const;

  absl::StatusOr<std::vector<base::Id16>> CreateMany(std::span<const base::Id16> owners,
                                                     std::string_view label) override;
  absl::StatusOr<base::Id16> Put(const base::Id16& owner, SecretKind kind, std::string_view label,
                                 std::string_view secret) override;
  absl::StatusOr<Secret> Get(const base::Id16& key_id) const override;
  using KeyVault::Destroy;
  absl::Status Destroy(std::span<const base::Id16> key_ids) override;
  absl::StatusOr<std::vector<EntryInfo>> List(const base::Id16& owner) const override;
  // FAILED_PRECONDITION: every process would need the new key at the same moment (ADR 0037).
  absl::StatusOr<size_t> RotateKek() override;
  base::Id16 current_kek() const override { return keks_.current().id; }
  uint64_t destructions() const override { return destructions_.load(std::memory_order_relaxed); }

 private:
  // `entry.info.sequence` is what it was wrapped with, 0; the true one is the place.
  struct Held {
    uint64_t place = 0;
    std::optional<StoredEntry> entry;  // none: destroyed, or damaged
    std::optional<EntryInfo> destroyed;
  };
  EntryInfo InfoOf(const Held& held) const;
  Row MakeRow(const base::Id16& owner, SecretKind kind, std::string_view label,
              std::string_view secret, std::vector<base::Id16>* ids);

  const KekFile keks_;
  DestructionList second_place_;
  RandomSource& random_;
  Write write_;
  std::mutex destroy_mutex_;
  mutable std::shared_mutex mutex_;  // never held over a write
  absl::flat_hash_map<base::Id16, Held> entries_;
  absl::flat_hash_map<base::Id16, std::map<uint64_t, base::Id16>> by_owner_;  // by place
  std::atomic<uint64_t> destructions_{0};
};

}  // namespace twinline::vault

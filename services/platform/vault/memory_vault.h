// A vault in memory, for tests and simulation: the same answers as the embedded one, ids and keys
// repeatable from a seed, and a way to lose an entry without destroying it.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"

namespace twinline::vault {

class MemoryVault : public KeyVault {
 public:
  explicit MemoryVault(uint64_t seed) : random_(seed) {}

  absl::StatusOr<std::vector<base::Id16>> CreateMany(std::span<const base::Id16> owners,
                                                     std::string_view label) override;
  absl::StatusOr<base::Id16> Put(const base::Id16& owner, SecretKind kind, std::string_view label,
                                 std::string_view secret) override;
  absl::StatusOr<Secret> Get(const base::Id16& key_id) const override;
  using KeyVault::Destroy;
  absl::Status Destroy(std::span<const base::Id16> key_ids) override;
  absl::StatusOr<std::vector<EntryInfo>> List(const base::Id16& owner) const override;
  // Nothing is wrapped in memory; the id changes as it would.
  absl::StatusOr<size_t> RotateKek() override;
  base::Id16 current_kek() const override;
  uint64_t destructions() const override { return destructions_.load(std::memory_order_relaxed); }

  // The fault "a disk ate the entry": afterwards the id is missing, not destroyed. Counts as a
  // destruction for caches, as a restarted process would have an empty cache.
  void Lose(const base::Id16& key_id);

  // The vault's own source, for a Sealer of the same simulation.
  RandomSource& random() { return random_; }

 private:
  struct Entry {
    EntryInfo info;
    SecretBytes bytes;
  };
  base::Id16 Add(const base::Id16& owner, SecretKind kind, std::string_view label,
                 SecretBytes bytes);

  SeededRandom random_;
  mutable std::mutex mutex_;
  std::map<base::Id16, Entry> entries_;
  uint64_t next_sequence_ = 1;
  uint64_t rotations_ = 0;
  std::atomic<uint64_t> destructions_{0};
};

}  // namespace twinline::vault

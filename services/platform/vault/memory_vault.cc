#include "platform/vault/memory_vault.h"

#include <algorithm>

#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"

namespace twinline::vault {

base::Id16 MemoryVault::Add(const base::Id16& owner, SecretKind kind, std::string_view label,
                            SecretBytes bytes) {
  EntryInfo info;
  info.key_id = RandomId(random_);
  info.owner = owner;
  info.kind = kind;
  info.label = std::string(label);
  info.sequence = next_sequence_++;
  const base::Id16 key_id = info.key_id;
  entries_.insert_or_assign(key_id, Entry{std::move(info), std::move(bytes)});
  return key_id;
}

absl::StatusOr<std::vector<base::Id16>> MemoryVault::CreateMany(std::span<const base::Id16> owners,
                                                                std::string_view label) {
  TWINLINE_RETURN_IF_ERROR(CheckOwners(owners, label));
  std::lock_guard lock(mutex_);
  std::vector<base::Id16> ids;
  for (const base::Id16& owner : owners) {
    ids.push_back(Add(owner, SecretKind::kDataKey, label, MakeKey(random_)));
  }
  return ids;
}

absl::StatusOr<base::Id16> MemoryVault::Put(const base::Id16& owner, SecretKind kind,
                                            std::string_view label, std::string_view secret) {
  TWINLINE_RETURN_IF_ERROR(CheckSecret(kind, label, secret));
  std::lock_guard lock(mutex_);
  return Add(owner, kind, label, SecretBytes(secret));
}

absl::StatusOr<Secret> MemoryVault::Get(const base::Id16& key_id) const {
  std::lock_guard lock(mutex_);
  Secret secret;
  const auto found = entries_.find(key_id);
  if (found == entries_.end()) return secret;
  secret.info = found->second.info;
  secret.state = secret.info.destroyed ? KeyState::kDestroyed : KeyState::kPresent;
  secret.bytes = found->second.bytes.Copy();
  return secret;
}

absl::Status MemoryVault::Destroy(std::span<const base::Id16> key_ids) {
  std::lock_guard lock(mutex_);
  for (const base::Id16& id : key_ids) {
    Entry& entry = entries_[id];
    entry.info.key_id = id;
    entry.info.destroyed = true;
    entry.bytes = SecretBytes();
    if (entry.info.kind == SecretKind::kDataKey) {
      destructions_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EntryInfo>> MemoryVault::List(const base::Id16& owner) const {
  std::lock_guard lock(mutex_);
  std::vector<EntryInfo> found;
  for (const auto& [id, entry] : entries_) {
    if (entry.info.owner == owner && entry.info.sequence != 0) found.push_back(entry.info);
  }
  std::sort(found.begin(), found.end(),
            [](const EntryInfo& a, const EntryInfo& b) { return a.sequence < b.sequence; });
  return found;
}

void MemoryVault::Lose(const base::Id16& key_id) {
  std::lock_guard lock(mutex_);
  entries_.erase(key_id);
  destructions_.fetch_add(1, std::memory_order_relaxed);
}

absl::StatusOr<size_t> MemoryVault::RotateKek() {
  std::lock_guard lock(mutex_);
  ++rotations_;
  return static_cast<size_t>(std::ranges::count_if(
      entries_, [](const auto& entry) { return !entry.second.info.destroyed; }));
}

base::Id16 MemoryVault::current_kek() const {
  std::lock_guard lock(mutex_);
  return base::DeriveId({"memory-kek", std::to_string(rotations_)});
}

}  // namespace twinline::vault

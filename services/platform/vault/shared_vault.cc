#include "platform/vault/shared_vault.h"

#include <mutex>

#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

constexpr char kEntry = 'E';
constexpr char kTombstone = 'D';

// An id whose entry nobody has seen, or nobody can read.
EntryInfo Unknown(const base::Id16& id, bool destroyed) {
  EntryInfo info;
  info.key_id = id;
  info.destroyed = destroyed;
  return info;
}

std::string Tagged(char tag, std::string_view bytes) {
  return Concat({std::string_view(&tag, 1), bytes});
}

}  // namespace

EntryInfo SharedVault::InfoOf(const Held& held) const {
  if (held.destroyed) return *held.destroyed;
  EntryInfo info = held.entry->info;
  info.sequence = held.place;
  return info;
}

void SharedVault::Apply(std::string_view key, std::string_view value, uint64_t place) {
  const std::optional<base::Id16> id = base::Id16::FromBytes(key);
  if (!id || value.empty()) return;  // nothing of ours
  const std::unique_lock lock(mutex_);
  Held& held = entries_[*id];
  if (held.destroyed) return;  // final, whatever lands late
  if (value.front() == kTombstone) {
    held.destroyed = DecodeTombstone(*id, value.substr(1));
    if (!held.destroyed) held.destroyed = Unknown(*id, true);
    if (!held.entry && held.destroyed->sequence != 0) {  // the entry itself was compacted away
      by_owner_[held.destroyed->owner][held.destroyed->sequence] = *id;
    }
    held.entry.reset();
    if (held.destroyed->kind == SecretKind::kDataKey) destructions_.fetch_add(1);
    return;
  }
  if (held.entry) return;  // once more, after a repeated write
  held.place = place;
  held.entry = DecodeEntry(*id, value.substr(1));
  if (held.entry) by_owner_[held.entry->info.owner][place] = *id;
}

absl::Status SharedVault::Begin(Write write) {
  write_ = std::move(write);
  std::vector<base::Id16> revived;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, held] : entries_) {
      if (!held.entry || keks_.Find(held.entry->kek_id) != nullptr) continue;
      return absl::FailedPreconditionError(
          Concat({"the key-encryption key file does not belong to this vault, want key ",
                  held.entry->kek_id.hex()}));
    }
    for (const base::Id16& id : second_place_.ids()) {
      const auto found = entries_.find(id);
      if (found == entries_.end() || !found->second.destroyed) revived.push_back(id);
    }
  }
  return revived.empty() ? absl::OkStatus() : Destroy(revived);
}

bool SharedVault::empty() const {
  const std::shared_lock lock(mutex_);
  return entries_.empty();
}

SharedVault::Row SharedVault::MakeRow(const base::Id16& owner, SecretKind kind,
                                      std::string_view label, std::string_view secret,
                                      std::vector<base::Id16>* ids) {
  EntryInfo info;
  info.key_id = RandomId(random_);
  info.owner = owner;
  info.kind = kind;
  info.label = std::string(label);
  ids->push_back(info.key_id);
  return {info.key_id.str(),
          Tagged(kEntry, EncodeEntry(WrapEntry(info, secret, keks_.current(), random_)))};
}

absl::StatusOr<std::vector<base::Id16>> SharedVault::CreateMany(std::span<const base::Id16> owners,
                                                                std::string_view label) {
  TWINLINE_RETURN_IF_ERROR(CheckOwners(owners, label));
  std::vector<base::Id16> ids;
  std::vector<Row> rows;
  for (const base::Id16& owner : owners) {
    const SecretBytes key = MakeKey(random_);
    rows.push_back(MakeRow(owner, SecretKind::kDataKey, label, key.view(), &ids));
  }
  TWINLINE_RETURN_IF_ERROR(write_(rows));
  return ids;
}

absl::StatusOr<base::Id16> SharedVault::Put(const base::Id16& owner, SecretKind kind,
                                            std::string_view label, std::string_view secret) {
  TWINLINE_RETURN_IF_ERROR(CheckSecret(kind, label, secret));
  std::vector<base::Id16> ids;
  TWINLINE_RETURN_IF_ERROR(write_({MakeRow(owner, kind, label, secret, &ids)}));
  return ids.front();
}

absl::StatusOr<Secret> SharedVault::Get(const base::Id16& key_id) const {
  const std::shared_lock lock(mutex_);
  Secret secret;
  const auto found = entries_.find(key_id);
  if (found == entries_.end()) return secret;
  const Held& held = found->second;
  if (held.destroyed) {
    secret.state = KeyState::kDestroyed;
    secret.info = *held.destroyed;
    return secret;
  }
  const Kek* kek = held.entry ? keks_.Find(held.entry->kek_id) : nullptr;
  std::optional<SecretBytes> bytes;
  if (kek != nullptr) bytes = UnwrapEntry(*held.entry, *kek);
  if (!bytes) {
    return absl::DataLossError(Concat({"vault: entry ", key_id.hex(), " cannot be unwrapped"}));
  }
  secret.state = KeyState::kPresent;
  secret.info = InfoOf(held);
  secret.bytes = std::move(*bytes);
  return secret;
}

absl::Status SharedVault::Destroy(std::span<const base::Id16> key_ids) {
  const std::lock_guard destroy_lock(destroy_mutex_);
  // The second place first, as in the embedded vault: the next start completes what a crash cuts.
  TWINLINE_RETURN_IF_ERROR(second_place_.Append(key_ids));
  std::vector<Row> rows;
  {
    const std::shared_lock lock(mutex_);
    for (const base::Id16& id : key_ids) {
      const auto found = entries_.find(id);
      if (found != entries_.end() && found->second.destroyed) continue;
      const bool known = found != entries_.end() && found->second.entry;
      const EntryInfo info = known ? InfoOf(found->second) : Unknown(id, false);
      rows.emplace_back(id.str(), Tagged(kTombstone, EncodeTombstone(info)));
    }
  }
  return write_(rows);
}

absl::StatusOr<std::vector<EntryInfo>> SharedVault::List(const base::Id16& owner) const {
  const std::shared_lock lock(mutex_);
  std::vector<EntryInfo> entries;
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) return entries;
  for (const auto& [place, id] : found->second) entries.push_back(InfoOf(entries_.at(id)));
  return entries;
}

absl::StatusOr<size_t> SharedVault::RotateKek() {
  return absl::FailedPreconditionError(
      "the key-encryption key of an installation over Kafka cannot be rotated while it runs: every "
      "process would need the new key at the same moment");
}

}  // namespace twinline::vault

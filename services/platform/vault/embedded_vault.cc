#include "platform/vault/embedded_vault.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "platform/base/status_macros.h"
#include "platform/rocks/rocks_status.h"
#include "platform/rocks/text_log.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"
#include "platform/vault/files.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

// Database keys. The owner index is kept for destroyed entries too: List shows tombstones.
constexpr char kEntry = 'E';      // E | key id -> entry
constexpr char kTombstone = 'D';  // D | key id -> tombstone
constexpr char kOwner = 'O';      // O | owner | sequence -> key id
constexpr std::string_view kMetaFormat = "M/format";
constexpr std::string_view kMetaSequence = "M/sequence";
constexpr std::string_view kMetaKek = "M/kek";
constexpr std::string_view kFormat = "twinline-vault 1";
constexpr size_t kRewrapBatch = 1000;

rocksdb::Slice Slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view Text(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

std::string KeyOf(char prefix, const base::Id16& id) {
  return Concat({std::string_view(&prefix, 1), id.bytes()});
}

base::Id16 IdOf(const rocksdb::Slice& key) {
  return base::Id16::FromBytes(Text(key).substr(1)).value_or(base::Id16());
}

absl::Status ToStatus(const rocksdb::Status& status, std::string_view what) {
  return rocks::ToAbslStatus(
      status, Concat({"vault: ", what}),
      "The vault is damaged: keep a copy of the directory as it is, then restore the vault of the "
      "latest backup (runbook: A damaged file).");
}

rocksdb::Options DatabaseOptions(const EmbeddedVaultOptions& vault) {
  rocksdb::Options options;
  if (vault.env != nullptr) options.env = vault.env;
  options.create_if_missing = vault.create;
  options.error_if_exists = false;
  // Ciphertext does not compress.
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = 8 << 20;
  options.max_open_files = 64;
  options.info_log = std::make_shared<rocks::TextLog>(vault.directory.string());
  // Opens after a power cut that tore the newest, never acknowledged record. Should an
  // acknowledged entry be lost by damage further back, every value under it is reported unreadable
  // by Get and by fsck, which compares the key ids named in the journals.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // Removes what was deleted from the files, also in a vault where little happens.
  options.periodic_compaction_seconds = 7 * 24 * 3600;
  return options;
}

bool LiesBelow(const fs::path& path, const fs::path& directory) {
  const fs::path inner = fs::weakly_canonical(fs::absolute(path));
  const fs::path outer = fs::weakly_canonical(fs::absolute(directory));
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

absl::StatusOr<KekFile> LoadOrCreateKek(const EmbeddedVaultOptions& options) {
  if (LiesBelow(options.kek_file, options.directory)) {
    return absl::FailedPreconditionError(
        "the key-encryption key file must lie outside the vault directory");
  }
  std::error_code error;
  const bool vault_exists = fs::exists(options.directory / "CURRENT", error);
  if (!vault_exists && !options.create) {
    return absl::NotFoundError(Concat({"no vault at ", options.directory.string()}));
  }
  if (vault_exists || fs::exists(options.kek_file, error)) return KekFile::Load(options.kek_file);
  return KekFile::CreateNew(options.kek_file, *options.random);
}

}  // namespace

EmbeddedVault::EmbeddedVault(const EmbeddedVaultOptions& options, KekFile keks)
    : options_(options), keks_(std::move(keks)) {}

EmbeddedVault::~EmbeddedVault() = default;

absl::StatusOr<std::unique_ptr<EmbeddedVault>> EmbeddedVault::Open(
    const EmbeddedVaultOptions& options) {
  TWINLINE_ASSIGN_OR_RETURN(KekFile keks, LoadOrCreateKek(options));
  std::unique_ptr<EmbeddedVault> vault(new EmbeddedVault(options, std::move(keks)));
  TWINLINE_RETURN_IF_ERROR(vault->OpenDatabase());
  TWINLINE_RETURN_IF_ERROR(vault->LoadMeta());
  TWINLINE_RETURN_IF_ERROR(vault->ApplySecondPlace());
  size_t wrapped = 0;
  TWINLINE_RETURN_IF_ERROR(vault->FinishRotation(&wrapped));
  return vault;
}

absl::Status EmbeddedVault::OpenDatabase() {
  TWINLINE_RETURN_IF_ERROR(MakeDirectories(options_.directory));
  std::error_code error;
  fs::permissions(options_.directory, fs::perms::owner_all, error);
  if (error) {
    return absl::UnavailableError(
        Concat({"vault: ", options_.directory.string(), ": ", error.message()}));
  }
  rocksdb::DB* db = nullptr;
  const std::string directory = options_.directory.string();
  TWINLINE_RETURN_IF_ERROR(
      ToStatus(rocksdb::DB::Open(DatabaseOptions(options_), directory, &db), "open"));
  db_.reset(db);
  return absl::OkStatus();
}

absl::Status EmbeddedVault::LoadMeta() {
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> format, Read(kMetaFormat));
  if (!format) {
    rocksdb::WriteBatch batch;
    batch.Put(Slice(kMetaFormat), Slice(kFormat));
    batch.Put(Slice(kMetaKek), Slice(keks_.current().id.bytes()));
    return Commit(batch);
  }
  if (*format != kFormat) {
    return absl::FailedPreconditionError(Concat({"vault has another format: ", *format}));
  }
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> kek, Read(kMetaKek));
  const std::optional<base::Id16> kek_id = base::Id16::FromBytes(kek.value_or(""));
  if (!kek_id) return absl::DataLossError("vault: the KEK id is damaged");
  if (keks_.Find(*kek_id) == nullptr) {
    return absl::FailedPreconditionError(Concat(
        {"the key-encryption key file does not belong to this vault, want key ", kek_id->hex()}));
  }
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> sequence, Read(kMetaSequence));
  if (sequence) next_sequence_ = FromBigEndian64(*sequence);
  return absl::OkStatus();
}

absl::Status EmbeddedVault::ApplySecondPlace() {
  if (options_.second_place.empty()) return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(second_place_, DestructionList::Load(options_.second_place));
  absl::flat_hash_set<base::Id16> known;
  {
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(rocksdb::ReadOptions()));
    for (at->Seek(Slice({&kTombstone, 1})); at->Valid() && at->key()[0] == kTombstone; at->Next()) {
      known.insert(IdOf(at->key()));
    }
    TWINLINE_RETURN_IF_ERROR(ToStatus(at->status(), "scan of destroyed entries"));
  }
  std::vector<base::Id16> revived;
  for (const base::Id16& id : second_place_->ids()) {
    if (!known.contains(id)) revived.push_back(id);
  }
  // The other way round: the second place was lost or newly configured.
  TWINLINE_RETURN_IF_ERROR(
      second_place_->Append(std::vector<base::Id16>(known.begin(), known.end())));
  return revived.empty() ? absl::OkStatus() : Destroy(revived);
}

base::Id16 EmbeddedVault::AddEntry(rocksdb::WriteBatch& batch, const base::Id16& owner,
                                   SecretKind kind, std::string_view label,
                                   std::string_view secret) {
  EntryInfo info;
  info.key_id = RandomId(*options_.random);
  info.owner = owner;
  info.kind = kind;
  info.label = std::string(label);
  info.sequence = next_sequence_++;
  const StoredEntry entry = WrapEntry(info, secret, keks_.current(), *options_.random);
  batch.Put(KeyOf(kEntry, info.key_id), EncodeEntry(entry));
  batch.Put(Concat({KeyOf(kOwner, owner), BigEndian64(info.sequence)}), info.key_id.str());
  return info.key_id;
}

absl::StatusOr<std::vector<base::Id16>> EmbeddedVault::CreateMany(
    std::span<const base::Id16> owners, std::string_view label) {
  TWINLINE_RETURN_IF_ERROR(CheckOwners(owners, label));
  std::lock_guard lock(write_mutex_);
  rocksdb::WriteBatch batch;
  std::vector<base::Id16> ids;
  ids.reserve(owners.size());
  for (const base::Id16& owner : owners) {
    const SecretBytes key = MakeKey(*options_.random);
    ids.push_back(AddEntry(batch, owner, SecretKind::kDataKey, label, key.view()));
  }
  batch.Put(Slice(kMetaSequence), BigEndian64(next_sequence_));
  TWINLINE_RETURN_IF_ERROR(Commit(batch));
  return ids;
}

absl::StatusOr<base::Id16> EmbeddedVault::Put(const base::Id16& owner, SecretKind kind,
                                              std::string_view label, std::string_view secret) {
  TWINLINE_RETURN_IF_ERROR(CheckSecret(kind, label, secret));
  std::lock_guard lock(write_mutex_);
  rocksdb::WriteBatch batch;
  const base::Id16 id = AddEntry(batch, owner, kind, label, secret);
  batch.Put(Slice(kMetaSequence), BigEndian64(next_sequence_));
  TWINLINE_RETURN_IF_ERROR(Commit(batch));
  return id;
}

absl::StatusOr<Secret> EmbeddedVault::Get(const base::Id16& key_id) const {
  Secret secret;
  std::shared_lock lock(kek_mutex_);
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> stored, Read(KeyOf(kEntry, key_id)));
  if (!stored) {
    lock.unlock();
    TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> tombstone,
                              Read(KeyOf(kTombstone, key_id)));
    if (!tombstone) return secret;
    std::optional<EntryInfo> info = DecodeTombstone(key_id, *tombstone);
    if (!info) return absl::DataLossError("vault: a tombstone is damaged");
    secret.state = KeyState::kDestroyed;
    secret.info = std::move(*info);
    return secret;
  }
  std::optional<StoredEntry> entry = DecodeEntry(key_id, *stored);
  const Kek* kek = entry ? keks_.Find(entry->kek_id) : nullptr;
  std::optional<SecretBytes> bytes;
  if (kek != nullptr) bytes = UnwrapEntry(*entry, *kek);
  if (!bytes) {
    return absl::DataLossError(Concat({"vault: entry ", key_id.hex(), " cannot be unwrapped"}));
  }
  secret.state = KeyState::kPresent;
  secret.info = std::move(entry->info);
  secret.bytes = std::move(*bytes);
  return secret;
}

absl::Status EmbeddedVault::Destroy(std::span<const base::Id16> key_ids) {
  std::lock_guard lock(write_mutex_);
  return DestroyLocked(key_ids);
}

absl::Status EmbeddedVault::DestroyLocked(std::span<const base::Id16> key_ids) {
  // The second place first: after a crash between the two steps the next start completes the
  // destruction, which an event has already ordered. The other order could forget it.
  if (second_place_) TWINLINE_RETURN_IF_ERROR(second_place_->Append(key_ids));
  rocksdb::WriteBatch batch;
  std::vector<std::string> data_keys;
  for (const base::Id16& id : key_ids) {
    TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> tombstone, Read(KeyOf(kTombstone, id)));
    if (tombstone) {
      // Perhaps a repetition because scrubbing failed: scrub again.
      const std::optional<EntryInfo> info = DecodeTombstone(id, *tombstone);
      if (info && info->kind == SecretKind::kDataKey) data_keys.push_back(KeyOf(kEntry, id));
      continue;
    }
    TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> stored, Read(KeyOf(kEntry, id)));
    std::optional<StoredEntry> entry;
    if (stored) entry = DecodeEntry(id, *stored);
    // An unknown id, and an entry too damaged to be read, are destroyed all the same.
    EntryInfo info;
    info.key_id = id;
    if (entry) info = entry->info;
    batch.Put(KeyOf(kTombstone, id), EncodeTombstone(info));
    batch.Delete(KeyOf(kEntry, id));
    if (info.kind == SecretKind::kDataKey) data_keys.push_back(KeyOf(kEntry, id));
  }
  if (batch.Count() > 0) TWINLINE_RETURN_IF_ERROR(Commit(batch));
  if (!data_keys.empty()) destructions_.fetch_add(1, std::memory_order_relaxed);
  return Scrub(data_keys);
}

absl::Status EmbeddedVault::Scrub(std::span<const std::string> keys) {
  // The flush lets the write-ahead log go, the forced compaction the old table files.
  TWINLINE_RETURN_IF_ERROR(ToStatus(db_->Flush(rocksdb::FlushOptions()), "flush"));
  if (keys.empty()) return absl::OkStatus();
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  const auto [first, last] = std::minmax_element(keys.begin(), keys.end());
  const rocksdb::Slice begin(*first);
  const rocksdb::Slice end(*last);
  return ToStatus(db_->CompactRange(options, &begin, &end), "compaction");
}

absl::StatusOr<std::vector<EntryInfo>> EmbeddedVault::List(const base::Id16& owner) const {
  std::vector<EntryInfo> entries;
  const rocksdb::Snapshot* snapshot = db_->GetSnapshot();
  const absl::Cleanup release = [&] { db_->ReleaseSnapshot(snapshot); };
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  const std::string prefix = KeyOf(kOwner, owner);
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(read));
  for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
    const std::optional<base::Id16> id = base::Id16::FromBytes(Text(at->value()));
    if (!id) return absl::DataLossError("vault: the owner index is damaged");
    std::string stored;
    std::optional<EntryInfo> info;
    if (db_->Get(read, KeyOf(kEntry, *id), &stored).ok()) {
      if (std::optional<StoredEntry> entry = DecodeEntry(*id, stored)) info = entry->info;
    } else if (db_->Get(read, KeyOf(kTombstone, *id), &stored).ok()) {
      info = DecodeTombstone(*id, stored);
    }
    if (!info) return absl::DataLossError(Concat({"vault: entry ", id->hex(), " is damaged"}));
    entries.push_back(std::move(*info));
  }
  TWINLINE_RETURN_IF_ERROR(ToStatus(at->status(), "scan of an owner"));
  return entries;
}

base::Id16 EmbeddedVault::current_kek() const {
  std::shared_lock lock(kek_mutex_);
  return keks_.current().id;
}

absl::StatusOr<size_t> EmbeddedVault::RotateKek() {
  std::lock_guard lock(write_mutex_);
  size_t wrapped = 0;
  {
    std::lock_guard kek_lock(kek_mutex_);
    // With two keys an interrupted rotation is completed instead of stacking a third.
    if (keks_.size() == 1) TWINLINE_RETURN_IF_ERROR(keks_.AddNewest(*options_.random));
  }
  TWINLINE_RETURN_IF_ERROR(FinishRotation(&wrapped));
  return wrapped;
}

absl::Status EmbeddedVault::FinishRotation(size_t* wrapped) {
  if (keks_.size() > 1) {
    TWINLINE_RETURN_IF_ERROR(RewrapAll(wrapped));
    rocksdb::WriteBatch batch;
    batch.Put(Slice(kMetaKek), Slice(keks_.current().id.bytes()));
    TWINLINE_RETURN_IF_ERROR(Commit(batch));
    TWINLINE_RETURN_IF_ERROR(ToStatus(db_->Flush(rocksdb::FlushOptions()), "flush"));
  }
  std::lock_guard kek_lock(kek_mutex_);
  return keks_.DropOld();
}

absl::Status EmbeddedVault::RewrapAll(size_t* wrapped) {
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(rocksdb::ReadOptions()));
  rocksdb::WriteBatch batch;
  for (at->Seek(Slice({&kEntry, 1})); at->Valid() && at->key()[0] == kEntry; at->Next()) {
    const std::optional<StoredEntry> entry = DecodeEntry(IdOf(at->key()), Text(at->value()));
    if (!entry) return absl::DataLossError("vault: an entry is damaged, the KEK is kept");
    if (entry->kek_id == keks_.current().id) continue;
    const Kek* old = keks_.Find(entry->kek_id);
    std::optional<SecretBytes> secret;
    if (old != nullptr) secret = UnwrapEntry(*entry, *old);
    // Never drop a KEK while something that only it might open is left.
    if (!secret) return absl::DataLossError("vault: an entry cannot be unwrapped, the KEK is kept");
    batch.Put(at->key(), EncodeEntry(WrapEntry(entry->info, secret->view(), keks_.current(),
                                               *options_.random)));
    ++*wrapped;
    if (static_cast<size_t>(batch.Count()) >= kRewrapBatch) {
      TWINLINE_RETURN_IF_ERROR(Commit(batch));
      batch.Clear();
    }
  }
  TWINLINE_RETURN_IF_ERROR(ToStatus(at->status(), "scan of entries"));
  return batch.Count() == 0 ? absl::OkStatus() : Commit(batch);
}

absl::Status EmbeddedVault::CopyTo(const fs::path& directory) const {
  rocksdb::Checkpoint* checkpoint = nullptr;
  TWINLINE_RETURN_IF_ERROR(ToStatus(rocksdb::Checkpoint::Create(db_.get(), &checkpoint), "copy"));
  const std::unique_ptr<rocksdb::Checkpoint> owned(checkpoint);
  return ToStatus(owned->CreateCheckpoint(directory.string()), "copy");
}

absl::Status EmbeddedVault::Commit(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  return ToStatus(db_->Write(options, &batch), "write");
}

absl::StatusOr<std::optional<std::string>> EmbeddedVault::Read(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), Slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  TWINLINE_RETURN_IF_ERROR(ToStatus(status, "read"));
  return std::optional<std::string>(std::move(value));
}

}  // namespace twinline::vault

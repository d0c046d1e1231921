// StateStore over one RocksDB. The WAL is on and not synced: a crash of the process loses nothing,
// a power cut loses a tail together with its cursor, and the journal replays it. Keys go in one
// column family, told apart by their first byte, so that one WriteBatch is one atomic write without
// more ado.
#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/check.h"
#include "platform/base/status_macros.h"
#include "platform/rocks/text_log.h"
#include "platform/store/meta_rows.h"
#include "platform/store/rocks_options.h"
#include "platform/store/row_cache.h"
#include "platform/store/state_store.h"
#include "rocksdb/db.h"
#include "rocksdb/listener.h"
#include "rocksdb/snapshot.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"

namespace twinline::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kRowCacheBytes = size_t{32} << 20;

rocksdb::Slice Slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view Text(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The first failure of a read or of background work, kept for whoever asks.
class HealthLatch final : public rocksdb::EventListener {
 public:
  void Note(const rocksdb::Status& status, const std::string& doing) {
    const std::lock_guard lock(mutex_);
    if (first_.ok()) first_ = ToAbslStatus(status, doing);
    failed_.store(true, std::memory_order_release);
  }
  absl::Status Get() const {
    if (!failed_.load(std::memory_order_acquire)) return absl::OkStatus();
    const std::lock_guard lock(mutex_);
    return first_;
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    Note(*status, "writing the state in the background");
  }

 private:
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  absl::Status first_;
};

// An open database, kept open by the store and by every view.
struct Database {
  std::unique_ptr<rocksdb::DB> db;
  std::shared_ptr<HealthLatch> health;
};

// The first key behind all keys that begin with `prefix`; empty when there is none.
std::string EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

class RocksRows final : public base::Rows {
 public:
  explicit RocksRows(std::shared_ptr<const Database> database, bool at_snapshot)
      : database_(std::move(database)),
        snapshot_(at_snapshot ? database_->db->GetSnapshot() : nullptr) {
    options_.snapshot = snapshot_;
  }
  ~RocksRows() override {
    if (snapshot_ != nullptr) database_->db->ReleaseSnapshot(snapshot_);
  }

  std::optional<std::string> Get(std::string_view key) const override {
    std::string value;
    const rocksdb::Status status =
        database_->db->Get(options_, database_->db->DefaultColumnFamily(), Slice(key), &value);
    if (status.ok()) return value;
    if (!status.IsNotFound()) database_->health->Note(status, "reading the state");
    return std::nullopt;
  }
  void Set(std::string, std::string) override {
    TWINLINE_CHECK(false, "stored rows are read only");
  }
  void Remove(std::string_view) override { TWINLINE_CHECK(false, "stored rows are read only"); }
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    const std::string end = EndOfPrefix(prefix);
    const rocksdb::Slice bound = Slice(end);
    rocksdb::ReadOptions options = options_;
    if (!end.empty()) options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it(database_->db->NewIterator(options));
    for (it->Seek(Slice(from.empty() ? prefix : from)); it->Valid(); it->Next()) {
      if (!visit(Text(it->key()), Text(it->value()))) return;
    }
    if (!it->status().ok()) database_->health->Note(it->status(), "reading the state");
  }

 private:
  std::shared_ptr<const Database> database_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

// Reads through whichever database the store has open now, so that references to Latest() live on
// when the store adopts another. For the committing thread alone, hence the cache without locks.
class LatestRows final : public base::Rows {
 public:
  void Use(std::unique_ptr<const RocksRows> rows) {
    rows_ = std::move(rows);
    cache_.emplace(kRowCacheBytes);
  }
  void Written(std::string_view key, const std::optional<std::string>& row) {
    cache_->Written(key, row);
  }
  std::optional<std::string> Get(std::string_view key) const override {
    if (const auto* known = cache_->Find(key)) return *known;
    std::optional<std::string> row = rows_->Get(key);
    cache_->Remember(key, row);
    return row;
  }
  void Set(std::string, std::string) override {
    TWINLINE_CHECK(false, "stored rows are read only");
  }
  void Remove(std::string_view) override { TWINLINE_CHECK(false, "stored rows are read only"); }
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    rows_->Scan(prefix, from, visit);
  }

 private:
  std::unique_ptr<const RocksRows> rows_;
  mutable std::optional<RowCache> cache_;
};

class RocksStateStore final : public StateStore {
 public:
  RocksStateStore(std::string directory, const StoreOptions& options)
      : directory_(std::move(directory)), options_(options) {}

  absl::Status OpenDatabase() {
    std::error_code error;
    fs::create_directories(directory_, error);
    if (error) {
      return absl::PermissionDeniedError(
          absl::StrCat("creating the directory ", directory_, ": ", error.message()));
    }
    auto database = std::make_shared<Database>();
    database->health = std::make_shared<HealthLatch>();
    rocksdb::Options database_options = StateOptions(options_);
    database_options.listeners.push_back(database->health);
    database_options.info_log = std::make_shared<rocks::TextLog>(directory_);
    rocksdb::DB* db = nullptr;
    TWINLINE_RETURN_IF_ERROR(ToAbslStatus(rocksdb::DB::Open(database_options, directory_, &db),
                                          absl::StrCat("opening the state in ", directory_)));
    database->db.reset(db);
    database_ = std::move(database);
    latest_.Use(std::make_unique<RocksRows>(database_, false));
    return absl::OkStatus();
  }

  const base::Rows& Latest() const override { return latest_; }

  StateView View() const override {
    const std::lock_guard lock(view_mutex_);
    const uint64_t commits = commits_.load(std::memory_order_acquire);
    if (view_.rows == nullptr || view_commits_ != commits) {
      // The cursor is read from the snapshot itself, so the pair agrees whatever is committed
      // meanwhile.
      auto rows = std::make_shared<const RocksRows>(database_, true);
      const auto bytes = rows->Get(kCursorKey);
      const auto cursor = bytes ? DecodeCursor(*bytes) : std::nullopt;
      view_ = {std::move(rows), cursor ? cursor->next_pos : 0};
      view_commits_ = commits;
    }
    return view_;
  }

  absl::Status Commit(const StateBatch& batch) override {
    CheckBatch(batch);
    write_.Clear();
    for (const auto& [key, value] : batch.writes()) {
      if (value) {
        write_.Put(Slice(key), Slice(*value));
      } else {
        write_.Delete(Slice(key));
      }
    }
    ForEachMeta(batch, [&](const std::string& key, const std::string& value) {
      write_.Put(Slice(key), Slice(value));
    });
    rocksdb::WriteOptions options;
    options.sync = false;
    options.disableWAL = false;
    const rocksdb::Status status = database_->db->Write(options, &write_);
    if (!status.ok()) database_->health->Note(status, Doing("writing"));
    for (const auto& [key, row] : batch.writes()) latest_.Written(key, row);
    ForEachMeta(batch, [&](const std::string& key, const std::string& value) {
      latest_.Written(key, value);
    });
    commits_.fetch_add(1, std::memory_order_release);
    return ToAbslStatus(status, Doing("writing"));
  }

  absl::Status Snapshot(const std::string& directory) override {
    rocksdb::Checkpoint* raw = nullptr;
    const std::string doing = absl::StrCat("copying the state to ", directory);
    TWINLINE_RETURN_IF_ERROR(
        ToAbslStatus(rocksdb::Checkpoint::Create(database_->db.get(), &raw), doing));
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    return ToAbslStatus(checkpoint->CreateCheckpoint(directory), doing);
  }

  absl::Status Health() const override { return database_->health->Get(); }

  absl::StatusOr<std::unique_ptr<StateStore>> OpenSide() override;
  absl::Status Adopt(std::unique_ptr<StateStore> side) override;

 private:
  std::string Doing(const char* what) const {
    return absl::StrCat(what, " the state in ", directory_);
  }

  const std::string directory_;
  const StoreOptions options_;
  std::shared_ptr<const Database> database_;
  LatestRows latest_;
  rocksdb::WriteBatch write_;
  std::atomic<uint64_t> commits_ = 0;
  mutable std::mutex view_mutex_;
  mutable StateView view_;
  mutable uint64_t view_commits_ = 0;
};

std::string SideOf(const std::string& directory) { return directory + ".rebuild"; }
std::string OldOf(const std::string& directory) { return directory + ".old"; }

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("renaming ", from, " to ", to, ": ", error.message()));
}

// Adopt renames the old directory away before the new one takes its name, so a missing directory
// beside a side directory means a finished rebuild. Everything else left over is refuse.
absl::Status TidyUp(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error) && fs::exists(SideOf(directory), error)) {
    TWINLINE_RETURN_IF_ERROR(Rename(SideOf(directory), directory));
  }
  fs::remove_all(SideOf(directory), error);
  fs::remove_all(OldOf(directory), error);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<StateStore>> OpenAt(const std::string& directory,
                                                   const StoreOptions& options) {
  auto store = std::make_unique<RocksStateStore>(directory, options);
  TWINLINE_RETURN_IF_ERROR(store->OpenDatabase());
  return store;
}

absl::StatusOr<std::unique_ptr<StateStore>> RocksStateStore::OpenSide() {
  std::error_code error;
  fs::remove_all(SideOf(directory_), error);
  return OpenAt(SideOf(directory_), options_);
}

absl::Status RocksStateStore::Adopt(std::unique_ptr<StateStore> side) {
  auto* rocks = dynamic_cast<RocksStateStore*>(side.get());
  TWINLINE_CHECK(rocks != nullptr && rocks->directory_ == SideOf(directory_),
                 "only a side store of this store can be adopted");
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(rocks->database_->db->SyncWAL(), rocks->Doing("syncing")));
  side.reset();
  const std::lock_guard lock(view_mutex_);
  view_ = {};
  latest_.Use(nullptr);
  TWINLINE_CHECK(database_.use_count() == 1, "a view outlives the state that it shows");
  database_.reset();
  TWINLINE_RETURN_IF_ERROR(Rename(directory_, OldOf(directory_)));
  TWINLINE_RETURN_IF_ERROR(Rename(SideOf(directory_), directory_));
  std::error_code error;
  fs::remove_all(OldOf(directory_), error);
  commits_.fetch_add(1, std::memory_order_release);
  return OpenDatabase();
}

}  // namespace

absl::StatusOr<std::unique_ptr<StateStore>> StateStore::Open(const std::string& directory,
                                                             const StoreOptions& options) {
  TWINLINE_RETURN_IF_ERROR(TidyUp(directory));
  return OpenAt(directory, options);
}

}  // namespace twinline::store

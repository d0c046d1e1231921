// The log as a whole: which journals it holds, where each ends, and copying all of them at one
// moment.
#include "platform/journal/embedded_journal.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/big_endian.h"
#include "platform/journal/embedded_db.h"
#include "platform/journal/embedded_entries.h"
#include "platform/journal/embedded_options.h"
#include "rocksdb/utilities/checkpoint.h"

namespace twinline::journal {
namespace {

// Names become topic names, file names and lines of reports.
bool IsJournalName(const std::string& name) {
  if (name.empty() || name.size() > 200) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '_' ||
           c == '.';
  });
}

}  // namespace

// The database and its journals. Handles given out share ownership of it, so the directory is
// unlocked when the last of them is gone.
class EmbeddedStore {
 public:
  EmbeddedStore(std::shared_ptr<EmbeddedDb> db, size_t memory_bytes)
      : db_(std::move(db)), memory_bytes_(memory_bytes) {}

  EmbeddedDb& db() { return *db_; }

  // Reads the directory of journals and finds the end of each.
  absl::Status Load() {
    const std::unique_ptr<rocksdb::Iterator> it(db_->rocks().NewIterator(ScanOptions()));
    const std::string prefix = NameKey("");
    std::vector<std::pair<std::string, uint32_t>> found;
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
      if (it->key().size() == prefix.size()) continue;  // the format mark
      if (it->value().size() != 4)
        return absl::DataLossError(absl::StrCat("bad directory in ", db_->dir()));
      found.emplace_back(std::string(it->key().data() + 4, it->key().size() - 4),
                         ReadU32({it->value().data(), 4}));
    }
    for (const auto& [name, number] : found) {
      uint64_t end = 1;
      it->SeekForPrev(EntryKey(number, UINT64_MAX));
      if (it->Valid() && it->key().size() == kEntryKeyBytes &&
          ReadU32({it->key().data(), 4}) == number) {
        end = ReadU64({it->key().data() + 4, 8}) + 1;
      }
      Add(name, number, end);
    }
    return ToAbslStatus(it->status(), absl::StrCat("reading the journals in ", db_->dir()));
  }

  absl::StatusOr<Journal*> Find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto it = journals_.find(name); it != journals_.end()) return it->second.get();
    if (db_->read_only()) {
      return absl::NotFoundError(absl::StrCat("no journal \"", name, "\" in ", db_->dir()));
    }
    if (!IsJournalName(name)) {
      return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is no name for a journal"));
    }
    const uint32_t number = last_number_ + 1;
    std::string value;
    AppendU32(value, number);
    TWINLINE_RETURN_IF_ERROR(db_->Put(NameKey(name), value));
    return Add(name, number, 1);
  }

  std::vector<EmbeddedLog::JournalEnd> Ends() const {
    const std::lock_guard lock(mutex_);
    std::vector<EmbeddedLog::JournalEnd> ends;
    for (const auto& [name, journal] : journals_) {
      const Place end = journal->End().value();
      ends.push_back({name, end, end.value - 1});
    }
    return ends;
  }

 private:
  Journal* Add(const std::string& name, uint32_t number, uint64_t end) {
    last_number_ = std::max(last_number_, number);
    auto& journal = journals_[name];
    journal = std::make_unique<EmbeddedJournal>(db_.get(), name, number, end, memory_bytes_);
    return journal.get();
  }

  const std::shared_ptr<EmbeddedDb> db_;
  const size_t memory_bytes_;
  mutable std::mutex mutex_;
  uint32_t last_number_ = 0;
  std::map<std::string, std::unique_ptr<EmbeddedJournal>> journals_;
};

namespace {

absl::StatusOr<std::shared_ptr<EmbeddedStore>> OpenStore(const std::string& dir,
                                                         const EmbeddedLogOptions& options,
                                                         bool read_only) {
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<EmbeddedDb> db,
                            EmbeddedDb::Open(dir, options, read_only));
  auto store = std::make_shared<EmbeddedStore>(std::move(db), options.memory_per_journal_bytes);
  TWINLINE_RETURN_IF_ERROR(store->Load());
  return store;
}

}  // namespace

EmbeddedLog::EmbeddedLog(std::shared_ptr<EmbeddedStore> store) : store_(std::move(store)) {}
EmbeddedLog::~EmbeddedLog() = default;

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(const std::string& dir,
                                                               const EmbeddedLogOptions& options) {
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<EmbeddedStore> store, OpenStore(dir, options, false));
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(store)));
}

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::OpenReadOnly(
    const std::string& dir, const EmbeddedLogOptions& options) {
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<EmbeddedStore> store, OpenStore(dir, options, true));
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(store)));
}

absl::StatusOr<std::shared_ptr<Journal>> EmbeddedLog::Open(const std::string& name) {
  TWINLINE_ASSIGN_OR_RETURN(Journal * journal, store_->Find(name));
  return std::shared_ptr<Journal>(store_, journal);
}

absl::StatusOr<std::vector<std::string>> EmbeddedLog::List() const {
  std::vector<std::string> names;
  for (const JournalEnd& end : Ends()) names.push_back(end.name);
  return names;
}

std::vector<EmbeddedLog::JournalEnd> EmbeddedLog::Ends() const { return store_->Ends(); }

const std::vector<std::string>& EmbeddedLog::recovery_notes() const {
  return store_->db().recovery_notes();
}

absl::Status EmbeddedLog::Health() const { return store_->db().Health(); }

absl::Status EmbeddedLog::VerifyFiles() const {
  EmbeddedDb& db = store_->db();
  return ToAbslStatus(db.rocks().VerifyChecksum(), absl::StrCat("verifying ", db.dir()));
}

absl::Status EmbeddedLog::Backup(const std::string& path) {
  const std::string doing = absl::StrCat("copying the journals to ", path);
  rocksdb::DB& db = store_->db().rocks();
  if (db.GetEnv()->FileExists(path).ok()) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists: a backup goes to a new directory"));
  }
  rocksdb::Checkpoint* checkpoint = nullptr;
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(rocksdb::Checkpoint::Create(&db, &checkpoint), doing));
  const std::unique_ptr<rocksdb::Checkpoint> owned(checkpoint);
  return ToAbslStatus(owned->CreateCheckpoint(path), doing);
}

}  // namespace twinline::journal

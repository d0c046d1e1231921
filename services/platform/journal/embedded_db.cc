#include "platform/journal/embedded_db.h"

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/big_endian.h"
#include "platform/journal/embedded_options.h"
#include "platform/rocks/text_log.h"
#include "rocksdb/listener.h"

namespace twinline::journal {
namespace {

constexpr char kMark[] = "twinline-log 1";

}  // namespace

std::string NameKey(std::string_view journal_name) {
  std::string key;
  AppendU32(key, 0);
  key.append(journal_name);
  return key;
}

std::string EntryKey(uint32_t number, uint64_t place) {
  std::string key;
  key.reserve(kEntryKeyBytes);
  AppendU32(key, number);
  AppendU64(key, place);
  return key;
}

// A flush or compaction that fails is as much a failing disk as an append that fails.
class EmbeddedDb::Listener : public rocksdb::EventListener {
 public:
  explicit Listener(EmbeddedDb* db) : db_(db) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    db_->Fail(*status, "writing the journals in ");
  }

 private:
  EmbeddedDb* db_;
};

absl::StatusOr<std::shared_ptr<EmbeddedDb>> EmbeddedDb::Open(const std::string& dir,
                                                             const EmbeddedLogOptions& options,
                                                             bool read_only) {
  std::shared_ptr<EmbeddedDb> opened(new EmbeddedDb(dir, read_only));
  rocksdb::Options database = RocksOptions(options);
  std::shared_ptr<rocksdb::Logger> file;
  // A look without a lock must not even rotate the text log of the process that has the lock.
  if (!read_only) file = std::make_shared<rocks::TextLog>(dir);
  auto logger = std::make_shared<RecoveryLogger>(file);
  database.info_log = logger;
  database.listeners.push_back(std::make_shared<Listener>(opened.get()));
  if (read_only) database.create_if_missing = false;

  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = read_only ? rocksdb::DB::OpenForReadOnly(database, dir, &db)
                                           : rocksdb::DB::Open(database, dir, &db);
  opened->db_.reset(db);
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(status, absl::StrCat("opening the journals in ", dir)));
  opened->recovery_notes_ = logger->TakeNotes();
  TWINLINE_RETURN_IF_ERROR(opened->CheckMark());
  return opened;
}

EmbeddedDb::~EmbeddedDb() {
  // A clean close cannot make anything more durable: every append already was.
  if (db_) db_->Close().PermitUncheckedError();
  db_.reset();  // before what its background threads may still report to
}

absl::Status EmbeddedDb::CheckMark() {
  const std::string key = NameKey("");
  std::string mark;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), key, &mark);
  if (status.ok()) {
    if (mark == kMark) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(dir_, " holds a log of another format: \"",
                                                      mark, "\". Use the build that wrote it."));
  }
  if (!status.IsNotFound()) return ToAbslStatus(status, absl::StrCat("reading ", dir_));
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  it->SeekToFirst();
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(it->status(), absl::StrCat("reading ", dir_)));
  if (it->Valid()) {
    return absl::FailedPreconditionError(absl::StrCat(
        dir_, " is a RocksDB directory but no Twinline log. Check the configured data directory."));
  }
  return read_only_ ? absl::OkStatus() : Put(key, kMark);
}

absl::Status EmbeddedDb::Put(const std::string& key, const std::string& value) {
  if (read_only_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the journals in ", dir_, " were opened for reading only"));
  }
  if (!failed_.load(std::memory_order_acquire)) {
    const rocksdb::Status status = db_->Put(AppendOptions(), key, value);
    if (status.ok()) return absl::OkStatus();
    Fail(status, "writing the journals in ");
  }
  return absl::UnavailableError(absl::StrCat("no more appends until the log is opened anew; ",
                                             std::string(Health().message())));
}

absl::Status EmbeddedDb::Health() const {
  if (!failed_.load(std::memory_order_acquire)) return absl::OkStatus();
  const std::lock_guard lock(mutex_);
  return failure_;
}

void EmbeddedDb::Fail(const rocksdb::Status& status, const char* doing) {
  if (status.ok()) return;
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return;
  failure_ = ToAbslStatus(status, absl::StrCat(doing, dir_));
  failed_.store(true, std::memory_order_release);
}

}  // namespace twinline::journal

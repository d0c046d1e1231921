// The RocksDB under the embedded journal: opening it, its one way to write, and what happens after
// the first write that fails. Private to the embedded journal.
//
// Keys, integers big-endian:
//   0 u32                           "twinline-log 1": this is a log and not something else
//   0 u32 | journal name            journal number u32, given at the first opening, from 1
//   journal number u32 | place u64  record bytes, places from 1 and dense
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/embedded_journal.h"
#include "rocksdb/db.h"

namespace twinline::journal {

std::string NameKey(std::string_view journal_name);
std::string EntryKey(uint32_t number, uint64_t place);
inline constexpr size_t kEntryKeyBytes = 12;

class EmbeddedDb {
 public:
  static absl::StatusOr<std::shared_ptr<EmbeddedDb>> Open(const std::string& dir,
                                                          const EmbeddedLogOptions& options,
                                                          bool read_only);
  ~EmbeddedDb();
  EmbeddedDb(const EmbeddedDb&) = delete;
  EmbeddedDb& operator=(const EmbeddedDb&) = delete;

  // Durable when it returns OK. Calls that arrive together share one fsync. After the first failure
  // of any of them, or of a background job, all answer UNAVAILABLE: nobody knows what the failed
  // one left in the file, and an fsync that failed once may "succeed" the next time without having
  // written.
  absl::Status Put(const std::string& key, const std::string& value);
  absl::Status Health() const;

  rocksdb::DB& rocks() { return *db_; }
  const std::string& dir() const { return dir_; }
  bool read_only() const { return read_only_; }
  const std::vector<std::string>& recovery_notes() const { return recovery_notes_; }

 private:
  class Listener;
  EmbeddedDb(std::string dir, bool read_only) : dir_(std::move(dir)), read_only_(read_only) {}
  absl::Status CheckMark();
  void Fail(const rocksdb::Status& status, const char* doing);

  const std::string dir_;
  const bool read_only_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<std::string> recovery_notes_;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  absl::Status failure_;  // set once, before failed_
};

}  // namespace twinline::journal

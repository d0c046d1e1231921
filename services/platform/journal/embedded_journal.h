// The journal of one machine: all journals of the process in one RocksDB, so that appends of
// different shards that arrive together share one fsync (P-7), and so that a backup takes all of
// them at one moment. Reached only through journal.h; the host alone opens it and looks at
// its ends.
//
// What it promises: an Append that returned OK survives a power cut. What it cannot promise: after
// damage in the middle of the write-ahead log it opens with everything before the damage (R-60,
// with what that decision measured), so the host must compare `Ends` with every position known
// elsewhere (cursors, followers' cursors, noted heads, the second place of R-07) before it takes an
// epoch, and halt when any of them lies beyond.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/journal.h"

namespace rocksdb {
class Env;
}

namespace twinline::journal {

class EmbeddedStore;

struct EmbeddedLogOptions {
  // Newest records that each journal keeps in memory for its readers (P-4), in bytes of records.
  size_t memory_per_journal_bytes = size_t{8} << 20;
  // How much is collected in memory before a table file is written.
  size_t memtable_bytes = size_t{32} << 20;
  // Where files live; nullptr is the operating system. Tests put faults here. Outlives the log.
  rocksdb::Env* env = nullptr;
};

class EmbeddedLog : public JournalProvider {
 public:
  using JournalEnd = journal::JournalEnd;  // places are dense here: entries = end - 1

  // Opens or creates the log in directory `dir`. Errors name the path and say what to do:
  // FAILED_PRECONDITION another process has it; PERMISSION_DENIED read-only; RESOURCE_EXHAUSTED
  // disk full; DATA_LOSS damaged files; UNAVAILABLE any other failure of the medium.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(const std::string& dir,
                                                           const EmbeddedLogOptions& options);
  // For fsck and copying: takes no lock, changes nothing, sees what was durable when it was opened.
  // Append is FAILED_PRECONDITION and Open of an unknown journal NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenReadOnly(
      const std::string& dir, const EmbeddedLogOptions& options = {});

  // The directory stays locked until the log and every journal opened from it are gone.
  ~EmbeddedLog() override;

  absl::StatusOr<std::shared_ptr<Journal>> Open(const std::string& name) override;
  absl::StatusOr<std::vector<std::string>> List() const override;

  // Every journal, by name. Right after opening this is what survived; see above.
  std::vector<JournalEnd> Ends() const;
  // What RocksDB reported while it read the write-ahead log at opening, one line per dropped part
  // with its size; for the operator's log. Empty after a clean stop, and not complete: a tail of
  // zeros is dropped without a word.
  const std::vector<std::string>& recovery_notes() const;

  // OK until a write fails. From then on every Append answers UNAVAILABLE with this status, for
  // what the failed write left behind is known only after opening anew.
  absl::Status Health() const;

  // Reads every file of the log and compares its checksums; slow, reads everything. DATA_LOSS names
  // what is damaged.
  absl::Status VerifyFiles() const;

  // A copy of all journals at one moment, openable as a log. ALREADY_EXISTS when `path`
  // exists. Table files are hard links when `path` is on the same file system, so this is quick.
  absl::Status Backup(const std::string& path);

 private:
  explicit EmbeddedLog(std::shared_ptr<EmbeddedStore> store);
  std::shared_ptr<EmbeddedStore> store_;
};

}  // namespace twinline::journal

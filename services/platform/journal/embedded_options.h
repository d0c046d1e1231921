// How RocksDB is set up as a log, each setting with its reason, and how its errors become ours.
// Private to the embedded journal; pinned by tests/unit/journal/embedded_journal_test.cc.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "platform/journal/embedded_journal.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"

namespace twinline::journal {

rocksdb::Options RocksOptions(const EmbeddedLogOptions& options);
// Scans of old records: sequential, checksummed, past the cache.
// For reading on and on.
rocksdb::ReadOptions ScanOptions();
// For a few records somewhere: nothing is read ahead of them, and their block is kept a while.
rocksdb::ReadOptions LookUpOptions();
// An append: durable when it returns.
rocksdb::WriteOptions AppendOptions();

// `doing` is a gerund with its object: "opening the journals in /var/lib/twinline/log".
absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing);

// Passes everything on to the text log and keeps what recovery says about dropped parts.
class RecoveryLogger : public rocksdb::Logger {
 public:
  explicit RecoveryLogger(std::shared_ptr<rocksdb::Logger> file);
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  void LogHeader(const char* format, va_list arguments) override;
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;
  void Flush() override;
  std::vector<std::string> TakeNotes();

 private:
  std::shared_ptr<rocksdb::Logger> file_;  // may be null
  std::mutex mutex_;
  std::vector<std::string> notes_;
};

}  // namespace twinline::journal

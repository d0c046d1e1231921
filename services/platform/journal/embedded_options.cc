#include "platform/journal/embedded_options.h"

#include <cstdarg>
#include <cstdio>

#include "platform/rocks/rocks_status.h"
#include "rocksdb/cache.h"
#include "rocksdb/table.h"

namespace twinline::journal {
namespace {

constexpr size_t kNotesMax = 100;

// A log is written once, read forward once per follower, and old parts again at each rebuild.
rocksdb::BlockBasedTableOptions TableOptions() {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = size_t{64} << 10;  // read forward, so large blocks: less index, better zstd
  table.checksum = rocksdb::kXXH3;
  table.block_cache = rocksdb::NewLRUCache(size_t{8} << 20);
  table.cache_index_and_filter_blocks = true;  // a long log must not pin its whole index
  table.filter_policy = nullptr;               // nobody asks for a key that may be absent
  table.format_version = 5;
  return table;
}

}  // namespace

rocksdb::Options RocksOptions(const EmbeddedLogOptions& options) {
  rocksdb::Options rocks;
  rocks.create_if_missing = true;
  if (options.env != nullptr) rocks.env = options.env;

  // a torn or half-written tail was never acknowledged and is dropped; the stricter modes
  // refuse to start after an ordinary power cut. Damage further forward is found by comparing ends.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocks.track_and_verify_wals_in_manifest =
      true;                        // a missing or shortened older WAL refuses to open
  rocks.recycle_log_file_num = 0;  // old bytes behind the tail would blur it
  rocks.paranoid_checks = true;
  rocks.force_consistency_checks = true;
  rocks.paranoid_file_checks = true;  // a table file is read back before the WAL behind it may go
  rocks.max_bgerror_resume_count =
      0;  // after an error nothing is certain: stay down until opened anew

  rocks.write_buffer_size = options.memtable_bytes;
  rocks.max_write_buffer_number = 3;
  rocks.enable_pipelined_write = false;  // one write group = one fsync = visible in order
  rocks.unordered_write = false;
  rocks.max_background_jobs = 2;  // two cores, shared with the engines

  // New files uncompressed: compressing them would compete with the hot path. Whatever moves down
  // is compressed then, in the background; sealed fields do not shrink, the rest does well.
  rocks.compression = rocksdb::kNoCompression;
  rocks.compression_per_level = {rocksdb::kNoCompression, rocksdb::kZSTD, rocksdb::kZSTD,
                                 rocksdb::kZSTD,          rocksdb::kZSTD, rocksdb::kZSTD,
                                 rocksdb::kZSTD};
  rocks.bottommost_compression = rocksdb::kZSTD;
  rocks.level_compaction_dynamic_level_bytes = false;  // so that "below level 0" is level 1 and on
  rocks.target_file_size_base = uint64_t{64} << 20;
  rocks.compaction_readahead_size = size_t{2} << 20;
  rocks.bytes_per_sync = uint64_t{1}
                         << 20;  // no burst of dirty pages in front of an append's fsync
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions()));

  rocks.max_open_files = 256;  // decades of table files must not be held open
  rocks.skip_stats_update_on_db_open = true;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  return rocks;
}

rocksdb::ReadOptions ScanOptions() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.fill_cache = false;  // a rebuild reads everything once
  read.readahead_size = size_t{1} << 20;
  return read;
}

rocksdb::ReadOptions LookUpOptions() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  return read;
}

rocksdb::WriteOptions AppendOptions() {
  rocksdb::WriteOptions write;
  write.sync = true;
  write.disableWAL = false;
  return write;
}

absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing) {
  return rocks::ToAbslStatus(
      status, doing,
      "The files are damaged: keep a copy of the directory as it is, run twinline admin fsck, then "
      "restore the latest backup (runbook: A damaged file).");
}

RecoveryLogger::RecoveryLogger(std::shared_ptr<rocksdb::Logger> file) : file_(std::move(file)) {
  SetInfoLogLevel(file_ ? file_->GetInfoLogLevel() : rocksdb::InfoLogLevel::INFO_LEVEL);
}

void RecoveryLogger::Logv(const char* format, va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void RecoveryLogger::LogHeader(const char* format, va_list arguments) {
  if (file_) file_->LogHeader(format, arguments);
}

void RecoveryLogger::Logv(const rocksdb::InfoLogLevel level, const char* format,
                          va_list arguments) {
  if (level >= rocksdb::InfoLogLevel::WARN_LEVEL) {
    va_list copy;
    va_copy(copy, arguments);
    char line[1024];
    std::vsnprintf(line, sizeof line, format, copy);
    va_end(copy);
    const std::string text(line);
    if (text.find("dropping") != std::string::npos) {
      const std::lock_guard lock(mutex_);
      if (notes_.size() < kNotesMax) notes_.push_back(text);
    }
  }
  if (file_) file_->Logv(level, format, arguments);
}

void RecoveryLogger::Flush() {
  if (file_) file_->Flush();
}

std::vector<std::string> RecoveryLogger::TakeNotes() {
  const std::lock_guard lock(mutex_);
  return std::move(notes_);
}

}  // namespace twinline::journal

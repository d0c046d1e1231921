// RocksDB's words, line by line in the file LOG of its directory, for whoever looks into a damaged
// database. Ours, because RocksDB's own logger writes through its checked file writer: Debian's
// build keeps assertions, and after one line that could not be written (a full disk) the next line
// aborts the process, in the middle of the append whose failure it wanted to report. Here a line
// that cannot be written is lost, and nothing else.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "rocksdb/env.h"

namespace twinline::rocks {

class TextLog : public rocksdb::Logger {
 public:
  // Appends to `directory`/LOG and makes the directory when it is not there. Above `max_bytes` the
  // file becomes LOG.old and a new one begins, so two of them bound what is kept.
  explicit TextLog(const std::string& directory, uint64_t max_bytes = uint64_t{8} << 20);
  ~TextLog() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;

 private:
  void OpenFile();
  void CloseFile();
  void Rotate();

  const std::string path_;
  const uint64_t max_bytes_;
  std::mutex mutex_;
  int fd_ = -1;
  uint64_t bytes_ = 0;
};

}  // namespace twinline::rocks

#include "platform/rocks/text_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <filesystem>

#include "platform/base/civil.h"
#include "platform/base/time.h"

namespace twinline::rocks {

TextLog::TextLog(const std::string& directory, uint64_t max_bytes)
    : path_(directory + "/LOG"), max_bytes_(max_bytes) {
  SetInfoLogLevel(rocksdb::InfoLogLevel::INFO_LEVEL);
  std::error_code ignored;  // RocksDB itself says why when the directory cannot be made
  std::filesystem::create_directories(directory, ignored);
  OpenFile();
}

TextLog::~TextLog() { CloseFile(); }

void TextLog::Logv(const char* format, va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void TextLog::Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
  if (level < GetInfoLogLevel()) return;
  char line[2048];
  const std::string time = base::ToIso8601(base::SystemClock().Now());
  const int prefix = std::snprintf(line, sizeof line, "%s ", time.c_str());
  const int text = std::vsnprintf(line + prefix, sizeof line - static_cast<size_t>(prefix) - 1,
                                  format, arguments);
  size_t size = std::min(sizeof line - 2, static_cast<size_t>(prefix + std::max(text, 0)));
  if (line[size - 1] != '\n') line[size++] = '\n';
  const std::lock_guard lock(mutex_);
  if (bytes_ + size > max_bytes_) Rotate();
  if (fd_ < 0) return;
  const ssize_t written = ::write(fd_, line, size);
  if (written > 0) bytes_ += static_cast<uint64_t>(written);
}

void TextLog::OpenFile() {
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat info {};
  bytes_ = fd_ >= 0 && ::fstat(fd_, &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

void TextLog::CloseFile() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void TextLog::Rotate() {
  CloseFile();
  if (::rename(path_.c_str(), (path_ + ".old").c_str()) != 0) ::unlink(path_.c_str());
  OpenFile();
}

}  // namespace twinline::rocks

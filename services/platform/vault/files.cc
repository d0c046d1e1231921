#include "platform/vault/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "platform/base/disk_words.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(std::string_view what, const fs::path& path) {
  const int error = errno;
  std::string_view advice;
  if (error == ENOSPC || error == EDQUOT) advice = base::kDiskFull;
  if (error == EROFS || error == EACCES || error == EPERM) advice = base::kDiskReadOnly;
  return absl::ErrnoToStatus(
      error, Concat({what, " ", path.string(), advice.empty() ? "" : ". ", advice}));
}

// Closes on every way out. A close error after a successful fsync tells nothing new.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  const int fd_;
};

absl::Status WriteAll(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Failed("write", path);
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteAndSync(int fd, std::string_view content, const fs::path& path) {
  TWINLINE_RETURN_IF_ERROR(WriteAll(fd, content, path));
  if (::fsync(fd) != 0) return Failed("fsync", path);
  return absl::OkStatus();
}

fs::path DirectoryOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ReadFile(const fs::path& path, size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return Failed("open", path);
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return Failed("stat", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(Concat({"not a regular file: ", path.string()}));
  }
  if (static_cast<size_t>(info.st_size) > limit) {
    return absl::ResourceExhaustedError(Concat({"file too large: ", path.string()}));
  }
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", path);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  content.resize(filled);
  return std::optional<std::string>(std::move(content));
}

absl::Status WriteFileDurably(const fs::path& path, std::string_view content, unsigned mode,
                              const fs::path& temporary_directory) {
  // A random suffix, so that two writers of the same content-named file do not share one.
  const fs::path directory = temporary_directory.empty() ? DirectoryOf(path) : temporary_directory;
  const fs::path temporary =
      directory / Concat({path.filename().string(), ".tmp-", base::ToHex(base::RandomBytes(8))});
  absl::Status status;
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file.ok()) return Failed("create", temporary);
    status = WriteAndSync(file.get(), content, temporary);
  }
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    status = Failed("rename", path);
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::Status AppendDurably(const fs::path& path, std::string_view content, unsigned mode) {
  const bool is_new = ::access(path.c_str(), F_OK) != 0;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode));
  if (!file.ok()) return Failed("open", path);
  TWINLINE_RETURN_IF_ERROR(WriteAndSync(file.get(), content, path));
  return is_new ? SyncDirectory(DirectoryOf(path)) : absl::OkStatus();
}

absl::Status Overwrite(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.ok()) return errno == ENOENT ? absl::OkStatus() : Failed("open", path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return Failed("stat", path);
  return WriteAndSync(file.get(), std::string(static_cast<size_t>(info.st_size), '\0'), path);
}

absl::Status MakeDirectories(const fs::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return SyncDirectory(DirectoryOf(directory));
  if (errno == EEXIST) return absl::OkStatus();
  if (errno != ENOENT || !directory.has_relative_path()) return Failed("mkdir", directory);
  TWINLINE_RETURN_IF_ERROR(MakeDirectories(DirectoryOf(directory)));
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return Failed("mkdir", directory);
  return SyncDirectory(DirectoryOf(directory));
}

absl::Status SyncDirectory(const fs::path& directory) {
  const Descriptor dir(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.ok()) return Failed("open directory", directory);
  if (::fsync(dir.get()) != 0) return Failed("fsync directory", directory);
  return absl::OkStatus();
}

}  // namespace twinline::vault

#include "tests/support/fault_fs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "platform/journal/sim_prng.h"

namespace twinline::test_support {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr uint64_t kPage = 4096;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void Write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::string DirectoryOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// What is left of `content`, of which only the first `synced` bytes are safe.
std::string AfterLoss(std::string content, uint64_t synced, Unsynced unsynced,
                      journal::SimPrng& prng) {
  const uint64_t tail = content.size() - synced;
  switch (unsynced) {
    case Unsynced::kDropped:
      content.resize(synced);
      break;
    case Unsynced::kCutShort:
      content.resize(synced + prng.Below(tail));
      break;
    case Unsynced::kZeroedPage: {
      // A page that was synced already does not change: only its unsynced rest is lost.
      const uint64_t page = (synced + prng.Below(tail)) / kPage * kPage;
      const uint64_t first = std::max(page, synced);
      const uint64_t last = std::min<uint64_t>(page + kPage, content.size());
      std::fill(content.begin() + static_cast<std::ptrdiff_t>(first),
                content.begin() + static_cast<std::ptrdiff_t>(last), '\0');
      break;
    }
    case Unsynced::kZeroedTail:
      std::fill(content.begin() + static_cast<std::ptrdiff_t>(synced + prng.Below(tail)),
                content.end(), '\0');
      break;
  }
  return content;
}

}  // namespace

class FaultFs::File : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, FaultFs* fs, std::string path)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus s = fs_->Check(FaultyCall::kAppend, path_); !s.ok()) return s;
    IOStatus s = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (s.ok()) fs_->Wrote(path_, data.size());
    return s;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus s = fs_->CheckAlive(); !s.ok()) return s;
    IOStatus s = FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    if (s.ok()) fs_->Truncated(path_, size);
    return s;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus s = fs_->Check(FaultyCall::kSync, path_); !s.ok()) return s;
    IOStatus s = FSWritableFileOwnerWrapper::Sync(options, debug);
    if (s.ok()) fs_->Synced(path_);
    return s;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultFs* const fs_;
  const std::string path_;
};

class FaultFs::Directory : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(std::unique_ptr<rocksdb::FSDirectory> directory, FaultFs* fs, std::string path)
      : FSDirectoryWrapper(std::move(directory)), fs_(fs), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus s = fs_->CheckAlive(); !s.ok()) return s;
    IOStatus s = FSDirectoryWrapper::Fsync(options, debug);
    if (s.ok()) fs_->DirectorySynced(path_);
    return s;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  FaultFs* const fs_;
  const std::string path_;
};

FaultFs::FaultFs() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

std::unique_ptr<rocksdb::Env> FaultFs::NewEnv(const std::shared_ptr<FaultFs>& fs) {
  return rocksdb::NewCompositeEnv(fs);
}

void FaultFs::FailFrom(FaultyCall call, uint64_t nth, IOStatus error, const std::string& suffix) {
  const std::lock_guard lock(mutex_);
  faults_[call] = {nth, 0, suffix, std::move(error)};
}

void FaultFs::Heal() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

uint64_t FaultFs::CallsSeen(FaultyCall call) const {
  const std::lock_guard lock(mutex_);
  const auto it = faults_.find(call);
  return it == faults_.end() ? 0 : it->second.seen;
}

void FaultFs::Kill() {
  const std::lock_guard lock(mutex_);
  dead_ = true;
}

uint64_t FaultFs::unsynced_bytes() const {
  const std::lock_guard lock(mutex_);
  return unsynced_bytes_;
}

void FaultFs::PowerLoss(Unsynced unsynced, uint64_t seed) {
  const std::lock_guard lock(mutex_);
  LoseContent(unsynced, seed);
  for (const std::string& path : unsynced_names_) {
    std::filesystem::remove(path);
    lengths_.erase(path);
  }
  for (const auto& [path, content] : replaced_) {
    Write(path, content);
    lengths_[path] = {content.size(), content.size()};
  }
  unsynced_names_.clear();
  replaced_.clear();
  faults_.clear();
  dead_ = false;
}

void FaultFs::LoseContent(Unsynced unsynced, uint64_t seed) {
  journal::SimPrng prng(seed);
  unsynced_bytes_ = 0;
  for (auto& [path, length] : lengths_) {
    if (length.written == length.synced || !std::filesystem::exists(path)) continue;
    unsynced_bytes_ += length.written - length.synced;
    std::string content = Read(path);
    content.resize(length.written);
    // Zeros behind the end are what a preallocated write-ahead log can show after a power cut.
    // RocksDB's MANIFEST grows by one small synced append at a time and is not written ahead of its
    // length: of an unsynced append there is a first part or nothing. (Zeros there make the log
    // refuse to open, with a message: docs/failure-model.md.)
    const bool zeros = unsynced == Unsynced::kZeroedPage || unsynced == Unsynced::kZeroedTail;
    const bool manifest = path.find("/MANIFEST-") != std::string::npos;
    content = AfterLoss(std::move(content), length.synced,
                        zeros && manifest ? Unsynced::kCutShort : unsynced, prng);
    Write(path, content);
    length = {content.size(), content.size()};
  }
}

IOStatus FaultFs::CheckAlive() const {
  const std::lock_guard lock(mutex_);
  return dead_ ? IOStatus::IOError("the process is dead") : IOStatus::OK();
}

IOStatus FaultFs::Check(FaultyCall call, const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (dead_) return IOStatus::IOError("the process is dead");
  Fault& fault = faults_[call];
  if (!path.ends_with(fault.suffix)) return IOStatus::OK();
  ++fault.seen;
  return fault.nth != 0 && fault.seen >= fault.nth ? fault.error : IOStatus::OK();
}

void FaultFs::Wrote(const std::string& path, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  lengths_[path].written += bytes;
}

void FaultFs::Truncated(const std::string& path, uint64_t size) {
  const std::lock_guard lock(mutex_);
  Length& length = lengths_[path];
  length.written = size;
  length.synced = std::min(length.synced, size);
}

void FaultFs::Synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  Length& length = lengths_[path];
  length.synced = length.written;
}

void FaultFs::DirectorySynced(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  const auto inside = [&](const std::string& path) { return DirectoryOf(path) == directory; };
  std::erase_if(unsynced_names_, inside);
  std::erase_if(replaced_, [&](const auto& entry) { return inside(entry.first); });
}

IOStatus FaultFs::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                  std::unique_ptr<rocksdb::FSWritableFile>* file,
                                  IODebugContext* debug) {
  if (IOStatus s = CheckAlive(); !s.ok()) return s;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  if (IOStatus s = target()->NewWritableFile(path, options, &real, debug); !s.ok()) return s;
  {
    const std::lock_guard lock(mutex_);
    lengths_[path] = {};
    unsynced_names_.insert(path);
  }
  *file = std::make_unique<File>(std::move(real), this, path);
  return IOStatus::OK();
}

IOStatus FaultFs::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                     IODebugContext* debug) {
  if (IOStatus s = CheckAlive(); !s.ok()) return s;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  if (IOStatus s = target()->ReopenWritableFile(path, options, &real, debug); !s.ok()) return s;
  {
    const std::lock_guard lock(mutex_);
    const uint64_t size = std::filesystem::file_size(path);
    lengths_.try_emplace(path, Length{size, size});
  }
  *file = std::make_unique<File>(std::move(real), this, path);
  return IOStatus::OK();
}

IOStatus FaultFs::NewDirectory(const std::string& path, const IOOptions& options,
                               std::unique_ptr<rocksdb::FSDirectory>* directory,
                               IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> real;
  if (IOStatus s = target()->NewDirectory(path, options, &real, debug); !s.ok()) return s;
  *directory = std::make_unique<Directory>(std::move(real), this, path);
  return IOStatus::OK();
}

IOStatus FaultFs::RenameFile(const std::string& from, const std::string& to,
                             const IOOptions& options, IODebugContext* debug) {
  if (IOStatus s = CheckAlive(); !s.ok()) return s;
  const bool replaces = std::filesystem::exists(to);
  const std::string before = replaces ? Read(to) : "";
  if (IOStatus s = target()->RenameFile(from, to, options, debug); !s.ok()) return s;
  const std::lock_guard lock(mutex_);
  if (replaces && !unsynced_names_.contains(to)) replaced_.try_emplace(to, before);
  if (!replaces) unsynced_names_.insert(to);
  unsynced_names_.erase(from);
  if (const auto it = lengths_.find(from); it != lengths_.end()) {
    lengths_[to] = it->second;
    lengths_.erase(it);
  }
  return IOStatus::OK();
}

IOStatus FaultFs::LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                           IODebugContext* debug) {
  if (IOStatus s = CheckAlive(); !s.ok()) return s;
  if (IOStatus s = target()->LinkFile(from, to, options, debug); !s.ok()) return s;
  const std::lock_guard lock(mutex_);
  unsynced_names_.insert(to);
  return IOStatus::OK();
}

IOStatus FaultFs::DeleteFile(const std::string& path, const IOOptions& options,
                             IODebugContext* debug) {
  if (IOStatus s = CheckAlive(); !s.ok()) return s;
  if (IOStatus s = target()->DeleteFile(path, options, debug); !s.ok()) return s;
  const std::lock_guard lock(mutex_);
  lengths_.erase(path);
  unsynced_names_.erase(path);
  replaced_.erase(path);
  return IOStatus::OK();
}

}  // namespace twinline::test_support

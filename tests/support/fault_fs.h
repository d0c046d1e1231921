// A file system under RocksDB that forgets what was not synced, and fails on demand. kill -9 does
// not test durability, for the page cache survives it; this does. It stands on a real directory.
//
// What survives PowerLoss: of each file the bytes written before its last successful Sync or Fsync,
// and of each directory the names made or replaced before its last Fsync. A range sync keeps
// nothing, as on Linux. Deleted files stay deleted, the harsher of the two possible orders.
//
// Use: Kill() (as if the process died: every later write fails), destroy the database, PowerLoss(),
// open again on the same FaultFs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace twinline::test_support {

// What a power cut leaves of the bytes behind the last sync. Disks write pages in any order.
enum class Unsynced {
  kDropped,     // nothing
  kCutShort,    // a first part of random length
  kZeroedPage,  // all of it, but one random page reads as zeros
  kZeroedTail,  // the length of all of it, but only a first part has its content
};

enum class FaultyCall { kAppend, kSync };

class FaultFs : public rocksdb::FileSystemWrapper {
 public:
  FaultFs();
  static const char* kClassName() { return "TwinlineFaultFs"; }
  const char* Name() const override { return kClassName(); }

  // An Env on this file system. Both outlive the databases that use them.
  static std::unique_ptr<rocksdb::Env> NewEnv(const std::shared_ptr<FaultFs>& fs);

  // From now on, the `nth` (from 1) such call on a file whose name ends in `suffix` fails with
  // `error`, and so do those after it until Heal.
  void FailFrom(FaultyCall call, uint64_t nth, rocksdb::IOStatus error,
                const std::string& suffix = ".log");
  void Heal();
  // Calls of the kind since FailFrom or the beginning, on files of its suffix.
  uint64_t CallsSeen(FaultyCall call) const;

  void Kill();
  // Applies the loss to the real files and lives again. `seed` decides what is random.
  void PowerLoss(Unsynced unsynced = Unsynced::kDropped, uint64_t seed = 0);
  // Bytes that the last PowerLoss found unsynced.
  uint64_t unsynced_bytes() const;

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  class File;
  class Directory;
  struct Length {
    uint64_t written = 0;
    uint64_t synced = 0;
  };
  struct Fault {
    uint64_t nth = 0;  // 0: none
    uint64_t seen = 0;
    std::string suffix = ".log";
    rocksdb::IOStatus error;
  };

  // OK, or why this call fails.
  rocksdb::IOStatus Check(FaultyCall call, const std::string& path);
  rocksdb::IOStatus CheckAlive() const;
  void Wrote(const std::string& path, uint64_t bytes);
  void Truncated(const std::string& path, uint64_t size);
  void Synced(const std::string& path);
  void DirectorySynced(const std::string& directory);
  void LoseContent(Unsynced unsynced, uint64_t seed);

  mutable std::mutex mutex_;
  bool dead_ = false;
  std::map<FaultyCall, Fault> faults_;
  std::map<std::string, Length> lengths_;        // files written through this
  std::set<std::string> unsynced_names_;         // made since their directory was synced
  std::map<std::string, std::string> replaced_;  // name -> content before it was replaced
  uint64_t unsynced_bytes_ = 0;
};

}  // namespace twinline::test_support

// Checks a data directory from what is stored, changing nothing and taking no lock: every journal
// is read through Admit (order, epochs, hash chain), says it belongs to this installation, and
// names nothing of another journal that is not there; evidence files have the content that
// their names say, and every one that an event names is there; nothing is missing that the
// second place remembers. Beside a running server it sees what was durable when it began.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/twinline/data_directory.h"

namespace twinline::cli {

struct FsckJournal {
  std::string name;
  uint64_t records = 0;
  uint64_t ignored = 0;  // late or repeated entries that every reader passes over
  uint64_t epoch = 0;
  uint64_t commits = 0;
};

struct FsckReport {
  std::vector<FsckJournal> journals;
  uint64_t blobs = 0;
  uint64_t blobs_named = 0;
  std::vector<std::string> problems;  // one sentence each; empty: all is well
  bool ok() const { return problems.empty(); }
};

// An error only when nothing could be checked (no log, no right to read).
absl::StatusOr<FsckReport> Fsck(const DataDirectory& directory,
                                const std::function<void(const std::string&)>& progress);

}  // namespace twinline::cli

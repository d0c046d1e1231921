// The checks of tools/fsck on an installation's data directory.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tools/fsck/fsck.h"
#include "tools/twinline/data_directory.h"

namespace twinline::cli {

using FsckJournal = fsck::JournalFacts;
using FsckReport = fsck::Report;

// An error only when nothing could be checked (no log, no right to read).
absl::StatusOr<FsckReport> Fsck(const DataDirectory& directory,
                                const std::function<void(const std::string&)>& progress);

}  // namespace twinline::cli

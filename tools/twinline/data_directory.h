// A data directory of this machine, for what an administrator does beside the server: look, check,
// copy, clear. None of it goes through the server, so what changes something first takes the lock
// of the log: while a server runs, it is refused.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/embedded_journal.h"
#include "platform/runtime/installation.h"

namespace twinline::cli {

struct DataDirectory {
  config::v1::Config config;
  runtime::Places places;
  runtime::Installation installation;
};

// NOT_FOUND when there is no installation. `config_file` empty: the defaults.
absl::StatusOr<DataDirectory> OpenDataDirectory(const std::filesystem::path& data,
                                                const std::string& config_file);

// The lock, held until the log is gone. FAILED_PRECONDITION with what to do when a server has it.
absl::StatusOr<std::unique_ptr<journal::EmbeddedLog>> LockStopped(const DataDirectory& directory);

// "registry-0" and the like below state/, of one service or of all (empty); private files are
// "registry-0.d".
std::vector<std::filesystem::path> StateDirectories(const DataDirectory& directory,
                                                    const std::string& service);
std::vector<std::filesystem::path> PrivateFiles(const DataDirectory& directory,
                                                const std::string& service);

// Copies a tree of ordinary files, each durable, and its directories; modes stay. Symbolic links
// are refused.
absl::Status CopyTree(const std::filesystem::path& from, const std::filesystem::path& to);
// True when there is nothing at `path`, or an empty directory.
bool IsVacant(const std::filesystem::path& path);

}  // namespace twinline::cli

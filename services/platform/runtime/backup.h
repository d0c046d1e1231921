// A copy of an installation from which it can be restored: journals, then evidence files, then the
// vault. A later copy holds more than an earlier one; what is too much is harmless, while
// data without its key is lost. Never in it: the key-encryption keys and the second place (R-07,
// The manifest is written last: a directory without it is no backup.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "platform/runtime/installation.h"

namespace twinline::journal {
class EmbeddedLog;
}
namespace twinline::vault {
class EmbeddedVault;
}

namespace twinline::runtime {

inline constexpr char kBackupManifest[] = "backup.json";

enum class BackupStep { kJournals, kEvidence, kVault, kInstallation };

// Beside a running server's own use of `log` and `vault`, or of a stopped one. `target` is missing
// or empty. `step` may be null. After an error what lies in `target` is of no use.
absl::Status MakeBackup(const Places& places, const Installation& installation,
                        journal::EmbeddedLog& log, const vault::EmbeddedVault& vault,
                        const std::filesystem::path& target,
                        const std::function<void(BackupStep)>& step);

}  // namespace twinline::runtime

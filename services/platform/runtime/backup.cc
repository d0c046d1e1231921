#include "platform/runtime/backup.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "platform/base/civil.h"
#include "platform/base/status_macros.h"
#include "platform/journal/embedded_journal.h"
#include "platform/vault/embedded_vault.h"
#include "platform/vault/files.h"

namespace twinline::runtime {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileMax = size_t{1} << 32;
constexpr unsigned kMode = 0640;
constexpr char kInstallation[] = "installation.textproto";

// Evidence files come into being by a rename and never change. Of a file that is still being
// written no event can speak yet, so one that is gone again is passed over.
absl::Status CopyEvidence(const fs::path& from, const fs::path& to) {
  TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(to));
  std::error_code error;
  for (fs::recursive_directory_iterator it(from, error), end; !error && it != end;
       it.increment(error)) {
    const fs::path target = to / fs::relative(it->path(), from);
    std::error_code gone;
    if (it->path().filename() == "unfinished") {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_directory(gone)) {
      TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(target));
      continue;
    }
    TWINLINE_ASSIGN_OR_RETURN(const auto content, vault::ReadFile(it->path(), kFileMax));
    if (content) TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(target, *content, kMode));
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("reading ", from.string(), ": ", error.message()));
}

// Names and ids need no escaping.
std::string Manifest(const Installation& installation, const journal::EmbeddedLog& log) {
  std::string text = absl::StrCat(
      "{\n  \"format\": 1,\n  \"installation\": \"", installation.id.hex(), "\",\n  \"made\": \"",
      base::ToIso8601(base::SystemClock().Now()), "\",\n  \"journals\": {");
  const char* separator = "\n";
  for (const auto& end : log.Ends()) {
    absl::StrAppend(&text, separator, "    \"", end.name, "\": ", end.entries);
    separator = ",\n";
  }
  return absl::StrCat(text, "\n  }\n}\n");
}

}  // namespace

absl::Status MakeBackup(const Places& places, const Installation& installation,
                        journal::EmbeddedLog& log, const vault::EmbeddedVault& vault,
                        const fs::path& target, const std::function<void(BackupStep)>& step) {
  const auto begin = [&](BackupStep what) {
    if (step) step(what);
  };
  TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(target));
  begin(BackupStep::kJournals);
  // Before the copy: the copy holds at least these.
  const std::string manifest = Manifest(installation, log);
  TWINLINE_RETURN_IF_ERROR(log.Backup((target / "log").string()));
  begin(BackupStep::kEvidence);
  std::error_code error;
  if (fs::is_directory(places.blobs, error)) {
    TWINLINE_RETURN_IF_ERROR(CopyEvidence(places.blobs, target / "blobs"));
  }
  begin(BackupStep::kVault);
  TWINLINE_RETURN_IF_ERROR(vault.CopyTo(target / "vault"));
  begin(BackupStep::kInstallation);
  TWINLINE_ASSIGN_OR_RETURN(const auto text,
                            vault::ReadFile(places.data / kInstallation, size_t{1} << 20));
  if (!text) return absl::NotFoundError("installation.textproto is missing");
  TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(target / kInstallation, *text, kMode));
  return vault::WriteFileDurably(target / kBackupManifest, manifest, kMode);
}

}  // namespace twinline::runtime

// Opening, locking and copying.
#include "tools/twinline/data_directory.h"

#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/runtime/config.h"
#include "platform/vault/files.h"
#include "tools/twinline/files.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFileMax = size_t{1} << 32;

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Directories of state/ named "<service>-<digits><ending>", sorted.
std::vector<fs::path> Named(const fs::path& state, const std::string& service,
                            std::string_view ending) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(state, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_directory()) continue;
    std::string name = it->path().filename().string();
    if (!name.ends_with(ending)) continue;
    name.resize(name.size() - ending.size());
    const size_t dash = name.rfind('-');
    if (dash == std::string::npos || !AllDigits(std::string_view(name).substr(dash + 1))) continue;
    if (service.empty() || name.substr(0, dash) == service) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

absl::StatusOr<DataDirectory> OpenDataDirectory(const fs::path& data,
                                                const std::string& config_file) {
  DataDirectory directory;
  TWINLINE_ASSIGN_OR_RETURN(directory.config, runtime::LoadConfig(config_file));
  directory.places = runtime::PlacesOf(data, directory.config);
  TWINLINE_ASSIGN_OR_RETURN(directory.installation, runtime::LoadInstallation(directory.places));
  return directory;
}

absl::StatusOr<std::unique_ptr<journal::EmbeddedLog>> LockStopped(const DataDirectory& directory) {
  std::error_code error;
  if (!fs::exists(directory.places.log / "CURRENT", error)) {
    return absl::NotFoundError(absl::StrCat(directory.places.log.string(), " holds no journals"));
  }
  auto log = journal::EmbeddedLog::Open(directory.places.log.string(), {});
  if (absl::IsFailedPrecondition(log.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat("a server has ", directory.places.data.string(), " open; stop it first (",
                     log.status().message(), ")"));
  }
  return log;
}

std::vector<fs::path> StateDirectories(const DataDirectory& directory, const std::string& service) {
  return Named(directory.places.state, service, "");
}

std::vector<fs::path> PrivateFiles(const DataDirectory& directory, const std::string& service) {
  return Named(directory.places.state, service, ".d");
}

absl::Status CopyTree(const fs::path& from, const fs::path& to) {
  TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(to));
  std::error_code error;
  for (fs::recursive_directory_iterator it(from, error), end; !error && it != end;
       it.increment(error)) {
    const fs::path target = to / fs::relative(it->path(), from);
    if (it->is_symlink())
      return absl::FailedPreconditionError(absl::StrCat(it->path().string(), " is a link"));
    if (it->is_directory()) {
      TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(target));
      continue;
    }
    TWINLINE_ASSIGN_OR_RETURN(const std::string content, ReadWholeFile(it->path(), kFileMax));
    struct stat info = {};
    if (::stat(it->path().c_str(), &info) != 0)
      return absl::UnavailableError(absl::StrCat("cannot stat ", it->path().string()));
    TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(target, content, info.st_mode & 0777));
  }
  if (error)
    return absl::UnavailableError(
        absl::StrCat("cannot read ", from.string(), ": ", error.message()));
  return absl::OkStatus();
}

bool IsVacant(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return !error;
  return fs::is_directory(path, error) && fs::is_empty(path, error) && !error;
}

}  // namespace twinline::cli

#include "platform/rocks/rocks_status.h"

#include "absl/strings/str_cat.h"
#include "platform/base/disk_words.h"

namespace twinline::rocks {

absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing,
                          std::string_view when_damaged) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  const auto says = [&text](const char* part) { return text.find(part) != std::string::npos; };
  const auto message = [&](std::string_view first, std::string_view advice) {
    return absl::StrCat(doing, ": ", text, ". ", std::string(first), std::string(advice));
  };
  if (status.IsNoSpace() || says("No space left") || says("Disk quota exceeded")) {
    return absl::ResourceExhaustedError(message(
        base::kDiskFull, ": free space, then start again. Delete nothing in this directory."));
  }
  if (status.IsCorruption()) return absl::DataLossError(message(when_damaged, ""));
  if (says("LOCK") && (says("lock hold") || says("While lock file") || status.IsBusy())) {
    return absl::FailedPreconditionError(
        message("Another process has this directory: stop it first, two may never write one.", ""));
  }
  if (says("Permission denied") || says("Read-only file system")) {
    return absl::PermissionDeniedError(
        message(base::kDiskReadOnly, " for the user that runs twinlined."));
  }
  if (says("does not exist") || says("No such file")) {
    return absl::NotFoundError(message("Check the configured data directory.", ""));
  }
  return absl::UnavailableError(
      message("The disk failed: look at the system log, and start again when it is sound.", ""));
}

}  // namespace twinline::rocks

// Reading and writing whole files.
#include "tools/twinline/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/vault/files.h"

namespace twinline::cli {

Download::Download(std::filesystem::path path)
    : path_(std::move(path)), part_(path_.string() + ".part") {
  descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

Download::~Download() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

bool Download::Write(std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = ::write(descriptor_, data.data(), data.size());
    if (written <= 0) return false;
    bytes_ += static_cast<size_t>(written);
    data.remove_prefix(static_cast<size_t>(written));
  }
  return descriptor_ >= 0;
}

bool Download::Finish() {
  if (descriptor_ < 0 || ::fsync(descriptor_) != 0) return false;
  ::close(std::exchange(descriptor_, -1));
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  return !error;
}

absl::StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path, size_t limit) {
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> text, vault::ReadFile(path, limit));
  if (!text) return absl::InvalidArgumentError(absl::StrCat("there is no file ", path.string()));
  return *std::move(text);
}

}  // namespace twinline::cli

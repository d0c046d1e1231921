// Files that the server sends in pieces, and files that people send to it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace twinline::cli {

// Writes beside `path` and renames at the end, so that a broken download leaves no half file under
// the final name. Mode 0600: such files hold children's data.
class Download {
 public:
  explicit Download(std::filesystem::path path);
  ~Download();
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  bool Write(std::string_view data);
  bool Finish();
  const std::filesystem::path& path() const { return path_; }
  size_t bytes() const { return bytes_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path part_;
  int descriptor_ = -1;
  size_t bytes_ = 0;
};

// The whole file. NOT_FOUND with its name, RESOURCE_EXHAUSTED above `limit`.
absl::StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path, size_t limit);

}  // namespace twinline::cli

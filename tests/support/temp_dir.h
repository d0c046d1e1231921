// A directory for one test, removed with everything in it. On the disk of the build tree, not in a
// memory file system, where an fsync would prove nothing.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "platform/base/check.h"

namespace twinline::test_support {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::current_path() / "tmp-XXXXXX").string();
    TWINLINE_CHECK(::mkdtemp(pattern.data()) != nullptr, "no directory for a test");
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace twinline::test_support

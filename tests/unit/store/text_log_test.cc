// RocksDB's words on a disk that takes none: lost, and nothing else.
#include "platform/rocks/text_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.h"

namespace twinline::rocks {
namespace {

namespace fs = std::filesystem;

std::string Content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(TextLog, WritesLinesAndGoesOnWhereItStopped) {
  const test_support::TempDir temp;
  const std::string directory = temp / "db";
  for (const int run : {1, 2}) {
    TextLog log(directory);
    rocksdb::Log(&log, "run %d", run);
    rocksdb::Log(rocksdb::InfoLogLevel::DEBUG_LEVEL, &log, "not this");
  }
  const std::string text = Content(directory + "/LOG");
  EXPECT_NE(text.find("run 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("run 2\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("not this"), std::string::npos);
}

TEST(TextLog, TwoFilesBoundWhatIsKept) {
  const test_support::TempDir temp;
  TextLog log(temp.path(), 1'000);
  for (int line = 0; line < 200; ++line) rocksdb::Log(&log, "line %d", line);
  EXPECT_LE(fs::file_size(temp / "LOG"), 1'000u);
  EXPECT_LE(fs::file_size(temp / "LOG.old"), 1'000u);
  EXPECT_NE(Content(temp / "LOG").find("line 199"), std::string::npos);
}

TEST(TextLog, AFullDiskCostsLinesOnly) {
  const test_support::TempDir temp;
  fs::create_symlink("/dev/full", temp / "LOG");
  TextLog log(temp.path());
  for (int line = 0; line < 3; ++line) rocksdb::Log(&log, "line %d", line);
  TextLog nowhere("/proc/no/such/directory");
  rocksdb::Log(&nowhere, "lost");
}

}  // namespace
}  // namespace twinline::rocks

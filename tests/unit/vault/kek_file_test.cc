#include "platform/vault/kek_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "platform/vault/files.h"
#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

TEST(KekFile, CreateLoadAddDrop) {
  test_support::TempDir directory;
  const fs::path path = directory / "kek";
  KekFile made = KekFile::CreateNew(path, SystemRandom()).value();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  KekFile loaded = KekFile::Load(path).value();
  EXPECT_EQ(loaded.current().id, made.current().id);
  EXPECT_EQ(loaded.current().key.view(), made.current().key.view());

  const base::Id16 first = loaded.current().id;
  ASSERT_TRUE(loaded.AddNewest(SystemRandom()).ok());
  EXPECT_NE(loaded.current().id, first);
  EXPECT_NE(loaded.Find(first), nullptr);
  EXPECT_EQ(KekFile::Load(path)->size(), 2u);
  ASSERT_TRUE(loaded.DropOld().ok());
  EXPECT_EQ(loaded.Find(first), nullptr);
  EXPECT_EQ(KekFile::Load(path)->current().id, loaded.current().id);
  EXPECT_EQ(KekFile::Load(path)->size(), 1u);
}

TEST(KekFile, NeverReplacesAFile) {
  test_support::TempDir directory;
  ASSERT_TRUE(KekFile::CreateNew(directory / "kek", SystemRandom()).ok());
  EXPECT_EQ(KekFile::CreateNew(directory / "kek", SystemRandom()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// A crash inside DropOld leaves the second name; neither of its two meanings may hurt the live
// file.
TEST(KekFile, LeftoversOfACrashAreRemoved) {
  test_support::TempDir directory;
  const fs::path path = directory / "kek";
  const fs::path old = directory / "kek.old";
  KekFile keks = KekFile::CreateNew(path, SystemRandom()).value();
  fs::create_hard_link(path, old);  // before the rename: the live file under a second name
  ASSERT_TRUE(keks.DropOld().ok());
  EXPECT_FALSE(fs::exists(old));
  EXPECT_EQ(KekFile::Load(path)->current().id, keks.current().id);
  std::ofstream(old) << "the old keys";  // after the rename: the old content
  ASSERT_TRUE(keks.DropOld().ok());
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(KekFile::Load(path).ok());
}

TEST(KekFile, RefusesWhatItDidNotWrite) {
  const std::string id(32, 'a'), key(64, 'b'), head = "twinline-kek 1\n";
  const struct {
    const char* why;
    std::string content;
  } kBad[] = {
      {"empty", ""},
      {"no key", head},
      {"another format", "twinline-kek 2\n" + id + " " + key + "\n"},
      {"cut short", head + id + " " + key},
      {"short key", head + id + " " + std::string(62, 'b') + "\n"},
      {"odd key", head + id + " " + std::string(63, 'b') + "\n"},
      {"no hex", head + id + " " + std::string(64, 'x') + "\n"},
      {"short id", head + "aa " + key + "\n"},
      {"no blank", head + id + key + "\n"},
      {"same id twice", head + id + " " + key + "\n" + id + " " + key + "\n"},
      {"empty line", head + id + " " + key + "\n\n"},
      {"too large", head + std::string(5000, 'a') + "\n"},
  };
  for (const auto& bad : kBad) {
    test_support::TempDir directory;
    ASSERT_TRUE(WriteFileDurably(directory / "kek", bad.content, 0600).ok());
    EXPECT_FALSE(KekFile::Load(directory / "kek").ok()) << bad.why;
  }
  test_support::TempDir directory;
  EXPECT_FALSE(KekFile::Load(directory / "none").ok());
  EXPECT_FALSE(KekFile::Load(directory.path()).ok()) << "a directory";
}

TEST(Files, DirectoriesAndWrites) {
  test_support::TempDir directory;
  ASSERT_TRUE(MakeDirectories(directory / "a/b/c").ok());
  ASSERT_TRUE(MakeDirectories(directory / "a/b/c").ok());
  ASSERT_TRUE(WriteFileDurably(directory / "a/b/c/f", "one", 0600).ok());
  ASSERT_TRUE(WriteFileDurably(directory / "a/b/c/f", "two", 0600).ok());
  EXPECT_EQ(ReadFile(directory / "a/b/c/f", 10).value(), "two");
  EXPECT_EQ(ReadFile(directory / "a/b/c/f", 2).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadFile(directory / "nothing", 10).value(), std::nullopt);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory / "a/b/c"), {}), 1);
  EXPECT_FALSE(WriteFileDurably(directory / "no/f", "x", 0600).ok());
  EXPECT_FALSE(MakeDirectories(directory / "a/b/c/f/g").ok());
}

}  // namespace
}  // namespace twinline::vault

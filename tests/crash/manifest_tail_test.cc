// What a power cut can leave behind the end of a MANIFEST, made again on real files: zeros are cut
// off and everything is there; any other damage still refuses (R-60, docs/failure-model.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/base/manifest_repair.h"
#include "platform/journal/embedded_journal.h"
#include "platform/vault/embedded_vault.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {
namespace {

namespace fs = std::filesystem;
using journal::EmbeddedLog;
using journal::RecordPtr;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}
void WriteFile(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}
fs::path ManifestOf(const fs::path& directory) {
  std::string name = ReadFile(directory / "CURRENT");
  name.erase(name.find_last_not_of('\n') + 1);
  return directory / name;
}

class ManifestTail : public testing::Test {
 protected:
  ManifestTail() {
    auto log = EmbeddedLog::Open(dir_, {}).value();
    auto journal = log->Open(kJournal).value();
    for (const RecordPtr& record : History(3, state_)) EXPECT_TRUE(journal->Append(record).ok());
    entries_ = log->Ends()[0].entries;
  }
  bool Opens() {
    auto log = EmbeddedLog::Open(dir_, {});
    if (!log.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(log.status())) << log.status();
      return false;
    }
    EXPECT_EQ((*log)->Ends()[0].entries, entries_);
    notes_ = (*log)->recovery_notes();
    return true;
  }
  void Append(const std::string& bytes) {
    WriteFile(ManifestOf(dir_), ReadFile(ManifestOf(dir_)) + bytes);
  }

  test_support::TempDir temp_;
  const std::string dir_ = temp_ / "log";
  journal::JournalState state_;
  uint64_t entries_ = 0;
  std::vector<std::string> notes_;
};

TEST_F(ManifestTail, ZerosBehindTheEndAreCutOffAndNamed) {
  int repairs = 0;
  for (const size_t zeros : {size_t{1}, size_t{7}, size_t{100}, size_t{4'096}, size_t{70'000}}) {
    const fs::path manifest = ManifestOf(dir_);
    const std::string before = ReadFile(manifest);
    Append(std::string(zeros, '\0'));
    const bool refused = !base::LengthBeforeZeros(ReadFile(manifest)).has_value();
    EXPECT_FALSE(refused);
    ASSERT_TRUE(Opens()) << zeros;
    const bool noted = std::ranges::any_of(notes_, [](const std::string& note) {
      return note.find("zeros behind its last whole record") != std::string::npos;
    });
    // RocksDB passes over some by itself; where it does not, the file is kept as it was.
    EXPECT_EQ(noted, fs::exists(manifest.string() + ".zeros")) << zeros;
    if (noted) {
      EXPECT_EQ(ReadFile(manifest.string() + ".zeros").size(), before.size() + zeros);
    }
    ASSERT_TRUE(Opens()) << "and again, without any repair";
    EXPECT_TRUE(notes_.empty());
    repairs += noted ? 1 : 0;
    fs::remove(manifest.string() + ".zeros");
  }
  EXPECT_GT(repairs, 0) << "RocksDB opens all of these by itself: nothing is shown here";
}

TEST_F(ManifestTail, ADamagedOneStillRefusesAndIsLeftAlone) {
  const fs::path manifest = ManifestOf(dir_);
  const std::string sound = ReadFile(manifest);
  // A byte of an edit, with zeros behind the end.
  std::string damaged = sound;
  damaged[damaged.size() / 2] ^= 1;
  damaged += std::string(4'096, '\0');
  WriteFile(manifest, damaged);
  EXPECT_FALSE(Opens());
  EXPECT_EQ(ReadFile(manifest), damaged);
  // Zeros in the place of the last edit's second half: it may have been synced.
  damaged = sound;
  std::fill(damaged.end() - 8, damaged.end(), '\0');
  damaged += std::string(4'096, '\0');
  EXPECT_FALSE(base::LengthBeforeZeros(damaged).has_value());
  // Something else than zeros behind the end.
  EXPECT_FALSE(base::LengthBeforeZeros(sound + std::string(100, '\0') + "x").has_value());
  EXPECT_FALSE(base::LengthBeforeZeros(sound).has_value()) << "nothing to cut";
  EXPECT_FALSE(base::LengthBeforeZeros(std::string(4'096, '\0')).has_value()) << "nothing to keep";
}

TEST_F(ManifestTail, AReadOnlyLookChangesNothing) {
  Append(std::string(4'096, '\0'));
  const std::string damaged = ReadFile(ManifestOf(dir_));
  (void)EmbeddedLog::OpenReadOnly(dir_);
  EXPECT_EQ(ReadFile(ManifestOf(dir_)), damaged);
}

TEST_F(ManifestTail, TheVaultToo) {
  vault::EmbeddedVaultOptions options;
  options.directory = temp_ / "vault";
  options.kek_file = temp_ / "kek";
  options.create = true;
  base::Id16 key;
  {
    auto made = vault::EmbeddedVault::Open(options);
    ASSERT_TRUE(made.ok()) << made.status();
    key = *(*made)->Create(base::DeriveId({"child"}), "child");
  }
  const fs::path manifest = ManifestOf(options.directory);
  WriteFile(manifest, ReadFile(manifest) + std::string(4'096, '\0'));
  const auto opened = vault::EmbeddedVault::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->Get(key)->state, vault::KeyState::kPresent);
}

}  // namespace
}  // namespace twinline::journal_test

// The table of R-60, made again on real files: what a crash or a bad disk may leave of the
// write-ahead log, and what opening makes of it. It pins why the log opens with
// kPointInTimeRecovery although that mode drops acknowledged records behind damage, and that this
// one case is found by comparing ends.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/journal/embedded_options.h"
#include "rocksdb/db.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {
namespace {

using journal::EmbeddedLog;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;
using rocksdb::WALRecoveryMode;

constexpr size_t kRecordBytes = 40'000;  // a full batch, more than one block of the file
constexpr uint64_t kPage = 4096;
constexpr uint64_t kRecords = 6;  // genesis, epoch, four batches

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// The write-ahead file that holds the records.
std::filesystem::path WalOf(const std::string& dir) {
  std::filesystem::path wal;
  for (const auto& file : std::filesystem::directory_iterator(dir)) {
    if (file.path().extension() != ".log") continue;
    if (wal.empty() || file.file_size() > std::filesystem::file_size(wal)) wal = file.path();
  }
  return wal;
}

class WalTail : public testing::Test {
 protected:
  WalTail() {
    auto log = EmbeddedLog::Open(dir_, {}).value();
    auto journal = log->Open(kJournal).value();
    std::vector<RecordPtr> records = History(0, state_);
    while (records.size() < kRecords) {
      records.push_back(LargeBatch(6, state_, kRecordBytes));
      EXPECT_EQ(journal::Admit(state_, *records.back()).verdict, journal::Verdict::kAccept);
    }
    for (const RecordPtr& record : records) {
      EXPECT_TRUE(journal->Append(record).ok());
      ends_.push_back(std::filesystem::file_size(WalOf(dir_)));
    }
    follower_ = journal->End().value();
  }

  // Rewrites the write-ahead file: `change` gets its content.
  void Damage(const std::function<void(std::string&)>& change) {
    const std::filesystem::path wal = WalOf(dir_);
    std::string content = ReadFile(wal);
    ASSERT_EQ(content.size(), ends_.back());
    change(content);
    std::ofstream(wal, std::ios::binary | std::ios::trunc) << content;
  }

  // Whether RocksDB opens a copy of the directory in this mode.
  bool Opens(WALRecoveryMode mode) {
    const std::string copy = temp_ / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(dir_, copy, std::filesystem::copy_options::recursive);
    rocksdb::Options options = journal::RocksOptions({});
    options.wal_recovery_mode = mode;
    rocksdb::DB* db = nullptr;
    const bool opens = rocksdb::DB::Open(options, copy, &db).ok();
    delete db;
    return opens;
  }

  // Opens in our mode and expects the first `survivors` records, then that the log works on: a lost
  // tail is written again and is still there at the next opening.
  void ExpectSurvivors(uint64_t survivors) {
    {
      auto log = EmbeddedLog::Open(dir_, {});
      ASSERT_TRUE(log.ok()) << log.status();
      ASSERT_EQ((*log)->Ends().size(), 1u);
      EXPECT_EQ((*log)->Ends()[0].entries, survivors);
      notes_ = (*log)->recovery_notes();
      const auto journal = (*log)->Open(kJournal).value();
      const ReadResult read = ReadAll(journal);
      EXPECT_TRUE(read.halt.ok()) << read.halt;
      ASSERT_EQ(read.admitted.size(), survivors);
      EXPECT_EQ(journal->Append(NextBatch(read.state, "again")).value(), Place{survivors + 1});
    }
    auto log = EmbeddedLog::Open(dir_, {}).value();
    EXPECT_EQ(ReadAll(log->Open(kJournal).value()).admitted.size(), survivors + 1);
  }

  test_support::TempDir temp_;
  const std::string dir_ = temp_ / "log";
  JournalState state_;          // of a follower that has read everything,
  Place follower_;              // and where it goes on
  std::vector<uint64_t> ends_;  // file size after each record
  std::vector<std::string> notes_;
};

TEST_F(WalTail, UndamagedOpensInEveryMode) {
  EXPECT_TRUE(Opens(WALRecoveryMode::kTolerateCorruptedTailRecords));
  EXPECT_TRUE(Opens(WALRecoveryMode::kPointInTimeRecovery));
  EXPECT_TRUE(Opens(WALRecoveryMode::kAbsoluteConsistency));
  ExpectSurvivors(kRecords);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(WalTail, LastRecordCutShort) {
  Damage([this](std::string& wal) { wal.resize((ends_[kRecords - 2] + ends_[kRecords - 1]) / 2); });
  EXPECT_TRUE(Opens(WALRecoveryMode::kTolerateCorruptedTailRecords));
  EXPECT_FALSE(Opens(WALRecoveryMode::kAbsoluteConsistency));
  ExpectSurvivors(kRecords - 1);
}

TEST_F(WalTail, OnePageInsideTheLastRecordNotWritten) {
  Damage([this](std::string& wal) {
    const uint64_t page = (ends_[kRecords - 2] / kPage + 2) * kPage;
    ASSERT_LT(page + kPage, ends_.back());
    wal.replace(page, kPage, kPage, '\0');
  });
  EXPECT_FALSE(Opens(WALRecoveryMode::kTolerateCorruptedTailRecords));
  EXPECT_FALSE(Opens(WALRecoveryMode::kAbsoluteConsistency));
  ExpectSurvivors(kRecords - 1);
  EXPECT_FALSE(notes_.empty()) << "the operator's log names the size that was dropped";
}

TEST_F(WalTail, SecondHalfOfTheLastRecordZeroAndTheSizeExtended) {
  Damage([this](std::string& wal) {
    const uint64_t half = (ends_[kRecords - 2] + ends_[kRecords - 1]) / 2;
    wal.replace(half, wal.size() - half, wal.size() - half, '\0');
  });
  EXPECT_FALSE(Opens(WALRecoveryMode::kTolerateCorruptedTailRecords));
  EXPECT_FALSE(Opens(WALRecoveryMode::kAbsoluteConsistency));
  ExpectSurvivors(kRecords - 1);
}

// The dear row: acknowledged records are gone and the log opens all the same. What finds it is
// every position known elsewhere: a follower's cursor beyond the end halts that follower, and the
// host sees it from Ends before it takes an epoch.
TEST_F(WalTail, AnEarlierAcknowledgedRecordDamaged) {
  Damage([this](std::string& wal) { wal[(ends_[2] + ends_[3]) / 2] ^= 1; });

  EXPECT_FALSE(Opens(WALRecoveryMode::kTolerateCorruptedTailRecords));
  EXPECT_FALSE(Opens(WALRecoveryMode::kAbsoluteConsistency));
  const auto log = EmbeddedLog::Open(dir_, {});
  ASSERT_TRUE(log.ok()) << log.status();
  const EmbeddedLog::JournalEnd end = (*log)->Ends().at(0);
  EXPECT_EQ(end.entries, 3u)
      << "the damaged record and the two acknowledged ones behind it are gone";
  EXPECT_LT(end.end, follower_) << "and this comparison tells";
  EXPECT_FALSE((*log)->recovery_notes().empty());
  const ReadResult read = ReadAll((*log)->Open(kJournal).value(), 10, follower_, state_);
  EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss) << read.halt;
}

// The other file that a power cut can tear: the MANIFEST, which names the table files. Its last
// append says that a table file is there, and the write-ahead file behind that table goes only
// after the append was synced, so an append that is missing or cut short loses nothing. Zeros in
// its place cannot be told from damage: RocksDB does not open, and our message says what to do
// next.
class ManifestTail : public WalTail {
 protected:
  ManifestTail() {
    auto log = EmbeddedLog::Open(dir_, {}).value();
    EXPECT_TRUE(log->Backup(temp_ / "flush").ok());  // a table file, and an append that names it
  }
  void Tear(const std::function<void(std::string&)>& change) {
    std::filesystem::path manifest;
    for (const auto& file : std::filesystem::directory_iterator(dir_)) {
      if (file.path().filename().string().starts_with("MANIFEST-")) manifest = file.path();
    }
    std::string content = ReadFile(manifest);
    ASSERT_GT(content.size(), 64u);
    change(content);
    std::ofstream(manifest, std::ios::binary | std::ios::trunc) << content;
  }
  void ExpectRefusal() {
    const auto log = EmbeddedLog::Open(dir_, {});
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.status().code(), absl::StatusCode::kDataLoss) << log.status();
    const std::string words(log.status().message());
    EXPECT_NE(words.find(dir_), std::string::npos) << words;
    EXPECT_NE(words.find("restore the latest backup"), std::string::npos) << words;
  }
};

TEST_F(ManifestTail, CutShortOpensWithEverything) {
  Tear([](std::string& manifest) { manifest.resize(manifest.size() - 5); });
  ExpectSurvivors(kRecords);
}

TEST_F(ManifestTail, ZerosBehindItsLastAppendOpenWithEverything) {
  Tear([](std::string& manifest) { manifest.append(kPage, '\0'); });
  ExpectSurvivors(kRecords);
}

TEST_F(ManifestTail, ZerosInsteadOfItsLastBytesRefuse) {
  Tear([](std::string& manifest) { manifest.replace(manifest.size() - 20, 20, 20, '\0'); });
  ExpectRefusal();
}

}  // namespace
}  // namespace twinline::journal_test

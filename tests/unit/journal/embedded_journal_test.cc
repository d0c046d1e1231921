// What is particular to the log of one machine: settings that carry meaning, memory, copies, and
// what it says when the disk, the directory or the operator fails it.
#include "platform/journal/embedded_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/embedded_options.h"
#include "rocksdb/db.h"
#include "rocksdb/table.h"
#include "tests/support/fault_fs.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {
namespace {

using absl::StatusCode;
using journal::EmbeddedLog;
using journal::EmbeddedLogOptions;
using journal::Entry;
using journal::Journal;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;
using test_support::FaultFs;
using test_support::FaultyCall;
using testing::HasSubstr;

class EmbeddedJournal : public testing::Test {
 protected:
  std::unique_ptr<EmbeddedLog> Open(EmbeddedLogOptions options = {}) {
    auto log = EmbeddedLog::Open(dir_, options);
    EXPECT_TRUE(log.ok()) << log.status();
    return std::move(log).value();
  }
  static void Append(EmbeddedLog& log, const std::string& name, size_t batches) {
    const auto journal = log.Open(name).value();
    JournalState state;
    for (const RecordPtr& record : History(batches, state, name)) {
      ASSERT_TRUE(journal->Append(record).ok());
    }
  }

  test_support::TempDir temp_;
  const std::string dir_ = temp_ / "log";
};

TEST(EmbeddedOptions, SettingsThatCarryMeaning) {
  const rocksdb::Options options = journal::RocksOptions({});
  EXPECT_EQ(options.wal_recovery_mode, rocksdb::WALRecoveryMode::kPointInTimeRecovery);
  EXPECT_TRUE(options.track_and_verify_wals_in_manifest);
  EXPECT_TRUE(options.paranoid_checks);
  EXPECT_EQ(options.recycle_log_file_num, 0u);
  EXPECT_EQ(options.max_bgerror_resume_count, 0);
  EXPECT_EQ(options.max_background_jobs, 2);
  EXPECT_FALSE(options.enable_pipelined_write);
  EXPECT_FALSE(options.unordered_write);
  EXPECT_FALSE(options.manual_wal_flush);
  ASSERT_GE(options.compression_per_level.size(), 2u);
  EXPECT_EQ(options.compression_per_level[0], rocksdb::kNoCompression);
  EXPECT_EQ(options.compression_per_level[1], rocksdb::kZSTD);
  EXPECT_TRUE(journal::AppendOptions().sync);
  EXPECT_FALSE(journal::AppendOptions().disableWAL);
  EXPECT_TRUE(journal::ScanOptions().verify_checksums);
}

TEST_F(EmbeddedJournal, ReportsTheEndOfEachJournalAfterOpening) {
  {
    auto log = Open();
    EXPECT_TRUE(log->Ends().empty());
    Append(*log, "registry/0", 3);
    Append(*log, "transfer/0", 0);
    ASSERT_TRUE(log->Open("empty/0").ok());
  }
  const auto log = Open();
  const auto ends = log->Ends();
  ASSERT_EQ(ends.size(), 3u);
  EXPECT_EQ(ends[0].name, "empty/0");
  EXPECT_EQ(ends[0].end, Place{1});
  EXPECT_EQ(ends[0].entries, 0u);
  EXPECT_EQ(ends[1].name, "registry/0");
  EXPECT_EQ(ends[1].end, Place{6});
  EXPECT_EQ(ends[1].entries, 5u);
  EXPECT_EQ(ends[2].name, "transfer/0");
  EXPECT_EQ(ends[2].entries, 2u);
  EXPECT_TRUE(log->recovery_notes().empty());
}

TEST_F(EmbeddedJournal, ReadersShareTheNewestRecordsAndTheirBuffers) {
  const auto log = Open();
  const auto journal = log->Open(kJournal).value();
  const RecordPtr record = GenesisRecord();
  ASSERT_TRUE(journal->Append(record).ok());
  EXPECT_EQ(journal->Read(Place{0}, 10).value().at(0).record, record) << "the very same object";
}

TEST_F(EmbeddedJournal, MemoryIsBoundedAndOldRecordsComeFromTheFiles) {
  EmbeddedLogOptions options;
  options.memory_per_journal_bytes = 50'000;
  options.memtable_bytes = 100'000;  // so that some are in table files
  const auto log = Open(options);
  const auto journal = log->Open(kJournal).value();
  JournalState state;
  std::vector<RecordPtr> sent = History(0, state);
  while (sent.size() < 100) {
    sent.push_back(LargeBatch(6, state, 9'000));
    ASSERT_EQ(Admit(state, *sent.back()).verdict, journal::Verdict::kAccept);
  }
  for (const RecordPtr& record : sent) ASSERT_TRUE(journal->Append(record).ok());
  const std::vector<Entry> newest = journal->Read(Place{96}, 100).value();
  ASSERT_EQ(newest.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(newest[i].record, sent[95 + i]);
  const std::vector<Entry> oldest = journal->Read(Place{1}, 10).value();
  ASSERT_EQ(oldest.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_NE(oldest[i].record, sent[i]);
    EXPECT_EQ(oldest[i].record->bytes(), sent[i]->bytes());
  }
  const ReadResult read = ReadAll(journal);
  EXPECT_TRUE(read.halt.ok()) << read.halt;
  EXPECT_EQ(read.state.chain, state.chain);
}

TEST_F(EmbeddedJournal, ABackupIsALogOfItsOwn) {
  auto log = Open();
  Append(*log, "registry/0", 4);
  Append(*log, "transfer/0", 2);
  const std::string copy = temp_ / "copy";
  ASSERT_TRUE(log->Backup(copy).ok());
  EXPECT_EQ(log->Backup(copy).code(), StatusCode::kAlreadyExists);
  Append(*log, "later/0", 1);
  {
    const auto restored = EmbeddedLog::Open(copy, {}).value();
    ASSERT_EQ(restored->Ends().size(), 2u);
    EXPECT_EQ(ReadAll(restored->Open("registry/0").value()).admitted.size(), 6u);
    Append(*restored, "other/0", 1);
  }
  EXPECT_EQ(log->Ends().size(), 3u) << "the copy shares nothing that can change";
}

TEST_F(EmbeddedJournal, ReadOnlyLooksWithoutTouching) {
  auto log = Open();
  Append(*log, kJournal, 2);
  {
    const auto look = EmbeddedLog::OpenReadOnly(dir_);
    ASSERT_TRUE(look.ok()) << look.status() << " beside a running process";
    const auto journal = (*look)->Open(kJournal).value();
    EXPECT_EQ(ReadAll(journal).admitted.size(), 4u);
    EXPECT_EQ(journal->Append(EpochRecord(9)).status().code(), StatusCode::kFailedPrecondition);
    EXPECT_EQ((*look)->Open("unknown/0").status().code(), StatusCode::kNotFound);
    ASSERT_TRUE(log->Open(kJournal).value()->Append(EpochRecord(9)).ok());
    EXPECT_EQ(ReadAll(journal).admitted.size(), 4u) << "it sees what was there when it was opened";
  }
  log.reset();
  const auto files_before = std::distance(std::filesystem::directory_iterator(dir_), {});
  EXPECT_EQ(EmbeddedLog::OpenReadOnly(dir_).value()->Ends().at(0).entries, 5u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_), {}), files_before);
  const auto nothing = EmbeddedLog::OpenReadOnly(temp_ / "nothing");
  EXPECT_EQ(nothing.status().code(), StatusCode::kNotFound) << nothing.status();
  EXPECT_FALSE(std::filesystem::exists(temp_ / "nothing"));
}

TEST_F(EmbeddedJournal, ASecondProcessIsRefused) {
  auto log = Open();
  const auto second = EmbeddedLog::Open(dir_, {});
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("Another process"));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(dir_));
  const auto journal = log->Open(kJournal).value();
  log.reset();
  EXPECT_FALSE(EmbeddedLog::Open(dir_, {}).ok()) << "an open journal still holds the directory";
  ASSERT_TRUE(journal->Append(GenesisRecord()).ok());
}

TEST_F(EmbeddedJournal, ADirectoryOfAnotherKindIsRefused) {
  {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir_, &db).ok());
    ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), "state", "row").ok());
    delete db;
  }
  const auto log = EmbeddedLog::Open(dir_, {});
  EXPECT_EQ(log.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(log.status().message()), HasSubstr("no Twinline log"));
}

TEST_F(EmbeddedJournal, AFileInThePlaceOfTheDirectoryIsRefused) {
  std::ofstream(dir_) << "a file";
  const auto log = EmbeddedLog::Open(dir_, {});
  EXPECT_FALSE(log.ok());
  EXPECT_THAT(std::string(log.status().message()), HasSubstr(dir_));
}

TEST_F(EmbeddedJournal, AReadOnlyDirectorySaysSo) {
  std::filesystem::create_directory(dir_);
  std::filesystem::permissions(dir_, std::filesystem::perms(0555));
  std::filesystem::permissions(temp_.path(), std::filesystem::perms(0755));
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;  // root may write anywhere
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto log = EmbeddedLog::Open(dir_, {});
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(log.status().code(), StatusCode::kPermissionDenied) << log.status();
  EXPECT_THAT(std::string(log.status().message()), HasSubstr(dir_));
}

TEST_F(EmbeddedJournal, NamesAreChecked) {
  const auto log = Open();
  EXPECT_TRUE(log->Open("access/twinline-1/202609").ok());
  for (const std::string name : {"", "Registry/0", "a b", "a\n", "\xe5\xad\xa6"}) {
    EXPECT_EQ(log->Open(name).status().code(), StatusCode::kInvalidArgument) << name;
  }
  EXPECT_FALSE(log->Open(std::string(201, 'a')).ok());
}

TEST_F(EmbeddedJournal, ADamagedTableFileIsToldAndNotReadAround) {
  EmbeddedLogOptions options;
  {
    auto log = Open(options);
    Append(*log, kJournal, 300);
    ASSERT_TRUE(log->Backup(temp_ / "flush").ok());  // moves everything into a table file
  }
  for (const auto& file : std::filesystem::directory_iterator(dir_)) {
    if (file.path().extension() != ".sst") continue;
    std::fstream table(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    table.seekp(1000);
    table.put('\x7f');
  }
  const auto log = EmbeddedLog::Open(dir_, options);
  const absl::Status status =
      log.ok() ? (*log)->Open(kJournal).value()->Read(Place{1}, 400).status() : log.status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("restore the latest backup"));
}

class FailingDisk : public EmbeddedJournal {
 protected:
  std::unique_ptr<EmbeddedLog> OpenOnFaults() {
    EmbeddedLogOptions options;
    options.env = env_.get();
    return Open(options);
  }
  std::shared_ptr<FaultFs> fs_ = std::make_shared<FaultFs>();
  std::unique_ptr<rocksdb::Env> env_ = FaultFs::NewEnv(fs_);
};

TEST_F(FailingDisk, AFailedSyncStopsEveryJournalUntilOpenedAnew) {
  auto log = OpenOnFaults();
  Append(*log, "registry/0", 3);
  const auto registry = log->Open("registry/0").value();
  const auto transfer = log->Open("transfer/0").value();
  int wakes = 0;
  registry->Watch([&] { ++wakes; });
  EXPECT_TRUE(log->Health().ok());
  fs_->FailFrom(FaultyCall::kSync, 1, rocksdb::IOStatus::IOError("Input/output error"));
  EXPECT_EQ(registry->Append(EpochRecord(7)).status().code(), StatusCode::kUnavailable);
  fs_->Heal();  // a disk that works again changes nothing: what was lost in between is unknown
  EXPECT_EQ(registry->Append(EpochRecord(8)).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(transfer->Append(GenesisRecord({}, "transfer/0")).status().code(),
            StatusCode::kUnavailable);
  EXPECT_EQ(log->Open("new/0").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(log->Health().code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(log->Health().message()), HasSubstr(dir_));
  EXPECT_EQ(wakes, 0);
  EXPECT_EQ(ReadAll(registry).admitted.size(), 5u) << "reading goes on, without the one in doubt";
  fs_->Kill();
  log.reset();
}

TEST_F(FailingDisk, AFullDiskSaysSo) {
  const auto log = OpenOnFaults();
  const auto journal = log->Open(kJournal).value();
  fs_->FailFrom(FaultyCall::kAppend, 1, rocksdb::IOStatus::NoSpace("no room"));
  const auto place = journal->Append(GenesisRecord());
  EXPECT_EQ(place.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(place.status().message()), HasSubstr("The disk is full"));
  EXPECT_EQ(log->Health().code(), StatusCode::kResourceExhausted);
}

TEST_F(FailingDisk, AppendsThatArriveTogetherShareASync) {
  const auto log = OpenOnFaults();
  constexpr int kThreads = 8;
  constexpr int kEach = 40;
  std::vector<std::shared_ptr<Journal>> journals;
  for (int t = 0; t < kThreads; ++t) {
    journals.push_back(log->Open("shared/" + std::to_string(t)).value());
  }
  fs_->FailFrom(FaultyCall::kSync, 0, rocksdb::IOStatus::OK());  // only counts
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto place = journals[static_cast<size_t>(t)]->Append(
            BatchRecord(1, static_cast<uint64_t>(i), {}, std::string(20'000, 'x'),
                        journals[static_cast<size_t>(t)]->name()));
        EXPECT_TRUE(place.ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LT(fs_->CallsSeen(FaultyCall::kSync), static_cast<uint64_t>(kThreads * kEach));
}

}  // namespace
}  // namespace twinline::journal_test

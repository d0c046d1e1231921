// Everything acknowledged survives a power cut. The file system below forgets what was not synced,
// in four different ways; the process dies at a random call, with table files being written in
// between.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/journal/sim_prng.h"
#include "tests/support/fault_fs.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {
namespace {

using journal::EmbeddedLog;
using journal::EmbeddedLogOptions;
using journal::JournalState;
using journal::RecordPtr;
using test_support::FaultFs;
using test_support::FaultyCall;
using test_support::Unsynced;

class PowerLoss : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open() {
    EmbeddedLogOptions options;
    options.env = env_.get();
    options.memtable_bytes = size_t{64} << 10;  // small, so that table files are made all the time
    options.memory_per_journal_bytes = size_t{16} << 10;
    return EmbeddedLog::Open(temp_ / "log", options);
  }

  test_support::TempDir temp_;
  std::shared_ptr<FaultFs> fs_ = std::make_shared<FaultFs>();
  std::unique_ptr<rocksdb::Env> env_ = FaultFs::NewEnv(fs_);
};

// What one writer knows of its journal.
struct Writer {
  std::string name;
  JournalState state;              // after what was acknowledged
  std::vector<std::string> acked;  // bytes
  std::string doubtful;            // sent, not acknowledged
};

// Writes until an append fails or `appends` are done. After a crash it first reads what is there,
// takes an epoch and goes on, as an engine does.
void Write(EmbeddedLog& log, Writer& writer, uint64_t epoch, uint64_t appends, uint64_t seed) {
  journal::SimPrng prng(seed);
  const auto opened = log.Open(writer.name);
  if (!opened.ok()) return;
  const auto send = [&](const RecordPtr& record) {
    writer.doubtful = record->bytes();
    if (!(*opened)->Append(record).ok()) return false;
    if (journal::Admit(writer.state, *record).verdict != journal::Verdict::kAccept) return false;
    writer.acked.push_back(record->bytes());
    writer.doubtful.clear();
    return true;
  };
  if (writer.state.next_pos == 0 && !send(GenesisRecord({}, writer.name))) return;
  if (!send(EpochRecord(epoch, "", writer.name))) return;
  for (uint64_t i = 0; i < appends; ++i) {
    const std::string commit(1 + prng.Below(9000), static_cast<char>('a' + prng.Below(26)));
    if (!send(NextBatch(writer.state, commit, writer.name))) return;
  }
}

// The journal holds what was acknowledged, in order, and then at most the one record in doubt.
void Verify(EmbeddedLog& log, Writer& writer) {
  const auto journal = log.Open(writer.name).value();
  ReadResult read = ReadAll(journal);
  ASSERT_TRUE(read.halt.ok()) << read.halt;
  ASSERT_GE(read.admitted.size(), writer.acked.size()) << "an acknowledged record is lost";
  ASSERT_LE(read.admitted.size(), writer.acked.size() + 1);
  for (size_t i = 0; i < writer.acked.size(); ++i) {
    ASSERT_EQ(read.admitted[i].record->bytes(), writer.acked[i]) << "record " << i;
  }
  if (read.admitted.size() > writer.acked.size()) {
    ASSERT_EQ(read.admitted.back().record->bytes(), writer.doubtful);
    writer.acked.push_back(writer.doubtful);
  }
  writer.state = read.state;
  writer.doubtful.clear();
}

TEST_F(PowerLoss, EverythingAcknowledgedSurvives) {
  std::vector<Writer> writers(3);
  for (size_t i = 0; i < writers.size(); ++i) writers[i].name = "crash/" + std::to_string(i);
  uint64_t lost_bytes = 0;
  for (uint64_t round = 1; round <= 40; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    journal::SimPrng prng(round);
    auto log = Open();
    ASSERT_TRUE(log.ok()) << log.status();
    for (Writer& writer : writers) {
      ASSERT_NO_FATAL_FAILURE(Verify(**log, writer));
    }
    const auto call = prng.Below(2) == 0 ? FaultyCall::kAppend : FaultyCall::kSync;
    const std::string files = prng.Below(3) == 0 ? "" : ".log";  // any file, or the write-ahead log
    fs_->FailFrom(call, 1 + prng.Below(60), rocksdb::IOStatus::IOError("power is failing"), files);
    std::vector<std::thread> threads;
    for (Writer& writer : writers) {
      const uint64_t seed = round * 7 + static_cast<uint64_t>(writer.name.back());
      threads.emplace_back([&, round, seed] { Write(**log, writer, round, 40, seed); });
    }
    for (std::thread& thread : threads) thread.join();
    fs_->Kill();
    log->reset();
    fs_->PowerLoss(static_cast<Unsynced>(round % 4), round);
    lost_bytes += fs_->unsynced_bytes();
  }
  auto log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  for (Writer& writer : writers) {
    ASSERT_NO_FATAL_FAILURE(Verify(**log, writer));
    EXPECT_GT(writer.acked.size(), 100u) << "the rounds did next to nothing";
  }
  EXPECT_GT(lost_bytes, 0u) << "no round lost anything, so none tested anything";
}

// The tool itself: what it should forget, it forgets.
TEST_F(PowerLoss, TheFileSystemReallyForgets) {
  const std::string path = temp_ / "plain";
  std::unique_ptr<rocksdb::WritableFile> file;
  ASSERT_TRUE(env_->NewWritableFile(path, &file, rocksdb::EnvOptions()).ok());
  std::unique_ptr<rocksdb::Directory> directory;
  ASSERT_TRUE(env_->NewDirectory(temp_.path(), &directory).ok());
  ASSERT_TRUE(directory->Fsync().ok());
  ASSERT_TRUE(file->Append("kept").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->Append(std::string(10'000, 'x')).ok());
  const auto close_and_cut = [&](Unsynced unsynced) {
    fs_->Kill();
    file.reset();
    fs_->PowerLoss(unsynced, 3);
  };
  close_and_cut(Unsynced::kDropped);
  std::string content;
  ASSERT_TRUE(rocksdb::ReadFileToString(env_.get(), path, &content).ok());
  EXPECT_EQ(content, "kept");

  const std::string nameless = temp_ / "nameless";
  ASSERT_TRUE(env_->NewWritableFile(nameless, &file, rocksdb::EnvOptions()).ok());
  ASSERT_TRUE(file->Append("synced, but its directory was not").ok());
  ASSERT_TRUE(file->Sync().ok());
  close_and_cut(Unsynced::kDropped);
  EXPECT_TRUE(env_->FileExists(nameless).IsNotFound());
}

}  // namespace
}  // namespace twinline::journal_test

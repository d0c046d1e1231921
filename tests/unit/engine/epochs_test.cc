// Leadership and failing media: late writers, lost reports, halts. A waiter is never told "done"
// for something that is not in the journal, and a retry with the same id has one effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

using ::testing::HasSubstr;

class EpochsTest : public ::testing::Test {
 protected:
  int64_t Value(ShardRig& rig, const std::string& name) {
    return Total(*rig.rows(), name).value_or(0);
  }
  journal::SimJournalProvider world_;
  TestClock clock_;
  ShardRig a_{&world_, &clock_};
  ShardRig b_{&world_, &clock_};
};

TEST_F(EpochsTest, AStaleLeaderIsFencedAndItsWaitersAreTold) {
  ASSERT_TRUE(a_.Start().ok());
  a_.Do(kAdd, "milk 1");
  ASSERT_TRUE(b_.Start().ok());  // takes a higher epoch; a has not noticed
  const base::Id16 id = a_.NewId();
  const auto lost = a_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_EQ(lost->calls, 1);
  EXPECT_EQ(lost->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(a_.shard().Status().serving);
  EXPECT_EQ(Value(a_, "milk"), 1);
  const auto retried = b_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(b_.Run().ok());
  EXPECT_TRUE(retried->accepted());
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_EQ(Value(a_, "milk"), 11);
  EXPECT_EQ(Value(b_, "milk"), 11);
  EXPECT_EQ(a_.hash(), b_.hash());
  EXPECT_EQ(a_.Do(kAdd, "milk 1")->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(b_.shard().Status().serving);  // a does not fight back
}

// The paused leader's record was made before the new epoch and lands after it.
TEST_F(EpochsTest, ARecordThatLandsAfterTheNewEpochHasNoEffect) {
  ASSERT_TRUE(a_.Start().ok());
  world_.SetFaults({.append_lands_late = 1000});
  const base::Id16 id = a_.NewId();
  const auto lost = a_.Submit(kAdd, "milk 10", id);
  (void)a_.shard().Step();
  EXPECT_EQ(lost->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(lost->error().ToString(), HasSubstr("outcome unknown, retry with the same id"));
  world_.SetFaults({});
  ASSERT_TRUE(b_.Start().ok());
  world_.LandAll();
  const auto retried = b_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(b_.Run().ok());
  EXPECT_TRUE(retried->accepted());
  EXPECT_EQ(Value(b_, "milk"), 10);
}

TEST_F(EpochsTest, ALostReportIsUnknownAndTheRetryFindsTheReply) {
  ASSERT_TRUE(a_.Start().ok());
  world_.SetFaults({.append_report_lost = 1000});
  const base::Id16 id = a_.NewId();
  const auto lost = a_.Submit(kAdd, "milk 10", id);
  const auto refused = a_.Submit(kAdd, "milk -11", a_.NewId());  // rests on the first
  (void)a_.shard().Step();
  EXPECT_EQ(lost->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(refused->error().code(), absl::StatusCode::kUnavailable);
  world_.SetFaults({});
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_TRUE(a_.shard().Status().serving);
  EXPECT_EQ(a_.metrics().epochs.load(), 2u);
  EXPECT_EQ(Value(a_, "milk"), 10);
  const auto retried = a_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(a_.Run().ok());
  ASSERT_TRUE(retried->accepted());
  EXPECT_TRUE(retried->reply().repeated);
  EXPECT_EQ(Value(a_, "milk"), 10);
}

TEST_F(EpochsTest, AFailedAppendIsRetriedInANewEpoch) {
  ASSERT_TRUE(a_.Start().ok());
  world_.SetFaults({.append_fails = 1000});
  const base::Id16 id = a_.NewId();
  const auto lost = a_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_EQ(lost->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(a_.shard().Status().serving);
  EXPECT_EQ(a_.Do(kAdd, "milk 1")->error().code(), absl::StatusCode::kUnavailable);
  world_.SetFaults({});
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_TRUE(a_.shard().Status().serving);
  const auto retried = a_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(a_.Run().ok());
  ASSERT_TRUE(retried->accepted());
  EXPECT_FALSE(retried->reply().repeated);
}

TEST_F(EpochsTest, AJournalThatCannotBeWrittenAtStartIsLedLater) {
  world_.SetFaults({.append_fails = 1000});
  ASSERT_TRUE(a_.Start().ok());
  EXPECT_FALSE(a_.shard().Status().serving);
  EXPECT_TRUE(a_.shard().Status().readable);
  world_.SetFaults({});
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_TRUE(a_.Do(kAdd, "milk 1")->accepted());
}

TEST_F(EpochsTest, AnswersWaitForTheReadBack) {
  ASSERT_TRUE(a_.Start().ok());
  ASSERT_TRUE(a_.Run().ok());
  world_.SetFaults({.read_stalls = 1000});
  const auto outcome = a_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_EQ(outcome->calls, 0);
  EXPECT_FALSE(a_.shard().Idle());
  EXPECT_EQ(Value(a_, "milk"), 0);
  world_.SetFaults({});
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_TRUE(outcome->accepted());
  EXPECT_TRUE(a_.shard().Idle());
}

TEST_F(EpochsTest, EachStartTakesAHigherEpoch) {
  uint64_t last = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(a_.Start().ok());
    EXPECT_GT(a_.shard().Status().epoch, last);
    last = a_.shard().Status().epoch;
  }
  clock_.now.us -= 86'400'000'000;  // the wall clock was set back
  ASSERT_TRUE(a_.Start().ok());
  EXPECT_EQ(a_.shard().Status().epoch, last + 1);
}

class HaltTest : public EpochsTest {};

TEST_F(HaltTest, ARecordThatThisBuildCannotFoldHaltsTheShardAndNothingElse) {
  ASSERT_TRUE(a_.Start().ok());
  a_.Do(kAdd, "milk 1");
  // A record as another build might have written it.
  const auto history = a_.History();
  journal::v1::RecordHeader header;
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal("counter/0");
  header.set_epoch(a_.shard().Status().epoch);
  header.set_pos(history.size());
  header.set_prev_chain(std::string(base::View(history.back().chain)));
  header.set_commit_count(1);
  header.mutable_batch();
  journal::v1::Commit commit;
  commit.add_events()->set_type(4242);
  journal::v1::Record record;
  record.set_header(header.SerializeAsString());
  record.add_commit(commit.SerializeAsString());
  world_.InsertBytes("counter/0", record.SerializeAsString());
  const auto waiting = a_.Submit(kAdd, "milk 1");
  const absl::Status halt = a_.Run();
  EXPECT_EQ(halt.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(halt.ToString(), HasSubstr("counter/0 cannot be applied at position 3"));
  EXPECT_EQ(waiting->error().code(), absl::StatusCode::kUnavailable);
  const auto status = a_.shard().Status();
  EXPECT_TRUE(status.halted && !status.serving && status.readable);
  EXPECT_THAT(status.reason, HasSubstr("position 3"));
  EXPECT_EQ(Value(a_, "milk"), 1);  // reads go on
  EXPECT_EQ(a_.Submit(kAdd, "milk 1")->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(a_.shard().WaitApplied(10, 1'000'000).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(b_.Start().code(), absl::StatusCode::kDataLoss);
}

TEST_F(HaltTest, BytesThatAreNoRecordHalt) {
  ASSERT_TRUE(a_.Start().ok());
  world_.InsertBytes("counter/0", "no record");
  EXPECT_EQ(a_.Run().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(a_.shard().Status().halted);
}

TEST_F(HaltTest, AJournalShorterThanTheStateHalts) {
  ASSERT_TRUE(a_.Start().ok());
  a_.Do(kAdd, "milk 1");
  a_.Stop();
  ASSERT_EQ(world_.LoseTail("counter/0", 1), 1u);
  EXPECT_THAT(a_.Start().ToString(), HasSubstr("acknowledged records are missing"));
}

TEST_F(HaltTest, AFoldThatIsNotDeterministicIsFoundBeforeItIsStored) {
  CounterSetup setup;
  setup.drifts = true;
  a_.SetDomain(setup);
  ASSERT_TRUE(a_.Start().ok());
  const auto outcome = a_.Submit(kAdd, "milk 1");
  EXPECT_THAT(a_.Run().ToString(), HasSubstr("not deterministic"));
  EXPECT_EQ(outcome->error().code(), absl::StatusCode::kUnavailable);
}

class RebuildTest : public EpochsTest {};

TEST_F(RebuildTest, AChangedFoldIsRebuiltFromTheJournal) {
  ASSERT_TRUE(a_.Start().ok());
  a_.Do(kAdd, "milk 1");
  a_.Do(kAlarm, "bell " + std::to_string(clock_.now.us + 1'000'000));
  const std::string hash = a_.hash();
  a_.Stop();
  // Something that only the old fold would have left.
  {
    const auto store = store::MakeMemoryStateStore(a_.disk);
    store::StateBatch batch = store::StateBatch::At(*store->OwnCursor());
    store::WriteSet writes;
    writes.emplace(base::EncodeKey(base::Space::kOwn, 12, 0), "left over");
    batch.SetWrites(std::move(writes));
    ASSERT_TRUE(store->Commit(batch).ok());
  }
  ASSERT_TRUE(a_.Start().ok());
  EXPECT_NE(a_.hash(), hash);  // same version: the state is taken as it is
  CounterSetup next;
  next.evolve_version = 2;
  a_.SetDomain(next);
  ASSERT_TRUE(a_.Start().ok());
  EXPECT_EQ(a_.hash(), hash);
  EXPECT_EQ(a_.metrics().replayed.load(), a_.History().size());
  clock_.now.us += 1'000'000;
  ASSERT_TRUE(a_.Run().ok());
  EXPECT_EQ(Rings(*a_.rows(), "bell"), 1);
  ASSERT_TRUE(a_.Start().ok());  // not again
  EXPECT_LE(a_.metrics().replayed.load(), 1u);
}

TEST_F(RebuildTest, LongHistoriesReplayToTheSameState) {
  ASSERT_TRUE(a_.Start().ok());
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 20; ++j) a_.Submit(kAdd, "n" + std::to_string(j) + " 1");
    ASSERT_TRUE(a_.Run().ok());
    clock_.now.us += 3'600'000'000;
  }
  clock_.now.us += int64_t{35} * 86'400'000'000;  // the first replies are pruned
  for (int i = 0; i < 10; ++i) a_.Do(kAdd, "n1 1");
  b_.options.lead = false;
  ASSERT_TRUE(b_.Start().ok());
  EXPECT_EQ(b_.hash(), a_.hash());
  EXPECT_EQ(Value(b_, "n1"), 110);
}

// the history knows on which machine it was written.
TEST_F(EpochsTest, AJournalThatWasLedOnAnotherMachineNeedsAnAdoptedMove) {
  a_.options.host_mark = std::string(32, 'a');
  ASSERT_TRUE(a_.Start().ok());
  ASSERT_TRUE(a_.Do(kAdd, "milk 1")->accepted());
  ASSERT_TRUE(a_.Start().ok()) << "the same machine again";
  a_.options.host_mark = std::string(32, 'b');
  const absl::Status refused = a_.Start();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--adopt-move"));
  const size_t records = a_.History().size();
  a_.disk = store::MakeMemoryDisk();
  EXPECT_FALSE(a_.Start().ok()) << "nor without the state";
  EXPECT_EQ(a_.History().size(), records) << "no epoch was taken";

  a_.options.lead = false;
  ASSERT_TRUE(a_.Start().ok()) << "a drill reads";
  EXPECT_EQ(Total(*a_.rows(), "milk"), 1);
  a_.options.lead = true;
  a_.options.moved_from = {std::string(32, 'a')};
  ASSERT_TRUE(a_.Start().ok());
  EXPECT_TRUE(a_.Do(kAdd, "milk 1")->accepted());
  bool said = false;
  for (const auto& record : a_.History()) {
    said = said || record.record->header().epoch_started().reason() == "move adopted";
  }
  EXPECT_TRUE(said) << "the move is in the history";
  a_.options.moved_from.clear();
  EXPECT_TRUE(a_.Start().ok()) << "from now on it belongs here";
}

}  // namespace
}  // namespace twinline::engine_test

// What clients see of a shard: commits, refusals, stored replies, errors, lanes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

using engine::Lane;
using ::testing::HasSubstr;

class ShardTest : public ::testing::Test {
 protected:
  void Start() { ASSERT_TRUE(rig_.Start().ok()); }
  int64_t Value(const std::string& name) { return Total(*rig_.rows(), name).value_or(-1); }

  journal::SimJournalProvider world_;
  TestClock clock_;
  ShardRig rig_{&world_, &clock_};
};

TEST_F(ShardTest, AnEmptyJournalGetsGenesisAndEpoch) {
  Start();
  const auto history = rig_.History();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_TRUE(history[0].record->header().has_journal_created());
  EXPECT_EQ(history[0].record->header().journal_created().installation_id(),
            rig_.options.installation.str());
  EXPECT_TRUE(history[1].record->header().has_epoch_started());
  EXPECT_EQ(history[1].record->header().epoch(),
            1'790'000'000u);  // seconds of the real clock
  const auto status = rig_.shard().Status();
  EXPECT_TRUE(status.serving && status.readable) << status.reason;
  EXPECT_EQ(status.epoch, 1'790'000'000u);
  EXPECT_EQ(status.next_pos, 2u);
}

TEST_F(ShardTest, AnAcceptedCommandIsDurableAppliedAndAnswered) {
  Start();
  const auto outcome = rig_.Do(kAdd, "milk 3");
  ASSERT_TRUE(outcome->accepted());
  EXPECT_EQ(outcome->reply().pos, 2u);
  EXPECT_EQ(outcome->reply().epoch, 1'790'000'000u);
  EXPECT_EQ(outcome->reply().entities, std::vector<base::Id16>{base::DeriveId({"milk"})});
  EXPECT_FALSE(outcome->reply().repeated);
  EXPECT_EQ(Value("milk"), 3);
  EXPECT_EQ(rig_.shard().Read().next_pos, 3u);
  EXPECT_TRUE(rig_.shard().WaitApplied(2, 0).ok());
  EXPECT_EQ(rig_.shard().WaitApplied(3, 0).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ShardTest, OneRecordHoldsTheWholeBatchAndEachSeesTheOnesBefore) {
  Start();
  const auto a = rig_.Submit(kAdd, "milk 1");
  const auto b = rig_.Submit(kAdd, "milk -1");
  const auto c = rig_.Submit(kAdd, "milk -1");
  const auto d = rig_.Submit(kAdd, "milk 5");
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_TRUE(a->accepted() && b->accepted() && d->accepted());
  EXPECT_EQ(c->refusal(), "BELOW_ZERO");
  EXPECT_EQ(b->reply().commit, 1u);
  EXPECT_EQ(d->reply().commit, 2u);
  const auto history = rig_.History();
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[2].record->commits().size(), 3u);
  EXPECT_THAT(history[2].record->header().event_types(), ::testing::ElementsAre(kAdded));
  EXPECT_EQ(rig_.metrics().commits.load(), 3u);
  EXPECT_EQ(rig_.metrics().batch_size[2].load(), 1u);  // 3 to 4 commits
}

TEST_F(ShardTest, RefusalsAloneAppendNothing) {
  Start();
  EXPECT_EQ(rig_.Do(kAdd, "milk -1")->refusal(), "BELOW_ZERO");
  EXPECT_EQ(rig_.History().size(), 2u);
  EXPECT_EQ(rig_.metrics().refusals.load(), 1u);
}

TEST_F(ShardTest, TheSameIdGetsTheSameReplyAndOneEffect) {
  Start();
  const base::Id16 id = rig_.NewId();
  const auto first = rig_.Submit(kAdd, "milk 3", id);
  const auto again_in_batch = rig_.Submit(kAdd, "milk 3", id);
  ASSERT_TRUE(rig_.Run().ok());
  const auto again_later = rig_.Submit(kAdd, "milk 3", id);
  ASSERT_TRUE(rig_.Run().ok());
  ASSERT_TRUE(rig_.Start().ok());  // and after a restart
  const auto after_restart = rig_.Submit(kAdd, "milk 3", id);
  ASSERT_TRUE(rig_.Run().ok());
  for (const auto& repeated : {again_in_batch, again_later, after_restart}) {
    ASSERT_TRUE(repeated->accepted());
    EXPECT_TRUE(repeated->reply().repeated);
    EXPECT_EQ(repeated->reply().pos, first->reply().pos);
    EXPECT_EQ(repeated->reply().commit, first->reply().commit);
    EXPECT_EQ(repeated->reply().epoch, first->reply().epoch);
    EXPECT_EQ(repeated->reply().entities, first->reply().entities);
  }
  EXPECT_EQ(Value("milk"), 3);
}

TEST_F(ShardTest, TheSameIdWithAnotherBodyIsRefused) {
  Start();
  const base::Id16 id = rig_.NewId();
  rig_.Submit(kAdd, "milk 3", id, "fingerprint one.");
  const auto other = rig_.Submit(kAdd, "milk 4", id, "fingerprint two.");
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(other->error().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(other->error().ToString(), HasSubstr("REQUEST_ID_REUSED"));
  EXPECT_EQ(Value("milk"), 3);
}

TEST_F(ShardTest, ARefusedIdIsDecidedAgain) {
  Start();
  const base::Id16 id = rig_.NewId();
  const auto refused = rig_.Submit(kAdd, "milk -1", id);
  ASSERT_TRUE(rig_.Run().ok());
  rig_.Do(kAdd, "milk 1");
  const auto accepted = rig_.Submit(kAdd, "milk -1", id);
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(refused->refusal(), "BELOW_ZERO");
  EXPECT_TRUE(accepted->accepted());
}

TEST_F(ShardTest, AFoldThatFailsWritesNothingAndSparesItsNeighbours) {
  Start();
  const auto before = rig_.Submit(kAdd, "milk 1");
  const auto poison = rig_.Submit(kPoison, "");
  const auto peek = rig_.Submit(kPeek, "");
  const auto after = rig_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(poison->error().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(peek->error().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(peek->error().ToString(), HasSubstr("Evolve reads"));
  EXPECT_TRUE(before->accepted() && after->accepted());
  EXPECT_EQ(Value("milk"), 2);
  EXPECT_EQ(Total(*rig_.rows(), "poisoned"), std::nullopt);
  EXPECT_EQ(rig_.History().back().record->commits().size(), 2u);
}

TEST_F(ShardTest, ACommitThatIsTooLargeIsRefusedBeforeAppend) {
  Start();
  const auto outcome = rig_.Do(kBig, "x 300000");
  EXPECT_EQ(outcome->error().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(outcome->error().ToString(), HasSubstr("COMMIT_TOO_LARGE"));
  EXPECT_EQ(rig_.History().size(), 2u);
}

TEST_F(ShardTest, WhatDoesNotFitOneRecordGoesIntoTheNext) {
  Start();
  std::vector<OutcomePtr> outcomes;
  for (int i = 0; i < 10; ++i) outcomes.push_back(rig_.Submit(kBig, "x 200000"));
  ASSERT_TRUE(rig_.Run().ok());
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome->accepted());
  const auto history = rig_.History();
  EXPECT_EQ(history.size(), 2u + 3u);  // four in a record of at most 1 MiB
  for (const auto& record : history) EXPECT_LE(record.record->bytes().size(), size_t{1} << 20);
}

TEST_F(ShardTest, LanesHaveTheirOwnLimitsAndPeopleGoFirst) {
  rig_.options.queue_people_max = 2;
  rig_.options.queue_bulk_max = 3;
  Start();
  std::vector<OutcomePtr> bulk, people;
  for (int i = 0; i < 4; ++i) {
    bulk.push_back(rig_.Submit(kBig, "x 100000", rig_.NewId(), "f", Lane::kBulk));
  }
  for (int i = 0; i < 3; ++i) people.push_back(rig_.Submit(kAdd, "milk 1"));
  EXPECT_EQ(bulk[3]->error().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(people[2]->error().code(), absl::StatusCode::kResourceExhausted);
  ASSERT_TRUE(rig_.Run().ok());
  // Bulk takes at most 128 KiB of a record: two of them, and people were before.
  EXPECT_EQ(people[1]->reply().pos, 2u);
  EXPECT_EQ(people[1]->reply().commit, 1u);
  EXPECT_EQ(bulk[0]->reply().pos, 2u);
  EXPECT_EQ(bulk[1]->reply().pos, 2u);
  EXPECT_EQ(bulk[2]->reply().pos, 3u);
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());  // the lanes are free again
}

TEST_F(ShardTest, StopAnswersEveryoneWhoWaits) {
  Start();
  const auto queued = rig_.Submit(kAdd, "milk 1");
  bool called = false;
  rig_.shard().WhenApplied(100, [&] { called = true; });
  rig_.shard().Stop();
  EXPECT_EQ(queued->calls, 1);
  EXPECT_EQ(queued->error().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(called);
  EXPECT_EQ(rig_.Submit(kAdd, "milk 1")->error().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ShardTest, WhenAppliedCallsOnceAtTheRightTime) {
  Start();
  int calls = 0;
  rig_.shard().WhenApplied(1, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
  rig_.shard().WhenApplied(2, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
  rig_.Do(kAdd, "milk 1");
  EXPECT_EQ(calls, 2);
  rig_.Do(kAdd, "milk 1");
  EXPECT_EQ(calls, 2);
}

TEST_F(ShardTest, RecordTimeNeverFalls) {
  Start();
  rig_.Do(kAdd, "milk 1");
  clock_.now.us -= 3'600'000'000;
  rig_.Do(kAdd, "milk 1");
  ASSERT_TRUE(rig_.Start().ok());
  rig_.Do(kAdd, "milk 1");
  int64_t last = 0;
  for (const auto& record : rig_.History()) {
    EXPECT_GE(record.record->header().time_unix_us(), last);
    last = record.record->header().time_unix_us();
  }
}

TEST_F(ShardTest, SeedsBeginANewJournalOnce) {
  CounterSetup setup;
  setup.seeds = {{"seed", base::DeriveId({"a"}), kAdd, "a 1"},
                 {"seed", base::DeriveId({"b"}), kAdd, "b 2"},
                 {"seed", base::DeriveId({"c"}), kAdd, "c -1"}};  // the last is refused
  rig_.SetDomain(setup);
  Start();
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("b"), 2);
  ASSERT_EQ(rig_.History().size(), 3u);
  EXPECT_EQ(rig_.History()[2].record->commits()[0].actor().service(), "service:install");
  // More seeds in a later build are taken up while nothing else was done, and not any more
  // afterwards.
  setup.seeds.push_back({"seed", base::DeriveId({"d"}), kAdd, "d 4"});
  rig_.SetDomain(setup);
  Start();
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(Value("a"), 1);
  EXPECT_EQ(Value("d"), 4);
  rig_.Do(kAdd, "milk 1");
  setup.seeds.push_back({"seed", base::DeriveId({"e"}), kAdd, "e 5"});
  rig_.SetDomain(setup);
  Start();
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(Value("e"), -1);
}

TEST_F(ShardTest, AJournalOfAnotherInstallationIsRefusedNamingBoth) {
  Start();
  rig_.Stop();
  rig_.disk = store::MakeMemoryDisk();
  const std::string first = rig_.options.installation.hex();
  rig_.options.installation = base::DeriveId({"another"});
  const absl::Status status = rig_.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.ToString(), HasSubstr(first));
  EXPECT_THAT(status.ToString(), HasSubstr(rig_.options.installation.hex()));
}

}  // namespace
}  // namespace twinline::engine_test

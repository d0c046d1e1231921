// Timers fire once, never early, in due order, and leave a fact even when nothing follows from
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr int64_t kSecond = 1'000'000;

class TimersTest : public ::testing::Test {
 protected:
  TimersTest() { EXPECT_TRUE(rig_.Start().ok()); }
  void SetAlarm(const std::string& name, int64_t in_seconds) {
    ASSERT_TRUE(rig_.Do(kAlarm, name + " " + At(in_seconds))->accepted());
  }
  std::string At(int64_t in_seconds) const { return std::to_string(begin_ + in_seconds * kSecond); }
  void GoTo(int64_t seconds) {
    clock_.now.us = begin_ + seconds * kSecond;
    rig_.shard().Poke();
    ASSERT_TRUE(rig_.Run().ok());
  }

  journal::SimJournalProvider world_;
  TestClock clock_;
  const int64_t begin_ = clock_.now.us;
  ShardRig rig_{&world_, &clock_};
};

TEST_F(TimersTest, FireInDueOrderAndNotBefore) {
  SetAlarm("late", 20);
  SetAlarm("early", 10);
  EXPECT_EQ(rig_.shard().NextTimer()->us, begin_ + 10 * kSecond);
  EXPECT_TRUE(rig_.shard().Idle());
  clock_.now.us = begin_ + 10 * kSecond - 1;
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_TRUE(rig_.domain().fired.empty());
  EXPECT_TRUE(rig_.shard().Idle());
  clock_.now.us += 1;
  EXPECT_FALSE(rig_.shard().Idle());
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_THAT(rig_.domain().fired, ElementsAre(Pair(begin_ + 10 * kSecond, "early")));
  GoTo(100);
  EXPECT_THAT(rig_.domain().fired, ElementsAre(Pair(begin_ + 10 * kSecond, "early"),
                                               Pair(begin_ + 100 * kSecond, "late")));
  EXPECT_EQ(rig_.shard().NextTimer(), std::nullopt);
  EXPECT_TRUE(rig_.shard().Idle());
}

TEST_F(TimersTest, FireOnceAcrossRestartsWithAndWithoutState) {
  SetAlarm("a", 10);
  SetAlarm("b", 30);
  GoTo(15);
  ASSERT_TRUE(rig_.Start().ok());
  ASSERT_TRUE(rig_.Run().ok());
  rig_.Stop();
  rig_.disk = store::MakeMemoryDisk();
  ASSERT_TRUE(rig_.Start().ok());
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(Rings(*rig_.rows(), "a"), 1);
  EXPECT_EQ(Rings(*rig_.rows(), "b"), 0);
  GoTo(40);
  EXPECT_EQ(Rings(*rig_.rows(), "a"), 1);
  EXPECT_EQ(Rings(*rig_.rows(), "b"), 1);
}

TEST_F(TimersTest, AreDecidedBeforeTheCommandsOfTheirBatch) {
  SetAlarm("a", 10);
  clock_.now.us = begin_ + 10 * kSecond;
  rig_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(rig_.Run().ok());
  const auto commits = rig_.History().back().record->commits();
  ASSERT_EQ(commits.size(), 2u);
  EXPECT_TRUE(commits[0].has_timer());
  EXPECT_EQ(commits[0].rpc(), base::kTimerFired);
  EXPECT_EQ(commits[0].actor().service(), "service:counter");
  EXPECT_TRUE(commits[0].body_fingerprint().empty());
  EXPECT_FALSE(commits[1].has_timer());
}

TEST_F(TimersTest, ACancelledTimerDoesNotFire) {
  SetAlarm("a", 10);
  ASSERT_TRUE(rig_.Do(kSilence, "a " + At(10))->accepted());
  GoTo(20);
  EXPECT_TRUE(rig_.domain().fired.empty());
}

TEST_F(TimersTest, ARefusedTimerLeavesNoEffectAndIsGone) {
  SetAlarm("quiet-one", 10);
  GoTo(10);
  const auto commit = rig_.History().back().record->commits().at(0);
  ASSERT_EQ(commit.events_size(), 1);
  EXPECT_EQ(commit.events(0).type(), base::EventType<journal::v1::NoEffect>());
  journal::v1::NoEffect nothing;
  ASSERT_TRUE(nothing.ParseFromString(commit.events(0).data()));
  EXPECT_EQ(nothing.rule(), "timer/1");
  EXPECT_EQ(nothing.reason(), "QUIET");
  GoTo(20);
  EXPECT_EQ(rig_.domain().fired.size(), 1u);
}

TEST_F(TimersTest, ABacklogIsWorkedOffInPiecesThatLetPeopleIn) {
  for (int i = 0; i < 150; ++i) rig_.Submit(kAlarm, "n" + std::to_string(i) + " " + At(10));
  ASSERT_TRUE(rig_.Run().ok());
  clock_.now.us = begin_ + 3600 * kSecond;
  const auto person = rig_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(rig_.shard().Step().ok());
  EXPECT_TRUE(person->accepted());
  EXPECT_EQ(rig_.domain().fired.size(), 64u);
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_EQ(rig_.domain().fired.size(), 150u);
}

}  // namespace
}  // namespace twinline::engine_test

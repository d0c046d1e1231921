// nothing is decided on copies of facts that could not be brought up to date for a
// minute, and a command that names what has not come yet waits for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"
#include "tests/support/test_trust.h"

namespace twinline::engine_test {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kSecond = 1'000'000;

class SourceAgeTest : public ::testing::Test {
 protected:
  SourceAgeTest() {
    follower_.options.clock_trust = &trust_;
    EXPECT_TRUE(source_.Start().ok());
    EXPECT_TRUE(follower_.Start().ok());
    EXPECT_TRUE(RunAll({&source_, &follower_}).ok());
  }
  static CounterSetup Follower() {
    CounterSetup setup;
    setup.name = "follower";
    setup.sources = {"counter"};
    return setup;
  }
  void Pass(int64_t seconds) { clock_.now.us += seconds * kSecond; }

  journal::SimJournalProvider world_;
  TestClock clock_;
  TestTrust trust_{&clock_};
  std::shared_ptr<GateJournal> gate_;
  ShardRig source_{&world_, &clock_};
  ShardRig follower_{&world_, &clock_, Follower(),
                     [this](std::shared_ptr<journal::Journal> journal) {
                       gate_ = std::make_shared<GateJournal>(std::move(journal));
                       return gate_;
                     }};
};

TEST_F(SourceAgeTest, AQuietSourceIsNeverStale) {
  Pass(3'600);
  EXPECT_TRUE(follower_.Do(kAdd, "milk 1")->accepted());
}

TEST(SourceAge, AJournalThatNobodyHasWrittenIsNotStale) {
  journal::SimJournalProvider world;
  TestClock clock;
  TestTrust trust{&clock};
  CounterSetup setup;
  setup.name = "follower";
  setup.sources = {"counter"};
  ShardRig follower{&world, &clock, setup};
  follower.options.clock_trust = &trust;
  ASSERT_TRUE(follower.Start().ok());
  clock.now.us += 3'600 * kSecond;
  EXPECT_TRUE(follower.Do(kAdd, "milk 1")->accepted());
}

TEST_F(SourceAgeTest, AMinuteBehindRefusesWhatRestsOnIt) {
  gate_->open = false;
  ASSERT_TRUE(source_.Do(kAdd, "milk 1")->accepted());
  Pass(50);
  EXPECT_TRUE(follower_.Do(kAdd, "milk 1")->accepted()) << "a short lag is no harm";
  Pass(61);
  const base::Id16 id = follower_.NewId();
  const auto refused = follower_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_EQ(refused->refusal(), "UNAVAILABLE_SOURCES_STALE");
  EXPECT_THAT(std::get<base::Refusal>(refused->answer).en, HasSubstr("counter/0"));
  EXPECT_TRUE(follower_.Do(kGreet, "hello 0")->accepted()) << "what stands on its own goes on";
  gate_->Open();
  ASSERT_TRUE(follower_.Run().ok());
  const auto again = follower_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_TRUE(again->accepted()) << "nothing was executed before";
  EXPECT_EQ(Total(*follower_.rows(), "milk"), 11);
}

TEST_F(SourceAgeTest, ASourceThatNeverStandsStillIsNotStale) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(source_.Do(kAdd, "milk 1")->accepted());
    Pass(2);
    ASSERT_TRUE(follower_.shard().Step().ok());  // always a little behind its end
    source_.Submit(kAdd, "milk 1");
    ASSERT_TRUE(source_.Run().ok());
    const auto person = follower_.Submit(kAdd, "bread 1");
    ASSERT_TRUE(follower_.shard().Step().ok());
    ASSERT_TRUE(person->accepted()) << person->refusal();
  }
}

TEST_F(SourceAgeTest, ARepeatedRequestHasItsAnswerHoweverOldTheSourceIs) {
  const base::Id16 id = follower_.NewId();
  const auto first = follower_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(follower_.Run().ok());
  ASSERT_TRUE(first->accepted());
  gate_->open = false;
  ASSERT_TRUE(source_.Do(kAdd, "milk 1")->accepted());
  ASSERT_TRUE(follower_.Run().ok());
  Pass(300);
  const auto again = follower_.Submit(kAdd, "milk 10", id);
  ASSERT_TRUE(follower_.Run().ok());
  ASSERT_TRUE(again->accepted());
  EXPECT_TRUE(again->reply().repeated);
}

TEST_F(SourceAgeTest, ACommandWaitsForWhatItNames) {
  const auto waits = follower_.SubmitPatiently(kCopy, "milk 5", trust_.BootUs() + 30 * kSecond);
  const auto impatient = follower_.Submit(kCopy, "milk 5");
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_EQ(waits->calls, 0);
  EXPECT_EQ(impatient->refusal(), "UNKNOWN_NAME");
  EXPECT_TRUE(follower_.Do(kAdd, "bread 1")->accepted()) << "nobody stands behind it";
  ASSERT_TRUE(source_.Do(kAdd, "milk 1")->accepted());
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_TRUE(waits->accepted());
  EXPECT_EQ(Total(*follower_.rows(), "copy/milk"), 5);
  EXPECT_EQ(follower_.shard().Status().queue, 0u);
}

TEST_F(SourceAgeTest, UntilItsDeadline) {
  const auto waits = follower_.SubmitPatiently(kCopy, "milk 5", trust_.BootUs() + 30 * kSecond);
  ASSERT_TRUE(follower_.Run().ok());
  Pass(29);
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_EQ(waits->calls, 0);
  EXPECT_EQ(follower_.shard().Status().queue, 1u);
  Pass(1);
  ASSERT_TRUE(follower_.Run().ok());
  EXPECT_EQ(waits->refusal(), "UNKNOWN_NAME");
  EXPECT_EQ(follower_.shard().Status().queue, 0u);
}

TEST_F(SourceAgeTest, NoMoreWaitThanLeaveRoomForOthers) {
  std::vector<OutcomePtr> patient;
  for (size_t i = 0; i < 1'100; ++i) {
    patient.push_back(follower_.SubmitPatiently(kCopy, "milk 5", trust_.BootUs() + 30 * kSecond));
  }
  ASSERT_TRUE(follower_.Run().ok());
  const auto waits = std::count_if(patient.begin(), patient.end(),
                                   [](const OutcomePtr& each) { return each->calls == 0; });
  EXPECT_EQ(waits, 1'024);
  EXPECT_EQ(patient.back()->refusal(), "UNKNOWN_NAME");
  EXPECT_TRUE(follower_.Do(kAdd, "bread 1")->accepted());
}

TEST_F(SourceAgeTest, WhoeverWaitsIsToldWhenTheShardStops) {
  const auto waits = follower_.SubmitPatiently(kCopy, "milk 5", trust_.BootUs() + 30 * kSecond);
  ASSERT_TRUE(follower_.Run().ok());
  follower_.Stop();
  EXPECT_EQ(waits->calls, 1);
  EXPECT_TRUE(absl::IsUnavailable(waits->error()));
}

}  // namespace
}  // namespace twinline::engine_test

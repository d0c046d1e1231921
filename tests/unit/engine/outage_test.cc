// After an outage the shard serves people and fires no timer until the clock is trusted and what
// was due has been moved; and no clock that is set while it runs is believed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/base/outages.h"
#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"
#include "tests/support/test_trust.h"

namespace twinline::engine_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kHour = int64_t{3'600} * 1'000'000;
constexpr int64_t kDay = 24 * kHour;

class OutageTest : public ::testing::Test {
 protected:
  OutageTest() {
    setup_.deadlines = true;
    rig_.SetDomain(setup_);
    rig_.options.clock_trust = &trust_;
    EXPECT_TRUE(rig_.Start().ok());
    EXPECT_TRUE(rig_.Run().ok());
  }

  void SetAlarm(const std::string& name, int64_t due_us) {
    ASSERT_TRUE(rig_.Do(kAlarm, name + " " + std::to_string(due_us))->accepted());
  }
  void Pass(int64_t us) { clock_.now.us += us; }
  // The process lives through so many hours.
  void Live(int64_t hours) {
    for (int64_t hour = 0; hour < hours; ++hour) {
      Pass(kHour);
      ASSERT_TRUE(rig_.Run().ok());
    }
  }
  // The process ends and comes back after so long.
  void Down(int64_t us) {
    rig_.Stop();
    Pass(us);
    ASSERT_TRUE(rig_.Start().ok());
    ASSERT_TRUE(rig_.Run().ok());
  }
  template <typename Event>
  std::vector<Event> All() const {
    std::vector<Event> found;
    for (const auto& record : rig_.History()) {
      for (const auto& commit : record.record->commits()) {
        for (const auto& event : commit.events()) {
          if (event.type() != base::EventType<Event>()) continue;
          found.emplace_back().ParseFromString(event.data());
        }
      }
    }
    return found;
  }
  int64_t Due(const std::string& name) const {
    const auto row = rig_.rows()->Get(
        base::EncodeKey(base::Space::kOwn, 11, 0, base::DeriveId({"alarm", name})));
    return std::stoll(row->substr(row->find(' ') + 1));
  }

  journal::SimJournalProvider world_;
  TestClock clock_;
  const int64_t begin_ = clock_.now.us;
  TestTrust trust_{&clock_};
  CounterSetup setup_;
  ShardRig rig_{&world_, &clock_};
};

TEST_F(OutageTest, TimersWaitForATrustedClockAndPeopleDoNot) {
  SetAlarm("a", begin_ + 2 * kDay);
  Down(12 * kDay);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  EXPECT_TRUE(rig_.shard().Status().serving);
  EXPECT_THAT(rig_.shard().Status().notice, HasSubstr("until the clock is confirmed"));
  EXPECT_TRUE(rig_.shard().Idle()) << "what is held is not due";
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());
  EXPECT_THAT(All<journal::v1::ServiceResumed>(), IsEmpty());

  const base::Id16 operator_id = base::DeriveId({"operator"});
  Pass(kHour);
  trust_.Confirm(operator_id);
  ASSERT_TRUE(rig_.Run().ok());
  const auto resumed = All<journal::v1::ServiceResumed>();
  ASSERT_THAT(resumed, SizeIs(1));
  EXPECT_EQ(resumed[0].down_from_us(), begin_);
  EXPECT_EQ(resumed[0].down_to_us(), begin_ + 12 * kDay) << "not when the clock was confirmed";
  EXPECT_EQ(resumed[0].clock_evidence().kind(), "OPERATOR");
  EXPECT_EQ(resumed[0].clock_evidence().confirmed_by().subject(), operator_id.bytes());
  EXPECT_THAT(rig_.domain().fired, IsEmpty()) << "it was moved before it was judged";
  EXPECT_EQ(Due("a"), begin_ + 14 * kDay);
  EXPECT_THAT(rig_.shard().Status().notice, IsEmpty());
  Live(46);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  Live(1);
  EXPECT_THAT(rig_.domain().fired, SizeIs(1));
}

TEST_F(OutageTest, ASynchronisedClockNeedsNobody) {
  SetAlarm("a", begin_ + 2 * kDay);
  trust_.Synchronise();
  Down(12 * kDay);
  EXPECT_THAT(All<journal::v1::ServiceResumed>(), SizeIs(1));
  EXPECT_EQ(Due("a"), begin_ + 14 * kDay);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
}

TEST_F(OutageTest, AGapOfADayIsNoOutage) {
  SetAlarm("a", begin_ + kHour);
  Down(kDay);
  EXPECT_THAT(All<journal::v1::ServiceResumed>(), IsEmpty());
  EXPECT_THAT(rig_.domain().fired, SizeIs(1));
}

TEST_F(OutageTest, AQuietWeekIsNoOutageBecauseTheShardNotesThatItIsThere) {
  Live(7 * 24);
  Down(kHour);
  EXPECT_THAT(rig_.shard().Status().notice, IsEmpty());
  const int64_t last_seen = begin_ + 7 * kDay + kHour;
  Down(3 * kDay);
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Run().ok());
  const auto resumed = All<journal::v1::ServiceResumed>();
  ASSERT_THAT(resumed, SizeIs(1));
  EXPECT_EQ(resumed[0].down_from_us(), last_seen) << "the epoch of the short stop";
}

TEST_F(OutageTest, ARestartBeforeTheClockIsConfirmedForgetsNothing) {
  SetAlarm("a", begin_ + 2 * kDay);
  Down(12 * kDay);
  Down(kHour);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  rig_.disk = store::MakeMemoryDisk();  // nor does a lost state
  Down(kHour);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  Down(2 * kDay);  // and a second outage is one of its own
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Run().ok());
  const auto resumed = All<journal::v1::ServiceResumed>();
  ASSERT_THAT(resumed, SizeIs(2));
  EXPECT_EQ(resumed[0].down_to_us(), begin_ + 12 * kDay) << "as the epoch that found it says";
  EXPECT_EQ(resumed[1].down_to_us() - resumed[1].down_from_us(), 2 * kDay);
  EXPECT_EQ(Due("a"), begin_ + 16 * kDay);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
}

TEST_F(OutageTest, MovesInPartsAndGoesOnAfterACrash) {
  for (int i = 0; i < 7; ++i) SetAlarm("n" + std::to_string(i), begin_ + 2 * kDay);
  rig_.Stop();
  Pass(12 * kDay);
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Start().ok());
  while (All<journal::v1::OutageWorked>().size() < 2) ASSERT_TRUE(rig_.shard().Step().ok());
  const auto person = rig_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(rig_.shard().Step().ok());
  EXPECT_TRUE(person->accepted()) << "people come in between";
  Down(kHour);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  const auto worked = All<journal::v1::OutageWorked>();
  EXPECT_THAT(worked, SizeIs(4));
  uint32_t moved = 0;
  for (const auto& part : worked) moved += part.moved();
  EXPECT_EQ(moved, 7u) << "each once";
  EXPECT_FALSE(worked.back().more());
  for (int i = 0; i < 7; ++i) EXPECT_EQ(Due("n" + std::to_string(i)), begin_ + 14 * kDay);
}

TEST_F(OutageTest, AShardWithoutDeadlinesRecordsTheOutageAndGoesOn) {
  setup_.deadlines = false;
  rig_.SetDomain(setup_);
  ASSERT_TRUE(rig_.Start().ok());
  ASSERT_TRUE(rig_.Run().ok());
  SetAlarm("a", begin_ + 2 * kDay);
  Down(12 * kDay);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_THAT(rig_.domain().fired, SizeIs(1));
  const auto known = base::KnownOutages(*rig_.rows());
  ASSERT_THAT(known, SizeIs(1));
  EXPECT_EQ(known[0].to.us, begin_ + 12 * kDay);
}

TEST_F(OutageTest, AMachineThatSleptIsAnOutageToo) {
  SetAlarm("a", begin_ + 2 * kDay);
  Pass(12 * kDay);  // neither clock was set, nothing ran
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_TRUE(rig_.shard().Status().serving);
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_THAT(All<journal::v1::ServiceResumed>(), SizeIs(1));
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
}

TEST_F(OutageTest, AClockThatIsSetWhileItRunsStopsTheLeaderUntilSomebodyVouches) {
  SetAlarm("a", begin_ + 2 * kHour);
  trust_.SetClock(3 * kHour);
  const auto person = rig_.Submit(kAdd, "milk 1");
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_FALSE(rig_.shard().Status().serving);
  EXPECT_THAT(rig_.shard().Status().reason, HasSubstr("clock was set"));
  EXPECT_TRUE(absl::IsUnavailable(person->error()));
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  trust_.SetClock(-3 * kHour);
  trust_.Confirm(base::DeriveId({"operator"}));
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_TRUE(rig_.shard().Status().serving);
  EXPECT_THAT(rig_.domain().fired, IsEmpty()) << "an hour that never was";
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());
}

TEST_F(OutageTest, SmallCorrectionsAreNoStep) {
  trust_.SetClock(-30'000'000);
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());
  EXPECT_TRUE(rig_.shard().Status().serving);
}

TEST_F(OutageTest, RecordTimeThatRanAheadGoesBackByARecordOnly) {
  SetAlarm("a", begin_ + 5 * kDay);
  rig_.Stop();
  trust_.SetClock(4 * 365 * kDay);  // a battery, while the machine was off
  ASSERT_TRUE(rig_.Start().ok());
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_THAT(rig_.domain().fired, IsEmpty());
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());
  trust_.SetClock(-4 * 365 * kDay);
  ASSERT_TRUE(rig_.Run().ok());
  EXPECT_FALSE(rig_.shard().Status().serving);
  trust_.Synchronise();
  ASSERT_TRUE(rig_.Run().ok());
  ASSERT_THAT(All<journal::v1::ClockCorrected>(), SizeIs(1));
  EXPECT_EQ(All<journal::v1::ClockCorrected>()[0].to_us(), begin_);
  EXPECT_THAT(rig_.domain().fired, IsEmpty()) << "its day has not come";
  EXPECT_TRUE(rig_.Do(kAdd, "milk 1")->accepted());
  EXPECT_EQ(rig_.History().back().record->header().time_unix_us(), begin_);

  const std::string hash = rig_.hash();
  rig_.disk = store::MakeMemoryDisk();
  ASSERT_TRUE(rig_.Start().ok());
  EXPECT_EQ(rig_.hash(), hash) << "every replay goes back at the same record";
  // The outage of four years that never was took no time.
  const auto resumed = All<journal::v1::ServiceResumed>();
  ASSERT_THAT(resumed, SizeIs(1));
  EXPECT_GE(resumed[0].down_to_us(), resumed[0].down_from_us());
  EXPECT_LT(resumed[0].down_to_us() - resumed[0].down_from_us(), kHour);
}

}  // namespace
}  // namespace twinline::engine_test

// a day is judged once, at its last session or at day close; what comes later is a
// correction.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Judging : public testing::Test {
 protected:
  County county_;
  const Id16 class_ = county_.AddClass(kJunior, 7, 3);
  const Id16 x_ = county_.AddPupil(class_);
  const Id16 y_ = county_.AddPupil(class_);
};

TEST_F(Judging, R64AbsentInTheMorningPresentInTheAfternoonCrossesNothing) {
  // Given four days of absence
  county_.GoTo(Day(9, 7));
  county_.WholeDay(class_, {});
  for (int day = 0; day < 4; ++day) {
    county_.NextSchoolDay();
    county_.WholeDay(class_, {{x_, kUnexplained}});
  }
  county_.NextSchoolDay();
  // When the fifth morning is absent too, nothing is decided yet
  const Result morning = county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  EXPECT_FALSE(morning.Has<v1::StreakCrossed>());
  EXPECT_FALSE(morning.All<v1::RollCallTaken>()[0].judged());
  EXPECT_EQ(county_.Streak(x_), 4u);
  // And the afternoon refutes it
  const Result afternoon = county_.RollCall(class_, kAfternoon, {});
  EXPECT_THAT(afternoon.Crossed(x_), IsEmpty());
  EXPECT_TRUE(afternoon.Has<v1::StreakEnded>());
  EXPECT_TRUE(county_.ClassDay(class_).judged());
}

TEST_F(Judging, R64ASchoolThatRecordsOnlyMorningsCrossesAtDayClose) {
  const Result morning = county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  EXPECT_FALSE(morning.Has<v1::StreakCrossed>());
  const Result close = county_.GoTo(Day(9, 1), 18, 0);
  EXPECT_THAT(close.Crossed(x_), ElementsAre("CONTACT"));
  const auto judged = close.All<v1::DayJudged>();
  ASSERT_EQ(judged.size(), 1u);
  EXPECT_EQ(judged[0].sessions_recorded(), 1u);
  EXPECT_EQ(judged[0].sessions_scheduled(), 2u);
  EXPECT_EQ(county_.Streak(x_), 1u);
}

TEST_F(Judging, R64ASchoolWithMorningsOnlyIsJudgedAtTheRollCall) {
  v1::SchoolCalendar mornings = County::DefaultCalendar();
  mornings.set_sessions(1);
  county_.Adopt(mornings, kJunior);
  const Result morning = county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  EXPECT_THAT(morning.Crossed(x_), ElementsAre("CONTACT"));
  EXPECT_EQ(county_.RollCall(class_, kAfternoon, {}).refusal, "SESSION_NOT_SCHEDULED");
}

TEST_F(Judging, R64ALateFirstRollCallNeedsTheSignatureOfThePrincipal) {
  // Given 1 September was not taken, and 2 and 3 September were: X absent
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kUnexplained}});
  // When the first is handed in now, it is a correction
  County::How late;
  late.day = Day(9, 1);
  EXPECT_EQ(county_.RollCall(class_, kMorning, {}, late).refusal, "LATE_ROLL_CALL_NEEDS_SIGNATURE");
  late.by = "principal";
  late.signed_late = true;
  late.reason = false;
  EXPECT_EQ(county_.RollCall(class_, kMorning, {}, late).refusal, "REASON_MISSING");
  late.reason = true;
  const Result taken = county_.RollCall(class_, kMorning, {{x_, kUnexplained}}, late);
  ASSERT_TRUE(taken.ok()) << taken.refusal;
  EXPECT_TRUE(taken.All<v1::RollCallTaken>()[0].signed_late());
  // Then X's streak is one day longer and crosses what it has reached by now
  const auto recomputed = taken.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  EXPECT_EQ(recomputed[0].days_before(), 2u);
  EXPECT_EQ(recomputed[0].days_after(), 3u);
  EXPECT_THAT(taken.Crossed(x_), ElementsAre("SCHOOL_REPORT", "TERM_START_NO_SHOW"));
}

TEST_F(Judging, R64ALateAllPresentIsNotTheCheapWayToEndAStreak) {
  county_.GoTo(Day(9, 7));
  for (int day = 0; day < 5; ++day) {
    if (day != 2) county_.WholeDay(class_, {{x_, kUnexplained}});
    county_.NextSchoolDay();
  }
  ASSERT_EQ(county_.Streak(x_), 4u);
  County::How late;
  late.day = Day(9, 9);
  EXPECT_FALSE(county_.RollCall(class_, kAfternoon, {}, late).ok());
  EXPECT_EQ(county_.Streak(x_), 4u);
  late.by = "principal";
  late.signed_late = true;
  const Result taken = county_.RollCall(class_, kAfternoon, {}, late);
  ASSERT_EQ(taken.All<v1::StreakRecomputed>().size(), 1u);
  EXPECT_EQ(taken.All<v1::StreakRecomputed>()[0].days_before(), 4u);
  EXPECT_EQ(county_.Streak(x_), 2u);
  EXPECT_EQ(county_.Tracked(x_)->last_present_day(), Day(9, 9).days);
}

TEST_F(Judging, AfternoonFirstJudgesTheDayAndTheMorningThenNeedsASignature) {
  county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_EQ(county_.RollCall(class_, kMorning, {}).refusal, "LATE_ROLL_CALL_NEEDS_SIGNATURE");
}

TEST_F(Judging, TheSamePersonCorrectsTheSameDayWithoutSignature) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  const Result again = county_.RollCall(class_, kAfternoon, {});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.All<v1::RollCallTaken>()[0].replaces());
  EXPECT_EQ(again.All<v1::StreakRecomputed>()[0].days_after(), 0u);
  EXPECT_FALSE(county_.Tracked(x_));
  EXPECT_EQ(county_.MarkOf(x_, Day(9, 1))->afternoon(), kPresent);
  EXPECT_EQ(county_.MarkOf(x_, Day(9, 1))->morning(), kUnexplained);
  // The next day it is a correction.
  county_.NextSchoolDay();
  County::How yesterday;
  yesterday.day = Day(9, 1);
  EXPECT_EQ(county_.RollCall(class_, kMorning, {}, yesterday).refusal, "USE_CORRECTION");
}

TEST_F(Judging, SayingTheSameTwiceChangesNothing) {
  county_.RollCall(class_, kMorning, {});
  const Result again = county_.RollCall(class_, kMorning, {});
  EXPECT_TRUE(again.ok());
  EXPECT_FALSE(again.Has<v1::RollCallTaken>());
  EXPECT_TRUE(again.Has<journal::v1::NoEffect>());
}

TEST_F(Judging, N13ADeviceThatWasOffLineHandsInItsDaysAfterTheirClose) {
  // Given a teacher without network on 1 to 3 September, who kept the lists
  county_.GoTo(Day(9, 4));
  ASSERT_EQ(county_.ClassDay(class_, Day(9, 1)).has_morning(), false);
  for (int day = 1; day <= 3; ++day) {
    County::How queued;
    queued.day = Day(9, day);
    EXPECT_TRUE(county_.RollCall(class_, kMorning, {{x_, kUnexplained}}, queued).ok());
    if (day == 2) continue;  // the afternoon of the second day was never taken
    EXPECT_TRUE(county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}}, queued).ok());
  }
  // Then all three days are judged, the second before the third, and the streak has three days
  EXPECT_EQ(county_.Streak(x_), 3u);
  EXPECT_TRUE(county_.ClassDay(class_, Day(9, 2)).judged());
  EXPECT_EQ(county_.Tracked(x_)->first_day(), Day(9, 1).days);
}

TEST_F(Judging, AnOpenDayOfThePastIsJudgedByTheNextClose) {
  county_.NextSchoolDay();
  County::How yesterday;
  yesterday.day = Day(9, 1);
  county_.RollCall(class_, kMorning, {{x_, kUnexplained}}, yesterday);
  EXPECT_EQ(county_.Streak(x_), 0u);
  const Result close = county_.GoTo(Day(9, 2), 18, 0);
  EXPECT_EQ(close.All<v1::DayJudged>().size(), 1u);
  EXPECT_EQ(county_.Streak(x_), 1u);
  // The class did not take 2 September, which is told too, and turned nobody into anything.
  EXPECT_EQ(close.All<v1::ClassUnmarked>().size(), 1u);
}

// nobody could hand in a roll call; a gap in the data is nobody's fault.
TEST_F(Judging, ADayThatAnOutageTookIsHeldAgainstNoTeacher) {
  county_.Outage({base::StartOfDay(Day(9, 1)).us}, {base::StartOfDay(Day(9, 2)).us});
  const Result lost = county_.GoTo(Day(9, 1), 18, 0);
  EXPECT_FALSE(lost.Has<v1::ClassUnmarked>());
  EXPECT_EQ(lost.All<v1::SchoolDayClosed>().size(), 2u) << "the day is closed all the same";
  const Result next = county_.GoTo(Day(9, 2), 18, 0);
  ASSERT_TRUE(next.Has<v1::ClassUnmarked>());
  EXPECT_EQ(next.All<v1::ClassUnmarked>()[0].days(), 1u) << "and does not count as unmarked";
}

TEST_F(Judging, DayCloseNeverMarksAChild) {
  const Result close = county_.GoTo(Day(9, 1), 18, 0);
  EXPECT_TRUE(close.Has<v1::ClassUnmarked>());
  EXPECT_FALSE(close.Has<v1::DayJudged>());
  EXPECT_FALSE(close.Has<v1::Tracked>());
  EXPECT_FALSE(county_.MarkOf(x_, Day(9, 1)));
  EXPECT_FALSE(county_.ClassDay(class_, Day(9, 1)).judged());
  const auto closed = close.All<v1::SchoolDayClosed>();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].next_day(), Day(9, 2).days);
}

TEST_F(Judging, VerdictsOfTrackedChildrenTravelWithTheRollCall) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  const Result second = county_.WholeDay(class_, {{x_, kUnexplained}, {y_, kUnexplained}});
  // Tracked comes before the verdicts that need it, crossings after.
  std::vector<uint32_t> order;
  for (const auto& event : second.events) order.push_back(event.type());
  EXPECT_THAT(order,
              ElementsAre(base::EventType<v1::Tracked>(), base::EventType<v1::RollCallTaken>(),
                          base::EventType<v1::StreakCrossed>()));
  const auto verdicts = second.All<v1::RollCallTaken>()[0].verdicts();
  ASSERT_EQ(verdicts.size(), 2);
  EXPECT_EQ(verdicts[0].registration_id(), x_.bytes());
  EXPECT_EQ(verdicts[0].streak_days(), 2u);
  EXPECT_EQ(verdicts[1].streak_days(), 1u);
  EXPECT_EQ(county_.Tracked(y_)->last_present_day(), Day(9, 1).days);
}

TEST_F(Judging, AChildOnLeaveWasNotSeen) {
  county_.GoTo(Day(9, 7));
  county_.WholeDay(class_, {});
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kSickLeave}});
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Tracked(x_)->last_present_day(), Day(9, 7).days);
}

}  // namespace
}  // namespace twinline::attendance

// C-1 to C-7 of domain.md 2.3, one test each, and what the thresholds say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CountingRules : public testing::Test {
 protected:
  Result Absent() { return county_.WholeDay(class_, {{x_, kUnexplained}}); }
  Result Present() { return county_.WholeDay(class_, {}); }
  Result Next() { return county_.NextSchoolDay(); }

  County county_;
  const Id16 class_ = county_.AddClass(kJunior, 7, 3);
  const Id16 x_ = county_.AddPupil(class_);
  const Id16 y_ = county_.AddPupil(class_);
};

TEST_F(CountingRules, C1OnlySchoolDaysCountAndOtherDaysDoNotBreakAStreak) {
  // Given X seen on Monday and absent Tuesday 29 and Wednesday 30 September
  county_.GoTo(Day(9, 28));
  Present();
  for (Next(); county_.today() <= Day(9, 30); Next()) Absent();
  // When a week of holiday passes and X is absent on the next two school days
  ASSERT_EQ(county_.today(), Day(10, 8));
  Absent();
  Next();
  const Result fifth_would_be_saturday = Absent();
  // Then the streak has four days, and nothing was added by Saturdays or the holiday
  EXPECT_EQ(county_.Streak(x_), 4u);
  EXPECT_EQ(county_.Tracked(x_)->first_day(), Day(9, 29).days);
  EXPECT_THAT(fifth_would_be_saturday.Crossed(x_), IsEmpty());
  EXPECT_EQ(county_.Tracked(x_)->last_present_day(), Day(9, 28).days);
}

TEST_F(CountingRules, C2AMakeUpWorkdayCountsBecauseTheSchoolCalendarSaysSo) {
  county_.GoTo(Day(10, 9));
  Absent();
  Next();
  EXPECT_EQ(county_.today(), Day(10, 10));  // a Saturday
  Absent();
  EXPECT_EQ(county_.Streak(x_), 2u);
  // An ordinary Saturday is no school day, and says which is the next one.
  county_.GoTo(Day(10, 17));
  EXPECT_EQ(county_.RollCall(class_, kMorning, {}).refusal, "NOT_A_SCHOOL_DAY");
}

TEST_F(CountingRules, C3HalfADayPresentEndsTheStreakAndLateIsPresent) {
  Absent();
  Next();
  county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  const Result afternoon = county_.RollCall(class_, kAfternoon, {{x_, kLate}});
  ASSERT_EQ(afternoon.All<v1::StreakEnded>().size(), 1u);
  EXPECT_EQ(afternoon.All<v1::StreakEnded>()[0].days(), 1u);
  EXPECT_FALSE(county_.Tracked(x_));
}

TEST_F(CountingRules, C4ApprovedLeavePausesAndDoesNotReset) {
  Absent();
  Next();
  for (const uint32_t leave : {kSickLeave, kPersonalLeave, kOfficialLeave}) {
    county_.WholeDay(class_, {{x_, leave}});
    EXPECT_EQ(county_.Streak(x_), 1u);
    Next();
  }
  // Half a day on leave and half a day missing is missing: nobody saw X.
  county_.RollCall(class_, kMorning, {{x_, kSickLeave}});
  county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 2u);
  EXPECT_EQ(county_.Tracked(x_)->first_day(), Day(9, 1).days);
}

TEST_F(CountingRules, C5AnUnrecordedDayIsNeitherAbsenceNorPresence) {
  Absent();
  Next();
  Next();  // nobody takes a roll call on 2 September
  EXPECT_EQ(county_.Streak(x_), 1u);
  Absent();
  EXPECT_EQ(county_.Streak(x_), 2u);
}

TEST_F(CountingRules, C6AMoveCarriesTheStreakUntilTheFirstPresence) {
  const Id16 other = county_.AddClass(kPrimary, 6, 1);
  Absent();
  Next();
  Absent();
  Next();
  const Result move = county_.Place(x_, other);
  ASSERT_TRUE(move.Has<v1::TrackedMoved>());
  // The old class says nothing about X any more; the new one counts on.
  Present();
  EXPECT_EQ(county_.Streak(x_), 2u);
  const Result third = county_.WholeDay(other, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 3u);
  EXPECT_THAT(third.Crossed(x_), ElementsAre("SCHOOL_REPORT", "TERM_START_NO_SHOW"));
  EXPECT_EQ(third.All<v1::StreakCrossed>()[0].school_code(), kPrimary);
  Next();
  EXPECT_TRUE(county_.WholeDay(other, {}).Has<v1::StreakEnded>());
  EXPECT_EQ(county_.Streak(x_), 0u);
}

TEST_F(CountingRules, C7TheRuleSetOfTheJudgedDayDecides) {
  v1::RuleSet strict = County::DefaultRules();
  strict.set_school_report(2);
  strict.set_suspected(2);
  county_.GoTo(Day(9, 9));
  Present();
  county_.AdoptRules("strict", Day(9, 11), strict);
  Next();
  Absent();  // Thursday 10: old rules
  Next();
  const Result second = Absent();  // Friday 11: new rules
  EXPECT_THAT(second.Crossed(x_), ElementsAre("SCHOOL_REPORT", "SUSPECTED"));
  for (const auto& event : second.All<v1::StreakCrossed>())
    EXPECT_EQ(event.rule_version(), "strict");

  // And when the past is judged again, each day by its own rules: Y is found to have been absent on
  // 9 and 10 September, before the strict rules.
  const Result corrected = [&] {
    county_.Correct(class_, Day(9, 9), kMorning, y_, kUnexplained);
    county_.Correct(class_, Day(9, 9), kAfternoon, y_, kUnexplained);
    county_.Correct(class_, Day(9, 10), kMorning, y_, kUnexplained);
    return county_.Correct(class_, Day(9, 10), kAfternoon, y_, kUnexplained);
  }();
  EXPECT_THAT(corrected.Crossed(y_), IsEmpty());
  const auto recomputed = corrected.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  EXPECT_EQ(recomputed[0].days_after(), 0u) << "present on the 11th";
  ASSERT_EQ(recomputed[0].past_after_size(), 1);
  EXPECT_EQ(recomputed[0].past_after(0).days(), 2u);
  EXPECT_THAT(recomputed[0].past_after(0).crossed(), ElementsAre("CONTACT"));
}

TEST_F(CountingRules, ThresholdsAreCrossedOnceEachInRisingOrder) {
  county_.GoTo(Day(9, 7));
  Present();
  std::vector<std::vector<std::string>> days;
  for (int day = 0; day < 6; ++day) {
    Next();
    days.push_back(Absent().Crossed(x_));
  }
  EXPECT_THAT(days, ElementsAre(ElementsAre("CONTACT"), IsEmpty(), ElementsAre("SCHOOL_REPORT"),
                                IsEmpty(), ElementsAre("SUSPECTED"), IsEmpty()));
  // After a return everything may be crossed again.
  Next();
  Present();
  Next();
  EXPECT_THAT(Absent().Crossed(x_), ElementsAre("CONTACT"));
}

TEST_F(CountingRules, ADropoutIsDueToBeConfirmedAfterTwentySchoolDaysAndAMonth) {
  county_.GoTo(Day(11, 2));
  Present();
  std::vector<CivilDay> due;
  CivilDay suspected;
  for (int day = 0; day < 40; ++day) {
    Next();
    const Result result = Absent();
    for (const std::string& threshold : result.Crossed(x_)) {
      if (threshold == "SUSPECTED") suspected = county_.today();
      if (threshold == "CONFIRM_DUE") due.push_back(county_.today());
    }
  }
  // Suspected on Monday 9 November; 20 school days later is 7 December, but the month ends on the
  // 9th.
  EXPECT_EQ(suspected, Day(11, 9));
  EXPECT_THAT(due, ElementsAre(Day(12, 9)));
}

TEST_F(CountingRules, AStreakMaySpanTheHolidaysAndTheTermStartIsNoticed) {
  // Given X was absent on the last day of the autumn term only
  county_.GoTo(Day(1, 21, 2027));
  Present();
  Next();
  Absent();
  // When the spring term begins and X does not report
  Next();
  ASSERT_EQ(county_.today(), Day(2, 22, 2027));
  Absent();
  Next();
  EXPECT_THAT(Absent().Crossed(x_), ElementsAre("SCHOOL_REPORT"));
  Next();
  // Then the third day of the term is a no-show, although the streak is four days old.
  EXPECT_THAT(Absent().Crossed(x_), ElementsAre("TERM_START_NO_SHOW"));
  EXPECT_EQ(county_.Streak(x_), 4u);
}

}  // namespace
}  // namespace twinline::attendance

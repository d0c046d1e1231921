// Calendars that arrive, change and end; the timers that close school days; rule sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attendance/domain/schedule.h"
#include "attendance/tables/tables.h"
#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<int32_t> ClosedDays(const Result& result, const std::string& school) {
  std::vector<int32_t> days;
  for (const auto& event : result.All<v1::SchoolDayClosed>()) {
    if (event.school_code() == school) days.push_back(event.day());
  }
  return days;
}

base::Timestamp DueOf(const County& county, const std::string& school) {
  for (const auto& timer : county.Timers()) {
    if (SchoolOfEntity(base::AsId(timer.entity())) == school) return {timer.due_us()};
  }
  return {};
}

CivilDay NextClose(const County& county, const std::string& school) {
  return base::DayOf(DueOf(county, school));
}

TEST(SchoolDays, ClosureDaysAndMakeUpDaysComeFromTheAdoptedCalendar) {
  County county;
  Schedule schedule(county.rows());
  EXPECT_EQ(schedule.On(kJunior, Day(9, 1)).sessions, 3u);
  EXPECT_EQ(schedule.On(kJunior, Day(9, 5)).sessions, 0u);
  EXPECT_EQ(schedule.On(kJunior, Day(10, 1)).sessions, 0u);
  EXPECT_EQ(schedule.On(kJunior, Day(10, 10)).sessions, 3u);
  EXPECT_EQ(schedule.On(kJunior, Day(10, 10)).term_start, Day(9, 1));
  EXPECT_EQ(schedule.Next(kJunior, Day(9, 30)), Day(10, 8));
  EXPECT_EQ(schedule.Next(kJunior, Day(1, 22, 2027)), Day(2, 22, 2027));
  EXPECT_EQ(schedule.Next(kJunior, Day(7, 2, 2027)), std::nullopt);
}

TEST(SchoolDays, EachSchoolDayIsClosedOnceAndInOrder) {
  County county;
  const Result week = county.GoTo(Day(9, 8));
  EXPECT_THAT(ClosedDays(week, kJunior), ElementsAre(Day(9, 1).days, Day(9, 2).days, Day(9, 3).days,
                                                     Day(9, 4).days, Day(9, 7).days));
  EXPECT_EQ(county.Timers().size(), 2u) << "one timer a school";
}

TEST(SchoolDays, WithoutACalendarASchoolWaitsAndStartsWithIt) {
  County county({}, /*calendar=*/false);
  EXPECT_THAT(county.Timers(), IsEmpty());
  const Id16 class_id = county.AddClass(kJunior, 7, 1);
  EXPECT_EQ(county.RollCall(class_id, kMorning, {}).refusal, "NOT_A_SCHOOL_DAY");
  county.GoTo(Day(9, 3), 10);
  county.Adopt(County::DefaultCalendar());
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 3)) << "days before the calendar came accuse nobody";
  EXPECT_TRUE(county.RollCall(class_id, kMorning, {}).ok());
}

TEST(SchoolDays, ACalendarAdoptedAfterTodaysCloseBeginsTomorrow) {
  County county({}, /*calendar=*/false);
  county.GoTo(Day(9, 3), 19);
  county.Adopt(County::DefaultCalendar());
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 4));
}

TEST(SchoolDays, ADeclaredClosureMovesTheWaitingClose) {
  County county;
  county.GoTo(Day(9, 10), 19);
  ASSERT_EQ(NextClose(county, kJunior), Day(9, 11));
  v1::SchoolCalendar flood = County::DefaultCalendar();
  flood.set_version("2026-2");
  flood.add_closures()->set_day(Day(9, 11).days);
  county.Adopt(flood);
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 14));
  EXPECT_EQ(county.Timers().size(), 2u) << "the old timers are cancelled";
}

TEST(SchoolDays, AMakeUpDayAddedLaterIsClosedToo) {
  County county;
  county.GoTo(Day(9, 11), 19);
  ASSERT_EQ(NextClose(county, kJunior), Day(9, 14));
  v1::SchoolCalendar more = County::DefaultCalendar();
  more.add_make_up_days(Day(9, 12).days);
  county.Adopt(more);
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 12));
}

TEST(SchoolDays, ACloseThatIsDueIsNotSkippedByANewCalendar) {
  County county;
  const Id16 class_id = county.AddClass(kJunior, 7, 1);
  county.AddPupil(class_id);
  county.Adopt(County::DefaultCalendar());
  EXPECT_THAT(ClosedDays(county.GoTo(Day(9, 2)), kJunior), ElementsAre(Day(9, 1).days));
}

TEST(SchoolDays, ANewVersionReplacesItsTermAndLeavesOthersAlone) {
  County county;
  v1::SchoolCalendar shifted;
  shifted.set_version("2026-3");
  shifted.set_weekdays(0x1f);
  shifted.set_sessions(3);
  v1::Term* term = shifted.add_terms();
  term->set_first_day(Day(9, 3).days);        // begins two days later
  term->set_last_day(Day(1, 15, 2027).days);  // and ends a week earlier
  county.Adopt(shifted);
  Schedule schedule(county.rows());
  EXPECT_EQ(schedule.On(kJunior, Day(9, 1)).sessions, 0u);
  EXPECT_EQ(schedule.On(kJunior, Day(9, 3)).term_start, Day(9, 3));
  EXPECT_EQ(schedule.On(kJunior, Day(1, 22, 2027)).sessions, 0u);
  EXPECT_EQ(schedule.On(kJunior, Day(2, 22, 2027)).sessions, 3u)
      << "the spring term keeps its days";
}

TEST(SchoolDays, ASchoolMayHaveItsOwnCalendar) {
  County county;
  v1::SchoolCalendar own = County::DefaultCalendar();
  own.set_version("own");
  own.add_closures()->set_day(Day(9, 2).days);
  county.Adopt(own, kPrimary);
  Schedule schedule(county.rows());
  EXPECT_EQ(schedule.On(kPrimary, Day(9, 2)).sessions, 0u);
  EXPECT_EQ(schedule.On(kJunior, Day(9, 2)).sessions, 3u);
  const Result days = county.GoTo(Day(9, 4));
  EXPECT_THAT(ClosedDays(days, kPrimary), ElementsAre(Day(9, 1).days, Day(9, 3).days));
  // A newer county calendar does not touch it.
  v1::SchoolCalendar county_wide = County::DefaultCalendar();
  county_wide.add_closures()->set_day(Day(9, 4).days);
  county.Adopt(county_wide);
  EXPECT_EQ(NextClose(county, kPrimary), Day(9, 4));
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 7));
}

TEST(SchoolDays, AnOwnCalendarMayComeBeforeTheSchoolIsRecorded) {
  County county;
  county.Adopt(County::DefaultCalendar(), "5141000001");
  EXPECT_EQ(NextClose(county, "5141000001"), Day(9, 1));
  county.AddSchool("5141000001");
  EXPECT_EQ(county.Timers().size(), 3u);
}

TEST(SchoolDays, ARetroactiveClosureFreesTheStreak) {
  County county;
  const Id16 class_id = county.AddClass(kJunior, 7, 1);
  const Id16 x = county.AddPupil(class_id);
  for (int day = 0; day < 3; ++day) {
    county.WholeDay(class_id, {{x, kUnexplained}});
    county.NextSchoolDay();
  }
  v1::SchoolCalendar flood = County::DefaultCalendar();
  flood.add_closures()->set_day(Day(9, 2).days);
  county.Adopt(flood);
  // A running streak changes only when it is counted again.
  EXPECT_EQ(county.Streak(x), 3u);
  const Result again = county.Correct(class_id, Day(9, 3), kAfternoon, x, kSickLeave);
  ASSERT_TRUE(again.ok()) << again.refusal;
  EXPECT_EQ(county.Streak(x), 2u);
}

TEST(SchoolDays, TheCalendarEndsAndTheNextOneGoesOn) {
  County county;
  county.GoTo(Day(7, 5, 2027));
  EXPECT_THAT(county.Timers(), IsEmpty());
  v1::SchoolCalendar next;
  next.set_version("2027-1");
  next.set_weekdays(0x1f);
  next.set_sessions(3);
  v1::Term* term = next.add_terms();
  term->set_first_day(Day(9, 1, 2027).days);
  term->set_last_day(Day(1, 20, 2028).days);
  county.Adopt(next);
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 1, 2027));
}

TEST(SchoolDays, R18ANewCloseTimeMovesNoTimerThatRuns) {
  County county;
  v1::RuleSet later = County::DefaultRules();
  later.set_day_close_minute(20 * 60);
  county.AdoptRules("later", Day(9, 1), later);
  EXPECT_EQ(DueOf(county, kJunior).us, base::StartOfDay(Day(9, 1)).us + 18 * 3'600'000'000ll);
  county.GoTo(Day(9, 1), 18);
  EXPECT_EQ(DueOf(county, kJunior).us, base::StartOfDay(Day(9, 2)).us + 20 * 3'600'000'000ll);
  // The running one is the one that is cancelled when the calendar changes.
  v1::SchoolCalendar flood = County::DefaultCalendar();
  flood.add_closures()->set_day(Day(9, 2).days);
  later.set_day_close_minute(19 * 60);
  county.AdoptRules("latest", Day(9, 1), later);
  county.Adopt(flood);
  EXPECT_EQ(county.Timers().size(), 2u);
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 3));
}

TEST(SchoolDays, ATimerOfAnEarlierGenerationDoesNothing) {
  County county;
  journal::v1::TimerRef stale = county.Timers()[0];
  stale.set_generation(stale.generation() + 7);
  EXPECT_EQ(county.Run(base::kTimerFired, stale.SerializeAsString(), "service").refusal,
            "ALREADY_SO");
}

TEST(SchoolDays, ADayThatIsNoSchoolDayAnyMoreIsClosedWithoutAccusingAnyone) {
  // Both in one batch: the calendar frees the day whose timer is firing.
  County county;
  county.AddPupil(county.AddClass(kJunior, 7, 1));
  const journal::v1::TimerRef waiting = county.Timers()[1];
  v1::SchoolRow school = *base::Find<v1::SchoolRow>(county.rows(), kJunior);
  EXPECT_EQ(waiting.generation(), school.generation());
  v1::SchoolCalendar own = County::DefaultCalendar();
  own.add_closures()->set_day(Day(9, 1).days);
  county.Adopt(own, kJunior);
  EXPECT_EQ(NextClose(county, kJunior), Day(9, 2));
  EXPECT_EQ(county.Run(base::kTimerFired, waiting.SerializeAsString(), "service").refusal,
            "ALREADY_SO");
}

TEST(RuleSets, R62TheNewestAdoptedOfThoseValidOnTheDayHolds) {
  County county;
  v1::RuleSet rules = County::DefaultRules();
  rules.set_suspected(7);
  county.AdoptRules("september", Day(9, 1), rules);
  rules.set_suspected(6);
  county.AdoptRules("october", Day(10, 1), rules);
  rules.set_suspected(4);
  county.AdoptRules("september-again", Day(9, 1), rules);  // may be retroactive
  EXPECT_EQ(RulesOn(county.rows(), Day(8, 31)).version(), "default-2026");
  EXPECT_EQ(RulesOn(county.rows(), Day(9, 1)).version(), "september-again");
  EXPECT_EQ(RulesOn(county.rows(), Day(9, 30)).rules().suspected(), 4u);
  EXPECT_EQ(RulesOn(county.rows(), Day(10, 1)).version(), "october");
}

}  // namespace
}  // namespace twinline::attendance

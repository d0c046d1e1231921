// What must hold for every start, every number of days and every calendar, published or not.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "platform/calendar/school_days.h"
#include "platform/calendar/state_council.h"
#include "platform/calendar/working_days.h"

namespace twinline::calendar {
namespace {

constexpr int kFirstYear = 2024;

CivilDay AnyDay() {
  const CivilDay first = CivilDay::FromYmd(kFirstYear - 1, 12, 1);
  return first + *rc::gen::inRange(0, 6 * 366);
}

// A random lawful year, so that the properties do not rest on the shape of the printed ones.
HolidayCalendar AnyYear(int year) {
  HolidayCalendar calendar;
  calendar.year = year;
  calendar.version = "any-" + std::to_string(year);
  calendar.provisional = *rc::gen::arbitrary<bool>();
  const CivilDay first = CivilDay::FromYmd(year - 1, 12, 15);
  auto offsets = *rc::gen::unique<std::vector<int>>(*rc::gen::inRange<size_t>(0, 40),
                                                    rc::gen::inRange(0, 380));
  std::sort(offsets.begin(), offsets.end());
  for (int offset : offsets) {
    const CivilDay day = first + offset;
    const bool makeup = day.weekday() > 5 && *rc::gen::arbitrary<bool>();
    calendar.days.push_back(
        {day, makeup ? DayKind::kMakeupWorkday : DayKind::kHoliday, "new_year"});
  }
  RC_ASSERT(!ValidateHolidayCalendar(calendar).has_value());
  return calendar;
}

WorkingCalendar AnyCalendar() {
  if (*rc::gen::arbitrary<bool>()) return WorkingCalendar(SeedHolidayCalendars());
  WorkingCalendar calendar;
  for (int year = kFirstYear; year < kFirstYear + 5; ++year) {
    if (*rc::gen::inRange(0, 4) > 0) calendar.Adopt(AnyYear(year));
  }
  return calendar;
}

RC_GTEST_PROP(WorkingDaysProperty, DueIsAWorkingDayAfterTheStart, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const int n = *rc::gen::inRange(0, 60);
  const CivilDay due = calendar.AddWorkingDays(start, n);
  RC_ASSERT(calendar.IsWorkingDay(due));
  RC_ASSERT((n == 0 ? due >= start : due > start));
}

RC_GTEST_PROP(WorkingDaysProperty, BetweenIsTheInverseOfAdd, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const int n = *rc::gen::inRange(1, 60);
  const CivilDay due = calendar.AddWorkingDays(start, n);
  RC_ASSERT(calendar.WorkingDaysBetween(start, due) == n);
  RC_ASSERT(calendar.WorkingDaysBetween(due, start) == -n);
  RC_ASSERT(calendar.AddWorkingDays(start, calendar.WorkingDaysBetween(start, due)) == due);
}

RC_GTEST_PROP(WorkingDaysProperty, AddIsMonotone, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const int n = *rc::gen::inRange(0, 60);
  const CivilDay due = calendar.AddWorkingDays(start, n);
  const CivilDay next = calendar.AddWorkingDays(start, n + 1);
  // From a day off, "today" and "in one working day" are the same day.
  RC_ASSERT(((n == 0 && !calendar.IsWorkingDay(start)) ? next == due : next > due));
  RC_ASSERT(calendar.AddWorkingDays(start + 1, n) >= calendar.AddWorkingDays(start, n));
}

RC_GTEST_PROP(WorkingDaysProperty, StepsAddUp, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const int a = *rc::gen::inRange(1, 30);
  const int b = *rc::gen::inRange(1, 30);
  RC_ASSERT(calendar.AddWorkingDays(calendar.AddWorkingDays(start, a), b) ==
            calendar.AddWorkingDays(start, a + b));
}

RC_GTEST_PROP(WorkingDaysProperty, SubtractUndoesAddOnWorkingDays, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = calendar.AddWorkingDays(AnyDay(), 0);
  const int n = *rc::gen::inRange(0, 60);
  RC_ASSERT(calendar.SubtractWorkingDays(calendar.AddWorkingDays(start, n), n) == start);
}

RC_GTEST_PROP(WorkingDaysProperty, BetweenEqualsCountingDayByDay, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const CivilDay end = start + *rc::gen::inRange(0, 800);
  int counted = 0;
  for (CivilDay day = start + 1; day <= end; day = day + 1) counted += calendar.IsWorkingDay(day);
  RC_ASSERT(calendar.WorkingDaysBetween(start, end) == counted);
}

RC_GTEST_PROP(WorkingDaysProperty, ExplanationAccountsForEveryDay, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const int n = *rc::gen::inRange(1, 60);
  const DueExplanation why = calendar.ExplainDue(start, n);
  RC_ASSERT(why.due - start == n + static_cast<int>(why.skipped.size()));
  for (const SkippedDay& skipped : why.skipped) {
    RC_ASSERT(!calendar.IsWorkingDay(skipped.day));
    RC_ASSERT((!skipped.zh.empty() && !skipped.en.empty()));
  }
  for (CivilDay day : why.makeup) RC_ASSERT((day.weekday() > 5 && calendar.IsWorkingDay(day)));
  RC_ASSERT(why.provisional == !calendar.IsFinal(start, why.due));
  RC_ASSERT((!ExplainZh(why).empty() && !ExplainEn(why).empty()));
}

RC_GTEST_PROP(WorkingDaysProperty, RecomputingNeverCreatesAMiss, ()) {
  const WorkingCalendar calendar = AnyCalendar();
  const CivilDay start = AnyDay();
  const CivilDay today = start + *rc::gen::inRange(0, 100);
  const CivilDay due = calendar.RecomputeDue(start, *rc::gen::inRange(1, 40), today);
  RC_ASSERT(due > today);
  RC_ASSERT(calendar.IsWorkingDay(due));
}

SchoolCalendar AnySchool() {
  SchoolCalendar school;
  school.version = "any";
  CivilDay day = CivilDay::FromYmd(kFirstYear, 9, 1);
  for (int i = 0, terms = *rc::gen::inRange(1, 5); i < terms; ++i) {
    const CivilDay last = day + *rc::gen::inRange(20, 140);
    school.terms.push_back({"t", day, last});
    day = last + *rc::gen::inRange(1, 60);
  }
  school.teaches_on_makeup_workdays = *rc::gen::arbitrary<bool>();
  for (size_t i = 0; i < 7; ++i) {
    school.weekly[i] = static_cast<SessionMask>(*rc::gen::inRange(0, 4));
  }
  CivilDay closed = school.terms.front().first;
  for (int i = 0, closures = *rc::gen::inRange(0, 5); i < closures; ++i) {
    closed = closed + *rc::gen::inRange(0, 50);
    school.closures.push_back({closed, closed + *rc::gen::inRange(0, 5),
                               static_cast<SessionMask>(*rc::gen::inRange(1, 4)), "x"});
  }
  RC_ASSERT(!ValidateSchoolCalendar(school).has_value());
  return school;
}

RC_GTEST_PROP(SchoolDaysProperty, AddAndBetweenAgree, ()) {
  const SchoolCalendar school = AnySchool();
  const WorkingCalendar holidays = AnyCalendar();
  const SchoolDays days(school, holidays);
  const CivilDay start = school.terms.front().first + *rc::gen::inRange(-30, 500);
  const int n = *rc::gen::inRange(1, 40);
  const auto due = days.AddSchoolDays(start, n);
  if (!due) {
    RC_ASSERT(days.SchoolDaysBetween(start, school.terms.back().last) < n);
    return;
  }
  RC_ASSERT((days.IsSchoolDay(*due) && *due > start));
  RC_ASSERT(days.SchoolDaysBetween(start, *due) == n);
  RC_ASSERT(days.WhyNoSchool(*due).zh.empty());
  RC_ASSERT(days.PreviousSchoolDay(*due + 1) == *due);
}

RC_GTEST_PROP(SchoolDaysProperty, EveryDayHasAScheduleOrAReason, ()) {
  const SchoolCalendar school = AnySchool();
  const WorkingCalendar holidays = AnyCalendar();
  const SchoolDays days(school, holidays);
  const CivilDay day = school.terms.front().first + *rc::gen::inRange(-30, 500);
  RC_ASSERT(days.IsSchoolDay(day) == days.LastSessionOf(day).has_value());
  RC_ASSERT(days.IsSchoolDay(day) == days.WhyNoSchool(day).zh.empty());
  RC_ASSERT(days.IsSchoolDay(day) == (days.DayOfTerm(day) > 0));
}

}  // namespace
}  // namespace twinline::calendar

#include "platform/calendar/working_days.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "platform/calendar/state_council.h"

namespace twinline::calendar {
namespace {

CivilDay D(const char* text) { return CivilDay::Parse(text).value(); }

class WorkingDays : public testing::Test {
 protected:
  const WorkingCalendar calendar_{SeedHolidayCalendars()};
};

// domain.md T06.
TEST_F(WorkingDays, T06AcrossTheOctoberHoliday) {
  EXPECT_EQ(D("2025-09-29").weekday(), 1);
  EXPECT_EQ(calendar_.AddWorkingDays(D("2025-09-29"), 10), D("2025-10-20"));
  EXPECT_EQ(WorkingCalendar{}.AddWorkingDays(D("2025-09-29"), 10), D("2025-10-13"))
      << "what a calendar of weekends alone would say";
}

TEST_F(WorkingDays, DayAfterTheStartIsDayOne) {
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-11-23"), 1), D("2026-11-24"));
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-11-27"), 1), D("2026-11-30"));  // Friday -> Monday
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-11-28"), 1), D("2026-11-30"));  // Saturday -> Monday
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-05-08"), 1), D("2026-05-09"));  // worked Saturday
}

TEST_F(WorkingDays, ZeroMeansTodayOrTheNextWorkingDay) {
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-11-24"), 0), D("2026-11-24"));
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-10-01"), 0), D("2026-10-08"));
  EXPECT_EQ(calendar_.AddWorkingDays(D("2026-11-24"), -3), D("2026-11-24"));
}

TEST_F(WorkingDays, CountsBackwards) {
  // Ten working days ahead of 20 October 2025 reaches over the holiday again.
  EXPECT_EQ(calendar_.SubtractWorkingDays(D("2025-10-20"), 10), D("2025-09-29"));
  EXPECT_EQ(calendar_.SubtractWorkingDays(D("2026-10-04"), 0), D("2026-09-30"));
}

TEST_F(WorkingDays, BetweenIsSignedAndExcludesTheStart) {
  EXPECT_EQ(calendar_.WorkingDaysBetween(D("2025-09-29"), D("2025-10-20")), 10);
  EXPECT_EQ(calendar_.WorkingDaysBetween(D("2025-10-20"), D("2025-09-29")), -10);
  EXPECT_EQ(calendar_.WorkingDaysBetween(D("2025-09-29"), D("2025-09-29")), 0);
}

TEST_F(WorkingDays, FarDatesCostNothing) {
  EXPECT_GT(calendar_.WorkingDaysBetween(D("1900-01-01"), D("9999-12-31")), 2'000'000);
  const CivilDay far = calendar_.AddWorkingDays(D("2026-01-01"), 2'000'000'000);
  EXPECT_EQ(calendar_.WorkingDaysBetween(D("2026-01-01"), far), WorkingCalendar::kMaxWorkingDays);
}

TEST_F(WorkingDays, ExplainsT06) {
  const DueExplanation why = calendar_.ExplainDue(D("2025-09-29"), 10);
  EXPECT_EQ(why.due, D("2025-10-20"));
  EXPECT_EQ(why.n, 10);
  EXPECT_EQ(why.calendar_version, "cn-2025-1");
  EXPECT_FALSE(why.provisional);
  ASSERT_EQ(why.skipped.size(), 11u);  // 1-8 October, Sunday 12, Saturday 18, Sunday 19
  EXPECT_EQ(why.skipped.front().day, D("2025-10-01"));
  EXPECT_EQ(why.skipped.front().zh, "国庆节、中秋节放假");
  EXPECT_EQ(why.skipped.back().zh, "周日");
  EXPECT_EQ(why.makeup, std::vector<CivilDay>{D("2025-10-11")});
  EXPECT_EQ(ExplainZh(why),
            "自2025年9月29日次日起计10个工作日，2025年10月20日24时届满。"
            "不计：10月1日至10月8日（国庆节、中秋节放假）、10月12日（周日）、10月18日（周六）、"
            "10月19日（周日）。计入调休上班日：10月11日。");
  EXPECT_EQ(ExplainEn(why),
            "10 working days from the day after 2025-09-29 end with 2025-10-20. Not counted: "
            "2025-10-01 to 2025-10-08 (National Day and Mid-Autumn Festival), 2025-10-12 (Sunday), "
            "2025-10-18 (Saturday), 2025-10-19 (Sunday). Make-up workdays counted: 2025-10-11.");
}

// a step of late December has no calendar yet.
TEST_F(WorkingDays, YearWithoutFinalCalendarIsProvisional) {
  const DueExplanation december = calendar_.ExplainDue(D("2026-12-28"), 10);
  EXPECT_EQ(december.calendar_version, "cn-2026-1+cn-2027-p1");
  EXPECT_TRUE(december.provisional);
  EXPECT_NE(ExplainZh(december).find("暂定"), std::string::npos);

  const DueExplanation unknown = calendar_.ExplainDue(D("2028-05-01"), 1);
  EXPECT_EQ(unknown.calendar_version, "none-2028");
  EXPECT_TRUE(unknown.provisional);
  EXPECT_EQ(unknown.due, D("2028-05-02"));  // weekends only

  EXPECT_FALSE(calendar_.ExplainDue(D("2026-12-21"), 8).provisional);  // ends on 31 December
}

TEST_F(WorkingDays, AdoptingAYearReplacesItAndMovesTheDate) {
  WorkingCalendar calendar = calendar_;
  EXPECT_EQ(calendar.AddWorkingDays(D("2027-02-04"), 1), D("2027-02-11"));
  HolidayCalendar notice = *calendar.ForYear(2027);
  notice.version = "cn-2027-1";
  notice.provisional = false;
  notice.days.push_back({D("2027-02-11"), DayKind::kHoliday, "spring_festival"});
  notice.days.push_back({D("2027-02-12"), DayKind::kHoliday, "spring_festival"});
  std::sort(notice.days.begin(), notice.days.end());
  ASSERT_FALSE(ValidateHolidayCalendar(notice).has_value());
  calendar.Adopt(notice);
  const DueExplanation why = calendar.ExplainDue(D("2027-02-04"), 1);
  EXPECT_EQ(why.due, D("2027-02-15"));
  EXPECT_EQ(why.calendar_version, "cn-2027-1");
  EXPECT_FALSE(why.provisional);
}

// a calendar correction may not create a missed deadline.
TEST_F(WorkingDays, RecomputedDateIsNeverBeforeTheEndOfTheNextWorkingDay) {
  EXPECT_EQ(calendar_.RecomputeDue(D("2026-11-02"), 5, D("2026-11-27")), D("2026-11-30"));
  EXPECT_EQ(calendar_.RecomputeDue(D("2026-11-23"), 10, D("2026-11-24")), D("2026-12-07"));
}

// R-63's own example: ten working days from Friday 28 August 2026, server off 31 August to 10
// September.
TEST_F(WorkingDays, OutageMovesADeadlineByTheLostWorkingDays) {
  const CivilDay due = calendar_.AddWorkingDays(D("2026-08-28"), 10);
  EXPECT_EQ(due, D("2026-09-11"));
  const int lost = calendar_.WorkingDaysBetween(D("2026-08-30"), D("2026-09-10"));
  EXPECT_EQ(lost, 9);
  EXPECT_EQ(calendar_.MoveForOutage(due, lost, D("2026-09-11")), D("2026-09-23"))
      << "Sunday 20 September 2026 is a make-up workday";
  EXPECT_EQ(calendar_.MoveForOutage(D("2026-09-12"), 0, D("2026-09-07")), D("2026-09-12"));
}

// The notice for 2019 made Saturday 29 December 2018 a workday and Monday 31 December a day off.
TEST(WorkingDaysAcrossYears, NoticeReachesBackIntoDecember) {
  HolidayCalendar year2018{2018, "cn-2018-1", "", false, {}};
  HolidayCalendar year2019{2019,
                           "cn-2019-1",
                           "",
                           false,
                           {{D("2018-12-29"), DayKind::kMakeupWorkday, "new_year"},
                            {D("2018-12-30"), DayKind::kHoliday, "new_year"},
                            {D("2018-12-31"), DayKind::kHoliday, "new_year"},
                            {D("2019-01-01"), DayKind::kHoliday, "new_year"}}};
  ASSERT_FALSE(ValidateHolidayCalendar(year2019).has_value());
  const WorkingCalendar calendar({year2019, year2018});
  EXPECT_TRUE(calendar.IsWorkingDay(D("2018-12-29")));
  EXPECT_FALSE(calendar.IsWorkingDay(D("2018-12-31")));
  EXPECT_EQ(calendar.AddWorkingDays(D("2018-12-28"), 2), D("2019-01-02"));
  EXPECT_EQ(calendar.WorkingDaysBetween(D("2018-12-28"), D("2019-01-02")), 2);
}

}  // namespace
}  // namespace twinline::calendar

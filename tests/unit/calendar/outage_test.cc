// What an outage takes from a deadline: Given an outage, When a deadline overlaps it, Then
// the days that nobody could use do not count.
#include <gtest/gtest.h>

#include "platform/calendar/adopted.h"
#include "platform/calendar/office_hours.h"
#include "platform/calendar/state_council.h"

namespace twinline::calendar {
namespace {

CivilDay D(const char* text) { return CivilDay::Parse(text).value(); }
base::Timestamp At(const char* day, int hour, int minute = 0) {
  return {base::StartOfDay(D(day)).us + (int64_t{hour} * 60 + minute) * 60'000'000};
}

class Outages : public testing::Test {
 protected:
  types::v1::Deadline Counted(const char* start, int n) const {
    return MakeDeadline(calendar_, D(start), n, "rules-1");
  }
  const WorkingCalendar calendar_{SeedHolidayCalendars()};
  // Monday 31 August to Thursday 10 September 2026, back after work.
  const base::Outage outage_{At("2026-08-31", 0), At("2026-09-10", 20)};
};

TEST_F(Outages, HalfOfTheOfficeHoursIsALostDay) {
  EXPECT_TRUE(IsLost(D("2026-09-01"), {{At("2026-09-01", 8), At("2026-09-01", 12)}}));
  EXPECT_FALSE(IsLost(D("2026-09-01"), {{At("2026-09-01", 8), At("2026-09-01", 11, 59)}}));
  EXPECT_FALSE(IsLost(D("2026-09-01"), {{At("2026-09-01", 12), At("2026-09-01", 14)}}))
      << "nobody works at noon";
  EXPECT_FALSE(IsLost(D("2026-09-01"), {{At("2026-09-01", 18), At("2026-09-02", 8)}}));
  EXPECT_TRUE(IsLost(D("2026-09-01"), {{At("2026-08-31", 18), At("2026-09-01", 10)},
                                       {At("2026-09-01", 16), At("2026-09-03", 9)}}))
      << "two hours in the morning and two in the afternoon are half a day";
}

TEST_F(Outages, CountsWorkingDaysOnly) {
  EXPECT_EQ(LostWorkingDays(calendar_, D("2026-08-28"), outage_), 9);
  EXPECT_EQ(LostWorkingDays(calendar_, D("2026-09-02"), outage_), 6) << "after the start only";
  const base::Outage holiday{At("2026-09-30", 18), At("2026-10-08", 8)};
  EXPECT_EQ(LostWorkingDays(calendar_, D("2026-09-01"), holiday), 0);
  const base::Outage made_up{At("2026-09-19", 0), At("2026-09-21", 0)};
  EXPECT_EQ(LostWorkingDays(calendar_, D("2026-09-01"), made_up), 1) << "Sunday 20 is worked";
}

// The example of R-63.
TEST_F(Outages, TenDaysOfWhichTheServerTookNineKeepTen) {
  const types::v1::Deadline before = Counted("2026-08-28", 10);
  ASSERT_EQ(CivilDay{before.due().days()}, D("2026-09-11"));
  const auto moved = MoveForOutage(calendar_, before, outage_, D("2026-09-10"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->days, 9);
  EXPECT_EQ(CivilDay{moved->deadline.due().days()}, D("2026-09-23"));
  EXPECT_EQ(CivilDay{moved->deadline.lawful_due().days()}, D("2026-09-11")) << "the law's date";
  EXPECT_EQ(moved->deadline.outage_days(), 9u);
  EXPECT_EQ(moved->deadline.generation(), before.generation() + 1);
  EXPECT_EQ(calendar_.WorkingDaysBetween(D("2026-09-10"), D("2026-09-23")), 10)
      << "as many usable days as the law gives";
}

TEST_F(Outages, OneThatWasDueInsideGetsWhatItHadLeft) {
  // Three working days from 27 August: 28 August was usable, two days were left.
  const auto moved = MoveForOutage(calendar_, Counted("2026-08-27", 3), outage_, D("2026-09-10"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(CivilDay{moved->deadline.due().days()}, D("2026-09-14"));
  EXPECT_EQ(CivilDay{moved->deadline.lawful_due().days()}, D("2026-09-01"));
}

TEST_F(Outages, NeverEarlierThanTheEndOfTheNextWorkingDay) {
  // Due on the Friday before; its last hours fell into the outage, but no working day.
  const base::Outage evening{At("2026-08-28", 18), At("2026-08-31", 9)};
  const auto moved = MoveForOutage(calendar_, Counted("2026-08-27", 1), evening, D("2026-08-31"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->days, 0);
  EXPECT_EQ(CivilDay{moved->deadline.due().days()}, D("2026-09-01"));
  // The operator looked at the clock four days after the machine was back.
  const auto late = MoveForOutage(calendar_, Counted("2026-08-27", 1), evening, D("2026-09-04"));
  EXPECT_EQ(CivilDay{late->deadline.due().days()}, D("2026-09-07"));
}

TEST_F(Outages, WhatDoesNotOverlapStays) {
  EXPECT_FALSE(MoveForOutage(calendar_, Counted("2026-08-26", 2), outage_, D("2026-09-10")))
      << "due on the 28th, which was over when the server went";
  EXPECT_FALSE(MoveForOutage(calendar_, Counted("2026-09-10", 3), outage_, D("2026-09-10")))
      << "begun after it was back";
  const base::Outage holiday{At("2026-09-30", 18), At("2026-10-08", 8)};
  EXPECT_FALSE(MoveForOutage(calendar_, Counted("2026-09-28", 10), holiday, D("2026-10-08")))
      << "no working day was lost, and there is time enough";
}

TEST_F(Outages, ASecondOutageAddsAndANewCalendarKeepsBoth) {
  const auto first = MoveForOutage(calendar_, Counted("2026-08-28", 10), outage_, D("2026-09-10"));
  const base::Outage again{At("2026-09-14", 0), At("2026-09-15", 20)};
  const auto second = MoveForOutage(calendar_, first->deadline, again, D("2026-09-15"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->days, 2);
  EXPECT_EQ(second->deadline.outage_days(), 11u);
  EXPECT_EQ(CivilDay{second->deadline.due().days()}, D("2026-09-28"));
  // The State Council gives Friday 11 September off: the lawful date moves, lost days stay lost.
  WorkingCalendar changed = calendar_;
  HolidayCalendar year = *calendar_.ForYear(2026);
  year.days.push_back({D("2026-09-11"), DayKind::kHoliday, "national_day"});
  std::sort(year.days.begin(), year.days.end());
  changed.Adopt(year);
  const auto recomputed = Recompute(changed, second->deadline, D("2026-09-15"));
  ASSERT_TRUE(recomputed);
  EXPECT_EQ(CivilDay{recomputed->lawful_due().days()}, D("2026-09-14"));
  EXPECT_EQ(recomputed->outage_days(), 11u);
  EXPECT_EQ(CivilDay{recomputed->due().days()}, changed.AddWorkingDays(D("2026-09-14"), 11));
}

}  // namespace
}  // namespace twinline::calendar

#include "platform/calendar/school_days.h"

#include <gtest/gtest.h>

#include "platform/calendar/state_council.h"

namespace twinline::calendar {
namespace {

CivilDay D(const char* text) { return CivilDay::Parse(text).value(); }

// A school year of Lingbao's shape: from 1 September 2026, winter break, spring term; Friday
// afternoon is free at this boarding school.
SchoolCalendar BoardingSchool() {
  SchoolCalendar calendar;
  calendar.version = "s1";
  calendar.terms = {{"2026-2027学年第一学期", D("2026-09-01"), D("2027-01-22")},
                    {"2026-2027学年第二学期", D("2027-02-22"), D("2027-07-02")}};
  calendar.weekly[4] = kMorningOnly;
  return calendar;
}

class SchoolDaysTest : public testing::Test {
 protected:
  SchoolDays Days() const { return SchoolDays(school_, holidays_); }

  SchoolCalendar school_ = BoardingSchool();
  const WorkingCalendar holidays_{SeedHolidayCalendars()};
};

// C-1: weekends, statutory holidays, breaks and closures do not count.
TEST_F(SchoolDaysTest, OnlyScheduledDaysCount) {
  EXPECT_TRUE(Days().IsSchoolDay(D("2026-09-01")));
  EXPECT_FALSE(Days().IsSchoolDay(D("2026-08-31"))) << "before the term";
  EXPECT_FALSE(Days().IsSchoolDay(D("2026-09-05"))) << "Saturday";
  EXPECT_FALSE(Days().IsSchoolDay(D("2026-09-25"))) << "Mid-Autumn";
  EXPECT_FALSE(Days().IsSchoolDay(D("2026-10-07"))) << "National Day";
  EXPECT_FALSE(Days().IsSchoolDay(D("2027-02-01"))) << "winter break";
  // 24 September, then over Mid-Autumn and its weekend.
  EXPECT_EQ(Days().NextSchoolDay(D("2026-09-24")), D("2026-09-28"));
  EXPECT_EQ(Days().NextSchoolDay(D("2026-09-30")), D("2026-10-08"));
  EXPECT_EQ(Days().SchoolDaysBetween(D("2026-09-24"), D("2026-10-08")), 4);
  EXPECT_EQ(Days().SchoolDaysBetween(D("2026-10-08"), D("2026-09-24")), -4);
}

// C-2: make-up workdays count only if the school says so.
TEST_F(SchoolDaysTest, MakeupWorkdayIsSchoolOnlyByTheSchoolsCalendar) {
  const CivilDay sunday = D("2026-09-20");  // worked by offices
  EXPECT_TRUE(holidays_.IsWorkingDay(sunday));
  EXPECT_FALSE(Days().IsSchoolDay(sunday));
  EXPECT_EQ(Days().WhyNoSchool(sunday).zh, "调休上班日，本校不上课");

  school_.teaches_on_makeup_workdays = true;
  EXPECT_EQ(Days().SessionsOn(sunday), kWholeDay);

  school_.teaches_on_makeup_workdays = false;
  school_.makeups = {{sunday, kMorningOnly}};
  EXPECT_EQ(Days().SessionsOn(sunday), kMorningOnly);

  school_.makeups = {{D("2026-09-26"), kWholeDay}};  // within the Mid-Autumn holiday
  EXPECT_TRUE(Days().IsSchoolDay(D("2026-09-26")));
}

// the day is judged at its last scheduled session.
TEST_F(SchoolDaysTest, LastSessionFollowsTheDaysSchedule) {
  EXPECT_EQ(Days().LastSessionOf(D("2026-09-03")), Session::kAfternoon);
  EXPECT_EQ(Days().LastSessionOf(D("2026-09-04")), Session::kMorning) << "free Friday afternoon";
  EXPECT_EQ(Days().LastSessionOf(D("2026-09-05")), std::nullopt);
}

TEST_F(SchoolDaysTest, ClosuresTakeDaysOrSessionsAway) {
  school_.closures = {{D("2026-11-10"), D("2026-11-12"), kWholeDay, "大雪"},
                      {D("2026-11-12"), D("2026-11-13"), kAfternoonOnly, ""}};
  ASSERT_FALSE(ValidateSchoolCalendar(school_).has_value());
  EXPECT_FALSE(Days().IsSchoolDay(D("2026-11-11")));
  EXPECT_EQ(Days().WhyNoSchool(D("2026-11-11")).zh, "停课：大雪");
  EXPECT_EQ(Days().SessionsOn(D("2026-11-13")), kMorningOnly) << "free Friday afternoon anyway";
  EXPECT_EQ(Days().NextSchoolDay(D("2026-11-09")), D("2026-11-13"));

  school_.closures = {{D("2026-11-10"), D("2026-11-10"), kAfternoonOnly, "家长会"}};
  EXPECT_TRUE(Days().IsSchoolDay(D("2026-11-10")));
  EXPECT_EQ(Days().LastSessionOf(D("2026-11-10")), Session::kMorning);
}

TEST_F(SchoolDaysTest, StreakAcrossTheWinterBreakCountsOn) {
  // Wednesday 20 January, then 21, 22, then the break, then Monday 22 February.
  EXPECT_EQ(Days().AddSchoolDays(D("2027-01-20"), 3), D("2027-02-22"));
  EXPECT_EQ(Days().PreviousSchoolDay(D("2027-02-22")), D("2027-01-22"));
  EXPECT_EQ(Days().PreviousSchoolDay(D("2026-09-01")), std::nullopt);
}

TEST_F(SchoolDaysTest, NothingIsGuessedBehindTheLastTerm) {
  EXPECT_EQ(Days().AddSchoolDays(D("2027-07-01"), 1), D("2027-07-02"));
  EXPECT_EQ(Days().NextSchoolDay(D("2027-07-02")), std::nullopt);
  EXPECT_EQ(Days().AddSchoolDays(D("2027-07-01"), 2), std::nullopt);
}

// domain.md 2.3: a child who is not there by the third school day of the term is suspected
// directly.
TEST_F(SchoolDaysTest, DayOfTerm) {
  EXPECT_EQ(Days().DayOfTerm(D("2026-09-01")), 1);
  EXPECT_EQ(Days().DayOfTerm(D("2026-09-03")), 3);
  EXPECT_EQ(Days().DayOfTerm(D("2026-09-05")), 0);
  EXPECT_EQ(Days().DayOfTerm(D("2026-09-07")), 5);
  EXPECT_EQ(Days().DayOfTerm(D("2027-02-22")), 1);
  EXPECT_EQ(Days().TermOf(D("2027-02-01")), nullptr);
}

TEST_F(SchoolDaysTest, SaysWhyThereIsNoSchool) {
  EXPECT_EQ(Days().WhyNoSchool(D("2026-09-01")).zh, "");
  EXPECT_EQ(Days().WhyNoSchool(D("2026-10-01")).zh, "国庆节放假");
  EXPECT_EQ(Days().WhyNoSchool(D("2026-09-05")).zh, "本校当日不上课");
  EXPECT_EQ(Days().WhyNoSchool(D("2027-02-01")).zh, "假期（不在学期内）");
}

TEST_F(SchoolDaysTest, ValidationRefusesBrokenCalendars) {
  EXPECT_FALSE(ValidateSchoolCalendar(school_).has_value());
  auto refused = [this](auto&& change) {
    SchoolCalendar bad = school_;
    change(bad);
    return ValidateSchoolCalendar(bad).has_value();
  };
  EXPECT_TRUE(refused([](auto& c) { c.version.clear(); }));
  EXPECT_TRUE(refused([](auto& c) { c.terms.clear(); }));
  EXPECT_TRUE(refused([](auto& c) { std::swap(c.terms[0], c.terms[1]); }));
  EXPECT_TRUE(refused([](auto& c) { c.terms[1].first = c.terms[0].last; }));
  EXPECT_TRUE(refused([](auto& c) { c.terms[0].last = c.terms[0].first - 1; }));
  EXPECT_TRUE(refused([](auto& c) { c.terms.assign(9, c.terms[0]); }));
  EXPECT_TRUE(refused([](auto& c) { c.weekly[2] = 7; }));
  EXPECT_TRUE(refused([](auto& c) { c.makeups = {{D("2027-02-01"), kWholeDay}}; }));
  EXPECT_TRUE(refused([](auto& c) { c.makeups = {{D("2026-09-05"), kNoSession}}; }));
  EXPECT_TRUE(refused([](auto& c) {
    c.makeups = {{D("2026-09-06"), kWholeDay}, {D("2026-09-05"), kWholeDay}};
  }));
  EXPECT_TRUE(refused([](auto& c) { c.closures = {{D("2026-09-06"), D("2026-09-05"), 3, ""}}; }));
  EXPECT_TRUE(refused([](auto& c) { c.closures = {{D("2026-09-06"), D("2026-09-07"), 0, ""}}; }));
}

}  // namespace
}  // namespace twinline::calendar

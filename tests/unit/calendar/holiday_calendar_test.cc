// The seeded years against the printed notices: each year is checked by its list of off days on
// weekdays and of worked weekends, written here by hand from the notice and not from the table.
#include "platform/calendar/holiday_calendar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/calendar/state_council.h"
#include "platform/calendar/working_days.h"

namespace twinline::calendar {
namespace {

CivilDay D(const char* text) { return CivilDay::Parse(text).value(); }

const HolidayCalendar& Seed(int year) {
  for (const HolidayCalendar& calendar : SeedHolidayCalendars()) {
    if (calendar.year == year) return calendar;
  }
  ADD_FAILURE() << "no seed for " << year;
  return SeedHolidayCalendars().front();
}

struct Differences {
  std::vector<std::string> weekdays_off;
  std::vector<std::string> weekends_worked;
  int working_days = 0;
};

Differences DifferencesOf(int year) {
  const WorkingCalendar calendar(SeedHolidayCalendars());
  Differences result;
  for (CivilDay day = CivilDay::FromYmd(year, 1, 1); day.ymd().year == year; day = day + 1) {
    const bool works = calendar.IsWorkingDay(day);
    if (works) ++result.working_days;
    if (day.weekday() <= 5 && !works) result.weekdays_off.push_back(day.ToString().substr(5));
    if (day.weekday() > 5 && works) result.weekends_worked.push_back(day.ToString().substr(5));
  }
  return result;
}

using Days = std::vector<std::string>;

TEST(StateCouncil, Year2024) {
  const Differences year = DifferencesOf(2024);
  EXPECT_EQ(year.weekdays_off, (Days{"01-01", "02-12", "02-13", "02-14", "02-15", "02-16", "04-04",
                                     "04-05", "05-01", "05-02", "05-03", "06-10", "09-16", "09-17",
                                     "10-01", "10-02", "10-03", "10-04", "10-07"}));
  EXPECT_EQ(year.weekends_worked,
            (Days{"02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"}));
  EXPECT_EQ(year.working_days, 251);
}

TEST(StateCouncil, Year2025) {
  const Differences year = DifferencesOf(2025);
  EXPECT_EQ(year.weekdays_off, (Days{"01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04",
                                     "04-04", "05-01", "05-02", "05-05", "06-02", "10-01", "10-02",
                                     "10-03", "10-06", "10-07", "10-08"}));
  EXPECT_EQ(year.weekends_worked, (Days{"01-26", "02-08", "04-27", "09-28", "10-11"}));
  EXPECT_EQ(year.working_days, 248);
}

TEST(StateCouncil, Year2026) {
  const Differences year = DifferencesOf(2026);
  EXPECT_EQ(year.weekdays_off, (Days{"01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20",
                                     "02-23", "04-06", "05-01", "05-04", "05-05", "06-19", "09-25",
                                     "10-01", "10-02", "10-05", "10-06", "10-07"}));
  EXPECT_EQ(year.weekends_worked, (Days{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}));
  EXPECT_EQ(year.working_days, 248);
}

TEST(StateCouncil, Year2027IsProvisionalAndHoldsOnlyWhatTheLawFixes) {
  const Differences year = DifferencesOf(2027);
  EXPECT_TRUE(Seed(2027).provisional);
  EXPECT_EQ(year.weekdays_off, (Days{"01-01", "02-05", "02-08", "02-09", "02-10", "04-05", "05-03",
                                     "05-04", "06-09", "09-15", "10-01", "10-04", "10-05"}));
  EXPECT_TRUE(year.weekends_worked.empty());
  EXPECT_EQ(year.weekdays_off.size(), 13u);  // the law's thirteen days
}

TEST(StateCouncil, SeedsMayBeAdoptedAndCiteTheirNotice) {
  int previous = 0;
  for (const HolidayCalendar& calendar : SeedHolidayCalendars()) {
    EXPECT_FALSE(ValidateHolidayCalendar(calendar).has_value()) << calendar.year;
    EXPECT_GT(calendar.year, previous);
    EXPECT_EQ(calendar.provisional, calendar.year == 2027);
    EXPECT_FALSE(calendar.source.empty());
    previous = calendar.year;
    for (const HolidayDay& day : calendar.days) {
      EXPECT_NE(FestivalOf(day.festival).zh, "节假日") << day.festival;
    }
  }
}

TEST(HolidayCalendar, ValidationRefusesWhatCannotBeANotice) {
  const HolidayCalendar good = Seed(2026);
  auto refused = [](HolidayCalendar calendar) {
    const auto refusal = ValidateHolidayCalendar(calendar);
    EXPECT_TRUE(!refusal || refusal->code == "CALENDAR_INVALID");
    return refusal.has_value();
  };
  EXPECT_FALSE(refused(good));

  HolidayCalendar bad = good;
  bad.version.clear();
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.days.push_back({D("2027-01-01"), DayKind::kHoliday, "new_year"});
  EXPECT_TRUE(refused(bad)) << "a day of the next year";
  bad = good;
  bad.days.push_back(bad.days.back());
  EXPECT_TRUE(refused(bad)) << "a day twice";
  bad = good;
  std::swap(bad.days[0], bad.days[1]);
  EXPECT_TRUE(refused(bad)) << "out of order";
  bad = good;
  bad.days = {{D("2026-03-04"), DayKind::kMakeupWorkday, "new_year"}};
  EXPECT_TRUE(refused(bad)) << "a make-up workday on a Wednesday";
  bad = good;
  bad.days = {{D("2026-03-04"), DayKind{9}, "new_year"}};
  EXPECT_TRUE(refused(bad)) << "unknown kind";
  bad = good;
  bad.year = 20266;
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad.days.clear();
  for (int i = 0; i < 61; ++i) {
    bad.days.push_back({D("2026-03-01") + i, DayKind::kHoliday, "new_year"});
  }
  EXPECT_TRUE(refused(bad)) << "two months off";
}

TEST(HolidayCalendar, UnknownFestivalStillHasAText) {
  EXPECT_EQ(FestivalOf("victory_day").zh, "节假日");
  EXPECT_EQ(FestivalOf("victory_day").key, "victory_day");
}

}  // namespace
}  // namespace twinline::calendar

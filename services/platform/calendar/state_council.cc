#include "platform/calendar/state_council.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace twinline::calendar {
namespace {

struct MonthDay {
  int month;
  int day;
};

// Writes a notice the way it is printed: a festival, its days off, and the weekends worked for it.
class Notice {
 public:
  Notice(int year, std::string version, std::string source, bool provisional = false) {
    calendar_.year = year;
    calendar_.version = std::move(version);
    calendar_.source = std::move(source);
    calendar_.provisional = provisional;
  }

  Notice& Off(std::string_view festival, MonthDay first, MonthDay last) {
    for (CivilDay day = Day(first); day <= Day(last); day = day + 1) {
      calendar_.days.push_back({day, DayKind::kHoliday, std::string(festival)});
    }
    return *this;
  }
  Notice& Work(std::string_view festival, MonthDay day) {
    calendar_.days.push_back({Day(day), DayKind::kMakeupWorkday, std::string(festival)});
    return *this;
  }
  HolidayCalendar Done() {
    std::sort(calendar_.days.begin(), calendar_.days.end());
    return std::move(calendar_);
  }

 private:
  CivilDay Day(MonthDay date) const {
    return CivilDay::FromYmd(calendar_.year, date.month, date.day);
  }

  HolidayCalendar calendar_;
};

HolidayCalendar Year2024() {
  return Notice(2024, "cn-2024-1", "国办发明电〔2023〕7号")
      .Off("new_year", {1, 1}, {1, 1})
      .Off("spring_festival", {2, 10}, {2, 17})
      .Work("spring_festival", {2, 4})
      .Work("spring_festival", {2, 18})
      .Off("qingming", {4, 4}, {4, 6})
      .Work("qingming", {4, 7})
      .Off("labour_day", {5, 1}, {5, 5})
      .Work("labour_day", {4, 28})
      .Work("labour_day", {5, 11})
      .Off("dragon_boat", {6, 10}, {6, 10})
      .Off("mid_autumn", {9, 15}, {9, 17})
      .Work("mid_autumn", {9, 14})
      .Off("national_day", {10, 1}, {10, 7})
      .Work("national_day", {9, 29})
      .Work("national_day", {10, 12})
      .Done();
}

HolidayCalendar Year2025() {
  return Notice(2025, "cn-2025-1", "国办发明电〔2024〕12号")
      .Off("new_year", {1, 1}, {1, 1})
      .Off("spring_festival", {1, 28}, {2, 4})
      .Work("spring_festival", {1, 26})
      .Work("spring_festival", {2, 8})
      .Off("qingming", {4, 4}, {4, 6})
      .Off("labour_day", {5, 1}, {5, 5})
      .Work("labour_day", {4, 27})
      .Off("dragon_boat", {5, 31}, {6, 2})
      .Off("national_day+mid_autumn", {10, 1}, {10, 8})
      .Work("national_day+mid_autumn", {9, 28})
      .Work("national_day+mid_autumn", {10, 11})
      .Done();
}

HolidayCalendar Year2026() {
  return Notice(2026, "cn-2026-1", "国办发明电〔2025〕7号")
      .Off("new_year", {1, 1}, {1, 3})
      .Work("new_year", {1, 4})
      .Off("spring_festival", {2, 15}, {2, 23})
      .Work("spring_festival", {2, 14})
      .Work("spring_festival", {2, 28})
      .Off("qingming", {4, 4}, {4, 6})
      .Off("labour_day", {5, 1}, {5, 5})
      .Work("labour_day", {5, 9})
      .Off("dragon_boat", {6, 19}, {6, 21})
      .Off("mid_autumn", {9, 25}, {9, 27})
      .Off("national_day", {10, 1}, {10, 7})
      .Work("national_day", {9, 20})
      .Work("national_day", {10, 10})
      .Done();
}

// No notice yet. New Year Fri 1 January; New Year's Eve Fri 5 February and the first three days of
// the lunar year (Sat, Sun, Mon); Qingming Mon 5 April; 1 and 2 May Sat, Sun; Dragon Boat Wed 9
// June; Mid-Autumn Wed 15 September; 1 to 3 October Fri, Sat, Sun. Each weekend day among them is
// made up on the next weekday, so the year already has its right number of working days.
HolidayCalendar Year2027() {
  return Notice(2027, "cn-2027-p1",
                "《全国年节及纪念日放假办法》（2024年修订），待国务院办公厅通知",
                /*provisional=*/true)
      .Off("new_year", {1, 1}, {1, 1})
      .Off("spring_festival", {2, 5}, {2, 10})
      .Off("qingming", {4, 5}, {4, 5})
      .Off("labour_day", {5, 1}, {5, 4})
      .Off("dragon_boat", {6, 9}, {6, 9})
      .Off("mid_autumn", {9, 15}, {9, 15})
      .Off("national_day", {10, 1}, {10, 5})
      .Done();
}

}  // namespace

const std::vector<HolidayCalendar>& SeedHolidayCalendars() {
  static const auto* calendars =
      new std::vector<HolidayCalendar>{Year2024(), Year2025(), Year2026(), Year2027()};
  return *calendars;
}

}  // namespace twinline::calendar

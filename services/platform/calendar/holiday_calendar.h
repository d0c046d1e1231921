// One year of public holidays and make-up workdays (调休) as the State Council Office announces
// them.
//
// A calendar is adopted as a whole by an event into every journal that counts with it;
// nothing here reads a file or knows today. The years that state_council.h holds only seed that
// event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"

namespace twinline::calendar {

using base::CivilDay;

enum class DayKind : uint8_t {
  kHoliday = 1,        // off although it may be a weekday: the festival or a day moved to it
  kMakeupWorkday = 2,  // a Saturday or Sunday that everybody works (调休上班)
};

// Festivals are named by a fixed key, which is what events store; the texts are for people.
struct Festival {
  std::string_view key;  // "spring_festival"
  std::string_view zh;
  std::string_view en;
};
// Unknown keys come back as "节假日" / "public holiday": a later notice may name a festival that
// this program has never heard of, and the day counts all the same.
Festival FestivalOf(std::string_view key);

struct HolidayDay {
  CivilDay day;
  DayKind kind = DayKind::kHoliday;
  std::string festival;  // key; joined festivals such as national_day+mid_autumn keep one key
  auto operator<=>(const HolidayDay&) const = default;
};

struct HolidayCalendar {
  int32_t year = 0;
  std::string version;  // "cn-2026-1"; a correction of the same year gets a new version
  std::string source;  // "国办发明电〔2025〕7号", or what a provisional year was derived from
  bool provisional = false;
  // Sorted by day, one entry a day. Weekends inside a holiday are listed too (they name the
  // reason). A notice may reach into the last days of December before its year: the notice for 2019
  // made Saturday 2018-12-29 a workday.
  std::vector<HolidayDay> days;

  bool operator==(const HolidayCalendar&) const = default;
};

// Nullopt when the calendar may be adopted. Refuses (code CALENDAR_INVALID) a missing version, days
// out of order or twice, days outside 15 December before the year to 31 December, a make-up workday
// that is no weekend, and more than 60 entries.
std::optional<base::Refusal> ValidateHolidayCalendar(const HolidayCalendar& calendar);

}  // namespace twinline::calendar

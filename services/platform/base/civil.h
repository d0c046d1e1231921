// Civil dates. All dates in Twinline are China Standard Time, UTC+8, without time-zone data
// (decisions.md part 10 item 1).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/time.h"

namespace twinline::base {

struct YearMonthDay {
  int year = 0;
  int month = 0;  // 1 to 12
  int day = 0;    // 1 to 31
  auto operator<=>(const YearMonthDay&) const = default;
};

// Days since 1970-01-01. Zero is a real date; "no date" is std::optional, or 0 in a proto field.
struct CivilDay {
  int32_t days = 0;

  static CivilDay FromYmd(int year, int month, int day);
  // "2026-09-01" only; nullopt for any other text and for dates that do not exist.
  static std::optional<CivilDay> Parse(std::string_view text);

  YearMonthDay ymd() const;
  std::string ToString() const;  // "2026-09-01"
  int weekday() const;           // Monday 1 to Sunday 7

  CivilDay operator+(int n) const { return {days + n}; }
  CivilDay operator-(int n) const { return {days - n}; }
  int operator-(CivilDay other) const { return days - other.days; }
  auto operator<=>(const CivilDay&) const = default;
};

inline constexpr int64_t kDayUs = 86'400'000'000;

CivilDay DayOf(Timestamp time);      // the civil day (UTC+8) that contains `time`
Timestamp StartOfDay(CivilDay day);  // 00:00 UTC+8
// A deadline ends at 24:00 of its day, which is the start of the next one.
inline Timestamp EndOfDay(CivilDay day) { return StartOfDay(day + 1); }
std::string ToIso8601(Timestamp time);  // "2026-09-01T08:00:00+08:00"

// The school year runs 1 September to 31 August (domain.md 4.3); named by its first year.
int SchoolYearOf(CivilDay day);

}  // namespace twinline::base

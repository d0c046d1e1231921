#include "platform/base/civil.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace twinline::base {
namespace {

constexpr int64_t kUtc8Us = 8LL * 3600 * 1'000'000;

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<int> ParseDigits(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

CivilDay CivilDay::FromYmd(int year, int month, int day) {
  const std::chrono::year_month_day ymd{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  return {static_cast<int32_t>(std::chrono::sys_days{ymd}.time_since_epoch().count())};
}

std::optional<CivilDay> CivilDay::Parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = ParseDigits(text.substr(0, 4));
  const auto month = ParseDigits(text.substr(5, 2));
  const auto day = ParseDigits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return FromYmd(*year, *month, *day);
}

YearMonthDay CivilDay::ymd() const {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{days}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

std::string CivilDay::ToString() const {
  const YearMonthDay date = ymd();
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
  return text;
}

int CivilDay::weekday() const {
  // 1970-01-01 was a Thursday (4).
  return static_cast<int>((((days + 3) % 7) + 7) % 7) + 1;
}

CivilDay DayOf(Timestamp time) {
  return {static_cast<int32_t>(FloorDiv(time.us + kUtc8Us, kDayUs))};
}

Timestamp StartOfDay(CivilDay day) { return {int64_t{day.days} * kDayUs - kUtc8Us}; }

std::string ToIso8601(Timestamp time) {
  const CivilDay day = DayOf(time);
  const int64_t second = (time.us - StartOfDay(day).us) / 1'000'000;
  char text[16];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return day.ToString() + text + "+08:00";
}

int SchoolYearOf(CivilDay day) {
  const YearMonthDay date = day.ymd();
  return date.month >= 9 ? date.year : date.year - 1;
}

}  // namespace twinline::base

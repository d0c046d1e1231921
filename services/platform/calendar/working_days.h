// Working days (工作日): what every deadline of an office is counted in. They are not school days
// (school_days.h): a school may rest on a day the bureau works, and the other way round.
//
// Counting (domain.md 1.6, T06): the day after the start is day 1, and the deadline ends at 24:00
// of the last day. Monday 29 September 2025 plus ten working days is Monday 20 October: the October
// holiday does not count, the make-up Saturday 11 October does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/calendar/holiday_calendar.h"

namespace twinline::calendar {

struct SkippedDay {
  CivilDay day;
  std::string zh;  // "周六", "国庆节放假"
  std::string en;
};

// The answer to "why this date": everything a caller needs to check the count by hand.
struct DueExplanation {
  CivilDay start;
  int32_t n = 0;
  CivilDay due;
  // Versions of the calendars of all years from start to due, joined by "+"; "none-2028" stands for
  // a year without one.
  std::string calendar_version;
  bool provisional = false;         // one of these years has no final calendar
  std::vector<SkippedDay> skipped;  // after start, up to due, in order
  std::vector<CivilDay> makeup;     // weekend days that were counted
};
// "自2025年9月29日次日起计10个工作日，2025年10月20日24时届满。…" with the skipped days grouped by
// reason.
std::string ExplainZh(const DueExplanation& why);
std::string ExplainEn(const DueExplanation& why);

// The adopted years together. A plain value: Adopt is called while a journal is folded, all else is
// const. Years that were never adopted know weekends only and count as provisional.
class WorkingCalendar {
 public:
  WorkingCalendar() = default;
  explicit WorkingCalendar(std::vector<HolidayCalendar> calendars);

  // Replaces the calendar of the same year. The caller has validated it (ValidateHolidayCalendar).
  void Adopt(HolidayCalendar calendar);

  bool IsWorkingDay(CivilDay day) const;
  // What an adopted calendar says about a day; where a notice reaches back into the year before,
  // the later year's notice wins. Null for a day that no calendar mentions.
  const HolidayDay* Find(CivilDay day) const;
  // The calendar of a year; null if none was adopted.
  const HolidayCalendar* ForYear(int year) const;
  // True when a final calendar was adopted for the year of each day from `first` to `last`.
  bool IsFinal(CivilDay first, CivilDay last) const;

  // The nth working day after `start`. n = 0 gives `start`, or the next working day if it is none.
  // Negative n counts as 0; n above kMaxWorkingDays as kMaxWorkingDays.
  CivilDay AddWorkingDays(CivilDay start, int n) const;
  // The nth working day before `end` (a request that must be made so many working days ahead).
  CivilDay SubtractWorkingDays(CivilDay end, int n) const;
  CivilDay NextWorkingDay(CivilDay day) const { return AddWorkingDays(day, 1); }
  // Working days after `start` up to and including `end`, the inverse of AddWorkingDays; the
  // negative count when `end` lies before `start`.
  int WorkingDaysBetween(CivilDay start, CivilDay end) const;

  DueExplanation ExplainDue(CivilDay start, int n) const;

  // A deadline recomputed after a new calendar, never earlier than the end of the next working day
  // after `today`: a correction of the calendar may not create a missed deadline.
  CivilDay RecomputeDue(CivilDay start, int n, CivilDay today) const;
  // A deadline moved by the working days on which the service was down, under the same
  // floor.
  CivilDay MoveForOutage(CivilDay due, int lost_working_days, CivilDay today) const;

  static constexpr int kMaxWorkingDays = 10'000;  // forty years; bounds the work of one call

 private:
  std::string VersionsOf(CivilDay first, CivilDay last) const;

  std::vector<HolidayCalendar> calendars_;  // sorted by year, one each
};

}  // namespace twinline::calendar

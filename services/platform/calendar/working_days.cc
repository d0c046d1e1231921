#include "platform/calendar/working_days.h"

#include <algorithm>
#include <string_view>

namespace twinline::calendar {
namespace {

constexpr std::string_view kWeekdayZh[] = {"",     "周一", "周二", "周三",
                                           "周四", "周五", "周六", "周日"};
constexpr std::string_view kWeekdayEn[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                           "Thursday", "Friday", "Saturday", "Sunday"};

SkippedDay WhySkipped(CivilDay day, const HolidayDay* entry) {
  if (entry == nullptr) {
    const auto weekday = static_cast<size_t>(day.weekday());
    return {day, std::string(kWeekdayZh[weekday]), std::string(kWeekdayEn[weekday])};
  }
  const Festival festival = FestivalOf(entry->festival);
  return {day, std::string(festival.zh) + "放假", std::string(festival.en)};
}

std::string DateZh(CivilDay day) {
  const base::YearMonthDay ymd = day.ymd();
  return std::to_string(ymd.year) + "年" + std::to_string(ymd.month) + "月" +
         std::to_string(ymd.day) + "日";
}

std::string MonthDayZh(CivilDay day) {
  const base::YearMonthDay ymd = day.ymd();
  return std::to_string(ymd.month) + "月" + std::to_string(ymd.day) + "日";
}

// Mondays to Fridays up to and including `day`, counted from a fixed Monday (1969-12-29).
int64_t WeekdaysUpTo(CivilDay day) {
  const int64_t days = int64_t{day.days} + 3;
  const int64_t weeks = days >= 0 ? days / 7 : -((6 - days) / 7);
  return weeks * 5 + std::min<int64_t>(days - weeks * 7 + 1, 5);
}

// Runs of neighbouring skipped days with the same reason, so that a holiday is one item.
struct Run {
  CivilDay first;
  CivilDay last;
  const SkippedDay* reason;
};

std::vector<Run> RunsOf(const std::vector<SkippedDay>& skipped) {
  std::vector<Run> runs;
  for (const SkippedDay& day : skipped) {
    if (!runs.empty() && runs.back().last + 1 == day.day && runs.back().reason->zh == day.zh) {
      runs.back().last = day.day;
    } else {
      runs.push_back({day.day, day.day, &day});
    }
  }
  return runs;
}

}  // namespace

std::string ExplainZh(const DueExplanation& why) {
  std::string text = "自" + DateZh(why.start) + "次日起计" + std::to_string(why.n) + "个工作日，" +
                     DateZh(why.due) + "24时届满。";
  std::string_view separator = "不计：";
  for (const Run& run : RunsOf(why.skipped)) {
    text += separator;
    text += MonthDayZh(run.first);
    if (run.last != run.first) text += "至" + MonthDayZh(run.last);
    text += "（" + run.reason->zh + "）";
    separator = "、";
  }
  if (!why.skipped.empty()) text += "。";
  separator = "计入调休上班日：";
  for (CivilDay day : why.makeup) {
    text += separator;
    text += MonthDayZh(day);
    separator = "、";
  }
  if (!why.makeup.empty()) text += "。";
  if (why.provisional) text += "涉及年度的放假安排尚未公布，该日期为暂定，公布后重新计算。";
  return text;
}

std::string ExplainEn(const DueExplanation& why) {
  std::string text = std::to_string(why.n) + " working days from the day after " +
                     why.start.ToString() + " end with " + why.due.ToString() + ".";
  std::string_view separator = " Not counted: ";
  for (const Run& run : RunsOf(why.skipped)) {
    text += separator;
    text += run.first.ToString();
    if (run.last != run.first) text += " to " + run.last.ToString();
    text += " (" + run.reason->en + ")";
    separator = ", ";
  }
  if (!why.skipped.empty()) text += ".";
  separator = " Make-up workdays counted: ";
  for (CivilDay day : why.makeup) {
    text += separator;
    text += day.ToString();
    separator = ", ";
  }
  if (!why.makeup.empty()) text += ".";
  if (why.provisional) {
    text +=
        " The holidays of a year concerned are not published yet: the date is provisional and "
        "will be computed again.";
  }
  return text;
}

WorkingCalendar::WorkingCalendar(std::vector<HolidayCalendar> calendars) {
  for (HolidayCalendar& calendar : calendars) Adopt(std::move(calendar));
}

void WorkingCalendar::Adopt(HolidayCalendar calendar) {
  const auto at = std::lower_bound(
      calendars_.begin(), calendars_.end(), calendar.year,
      [](const HolidayCalendar& adopted, int32_t year) { return adopted.year < year; });
  if (at != calendars_.end() && at->year == calendar.year) {
    *at = std::move(calendar);
  } else {
    calendars_.insert(at, std::move(calendar));
  }
}

const HolidayCalendar* WorkingCalendar::ForYear(int year) const {
  const auto at = std::lower_bound(
      calendars_.begin(), calendars_.end(), year,
      [](const HolidayCalendar& adopted, int32_t wanted) { return adopted.year < wanted; });
  return at != calendars_.end() && at->year == year ? &*at : nullptr;
}

const HolidayDay* WorkingCalendar::Find(CivilDay day) const {
  const base::YearMonthDay ymd = day.ymd();
  const int last_year = ymd.month == 12 ? ymd.year + 1 : ymd.year;
  for (int year = last_year; year >= ymd.year; --year) {
    const HolidayCalendar* calendar = ForYear(year);
    if (calendar == nullptr) continue;
    const auto at = std::lower_bound(
        calendar->days.begin(), calendar->days.end(), day,
        [](const HolidayDay& entry, CivilDay wanted) { return entry.day < wanted; });
    if (at != calendar->days.end() && at->day == day) return &*at;
  }
  return nullptr;
}

bool WorkingCalendar::IsWorkingDay(CivilDay day) const {
  const HolidayDay* entry = Find(day);
  if (entry == nullptr) return day.weekday() <= 5;
  return entry->kind == DayKind::kMakeupWorkday;
}

bool WorkingCalendar::IsFinal(CivilDay first, CivilDay last) const {
  for (int year = first.ymd().year; year <= last.ymd().year; ++year) {
    const HolidayCalendar* calendar = ForYear(year);
    if (calendar == nullptr || calendar->provisional) return false;
  }
  return true;
}

CivilDay WorkingCalendar::AddWorkingDays(CivilDay start, int n) const {
  int left = std::clamp(n, 0, kMaxWorkingDays);
  CivilDay day = start;
  while (left == 0 && !IsWorkingDay(day)) day = day + 1;
  while (left > 0) {
    day = day + 1;
    if (IsWorkingDay(day)) --left;
  }
  return day;
}

CivilDay WorkingCalendar::SubtractWorkingDays(CivilDay end, int n) const {
  int left = std::clamp(n, 0, kMaxWorkingDays);
  CivilDay day = end;
  while (left == 0 && !IsWorkingDay(day)) day = day - 1;
  while (left > 0) {
    day = day - 1;
    if (IsWorkingDay(day)) --left;
  }
  return day;
}

int WorkingCalendar::WorkingDaysBetween(CivilDay start, CivilDay end) const {
  if (end < start) return -WorkingDaysBetween(end, start);
  // Arithmetic instead of a walk: a date far in the future must not stop the caller's thread.
  int64_t count = WeekdaysUpTo(end) - WeekdaysUpTo(start);
  for (const HolidayCalendar& calendar : calendars_) {
    for (const HolidayDay& entry : calendar.days) {
      if (entry.day <= start || entry.day > end || Find(entry.day) != &entry) continue;
      if (entry.kind == DayKind::kMakeupWorkday) ++count;
      if (entry.kind == DayKind::kHoliday && entry.day.weekday() <= 5) --count;
    }
  }
  return static_cast<int>(count);
}

std::string WorkingCalendar::VersionsOf(CivilDay first, CivilDay last) const {
  std::string versions;
  for (int year = first.ymd().year; year <= last.ymd().year; ++year) {
    if (!versions.empty()) versions += '+';
    const HolidayCalendar* calendar = ForYear(year);
    versions += calendar != nullptr ? calendar->version : "none-" + std::to_string(year);
  }
  return versions;
}

DueExplanation WorkingCalendar::ExplainDue(CivilDay start, int n) const {
  DueExplanation why;
  why.start = start;
  why.n = std::clamp(n, 0, kMaxWorkingDays);
  why.due = AddWorkingDays(start, n);
  why.calendar_version = VersionsOf(start, why.due);
  why.provisional = !IsFinal(start, why.due);
  for (CivilDay day = start + 1; day <= why.due; day = day + 1) {
    const HolidayDay* entry = Find(day);
    if (!IsWorkingDay(day)) {
      why.skipped.push_back(WhySkipped(day, entry));
    } else if (entry != nullptr) {
      why.makeup.push_back(day);
    }
  }
  return why;
}

CivilDay WorkingCalendar::RecomputeDue(CivilDay start, int n, CivilDay today) const {
  return std::max(AddWorkingDays(start, n), NextWorkingDay(today));
}

CivilDay WorkingCalendar::MoveForOutage(CivilDay due, int lost_working_days, CivilDay today) const {
  const CivilDay moved = lost_working_days > 0 ? AddWorkingDays(due, lost_working_days) : due;
  return std::max(moved, NextWorkingDay(today));
}

}  // namespace twinline::calendar

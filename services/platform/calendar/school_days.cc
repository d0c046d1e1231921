#include "platform/calendar/school_days.h"

#include <algorithm>

namespace twinline::calendar {
namespace {

constexpr size_t kMaxTerms = 8;
constexpr size_t kMaxEntries = 400;
constexpr int kMaxTermDays = 366;

base::Refusal Invalid(const std::string& zh, const std::string& en) {
  return {"CALENDAR_INVALID",
          "校历数据有误：" + zh + "请修改后重新提交。",
          "The school calendar is invalid: " + en + " Correct it and submit it again.",
          {}};
}

std::optional<base::Refusal> ValidateTerms(const std::vector<Term>& terms) {
  if (terms.empty()) return Invalid("没有学期。", "it has no terms.");
  if (terms.size() > kMaxTerms) return Invalid("学期过多。", "it has too many terms.");
  for (size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    const int64_t days = int64_t{term.last.days} - term.first.days;
    if (days < 0 || days > kMaxTermDays) {
      return Invalid("学期“" + term.name + "”的起止日期不对。",
                     "the dates of term \"" + term.name + "\" are wrong.");
    }
    if (i > 0 && term.first <= terms[i - 1].last) {
      return Invalid("学期“" + term.name + "”与前一学期重叠或顺序不对。",
                     "term \"" + term.name + "\" overlaps the one before or is out of order.");
    }
  }
  return std::nullopt;
}

bool InAnyTerm(const std::vector<Term>& terms, CivilDay day) {
  return std::any_of(terms.begin(), terms.end(),
                     [&](const Term& term) { return term.first <= day && day <= term.last; });
}

std::optional<base::Refusal> ValidateDays(const SchoolCalendar& calendar) {
  const MakeupSchoolDay* previous = nullptr;
  for (const MakeupSchoolDay& makeup : calendar.makeups) {
    const std::string day = makeup.day.ToString();
    if (previous != nullptr && makeup.day <= previous->day) {
      return Invalid("补课日" + day + "重复或顺序不对。",
                     "make-up day " + day + " is out of order or listed twice.");
    }
    if (!InAnyTerm(calendar.terms, makeup.day)) {
      return Invalid("补课日" + day + "不在任何学期内。",
                     "make-up day " + day + " lies outside every term.");
    }
    if (makeup.sessions == kNoSession || makeup.sessions > kWholeDay) {
      return Invalid("补课日" + day + "没有上课时段。", "make-up day " + day + " has no session.");
    }
    previous = &makeup;
  }
  CivilDay last_start{INT32_MIN};
  for (const Closure& closure : calendar.closures) {
    if (closure.last < closure.first || closure.first < last_start ||
        closure.sessions == kNoSession || closure.sessions > kWholeDay) {
      return Invalid(
          "停课安排" + closure.first.ToString() + "的日期、顺序或时段不对。",
          "the closure from " + closure.first.ToString() + " has wrong dates, order or sessions.");
    }
    last_start = closure.first;
  }
  return std::nullopt;
}

}  // namespace

std::optional<base::Refusal> ValidateSchoolCalendar(const SchoolCalendar& calendar) {
  if (calendar.version.empty()) return Invalid("缺少版本号。", "it has no version.");
  if (calendar.closures.size() + calendar.makeups.size() > kMaxEntries) {
    return Invalid("停课和补课安排过多。", "it has too many closures and make-up days.");
  }
  for (SessionMask sessions : calendar.weekly) {
    if (sessions > kWholeDay)
      return Invalid("每周上课时段不对。", "the weekly sessions are wrong.");
  }
  if (auto refusal = ValidateTerms(calendar.terms)) return refusal;
  return ValidateDays(calendar);
}

const Term* SchoolDays::TermOf(CivilDay day) const {
  for (const Term& term : school_.terms) {
    if (term.first <= day && day <= term.last) return &term;
  }
  return nullptr;
}

SessionMask SchoolDays::Scheduled(CivilDay day) const {
  const auto makeup = std::lower_bound(
      school_.makeups.begin(), school_.makeups.end(), day,
      [](const MakeupSchoolDay& entry, CivilDay wanted) { return entry.day < wanted; });
  if (makeup != school_.makeups.end() && makeup->day == day) return makeup->sessions;
  const SessionMask by_week = school_.weekly[static_cast<size_t>(day.weekday() - 1)];
  const HolidayDay* entry = holidays_.Find(day);
  if (entry == nullptr) return by_week;
  if (entry->kind == DayKind::kHoliday) return kNoSession;
  return school_.teaches_on_makeup_workdays ? kWholeDay : by_week;
}

const Closure* SchoolDays::ClosureOn(CivilDay day) const {
  for (const Closure& closure : school_.closures) {
    if (closure.first > day) break;
    if (day <= closure.last) return &closure;
  }
  return nullptr;
}

SessionMask SchoolDays::SessionsOn(CivilDay day) const {
  if (TermOf(day) == nullptr) return kNoSession;
  SessionMask sessions = Scheduled(day);
  for (const Closure& closure : school_.closures) {
    if (closure.first > day) break;
    if (day <= closure.last) sessions = static_cast<SessionMask>(sessions & ~closure.sessions);
  }
  return sessions;
}

std::optional<Session> SchoolDays::LastSessionOf(CivilDay day) const {
  const SessionMask sessions = SessionsOn(day);
  if (Has(sessions, Session::kAfternoon)) return Session::kAfternoon;
  if (Has(sessions, Session::kMorning)) return Session::kMorning;
  return std::nullopt;
}

std::optional<CivilDay> SchoolDays::AddSchoolDays(CivilDay start, int n) const {
  int left = std::max(n, 1);
  for (const Term& term : school_.terms) {
    for (CivilDay day = std::max(term.first, start + 1); day <= term.last; day = day + 1) {
      if (IsSchoolDay(day) && --left == 0) return day;
    }
  }
  return std::nullopt;
}

std::optional<CivilDay> SchoolDays::PreviousSchoolDay(CivilDay day) const {
  for (auto term = school_.terms.rbegin(); term != school_.terms.rend(); ++term) {
    for (CivilDay at = std::min(term->last, day - 1); at >= term->first; at = at - 1) {
      if (IsSchoolDay(at)) return at;
    }
  }
  return std::nullopt;
}

int SchoolDays::SchoolDaysBetween(CivilDay start, CivilDay end) const {
  if (end < start) return -SchoolDaysBetween(end, start);
  int count = 0;
  for (const Term& term : school_.terms) {
    const CivilDay last = std::min(term.last, end);
    for (CivilDay day = std::max(term.first, start + 1); day <= last; day = day + 1) {
      count += IsSchoolDay(day) ? 1 : 0;
    }
  }
  return count;
}

int SchoolDays::DayOfTerm(CivilDay day) const {
  const Term* term = TermOf(day);
  if (term == nullptr || !IsSchoolDay(day)) return 0;
  return SchoolDaysBetween(term->first - 1, day);
}

SkippedDay SchoolDays::WhyNoSchool(CivilDay day) const {
  if (IsSchoolDay(day)) return {day, "", ""};
  if (TermOf(day) == nullptr) return {day, "假期（不在学期内）", "outside term"};
  if (Scheduled(day) != kNoSession) {  // so closures took all of it
    const Closure* closure = ClosureOn(day);
    const std::string reason = closure != nullptr ? closure->reason : "";
    return {day, reason.empty() ? "停课" : "停课：" + reason,
            reason.empty() ? "school closed" : "school closed: " + reason};
  }
  const HolidayDay* entry = holidays_.Find(day);
  if (entry != nullptr && entry->kind == DayKind::kHoliday) {
    const Festival festival = FestivalOf(entry->festival);
    return {day, std::string(festival.zh) + "放假", std::string(festival.en)};
  }
  if (entry != nullptr) {
    return {day, "调休上班日，本校不上课", "make-up workday without school"};
  }
  return {day, "本校当日不上课", "no lessons on this weekday"};
}

}  // namespace twinline::calendar

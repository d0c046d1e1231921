// School days (教学日): what absence streaks and the control of dropouts are counted in
// (domain.md 2.3).
//
// C-1: only days on which the class is scheduled to be taught count; weekends, statutory holidays,
// the breaks between terms and declared closures neither count nor break a streak. C-2: a make-up
// workday is a school day only if the school's calendar says so. A day has two sessions, and a day
// is judged at the last scheduled one, so half a day of school is a calendar fact too.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/calendar/working_days.h"

namespace twinline::calendar {

enum class Session : uint8_t { kMorning = 1, kAfternoon = 2 };

// A set of sessions: bit 0 morning, bit 1 afternoon.
using SessionMask = uint8_t;
inline constexpr SessionMask kNoSession = 0;
inline constexpr SessionMask kMorningOnly = 1;
inline constexpr SessionMask kAfternoonOnly = 2;
inline constexpr SessionMask kWholeDay = 3;
constexpr bool Has(SessionMask mask, Session session) {
  return (mask & static_cast<uint8_t>(session)) != 0;
}

struct Term {
  std::string name;  // "2026-2027学年第一学期"
  CivilDay first;    // first and last day of teaching, both included
  CivilDay last;
  bool operator==(const Term&) const = default;
};

// Days without school inside a term: snow, an epidemic, a town fair, an examination that needs the
// rooms.
struct Closure {
  CivilDay first;
  CivilDay last;
  SessionMask sessions = kWholeDay;  // which sessions fall out
  std::string reason;  // shown as it is; written by the school, signed by its principal
  bool operator==(const Closure&) const = default;
};

// Teaching on a day that would be free: a make-up for moved holidays or for a closure.
struct MakeupSchoolDay {
  CivilDay day;
  SessionMask sessions = kWholeDay;
  bool operator==(const MakeupSchoolDay&) const = default;
};

// One school's calendar, adopted as a whole by event. A class with its own days (an examination
// year) gets a calendar of its own.
struct SchoolCalendar {
  std::string version;
  std::vector<Term> terms;  // sorted, not overlapping
  // Monday to Sunday.
  std::array<SessionMask, 7> weekly = {kWholeDay, kWholeDay,  kWholeDay, kWholeDay,
                                       kWholeDay, kNoSession, kNoSession};
  // C-2: make-up workdays of the State Council are school days. What is listed below goes first.
  bool teaches_on_makeup_workdays = false;
  std::vector<Closure> closures;         // sorted by first day; may overlap
  std::vector<MakeupSchoolDay> makeups;  // sorted, one entry a day

  bool operator==(const SchoolCalendar&) const = default;
};

// Nullopt when the calendar may be adopted; else CALENDAR_INVALID: no version or terms, terms or
// make-ups out of order, overlapping or longer than a year, a make-up outside every term or without
// a session, a closure that ends before it begins, more than 8 terms or 400 entries.
std::optional<base::Refusal> ValidateSchoolCalendar(const SchoolCalendar& calendar);

// The calendar of one school seen against the public holidays. Both must outlive it; cheap to make
// for one question.
//
// Order of what decides about a day: outside terms nothing is taught; then the school's own make-up
// days; then public holidays; then make-up workdays if the school follows them; then the week.
// Closures are taken off last, from any of these.
class SchoolDays {
 public:
  SchoolDays(const SchoolCalendar& school, const WorkingCalendar& holidays)
      : school_(school), holidays_(holidays) {}

  SessionMask SessionsOn(CivilDay day) const;
  bool IsSchoolDay(CivilDay day) const { return SessionsOn(day) != kNoSession; }
  // The session at which the day is judged; nullopt when there is no school.
  std::optional<Session> LastSessionOf(CivilDay day) const;

  // The nth school day after `start` (n >= 1; less counts as 1); nullopt when the calendar ends
  // before: the next school year has no calendar yet, and nothing may be guessed about it.
  std::optional<CivilDay> AddSchoolDays(CivilDay start, int n) const;
  std::optional<CivilDay> NextSchoolDay(CivilDay day) const { return AddSchoolDays(day, 1); }
  std::optional<CivilDay> PreviousSchoolDay(CivilDay day) const;
  // School days after `start` up to and including `end`; the negative count when `end` is earlier.
  int SchoolDaysBetween(CivilDay start, CivilDay end) const;

  const Term* TermOf(CivilDay day) const;  // null in the breaks
  // Position of a school day in its term, from 1 (the term-start no-show rule counts by it); 0 for
  // a day without school.
  int DayOfTerm(CivilDay day) const;

  // Why a day is no school day, for people; empty texts when it is one.
  SkippedDay WhyNoSchool(CivilDay day) const;

 private:
  SessionMask Scheduled(CivilDay day) const;  // before closures; `day` lies in a term
  const Closure* ClosureOn(CivilDay day) const;

  const SchoolCalendar& school_;
  const WorkingCalendar& holidays_;
};

}  // namespace twinline::calendar

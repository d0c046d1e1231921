// What is adopted into this journal and decides by when: rule sets and working-day calendars (R-18,
// R-62); and school days, copied from attendance. Working days bind offices, school days count
// absence and probation: two calendars, never one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/civil.h"
#include "platform/base/rows.h"
#include "platform/calendar/working_days.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// The rule set in force on a civil day: the newest version whose valid_from is not later.
// Without any, the default of DefaultRules.
v1::RuleSetRow RulesOn(const base::Rows& rows, base::CivilDay day);
// Proposals of domain.md 2.3 and 2.4 until the bureau answers ASK-07 and ASK-08.
v1::RuleSet DefaultRules();
bool IsValidRuleSet(const v1::RuleSet& rules);

// Working days that an office on `rung` has for `task`.
int DaysFor(const v1::Rung& rung, std::string_view task);

calendar::WorkingCalendar LoadCalendar(const base::Rows& rows);

// School days of one school: its own calendar, else the county's default.
class SchoolDays {
 public:
  SchoolDays(const base::Rows& rows, const std::string& school_code);
  ~SchoolDays();

  // False when no calendar covers the day: nothing may be guessed about it.
  bool Knows(base::CivilDay day) const;
  bool IsSchoolDay(base::CivilDay day) const;
  // The nth school day after `start`; nullopt when the calendar ends before.
  std::optional<base::CivilDay> Add(base::CivilDay start, int n) const;

 private:
  struct Calendar;
  std::unique_ptr<Calendar> calendar_;
};

struct SchoolDayCount {
  base::CivilDay day;
  bool in_school_days = true;  // false: no calendar reaches that far, counted in working days
};
// The nth school day after `start`, in working days where no school calendar is known (D08).
SchoolDayCount AddSchoolDays(const base::Rows& rows, const std::string& school_code,
                             base::CivilDay start, int n);

}  // namespace twinline::accountability

// Which sessions a school has on a day, and which rule set is in force. School days (教学日) are
// rows of adopted calendars; government working days are another calendar and never used here
// (domain.md 0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/civil.h"
#include "platform/base/rows.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

struct DayPlan {
  uint32_t sessions = 0;      // bit mask; 0: no school day (C-1)
  base::CivilDay term_start;  // first school day of the day's term
};

// Looks days up and remembers what it read of the last school. Lives for one decision.
class Schedule {
 public:
  explicit Schedule(const base::Rows& rows) : rows_(rows) {}

  // The school as this shard keeps it; nullptr when the shard does not keep its days.
  const v1::SchoolRow* School(std::string_view school_code);
  DayPlan On(std::string_view school_code, base::CivilDay day);
  // The first school day after `day`; nullopt when the calendar ends.
  std::optional<base::CivilDay> Next(std::string_view school_code, base::CivilDay day);

 private:
  // Schools with a calendar of their own are few; everybody else reads the county's default, "".
  std::string_view CalendarOf(std::string_view school_code);

  const base::Rows& rows_;
  std::string school_code_;
  std::optional<v1::SchoolRow> school_;
  bool read_ = false;
};

// The rule set in force on the civil day being judged: the newest adopted whose valid_from is not
// later (C-7, R-62).
v1::RuleSetRow RulesOn(const base::Rows& rows, base::CivilDay day);

}  // namespace twinline::attendance

// Counting a child's streaks from the recorded class-days: of whichever class it was in on each
// day, by the calendar of that class's school and with the rules in force on each day (C-7).
#pragma once

#include <string>
#include <vector>

#include "attendance/domain/marks.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
#include "platform/base/rows.h"

namespace twinline::attendance {

struct Crossing {
  std::string threshold;
  uint32_t days = 0;
  base::CivilDay day;
  std::string rule_version;
};

struct Recount {
  v1::TrackedChild child;            // as it stands after the recount
  std::vector<Crossing> crossings;   // of the streak that remains, in order
  base::CivilDay since;              // the day after the last presence before `from`
  std::vector<v1::PastStreak> past;  // streaks since then that presence ended, rising
};

struct Span {
  base::CivilDay from;  // streaks that reach to this day or later are counted
  base::CivilDay until;
};

// Counts the streaks of `child` over judged days, with `laid_over` in place of some of them.
// `places` says where the child was.
Recount CountStreaks(const base::Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                     const Places& places, Span span, const ClassDays& laid_over);

}  // namespace twinline::attendance

// Streaks counted again after a mark of the past changed (D03, R-22): from the recorded class-days of
// whichever class the child was in on each day, by the calendar of that class's school and with the
// rules in force on each day (C-7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/schedule.h"
#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

struct Crossing {
  std::string threshold;
  uint32_t days = 0;
  base::CivilDay day;
  std::string rule_version;
};

struct Recount {
  v1::TrackedChild child;             // as it stands after the recount
  std::vector<Crossing> crossings;    // of the streak that remains, in order
};

// Class-days as they will be once what is being decided is stored.
using ClassDays = std::vector<v1::ClassDayRow>;

// Counts the streak of `child` again over judged days up to `until`, with `corrected` laid over some of
// them. `track` says where the child was.
Recount RecountStreak(const base::Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                      const v1::TrackRow& track, base::CivilDay until, const ClassDays& corrected);

// Appends StreakRecomputed (and Tracked, StreakCrossed, Untracked where they follow) for each of the
// `affected` registrations whose streak differs once `corrected` is laid over the class-days. Days that
// are not judged change nothing.
void AddRecounts(const base::Rows& rows, Schedule& schedule, const ClassDays& corrected,
                 std::vector<std::string> affected, base::Events* events);

// Registrations whose streak may rest on a class-day of this class: those tracked that are or were in it.
std::vector<std::string> TrackedOf(const base::Rows& rows, std::string_view class_id);

}  // namespace twinline::attendance

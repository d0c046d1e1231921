// Streaks counted again after a mark of the past changed (D03, R-22): from the recorded class-days
// of whichever class the child was in on each day, by the calendar of that class's school and with
// the rules in force on each day (C-7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
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
  v1::TrackedChild child;           // as it stands after the recount
  std::vector<Crossing> crossings;  // of the streak that remains, in order
};

// Counts the streak of `child` again over judged days up to `until`, with `corrected` laid over
// some of them. `places` says where the child was.
Recount RecountStreak(const base::Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                      const Places& places, base::CivilDay until, const ClassDays& corrected);

// What a decision changes about the past: class-days as they will be, and whose streaks may differ
// by it. Everything is laid over at once, so that each streak is counted again once.
struct Changes {
  ClassDays days;
  std::vector<std::string> affected;
  // Tracked sets that the decision's events change before the recounts, as they will be.
  std::vector<const v1::TrackedSetRow*> sets;
};

// Appends StreakRecomputed (and Tracked, StreakCrossed, Untracked where they follow) for each
// affected registration whose streak differs. Days that are not judged change nothing.
void AddRecounts(const base::Rows& rows, Schedule& schedule, const Changes& changes,
                 base::Events* events);

// Registrations whose streak may rest on a class-day of this class: those tracked that are in it or
// were; or only those that moved since `day`, even if they are back.
std::vector<std::string> TrackedOf(const base::Rows& rows, std::string_view class_id);
std::vector<std::string> TrackedMovedSince(const base::Rows& rows, std::string_view class_id,
                                           base::CivilDay day);

}  // namespace twinline::attendance

// Streaks counted again after a mark of the past changed (D03, R-22), and what others learn of it.
// How they are counted is in streak_walk.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/marks.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

// What a decision changes about the past: class-days as they will be, and whose streaks may differ
// by it. Everything is laid over at once, so that each streak is counted again once.
struct Changes {
  ClassDays days;
  std::vector<std::string> affected;
  // Tracked sets that the decision's events change before the recounts, as they will be.
  std::vector<const v1::TrackedSetRow*> sets;
};

// Appends StreakRecomputed (and Tracked, StreakCrossed, Untracked where they follow) for each
// affected registration whose open streak differs, or a streak that is over and reaches to a
// changed day or later. Days that are not judged change nothing.
void AddRecounts(const base::Rows& rows, Schedule& schedule, const Changes& changes,
                 base::Events* events);

// Registrations whose streak may rest on a class-day of this class: those tracked that are in it or
// were; or only those that moved since `day`, even if they are back.
std::vector<std::string> TrackedOf(const base::Rows& rows, std::string_view class_id);
std::vector<std::string> TrackedMovedSince(const base::Rows& rows, std::string_view class_id,
                                           base::CivilDay day);

}  // namespace twinline::attendance

// Corrections of marks: a reason, another person's signature, and streaks counted again with the rules
// in force on the day (D03, R-22, R-64). A correction never closes a case by itself: accountability
// proposes a false alarm and the government line signs.
#pragma once

#include <string>
#include <vector>

#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

base::Decision DecideProposeCorrection(const v1::ProposeCorrection& command, const base::Rows& rows,
                                       const base::Context& context);
base::Decision DecideSignCorrection(const v1::SignCorrection& command, const base::Rows& rows,
                                    const base::Context& context);

// Appends StreakRecomputed (and Tracked, StreakCrossed, Untracked where they follow) for each of the
// `affected` registrations whose streak differs once `corrected` is laid over the class-day.
void AddRecounts(const base::Rows& rows, const v1::ForeignClass& class_facts,
                 const v1::ClassDayRow& corrected, base::CivilDay day,
                 std::vector<std::string> affected, base::Events* events);

}  // namespace twinline::attendance

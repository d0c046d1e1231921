// Corrections of marks: a reason, another person's signature, and streaks counted again with the
// rules in force on the day (D03, R-22). A correction never closes a case by itself: accountability
// proposes a false alarm and the government line signs.
#pragma once

#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::attendance {

base::Decision DecideProposeCorrection(const v1::ProposeCorrection& command, const base::Rows& rows,
                                       const base::Context& context);
base::Decision DecideSignCorrection(const v1::SignCorrection& command, const base::Rows& rows,
                                    const base::Context& context);

}  // namespace twinline::attendance

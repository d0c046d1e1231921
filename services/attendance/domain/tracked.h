// Following tracked children from class to class, and the watches that accountability asks for
//
#pragma once

#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::attendance {

// C-6: the streak moves with the child.
base::Decision DecideMoveTracked(const v1::MoveTracked& command, const base::Rows& rows,
                                 const base::Context& context);
base::Decision DecideMoveTrackedClass(const v1::MoveTrackedClass& command, const base::Rows& rows,
                                      const base::Context& context);
base::Decision DecideSetWatch(const v1::SetWatch& command, const base::Rows& rows,
                              const base::Context& context);

}  // namespace twinline::attendance

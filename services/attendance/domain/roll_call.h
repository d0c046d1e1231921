// Deciding a roll call. Exceptions only: everybody else on the named roster version is present.
#pragma once

#include "attendance/tables/scratch.h"
#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::attendance {

base::Decision DecideRollCall(const v1::TakeRollCall& command, const base::Rows& rows,
                              const base::Context& context, Scratch& scratch);
base::Decision DecideConflict(const v1::ResolveConflict& command, const base::Rows& rows,
                              const base::Context& context);

}  // namespace twinline::attendance

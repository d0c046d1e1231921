// Who is in charge changes when duties begin and end (K-2, R-26): at once, or on a day to come, and
// for as many cases as the office has.
#pragma once

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

base::Decision DecideNoteDuty(const v1::NoteDutyCommand& command, const base::Rows& rows,
                              const base::Context& context);
// kTimerOffice.
base::Decision DecideOfficeReview(const journal::v1::TimerRef& timer, const base::Rows& rows,
                                  const base::Context& context);

}  // namespace twinline::accountability

// Open deadlines that move by event, a part at a time: a calendar was adopted, or the
// service was away. What has fired is not unfired.
#pragma once

#include <string_view>

#include "platform/base/decision.h"

namespace twinline::accountability {

// Goes on from the recompute row with the calendars that are adopted now.
base::Decision DecideRecompute(const base::Rows& rows, const base::Context& context);

// Answers base::kMoveForOutage: the clocks of both lines of each open case, open tasks, and the
// watches over children who were to come back or to arrive, since nobody could record that they
// did.
base::Decision DecideMoveForOutage(std::string_view body, const base::Rows& rows,
                                   const base::Context& context);

}  // namespace twinline::accountability

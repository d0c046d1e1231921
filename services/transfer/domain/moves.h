// Open deadlines that move by event, a part at a time: a calendar was adopted, or the
// service was away. What has fired is not unfired.
#pragma once

#include "platform/base/decision.h"

namespace twinline::transfer {

// Goes on from the recompute row with the calendars that are adopted now.
base::Decision DecideRecompute(const base::Rows& rows, const base::Context& context);

// Answers base::kMoveForOutage.
base::Decision DecideMoveForOutage(std::string_view body, const base::Rows& rows,
                                   const base::Context& context);

}  // namespace twinline::transfer

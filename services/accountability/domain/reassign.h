// One responsible school, one responsible township and one named person on each line at any moment;
// a change of any of them is an event (K-2).
#pragma once

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

base::Decision DecideNotePlacement(const v1::NotePlacementCommand& command, const base::Rows& rows,
                                   const base::Context& context);
// A04: two children proved to be one. The older case goes on, the other is linked to it.
base::Decision DecideNoteMerge(const v1::NoteMergeCommand& command, const base::Rows& rows,
                               const base::Context& context);

}  // namespace twinline::accountability

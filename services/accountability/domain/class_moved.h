// A whole class went up, to the paired junior school, to a successor or out of compulsory
// education: open cases follow their children, and who changed school is awaited there (D06).
#pragma once

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

base::Decision DecideClassMoved(const v1::NoteClassMovedCommand& command, const base::Rows& rows,
                                const base::Context& context);

}  // namespace twinline::accountability

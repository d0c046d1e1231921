// An import offered 退学, 停学, 肄业 or 开除 for a child in grades 1 to 9: the bureau is alerted
// (A12).
#pragma once

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

// One alert to the bureau of the school, with the code as its summary. No case: the child stays
// registered, and whether it comes to school the roll calls say.
base::Decision DecideUnlawfulCode(const v1::NoteUnlawfulCodeCommand& command,
                                  const base::Rows& rows, const base::Context& context);

}  // namespace twinline::accountability

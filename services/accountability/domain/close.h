// How a case comes to an end: the answer (returned, transferred, placed, ended, false alarm), the
// signatures of both lines, or a recorded override (K-4 to K-8, R-22, design invariant 8).
#pragma once

#include "accountability/domain/act.h"

namespace twinline::accountability {

base::Decision DecideEnding(const v1::ActOnCaseCommand& command, const Permitted& may,
                            base::CivilDay on, const base::Rows& rows,
                            const base::Context& context);

}  // namespace twinline::accountability

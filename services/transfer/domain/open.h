// Opening a business: who may start what for which child, and the flags that every approver sees.
#pragma once

#include "platform/base/decision.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::transfer {

base::Decision DecideOpen(const v1::OpenBusiness& command, const base::Rows& rows,
                          const base::Context& context);

}  // namespace twinline::transfer

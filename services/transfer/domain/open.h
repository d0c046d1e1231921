// Opening a business: who may start what for which child, and the flags that every approver sees.
#pragma once

#include <optional>
#include <string_view>

#include "platform/base/decision.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::transfer {

// One open business per child, of its own or of its class: who holds the lock (T01).
std::optional<base::Refusal> CheckLock(const base::Rows& rows, std::string_view child_id);

base::Decision DecideOpen(const v1::OpenBusiness& command, const base::Rows& rows,
                          const base::Context& context);

}  // namespace twinline::transfer

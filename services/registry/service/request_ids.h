// Ids of the single commands behind one bulk request. They are derived, so that a retry of the
// request meets the replies of its first attempt, and they keep the time of the request, so that
// the window of R-15 holds for them too.
#pragma once

#include <optional>

#include "platform/base/ids.h"
#include "platform/base/refusal.h"
#include "platform/base/time.h"

namespace twinline::registry {

base::Id16 ItemId(const base::Id16& request_id, std::string_view purpose, uint32_t index);

// Refusal when the id is no UUIDv7 of the last 30 days.
std::optional<base::Refusal> CheckRequestId(const base::Id16& request_id, base::Timestamp now);

}  // namespace twinline::registry

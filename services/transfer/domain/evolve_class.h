// How class businesses change the rows: runs, their classes, and the lock on every child of a class
// between the approval and the registry's answer.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "platform/base/decision.h"

namespace twinline::transfer {

// nullopt: the event is about something else.
std::optional<absl::Status> EvolveClassBusiness(const journal::v1::Event& event,
                                                const base::EventContext& context,
                                                base::Rows& rows);

}  // namespace twinline::transfer

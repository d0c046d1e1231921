// Folding accountability's events into rows. Every event about a case carries the whole case, so
// that folding is copying, plus a line in the timeline and the timers that the case wants now. An
// event that does not fit its rows is an error value, which halts the shard instead of guessing
//
#pragma once

#include <optional>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// evolve_case.cc: nullopt when the event is none about a case.
std::optional<absl::Status> EvolveCase(const journal::v1::Event& event,
                                       const base::EventContext& context, base::Rows& rows);
// evolve_other.cc: alerts, deliveries, tasks, watches, what was adopted.
std::optional<absl::Status> EvolveOther(const journal::v1::Event& event,
                                        const base::EventContext& context, base::Rows& rows);

// Replaces the case, its links, counts and timers; adds `line` to its timeline.
absl::Status PutCase(const v1::CaseFacts& after, v1::TimelineRow line,
                     const journal::v1::Event& event, const base::EventContext& context,
                     base::Rows& rows);
void AddToTimeline(v1::CaseRow* row, v1::TimelineRow line, const journal::v1::Event& event,
                   const base::EventContext& context, base::Rows& rows);

}  // namespace twinline::accountability

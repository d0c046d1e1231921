// What happens when nothing happens: a deadline passes (missed and escalated, each once, never
// early), the date to ask for a confirmation comes, a suspended or transferred child is not seen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// Timer kinds, frozen. Entity: the case id for the first three, the registration for the watches,
// the task.
inline constexpr uint32_t kTimerGovernment = 1;
inline constexpr uint32_t kTimerEducation = 2;
inline constexpr uint32_t kTimerConfirm = 3;
inline constexpr uint32_t kTimerSuspension = 4;
inline constexpr uint32_t kTimerArrival = 5;
inline constexpr uint32_t kTimerTask = 6;
inline constexpr uint32_t kTimerOffice = 8;     // entity: an office review
inline constexpr uint32_t kTimerRecompute = 7;  // no entity: goes on with moving deadlines

base::Decision DecideTimer(const journal::v1::TimerRef& timer, const base::Rows& rows,
                           const base::Context& context);

// The timers that a case wants, from its facts alone: set and cancelled by the fold.
std::vector<base::Timer> TimersOf(const v1::CaseFacts& facts);
std::optional<base::Timer> TimerOf(const v1::TaskFacts& task);
base::Timer TimerOf(const v1::SuspensionWatchRow& watch);
base::Timer TimerOf(const v1::ArrivalWatchRow& watch);

}  // namespace twinline::accountability

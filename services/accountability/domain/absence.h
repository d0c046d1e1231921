// What attendance tells: crossed thresholds open cases by themselves (K-1), verdicts count a
// probation (K-4), a corrected streak proposes a false alarm, a class without roll calls
// alarms (D05).
#pragma once

#include <string>
#include <string_view>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

// The ground on which a streak that has reached these thresholds opens a case; empty: it does not.
// The no-show rule is the more telling ground.
std::string_view OpeningGround(const google::protobuf::RepeatedPtrField<std::string>& thresholds);

base::Decision DecideCrossing(const v1::NoteCrossingCommand& command, const base::Rows& rows,
                              const base::Context& context);
base::Decision DecideStreakEnded(const v1::NoteStreakEndedCommand& command, const base::Rows& rows,
                                 const base::Context& context);
// A correction changed streaks of the past, open or over (D03, R-22).
base::Decision DecideRecount(const v1::NoteRecountCommand& command, const base::Rows& rows,
                             const base::Context& context);
base::Decision DecideVerdicts(const v1::NoteVerdictsCommand& command, const base::Rows& rows,
                              const base::Context& context);
base::Decision DecideUnmarked(const v1::NoteUnmarkedCommand& command, const base::Rows& rows,
                              const base::Context& context);

}  // namespace twinline::accountability

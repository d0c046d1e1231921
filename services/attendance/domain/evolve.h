// How each event changes the rows. Own rows only: what a fold needs of other services' facts was
// copied into the event when it was decided.
#pragma once

#include "absl/status/status.h"
#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance {

// evolve_marks.cc: what was marked.
absl::Status Fold(const v1::RollCallTaken& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::DayJudged& event, const base::EventContext& context, base::Rows& rows);
absl::Status Fold(const v1::MarkCorrected& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::RollCallConflict& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::RollCallConflictResolved& event, const base::EventContext& context,
                  base::Rows& rows);

// evolve_streaks.cc: what follows from it for tracked children.
void ApplyVerdicts(base::Rows& rows, const std::string& class_id, base::CivilDay day,
                   const google::protobuf::RepeatedPtrField<v1::Verdict>& verdicts);
absl::Status Fold(const v1::StreakCrossed& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::StreakEnded& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::StreakRecomputed& event, const base::EventContext& context,
                  base::Rows& rows);
absl::Status Fold(const v1::Tracked& event, const base::EventContext& context, base::Rows& rows);
absl::Status Fold(const v1::Untracked& event, const base::EventContext& context, base::Rows& rows);
absl::Status Fold(const v1::TrackedMoved& event, const base::EventContext& context,
                  base::Rows& rows);

}  // namespace twinline::attendance

// Class businesses: two persons agree on one plan, then one class a commit, beside people's
// own commands. The registry does each class by reaction.
#pragma once

#include "platform/base/decision.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"
#include "twinline/transfer/v1/transfer_rows.pb.h"

namespace twinline::transfer {

base::Decision DecideStartRun(const v1::StartClassRun& command, const base::Rows& rows,
                              const base::Context& context);
base::Decision DecideApproveRun(const v1::ApproveClassRun& command, const base::Rows& rows,
                                const base::Context& context);
base::Decision DecideCancelRun(const v1::CancelClassRun& command, const base::Rows& rows,
                               const base::Context& context);
// kTimerClassRun: the next class of the run, or its end.
base::Decision DecideRunGoesOn(const journal::v1::TimerRef& timer, const base::Rows& rows,
                               const base::Context& context);
base::Decision DecideConfirmClass(const v1::ConfirmClassBusiness& command, const base::Rows& rows,
                                  const base::Context& context);
// A school was merged: its undecided steps and its applications pass to the successor (T14).
base::Decision DecideReassign(const v1::ReassignSteps& command, const base::Rows& rows,
                              const base::Context& context);

// The scope as the plan reads it.
v1::ClassRunFacts RunOf(const v1::StartClassRun& command);

}  // namespace twinline::transfer

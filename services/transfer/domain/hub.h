// The other province, behind the ministry's hub: it applies for a child of ours, it answers our
// application, it confirms that the file was pulled. What it says is decided like a command of
// people, but never refused for being late, repeated or contradictory: the other side cannot be
// corrected, so it becomes a fact.
#pragma once

#include "platform/base/decision.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"
#include "twinline/transfer/v1/transfer_rows.pb.h"

namespace twinline::transfer {

base::Decision DecideHubApplied(const v1::HubApplied& command, const base::Rows& rows,
                                const base::Context& context);
base::Decision DecideHubAnswered(const v1::HubAnswered& command, const base::Rows& rows,
                                 const base::Context& context);
base::Decision DecideHubInformed(const v1::NoteHubInformed& command, const base::Rows& rows,
                                 const base::Context& context);

// What the hub must be told because a business went from `before` (null: it was just opened) to
// `after`: its kind, "" for nothing.
std::string HubMessageKind(const v1::BusinessFacts* before, const v1::BusinessFacts& after);
// Queues a message; `row` names everything but id and order.
void QueueHubMessage(v1::HubMessageRow row, const base::EventContext& context, base::Rows& rows);

}  // namespace twinline::transfer

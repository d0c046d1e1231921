// Rule sets and calendars come into force by event, and webhooks with them: what an office set up.
#pragma once

#include <vector>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

base::Decision DecideAdoptRuleSet(const v1::AdoptRuleSetCommand& command,
                                  const base::Context& context);
base::Decision DecideAdoptCalendar(const v1::AdoptCalendarCommand& command,
                                   const base::Context& context);

base::Decision DecideChangeWebhook(const v1::ChangeWebhookCommand& command, const base::Rows& rows,
                                   const base::Context& context);
base::Decision DecideNoteDelivery(const v1::NoteDeliveryCommand& command, const base::Rows& rows,
                                  const base::Context& context);
base::Decision DecideResend(const v1::ResendDeliveryCommand& command, const base::Rows& rows,
                            const base::Context& context);

// Calendars and the first rule set of a new installation.
std::vector<base::DerivedCommand> SeedCommands();

}  // namespace twinline::accountability

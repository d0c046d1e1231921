// Children who ought to be seen by a day: a suspended child after its suspension ends (D08), a
// transferred child at its new school. Fake fixes are made of suspensions that never end and
// transfers that never arrive (domain.md 9.16).
#pragma once

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {

base::Decision DecideNoteStatus(const v1::NoteStatusCommand& command, const base::Rows& rows,
                                const base::Context& context);
// Awaits the child at its school from the school day after `since` on; who was not seen there in
// time gets a case with this ground.
base::Decision AwaitArrival(const registry::v1::ChildFacts& child, base::CivilDay since,
                            std::string_view ground, const base::Rows& rows,
                            const base::Context& context);
base::Decision DecideTransferDone(const v1::NoteTransferDoneCommand& command,
                                  const base::Rows& rows, const base::Context& context);
base::Decision DecideTransferOverdue(const v1::NoteTransferOverdueCommand& command,
                                     const base::Rows& rows, const base::Context& context);
base::Decision DecideSuspensionDue(const journal::v1::TimerRef& timer, const base::Rows& rows,
                                   const base::Context& context);
base::Decision DecideArrivalDue(const journal::v1::TimerRef& timer, const base::Rows& rows,
                                const base::Context& context);

}  // namespace twinline::accountability

// Tasks of one office that are no case yet: contact a family on the first day, report in writing,
// resolve a child marked present at two schools (D04).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// The open task of a kind about a registration, if any.
std::optional<v1::TaskFacts> OpenTask(const base::Rows& rows, std::string_view registration_id,
                                      const std::string& kind);
// `task` has everything but id, state and deadline; `working_days` 0: no deadline. `ordinal` tells
// tasks of one commit apart.
journal::v1::Event OpenTaskEvent(v1::TaskFacts task, uint32_t working_days, uint32_t ordinal,
                                 const base::Rows& rows, const base::Context& context);
// Ends the CONTACT and SCHOOL_REPORT tasks of a registration: it was seen, or a case took over.
void EndAbsenceTasks(const base::Rows& rows, const base::Context& context,
                     std::string_view registration_id, base::Events* events);

base::Decision DecideTaskDue(const journal::v1::TimerRef& timer, const base::Rows& rows,
                             const base::Context& context);
base::Decision DecideCompleteTask(const v1::CompleteTaskCommand& command, const base::Rows& rows,
                                  const base::Context& context);
base::Decision DecideTwoSchools(const v1::NoteTwoSchoolsCommand& command, const base::Rows& rows,
                                const base::Context& context);

}  // namespace twinline::accountability

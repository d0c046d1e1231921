// Formal papers in order of force (domain.md 2.7): notice to persuade, return by a date, order,
// court. Each has a number without gaps per issuer, year and kind, a deadline and a service
// receipt; a step that was left out is a warning, and the court step is locked until an order
// exists (D15).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/accountability/v1/accountability_events.pb.h"

namespace twinline::accountability {

base::Decision DecideIssuePaper(const v1::IssuePaperCommand& command, const base::Rows& rows,
                                const base::Context& context);
base::Decision DecideServePaper(const v1::ServePaperCommand& command, const base::Rows& rows,
                                const base::Context& context);
base::Decision DecideVoidPaper(const v1::VoidPaperCommand& command, const base::Rows& rows,
                               const base::Context& context);

// "义劝通字〔2026〕第3号"
std::string PaperTitle(std::string_view kind, uint32_t year, uint32_t number);
// Steps of the chain before `kind` that this opening of the case has not taken.
std::vector<std::string> MissingSteps(std::string_view kind, const v1::CaseFacts& facts);

}  // namespace twinline::accountability

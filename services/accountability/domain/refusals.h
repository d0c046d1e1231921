// Refusals of accountability, in both languages, each with the rule and the next step.
#pragma once

#include <string>
#include <string_view>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"

namespace twinline::accountability {

base::Refusal CaseUnknown();
base::Refusal CaseChildMismatch();
base::Refusal CaseAlreadyOpen(std::string_view state);
base::Refusal CaseClosed(std::string_view state);
base::Refusal ChildUnknown();
base::Refusal ActionNotPossible(std::string_view action, std::string_view state);
base::Refusal NotYourAction(std::string_view action);
base::Refusal NotYourCase(std::string_view office);
base::Refusal CaseEscalated(std::string_view to_office);
base::Refusal ReasonMandatory();
base::Refusal EvidenceMandatory();
base::Refusal EvidenceTypeUnknown(std::string_view type);
base::Refusal DateInFuture(base::CivilDay day, base::CivilDay today);
base::Refusal DateBeforeCase(base::CivilDay day, base::CivilDay opened);
base::Refusal CodeUnknown(std::string_view what, std::string_view code, std::string_view allowed);
base::Refusal ConfirmTooEarly(base::CivilDay from);
base::Refusal ProbationNotPassed(uint32_t days, uint32_t needed);
base::Refusal LineAlreadySigned();
base::Refusal SignedOtherLine();
base::Refusal SignerIsProposer();
base::Refusal OutcomeDiffers(std::string_view given, std::string_view state);
base::Refusal PlacementNotApproved(std::string_view kind, std::string_view status);
base::Refusal EndNotShown(std::string_view ground, std::string_view status);
base::Refusal CourtLocked();
base::Refusal ReturnByMandatory();
base::Refusal PaperUnknown();
base::Refusal PaperVoid();
base::Refusal PaperAlreadyServed(base::CivilDay on);
base::Refusal TownshipUnknown(std::string_view township);
base::Refusal AlertUnknown();
base::Refusal AlertAlreadyAnswered();
base::Refusal NotYourAlert(std::string_view office);
base::Refusal TaskUnknown();
base::Refusal NotYourTask(std::string_view office);
base::Refusal WebhookUnknown();
base::Refusal WebhookInvalid(std::string_view why_zh, std::string_view why_en);
base::Refusal DeliveryUnknown();
base::Refusal RuleSetInvalid();
base::Refusal CalendarInvalid();
base::Refusal AlreadySo();  // for reactions and timers: nothing to do
// A fact about a child that the registry has not told of: R-51 makes this impossible for a child
// that exists.
base::Refusal UnknownHere();

}  // namespace twinline::accountability

// Refusals of approvals, in both languages, each naming the rule and the next step.
#pragma once

#include <string>
#include <string_view>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"

namespace twinline::transfer {

base::Refusal ChildUnknown();
base::Refusal KindUnknown(std::string_view kind);
base::Refusal BusinessInProgress(std::string_view kind, std::string_view opener_office,
                                 base::CivilDay opened);
base::Refusal FrozenSummer(base::CivilDay until);
base::Refusal WhileSuspended(base::CivilDay until);
base::Refusal UnderSanction(base::CivilDay until);
base::Refusal GradeDiffers(uint32_t current, uint32_t wanted);
// `task`: the open duplicate task to clear, or empty (T12).
base::Refusal ProblemRecord(std::string_view problems, std::string_view task);
base::Refusal NotReceivingSide();
base::Refusal GroundMissing();
base::Refusal StatusNotAllowed(std::string_view status, std::string_view kind);
base::Refusal SchoolUnknown(std::string_view code);
base::Refusal ClassNotOfSchool();
base::Refusal SameSchool();
base::Refusal EvidenceMissing(std::string_view what_zh, std::string_view what_en);
base::Refusal SuspensionTerm(std::string_view zh, std::string_view en);
base::Refusal BusinessUnknown();
base::Refusal BusinessNotOpen(std::string_view state);
base::Refusal StepChanged(uint32_t seen, uint32_t now);
base::Refusal NotYourStep(std::string_view office);
base::Refusal EnterAndAuditSamePerson();
base::Refusal ReasonMandatory();
base::Refusal NotWithdrawable();
base::Refusal NotRefused();
base::Refusal NotZoned();
base::Refusal DateMissing();
base::Refusal AlreadySo();
base::Refusal ClassRunKindUnknown(std::string_view kind);
base::Refusal ClassRunInProgress(std::string_view kind);
base::Refusal ClassRunPlanChanged();
base::Refusal ClassRunEmpty();
base::Refusal ClassRunNotPlanned(std::string_view state);

}  // namespace twinline::transfer

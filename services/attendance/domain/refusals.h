// Refusals of attendance, in both languages, each with the next step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"

namespace twinline::attendance {

base::Refusal ClassUnknown();
base::Refusal NotASchoolDay(base::CivilDay day, std::optional<base::CivilDay> next);
base::Refusal DateInFuture(base::CivilDay day, base::CivilDay today);
base::Refusal SessionNotScheduled(base::CivilDay day, uint32_t session);
base::Refusal RosterNewerThanKnown(uint32_t named, uint32_t known);
base::Refusal LateRollCallNeedsSignature(base::CivilDay day);
base::Refusal MarkCodeUnknown(uint32_t code);
base::Refusal RegistrationUnknown();
base::Refusal RegistrationListedTwice();
base::Refusal RegistrationNotInClass();
base::Refusal ReasonMissing();
base::Refusal NothingToCorrect(base::CivilDay day);
base::Refusal RollCallNotTaken(base::CivilDay day);
base::Refusal CorrectionUnknown();
base::Refusal CorrectionAlreadySigned();
base::Refusal SignerIsProposer();
base::Refusal UseCorrection(base::CivilDay day);
base::Refusal NoConflict();
base::Refusal CalendarInvalid(const std::string& zh, const std::string& en);
base::Refusal RuleSetInvalid();
base::Refusal AlreadySo();  // for reactions: nothing to do

}  // namespace twinline::attendance

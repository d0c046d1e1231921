// The rule tables of approvals: which steps a kind of business has, in which order and at whose
// office, and what its completion makes of the registration. One row a rule; a test counts that
// each was hit.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinline/types/v1/options.pb.h"

namespace twinline::transfer {

// Working days that each party has (2025 measure art. 15; Henan; domain.md 1.6).
inline constexpr int kStepWorkingDays = 10;
// Worst case of four parties; beyond it the provincial help list (T04).
inline constexpr int kLongOverdueWorkingDays = 40;
// Cancelling the registration of a deceased child (domain.md 1.9).
inline constexpr int kDeathWorkingDays = 10;

inline constexpr std::string_view kRulesVersion = "approvals-2026";

// Whose office a step belongs to.
enum class Party {
  kReceivingSchool,
  kSendingSchool,
  kReceivingBureau,
  kSendingBureau,
  kOwnSchool,  // suspension and the like: the school of the registration
  kOwnBureau,
  kTownshipOrBureau,  // Act art. 11: township government or county education department
  kHub,               // the other province, behind the ministry's hub
};

struct StepRule {
  std::string_view kind;  // Step.kind
  Party party;
  // Who may decide the step at that office.
  std::vector<types::v1::Role> roles;
};

struct BusinessRule {
  std::string_view kind;  // BusinessFacts.kind
  // Statuses from which it may start, blank-separated, as the registry's own table has them; "*":
  // any that has not ended.
  std::string_view status_before;
  std::string_view status_after;
  std::vector<StepRule> steps;
};

std::span<const BusinessRule> BusinessRules();
const BusinessRule* FindRule(std::string_view kind);
bool StartsFrom(const BusinessRule& rule, std::string_view status);

// Reason codes with which a step may be refused. "No registration yet" is not among them (R-1.1,
// T03).
bool IsRefusalReason(std::string_view code);
bool IsTransferGround(std::string_view code);

}  // namespace twinline::transfer

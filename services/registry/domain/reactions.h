// Which events of transfer/0 the registry reacts to, and how. Rule ids are frozen: they are
// part of derived command ids. Registry answers with 1021 to 1024; transfer reacts to 1021,
// 1022 and 1023 by an event that is noted here at most once, so there is no cycle.
#pragma once

#include <string_view>
#include <vector>

#include "platform/base/decision.h"

namespace twinline::registry {

inline constexpr std::string_view kRuleNoteOpened = "registry.note_opened";
inline constexpr std::string_view kRuleNoteClosed = "registry.note_closed";
inline constexpr std::string_view kRuleApplyApproved = "registry.apply_approved";
inline constexpr std::string_view kRuleApplyClass = "registry.apply_class";
inline constexpr std::string_view kRuleCloseMerged = "registry.close_merged";

std::vector<std::string> ReactionRules();
bool WantsEvent(uint32_t event_type);
std::vector<base::DerivedCommand> ReactTo(const base::SourceEvent& source);

}  // namespace twinline::registry

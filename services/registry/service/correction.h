// Building a sealed correction: the stored data is opened, the named fields are replaced, the
// result is classified and compared, and only what really differs is written.
#pragma once

#include <set>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "registry/domain/lookup.h"
#include "registry/service/environment.h"
#include "twinline/registry/v1/registry_children.pb.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::registry {

// All field names that a correction knows.
const std::set<std::string>& CorrectableFields();

// What an empty part of a guardian means: in a correction it is meant, in an import the form has no
// column for it and the stored value stays.
enum class Blanks { kMeant, kKeep };

// The command; `changed` is empty when nothing differs.
std::variant<v1::CorrectChildCommand, base::Refusal, absl::Status> BuildCorrection(
    const Environment& environment, const Subject& subject, const v1::ChildInput& wanted,
    const std::set<std::string>& fields, Blanks blanks = Blanks::kMeant);

}  // namespace twinline::registry

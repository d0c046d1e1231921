// The registry's side of the first accounts: three people with a duty each, since rights come from
// duties and from nothing else. Spoken in the registry's published commands.
#pragma once

#include "absl/status/status.h"
#include "identity/service/bootstrap.h"

namespace twinline::identity {

// Records the county's areas when the registry does not know them, then staff and duties.
// Repeatable.
absl::Status RecordFirstStaff(const FirstAccounts& first);

}  // namespace twinline::identity

// The first start of an empty installation makes its three administrators (decisions.md part 10
// item 12).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "platform/runtime/host.h"

namespace twinline::twinlined {

// Nothing to do when accounts exist, or when this process does not run both registry and identity.
// The first passwords are written to <data>/first-accounts.txt, mode 0600. A REAL installation
// needs the names of the two persons who set it up.
absl::Status EnsureFirstAccounts(const runtime::Host& host, const std::filesystem::path& data,
                                 const std::vector<std::string>& present);

}  // namespace twinline::twinlined

// What a played term left behind, in lines that two runs can be compared by: every child of the
// register, every case and every approval with all their facts. Ids differ from installation to
// installation, so whatever the demonstration knows by name is named ("child 17"), and other ids
// are left out.
#pragma once

#include <string>
#include <vector>

#include "tools/demo/api.h"
#include "tools/demo/loader.h"

namespace twinline::demo {

// Sorted. Reads as the bureau through the public API.
std::vector<std::string> Export(Api& api, const Loaded& loaded);

// Lines that are in only one of two exports, "- " and "+ " before them; empty: the same.
std::vector<std::string> Differences(const std::vector<std::string>& expected,
                                     const std::vector<std::string>& found);

}  // namespace twinline::demo

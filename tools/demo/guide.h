// What to try against the running demonstration, with real ids filled in.
#pragma once

#include <filesystem>

#include "tools/demo/loader.h"

namespace twinline::demo {

// Subjects of the first administrators, from the file that the first start left in the directory.
Admins FirstAdmins(const std::filesystem::path& data);

// Commands to paste: a child's trail, a township's open case, an audit proof, a log-in for each
// role. Also writes them to <data>/demo-env for scripts.
void PrintGuide(Api& api, const datagen::County& county, const Loaded& loaded,
                const std::filesystem::path& bin, int port, const std::filesystem::path& data);

}  // namespace twinline::demo

// Reading what must not be seen on the screen.
#pragma once

#include <string>
#include <string_view>

#include "tools/twinline/cli.h"

namespace twinline::cli {

// Asks and reads a line, without showing it when somebody sits at a terminal.
std::string ReadSecret(Cli& cli, std::string_view zh, std::string_view en);

}  // namespace twinline::cli

// What several admin commands print.
#pragma once

#include "tools/twinline/cli.h"
#include "tools/twinline/data_directory.h"

namespace twinline::cli {

void PrintInstallation(Cli& cli, const DataDirectory& directory);
// Checks, prints the report, returns kOk or kNotVerified.
int FsckAndPrint(Cli& cli, const DataDirectory& directory);

}  // namespace twinline::cli

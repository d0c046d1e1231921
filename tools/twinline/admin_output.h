// What several admin commands print.
#pragma once

#include "tools/twinline/cli.h"
#include "tools/twinline/data_directory.h"

namespace twinline::cli {

// The directory is no installation, or a server has it: the error in both languages.
int FailDirectory(Cli& cli, const DataDirectory& directory, const absl::Status& status);
void PrintInstallation(Cli& cli, const DataDirectory& directory);
// Checks, prints the report, returns kOk or kNotVerified.
int FsckAndPrint(Cli& cli, const DataDirectory& directory);

}  // namespace twinline::cli

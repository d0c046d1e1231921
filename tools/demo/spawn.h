// Child processes of the demonstration.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace twinline::demo {

// Starts a program; `output` receives its standard output when not null. -1 when it cannot.
pid_t Spawn(const std::vector<std::string>& arguments, int* output);

// Runs a program to its end, its standard output thrown away; INTERNAL with its name when it did
// not end well (its words are on standard error).
absl::Status RunToEnd(const std::vector<std::string>& arguments);

}  // namespace twinline::demo

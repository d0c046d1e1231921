// What the shell is told. Scripts rely on these numbers; docs/cli.md lists them.
#pragma once

#include "absl/status/status.h"

namespace twinline::cli {

enum ExitCode : int {
  kOk = 0,
  kRefused = 1,      // a rule or a right said no; nothing was changed
  kUsage = 2,        // the command itself is wrong, or a value in it
  kNotLoggedIn = 3,  // no token, or one that is no longer good
  kUnavailable = 4,  // no answer, or an answer that is no decision; a write may have happened
  kNotVerified = 5,  // evidence or a data directory does not add up
};

// By the status of a call. INVALID_ARGUMENT is a value that somebody typed, so usage; INTERNAL and
// the like are a server that cannot be used now.
ExitCode ExitCodeOf(absl::StatusCode code);

// Whether sending the same bytes once more is right: nothing is known, or the server asks for
// patience. A write keeps its request id, so it happens at most once.
bool WorthRetrying(absl::StatusCode code);

}  // namespace twinline::cli

// TWINLINE_CHECK stops the process on broken memory and impossible code paths of the platform.
// It is never used for business rules nor for bad input, and never below domain/ (decisions.md
// a CHECK that input can reach is a remote off switch).
#pragma once

namespace twinline::base {
[[noreturn]] void CheckFailed(const char* condition, const char* message, const char* file,
                              int line);
}  // namespace twinline::base

#define TWINLINE_CHECK(condition, message)                                    \
  do {                                                                        \
    if (!(condition)) [[unlikely]]                                            \
      ::twinline::base::CheckFailed(#condition, message, __FILE__, __LINE__); \
  } while (false)

// What the figures should reach on two cores (decisions.md R-65, issue 3 section 4), and for those
// that do not, what holds them back. The words are what profiles of the complete service showed;
// docs/performance.md has the measurement behind each.
#pragma once

#include <optional>
#include <string>

#include "tools/bench/report.h"

namespace twinline::bench {

// One sentence when the figure misses its aim; nullopt when it reaches it or has none.
std::optional<std::string> MissedAim(const Figure& figure);

}  // namespace twinline::bench

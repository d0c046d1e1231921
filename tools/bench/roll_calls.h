// Durable roll calls per second and their latency through the complete service, against the bare
// loop.
#pragma once

#include <filesystem>

#include "tools/bench/county_server.h"
#include "tools/bench/report.h"

namespace twinline::bench {

void MeasureRollCalls(CountyServer& server, const std::filesystem::path& bin, int rounds,
                      int sessions, Report* report);

}  // namespace twinline::bench

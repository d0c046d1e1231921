// Look-ups, term history and trail queries, each waiting for its durable access entry.
#pragma once

#include <string>

#include "tools/bench/county_server.h"
#include "tools/bench/report.h"

namespace twinline::bench {

// `suffix`: of the figures' names.
void MeasureReads(CountyServer& server, int rounds, const std::string& suffix, Report* report);

}  // namespace twinline::bench

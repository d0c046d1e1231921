// Look-ups, term history and trail queries, each waiting for its durable access entry.
#pragma once

#include "tools/bench/county_server.h"
#include "tools/bench/report.h"

namespace twinline::bench {

void MeasureReads(CountyServer& server, int rounds, Report* report);

}  // namespace twinline::bench

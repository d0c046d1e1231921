// Bytes per pupil mark, by what holds them, and how quickly a state comes back from its journal.
#pragma once

#include "tools/bench/county_server.h"
#include "tools/bench/report.h"

namespace twinline::bench {

// Stops the server.
void MeasureStorage(CountyServer& server, int rounds, Report* report);

}  // namespace twinline::bench

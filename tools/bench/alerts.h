// From the roll call that crosses the threshold to the inboxes of both lines, under a steady load.
#pragma once

#include "tools/bench/county_server.h"
#include "tools/bench/report.h"

namespace twinline::bench {

void MeasureAlerts(CountyServer& server, Report* report);

}  // namespace twinline::bench

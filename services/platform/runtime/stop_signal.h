// Being asked to stop: SIGTERM and SIGINT are taken by one waiting thread, never by a handler, so
// that a stop runs ordinary code. And telling systemd how it goes, when started by it.
#pragma once

#include <string_view>

namespace twinline::runtime {

// Before the first thread is made: every thread inherits that these signals are blocked.
void BlockStopSignals();
// Returns the signal's number.
int WaitForStopSignal();

// sd_notify(3) without the library: "READY=1", "STOPPING=1", "STATUS=...". Nothing without systemd.
void NotifySystemd(std::string_view state);

}  // namespace twinline::runtime

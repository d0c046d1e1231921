// Names a thread for those who look at the process from outside: `top -H`, `perf`, and the
// benchmark's table of CPU by part.
#pragma once

#include <string>

namespace twinline::base {

// Of the calling thread. Linux keeps 15 bytes; what is longer is cut.
void NameThread(const std::string& name);

}  // namespace twinline::base

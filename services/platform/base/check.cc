#include "platform/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace twinline::base {

void CheckFailed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr,
               "{\"level\":\"fatal\",\"check\":\"%s\",\"message\":\"%s\",\"at\":\"%s:%d\"}\n",
               condition, message, file, line);
  std::abort();
}

}  // namespace twinline::base

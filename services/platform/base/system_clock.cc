// The only file that reads the wall clock.
#include <sys/timex.h>
#include <time.h>

#include <chrono>

#include "platform/base/time.h"

namespace twinline::base {
namespace {

class WallClock final : public Clock {
 public:
  Timestamp Now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
  }
};

}  // namespace

const Clock& SystemClock() {
  static const WallClock clock;
  return clock;
}

int64_t MonotonicUs() {
  timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

std::optional<int64_t> KeptClockErrorUs() {
  timex state{};  // modes 0: reads only
  const int said = adjtimex(&state);
  if (said == -1 || said == TIME_ERROR || (state.status & STA_UNSYNC) != 0) return std::nullopt;
  return state.maxerror;
}

}  // namespace twinline::base

// Points in time and the one door to the clock. Nothing below domain/ may hold a Clock: time
// arrives in the decision context (design.md part 1.2).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace twinline::base {

// Microseconds since the Unix epoch, UTC.
struct Timestamp {
  int64_t us = 0;
  auto operator<=>(const Timestamp&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

// The wall clock; system_clock.cc is the only file that reads it.
const Clock& SystemClock();
// Microseconds of a clock that never steps (CLOCK_BOOTTIME): for measuring, never for records.
int64_t MonotonicUs();
// The kernel's bound of the wall clock's error in microseconds, when a time service (chrony, ntpd)
// keeps it; nullopt when none does (adjtimex).
std::optional<int64_t> KeptClockErrorUs();

}  // namespace twinline::base

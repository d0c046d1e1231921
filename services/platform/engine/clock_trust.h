// What an engine knows of the wall clock beside its time. The wall clock of a county's
// machine is set by people, by time services and by flat batteries; deadlines may not believe it
// alone. Implemented by runtime/clock_watch.h, one a process; all methods from any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "twinline/journal/v1/record.pb.h"

namespace twinline::engine {

class ClockTrust {
 public:
  virtual ~ClockTrust() = default;

  // Who vouches for the clock now; nullopt: nobody. A person's word ends when the clock is set.
  virtual std::optional<journal::v1::ClockEvidence> Evidence() const = 0;

  // How often the clock was set by more than a minute while the process ran. Each call compares the
  // clock with one that nobody can set; call before deciding anything on the clock.
  virtual uint64_t Steps() const = 0;

  // Microseconds of the clock that nobody can set; it goes on while the machine sleeps.
  virtual int64_t BootUs() const = 0;
};

}  // namespace twinline::engine

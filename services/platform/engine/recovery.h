// What stands between an outage and the first timer after it.
//
//   EpochStarted{down_from}   the leader found a gap of more than a day        timers are held
//   ClockCorrected            record time had run ahead of a trusted clock     if it had
//   ServiceResumed            the clock is trusted: NTP, or a person said so
//   OutageWorked ...          the domain moved the deadlines that overlap      timers fire again
//
// People are served all the while. The rows of base/outages.h are the truth; this is loaded from
// them and kept in step with every commit, as TimerIndex is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "platform/engine/clock_trust.h"
#include "platform/store/state_batch.h"

namespace twinline::engine {

// A gap above this is an outage; a shorter one takes less than a working day from anybody.
inline constexpr int64_t kGapUs = 86'400'000'000;
// How far record time may be ahead of the clock before it is taken back by a record.
inline constexpr int64_t kAheadMaxUs = 60'000'000;
// How often a leader notes that it is there.
inline constexpr int64_t kAliveEveryUs = int64_t{3'600} * 1'000'000;

class Recovery {
 public:
  // `trust` null: the clock is believed as it is and no gap is ever seen (driven clocks, tests).
  explicit Recovery(const ClockTrust* trust)
      : trust_(trust), steps_(trust != nullptr ? trust->Steps() : 0) {}

  void Load(const base::Rows& rows, std::optional<base::Timestamp> alive);
  void Apply(const store::WriteSet& writes);

  // For a new epoch: since when nobody was here; 0 when there was no gap. `newest` is the newest
  // record time, `now` the clock.
  int64_t DownFrom(base::Timestamp newest, base::Timestamp now) const;
  // The epoch was taken: the gap that it found ends here.
  void Began(int64_t down_from_us);

  // No timer may fire. `record_us`: newest record time.
  bool TimersHeld(int64_t record_us, base::Timestamp now) const;
  // What holds them, for people; empty when nothing does.
  std::string WhyHeld(int64_t record_us, base::Timestamp now) const;

  // The next thing to record, if it can be recorded now.
  std::optional<journal::v1::ClockCorrected> Correction(int64_t record_us,
                                                        base::Timestamp now) const;
  std::optional<journal::v1::ServiceResumed> Resumption(base::Timestamp now) const;
  // The next part of the oldest outage for the domain.
  std::optional<journal::v1::OutageWork> Work() const;

  // The shard was there at `us`; true when that is worth noting.
  bool AliveDue(base::Timestamp now) const;
  void Noted(base::Timestamp now) { alive_ = now; }
  // The engine led all the time, but did not run for more than a day: the machine slept.
  bool Slept(base::Timestamp now) const;
  base::Timestamp alive() const { return alive_.value_or(base::Timestamp{}); }

  // The clock was set since the last call of Lead, so nothing may be decided on it.
  bool ClockWasSet() const { return trust_ != nullptr && trust_->Steps() != steps_; }
  // Whether the shard may lead: always after a start, and after the clock was set once somebody
  // vouches for it.
  bool MayLead() const;
  void Lead();

 private:
  const ClockTrust* trust_;
  std::map<int64_t, journal::v1::OutageRow> open_;  // by down_from, oldest first
  std::map<int64_t, int64_t> back_at_boot_us_;      // outages that this process ended
  std::optional<base::Timestamp> alive_;
  uint64_t steps_;
};

}  // namespace twinline::engine

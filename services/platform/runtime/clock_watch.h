// The wall clock of the process, watched: compared with the clock that nobody can set, and
// believed when the kernel says that a time service keeps it, or a person says that it is right.
//
// A step of more than a minute against CLOCK_BOOTTIME is noticed by the first engine that looks
// afterwards, which is before it decides anything; it ends a person's word. Smaller corrections, as
// time services make them, are followed: at most a minute in an hour.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "platform/base/time.h"
#include "platform/engine/clock_trust.h"

namespace twinline::runtime {

class ClockWatch final : public engine::ClockTrust {
 public:
  struct Options {
    const base::Clock* wall = nullptr;
    std::function<int64_t()> boot_us;  // null: CLOCK_BOOTTIME
    // The error bound in microseconds when a time service keeps the clock; null: the kernel's word.
    std::function<std::optional<int64_t>()> kept_error_us;
  };
  explicit ClockWatch(Options options);

  std::optional<journal::v1::ClockEvidence> Evidence() const override;
  uint64_t Steps() const override;
  int64_t BootUs() const override { return options_.boot_us(); }

  // A person says that the clock is right.
  void Confirm(const journal::v1::Actor& actor);
  base::Timestamp Now() const { return options_.wall->Now(); }

  static constexpr int64_t kStepUs = 60'000'000;
  static constexpr int64_t kAnchorForUs = int64_t{3'600} * 1'000'000;

 private:
  void LookLocked(int64_t wall_us, int64_t boot_us) const;

  Options options_;
  mutable std::atomic<int64_t> offset_us_;    // wall minus boot, when last anchored
  mutable std::atomic<int64_t> anchored_us_;  // boot
  mutable std::atomic<uint64_t> steps_{0};
  mutable std::mutex mutex_;
  mutable std::optional<journal::v1::ClockEvidence> confirmed_;
};

}  // namespace twinline::runtime

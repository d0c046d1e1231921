#include "platform/runtime/clock_watch.h"

#include <cstdlib>
#include <utility>

#include "spdlog/spdlog.h"

namespace twinline::runtime {

ClockWatch::ClockWatch(Options options) : options_(std::move(options)) {
  if (!options_.boot_us) options_.boot_us = &base::MonotonicUs;
  if (!options_.kept_error_us) options_.kept_error_us = &base::KeptClockErrorUs;
  const int64_t boot_us = options_.boot_us();
  offset_us_.store(options_.wall->Now().us - boot_us);
  anchored_us_.store(boot_us);
}

uint64_t ClockWatch::Steps() const {
  const int64_t wall_us = options_.wall->Now().us;
  const int64_t boot_us = options_.boot_us();
  const int64_t off_us = std::llabs(wall_us - boot_us - offset_us_.load());
  if (off_us > kStepUs || boot_us - anchored_us_.load() > kAnchorForUs) {
    const std::lock_guard lock(mutex_);
    LookLocked(wall_us, boot_us);
  }
  return steps_.load();
}

// Whoever comes second compares with what the first one found.
void ClockWatch::LookLocked(int64_t wall_us, int64_t boot_us) const {
  const int64_t by_us = wall_us - boot_us - offset_us_.load();
  if (std::llabs(by_us) > kStepUs) {
    spdlog::critical(
        "the wall clock was set by {} s while the service ran; nothing is decided until a time "
        "service or an operator confirms it (twinline admin clock)",
        by_us / 1'000'000);
    confirmed_.reset();
    steps_.fetch_add(1);
  }
  offset_us_.store(wall_us - boot_us);
  anchored_us_.store(boot_us);
}

std::optional<journal::v1::ClockEvidence> ClockWatch::Evidence() const {
  Steps();
  if (const auto error_us = options_.kept_error_us()) {
    journal::v1::ClockEvidence evidence;
    evidence.set_kind("NTP");
    evidence.set_max_error_us(*error_us);
    return evidence;
  }
  const std::lock_guard lock(mutex_);
  return confirmed_;
}

void ClockWatch::Confirm(const journal::v1::Actor& actor) {
  Steps();
  const std::lock_guard lock(mutex_);
  confirmed_.emplace().set_kind("OPERATOR");
  *confirmed_->mutable_confirmed_by() = actor;
  confirmed_->set_confirmed_at_us(options_.wall->Now().us);
}

}  // namespace twinline::runtime

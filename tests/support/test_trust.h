// A wall clock that tests set, sleep and vouch for, beside the clock that nobody can set.
#pragma once

#include <cstdlib>
#include <optional>

#include "platform/engine/clock_trust.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {

class TestTrust final : public engine::ClockTrust {
 public:
  explicit TestTrust(TestClock* clock) : clock_(clock) {}

  // Somebody turns the hands; true time does not move.
  void SetClock(int64_t by_us) {
    clock_->now.us += by_us;
    off_us_ += by_us;
    if (std::abs(by_us) <= 60'000'000) return;
    ++steps_;
    evidence_.reset();
  }
  void Synchronise() {
    evidence_.emplace().set_kind("NTP");
    evidence_->set_max_error_us(2'000);
  }
  void Confirm(const base::Id16& subject) {
    evidence_.emplace().set_kind("OPERATOR");
    evidence_->mutable_confirmed_by()->set_subject(subject.str());
  }
  void Forget() { evidence_.reset(); }

  std::optional<journal::v1::ClockEvidence> Evidence() const override { return evidence_; }
  uint64_t Steps() const override { return steps_; }
  int64_t BootUs() const override { return clock_->now.us - off_us_; }

 private:
  TestClock* const clock_;
  int64_t off_us_ = 0;
  uint64_t steps_ = 0;
  std::optional<journal::v1::ClockEvidence> evidence_;
};

}  // namespace twinline::engine_test

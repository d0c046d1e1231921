// The wall clock against the clock that nobody can set.
#include "platform/runtime/clock_watch.h"

#include <gtest/gtest.h>

namespace twinline::runtime {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3'600 * kSecond;

class WatchedClock : public ::testing::Test, public base::Clock {
 protected:
  base::Timestamp Now() const override { return {boot_us_ + off_us_}; }
  ClockWatch Watch() {
    ClockWatch::Options options;
    options.wall = this;
    options.boot_us = [this] { return boot_us_; };
    options.kept_error_us = [this] { return kept_; };
    return ClockWatch(options);
  }
  int64_t boot_us_ = 500 * kSecond;
  int64_t off_us_ = 1'790'000'000 * kSecond;
  std::optional<int64_t> kept_;
};

TEST_F(WatchedClock, TimeThatPassesIsNoStep) {
  const ClockWatch watch = Watch();
  boot_us_ += 400 * kHour;
  EXPECT_EQ(watch.Steps(), 0u);
}

TEST_F(WatchedClock, EachStepCountsOnce) {
  const ClockWatch watch = Watch();
  off_us_ += 61 * kSecond;
  EXPECT_EQ(watch.Steps(), 1u);
  EXPECT_EQ(watch.Steps(), 1u);
  off_us_ -= 61 * kSecond;
  EXPECT_EQ(watch.Steps(), 2u) << "back is a step too";
}

TEST_F(WatchedClock, SmallCorrectionsAreFollowedButDoNotAddUpWithinAnHour) {
  const ClockWatch slow = Watch();
  for (int hour = 0; hour < 100; ++hour) {
    off_us_ += 10 * kSecond;
    boot_us_ += kHour + 1;
    ASSERT_EQ(slow.Steps(), 0u);
  }
  const ClockWatch fast = Watch();
  for (int i = 0; i < 7; ++i) {
    off_us_ += 10 * kSecond;
    boot_us_ += kSecond;
    fast.Steps();
  }
  EXPECT_EQ(fast.Steps(), 1u) << "seventy seconds within seven";
}

TEST_F(WatchedClock, APersonsWordHoldsUntilTheClockIsSet) {
  ClockWatch watch = Watch();
  EXPECT_FALSE(watch.Evidence());
  journal::v1::Actor actor;
  actor.set_subject("0123456789abcdef");
  watch.Confirm(actor);
  ASSERT_TRUE(watch.Evidence());
  EXPECT_EQ(watch.Evidence()->kind(), "OPERATOR");
  EXPECT_EQ(watch.Evidence()->confirmed_by().subject(), "0123456789abcdef");
  EXPECT_EQ(watch.Evidence()->confirmed_at_us(), Now().us);
  off_us_ += kHour;
  EXPECT_FALSE(watch.Evidence());
}

TEST_F(WatchedClock, ATimeServiceNeedsNobodyAndIsAskedEachTime) {
  const ClockWatch watch = Watch();
  kept_ = 1'500;
  ASSERT_TRUE(watch.Evidence());
  EXPECT_EQ(watch.Evidence()->kind(), "NTP");
  EXPECT_EQ(watch.Evidence()->max_error_us(), 1'500);
  kept_.reset();
  EXPECT_FALSE(watch.Evidence());
}

}  // namespace
}  // namespace twinline::runtime

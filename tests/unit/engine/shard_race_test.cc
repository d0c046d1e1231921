// Everything that other threads may call while the engine works, all at once; for the thread
// sanitizer. Journal and state are in memory, so that only our own code is under test.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

constexpr int64_t kPatienceUs = 60'000'000;
constexpr int kCommands = 500;

TEST(ShardRaceTest, CallersNeverMeetAHalfDoneState) {
  journal::SimJournalProvider world;
  CounterSetup alpha_setup, omega_setup;
  alpha_setup.name = "alpha";
  omega_setup.name = "omega";
  omega_setup.sources = {"alpha"};
  TestClock clock;
  ShardRig alpha(&world, &clock, alpha_setup);
  ShardRig omega(&world, &clock, omega_setup);
  for (ShardRig* rig : {&alpha, &omega}) {
    rig->options.threaded = true;
    rig->options.queue_people_max = 100'000;
    ASSERT_TRUE(rig->Start().ok());
  }
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::atomic<int> ready = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCommands; ++i) {
        engine::Submission submission;
        submission.command_type = kAdd;
        submission.body = i % 50 == 0 ? "n 10" : "n 1";
        submission.request_id = base::DeriveId({std::to_string(t), std::to_string(i)});
        submission.actor.set_subject(base::DeriveId({"teacher"}).str());
        submission.done = [&](const engine::Answer& answer) {
          EXPECT_TRUE(std::holds_alternative<engine::Accepted>(answer));
          ++answered;
        };
        alpha.shard().Submit(std::move(submission));
        alpha.shard().WhenApplied(static_cast<uint64_t>(i), [&] { ++ready; });
      }
    });
  }
  threads.emplace_back([&] {
    uint64_t last = 0;
    while (!stop) {
      const engine::ReadView view = alpha.shard().Read();
      EXPECT_GE(view.next_pos, last);
      last = view.next_pos;
      const int64_t first = Total(*view.rows, "n").value_or(0);
      EXPECT_EQ(Total(*view.rows, "n").value_or(0), first);
      EXPECT_LE(first, 2 * (kCommands + 9 * kCommands / 50));
      (void)alpha.shard().StateHash();
    }
  });
  threads.emplace_back([&] {
    while (!stop) {
      (void)alpha.shard().Status();
      (void)omega.shard().Status();
      (void)omega.shard().Idle();
      (void)omega.shard().NextTimer();
      omega.shard().Poke();
      (void)alpha.shard().Metrics()->commits.load();
    }
  });
  const auto finished = [&] {
    return answered == 2 * kCommands &&
           Total(*omega.rows(), "copy/n").value_or(0) == 2 * 10 * (kCommands / 50) &&
           omega.shard().Idle();
  };
  for (const int64_t deadline = base::MonotonicUs() + kPatienceUs; !finished();) {
    ASSERT_LT(base::MonotonicUs(), deadline);
    (void)omega.shard().WaitApplied(omega.shard().Read().next_pos, 10'000);
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  alpha.shard().Stop();
  EXPECT_EQ(ready.load(), 2 * kCommands);
  EXPECT_EQ(answered.load(), 2 * kCommands);
}

}  // namespace
}  // namespace twinline::engine_test

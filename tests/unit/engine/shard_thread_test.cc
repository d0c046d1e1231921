// The shard with its own thread, over the journal and the state of one machine.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "platform/journal/embedded_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

constexpr int64_t kPatienceUs = 60'000'000;

engine::Submission Command(uint32_t type, const std::string& body, const std::string& id) {
  engine::Submission submission;
  submission.command_type = type;
  submission.body = body;
  submission.request_id = base::DeriveId({id});
  submission.fingerprint = "fingerprint 16 b";
  submission.actor.set_subject(base::DeriveId({"teacher"}).str());
  return submission;
}

// Submits and waits for the answer.
engine::Answer Ask(engine::Shard& shard, engine::Submission submission) {
  std::promise<engine::Answer> promise;
  submission.done = [&](engine::Answer answer) { promise.set_value(std::move(answer)); };
  shard.Submit(std::move(submission));
  return promise.get_future().get();
}

bool Accepted(const engine::Answer& answer) {
  return std::holds_alternative<engine::Accepted>(answer);
}

// Waits for a condition on the state, woken by what is applied.
template <typename Condition>
bool Await(engine::Shard& shard, Condition condition) {
  const int64_t deadline = base::MonotonicUs() + kPatienceUs;
  while (!condition()) {
    if (base::MonotonicUs() > deadline) return false;
    (void)shard.WaitApplied(shard.Read().next_pos, 10'000);
  }
  return true;
}

struct Bench {
  std::unique_ptr<CounterDomain> domain;
  std::unique_ptr<engine::Shard> shard;
};

class ThreadTest : public ::testing::Test {
 protected:
  ThreadTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = ::testing::TempDir() + "shard_thread_" + test->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    OpenLog();
  }
  void OpenLog() {
    auto log = journal::EmbeddedLog::Open(directory_ + "/log", {});
    EXPECT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }
  Bench Open(CounterSetup setup, const base::Clock* clock, journal::v1::ClockKind kind) {
    Bench bench;
    engine::ShardOptions options;
    options.journal = setup.name + "/0";
    options.installation = base::DeriveId({"test installation"});
    options.realm = journal::v1::REALM_DEMO;
    options.clock_kind = kind;
    auto store = store::StateStore::Open(directory_ + "/" + setup.name, {});
    EXPECT_TRUE(store.ok()) << store.status();
    std::vector<std::shared_ptr<journal::Journal>> sources;
    for (const auto& source : setup.sources) sources.push_back(*log_->Open(source + "/0"));
    const auto journal = *log_->Open(options.journal);
    bench.domain = std::make_unique<CounterDomain>(std::move(setup));
    auto shard = engine::Shard::Open(options, bench.domain.get(), *std::move(store), journal,
                                     std::move(sources), clock);
    EXPECT_TRUE(shard.ok()) << shard.status();
    bench.shard = *std::move(shard);
    EXPECT_TRUE(bench.shard->Start().ok());
    return bench;
  }
  Bench Open(const std::string& name, std::vector<std::string> sources = {}) {
    CounterSetup setup;
    setup.name = name;
    setup.sources = std::move(sources);
    return Open(std::move(setup), &base::SystemClock(), journal::v1::CLOCK_KIND_WALL);
  }

  std::string directory_;
  std::unique_ptr<journal::EmbeddedLog> log_;
};

TEST_F(ThreadTest, ManyThreadsOneOrderAndItSurvives) {
  constexpr int kThreads = 4, kEach = 200;
  std::string hash;
  {
    Bench alpha = Open("alpha");
    Bench omega = Open("omega", {"alpha"});
    std::atomic<int> accepted = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const std::string id = std::to_string(t) + "/" + std::to_string(i);
          const auto answer = Ask(*alpha.shard, Command(kAdd, i % 10 == 0 ? "n 10" : "n 1", id));
          if (!Accepted(answer)) continue;
          ++accepted;
          const uint64_t pos = std::get<engine::Accepted>(answer).pos;
          EXPECT_GT(alpha.shard->Read().next_pos, pos);  // read your own write
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted.load(), kThreads * kEach);
    const int64_t tens = kThreads * kEach / 10;
    EXPECT_EQ(Total(*alpha.shard->Read().rows, "n"), kThreads * kEach + 9 * tens);
    EXPECT_TRUE(Await(*omega.shard, [&] {
      return Total(*omega.shard->Read().rows, "copy/n").value_or(0) == 10 * tens;
    }));
    EXPECT_TRUE(Await(*omega.shard, [&] { return omega.shard->Idle() && alpha.shard->Idle(); }));
    hash = *alpha.shard->StateHash();
    alpha.shard->Stop();
    omega.shard->Stop();
    alpha.shard->Stop();  // idempotent
  }
  log_.reset();
  OpenLog();
  Bench again = Open("alpha");
  EXPECT_EQ(*again.shard->StateHash(), hash);
  EXPECT_TRUE(std::get<engine::Accepted>(Ask(*again.shard, Command(kAdd, "n 10", "0/0"))).repeated);
  again.shard.reset();
  std::filesystem::remove_all(directory_ + "/alpha");
  again = Open("alpha");
  EXPECT_EQ(*again.shard->StateHash(), hash);
}

TEST_F(ThreadTest, AChangedFoldIsRebuiltOnDisk) {
  std::string hash;
  {
    Bench alpha = Open("alpha");
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(Accepted(Ask(*alpha.shard, Command(kAdd, "n 1", std::to_string(i)))));
    }
    hash = *alpha.shard->StateHash();
  }
  CounterSetup setup;
  setup.name = "alpha";
  setup.evolve_version = 2;
  Bench alpha = Open(setup, &base::SystemClock(), journal::v1::CLOCK_KIND_WALL);
  EXPECT_EQ(*alpha.shard->StateHash(), hash);
  EXPECT_GE(alpha.shard->Metrics()->replayed.load(), 50u);
  EXPECT_TRUE(Accepted(Ask(*alpha.shard, Command(kAdd, "n 1", "after"))));
  const std::string copy = directory_ + "/snapshot";
  ASSERT_TRUE(alpha.shard->Snapshot(copy).ok());
  EXPECT_EQ(store::StateHash((*store::StateStore::Open(copy, {}))->Latest()),
            *alpha.shard->StateHash());
}

TEST_F(ThreadTest, ATimerWakesTheSleepingEngine) {
  Bench alpha = Open("alpha");
  const int64_t due_us = base::SystemClock().Now().us + 30'000;
  ASSERT_TRUE(
      Accepted(Ask(*alpha.shard, Command(kAlarm, "bell " + std::to_string(due_us), "alarm"))));
  EXPECT_TRUE(Await(*alpha.shard, [&] { return Rings(*alpha.shard->Read().rows, "bell") == 1; }));
  ASSERT_EQ(alpha.domain->fired.size(), 1u);
  EXPECT_GE(alpha.domain->fired[0].first, due_us);
}

// A driven clock moves only when told, and the engine looks at it only when poked.
class DrivenClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return {us.load()}; }
  std::atomic<int64_t> us = 1'790'000'000'000'000;
};

TEST_F(ThreadTest, ADrivenClockFiresWhenItIsPoked) {
  DrivenClock clock;
  CounterSetup setup;
  setup.name = "alpha";
  Bench alpha = Open(setup, &clock, journal::v1::CLOCK_KIND_DRIVEN);
  for (const char* name : {"a", "b"}) {
    const int64_t due = clock.us + (name[0] == 'a' ? 86'400'000'000 : 2 * 86'400'000'000);
    Ask(*alpha.shard, Command(kAlarm, name + std::string(" ") + std::to_string(due), name));
  }
  // As AdvanceTo does: from due timer to due timer, until none is left.
  for (int rings = 1; const auto next = alpha.shard->NextTimer(); ++rings) {
    clock.us = next->us;
    alpha.shard->Poke();
    ASSERT_TRUE(Await(*alpha.shard, [&] {
      return Rings(*alpha.shard->Read().rows, "a") + Rings(*alpha.shard->Read().rows, "b") == rings;
    }));
    ASSERT_TRUE(Await(*alpha.shard, [&] { return alpha.shard->Idle(); }));
    ASSERT_LE(rings, 2);
  }
  EXPECT_EQ(alpha.domain->fired.size(), 2u);
  EXPECT_EQ(alpha.domain->fired[1].first - alpha.domain->fired[0].first, 86'400'000'000);
}

TEST_F(ThreadTest, StoppingUnderLoadAnswersEverybodyOnce) {
  Bench alpha = Open("alpha");
  std::atomic<int> answers = 0;
  std::atomic<int> asked = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        engine::Submission submission =
            Command(kAdd, "n 1", std::to_string(t) + "/" + std::to_string(i));
        submission.done = [&](const engine::Answer&) { ++answers; };
        ++asked;
        alpha.shard->Submit(std::move(submission));
      }
    });
  }
  (void)alpha.shard->WaitApplied(3, kPatienceUs);
  alpha.shard->Stop();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answers.load(), asked.load());
}

}  // namespace
}  // namespace twinline::engine_test

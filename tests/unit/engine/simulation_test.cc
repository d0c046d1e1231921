// Seeded runs of two leaders and a follower over a journal with every fault, with crashes, lost
// disks and clients that retry. Judged by what clients were told: each accepted id has exactly one
// effect, nothing else has any, all replicas and a rebuild agree, and reactions mirror the source
// exactly.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "platform/journal/sim_journal.h"
#include "platform/journal/sim_prng.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

CounterSetup Named(const std::string& name, std::vector<std::string> sources = {}) {
  CounterSetup setup;
  setup.name = name;
  if (!sources.empty()) setup.rules = {"copy"};
  setup.sources = std::move(sources);
  return setup;
}

// One command that a client wants done, whatever it takes.
struct Wish {
  base::Id16 id;
  int64_t delta = 0;
  OutcomePtr outcome;
  bool done = false;
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : prng_(seed), world_(seed, journal::SimFaults::Swarm(seed)) {
    for (ShardRig* rig : rigs()) {
      rig->options.random = [this](size_t n) { return Random(n); };
      // Every run its own instance of the real clock: several starts within one second happen.
      EXPECT_TRUE(rig->Start().ok());
    }
  }

  void Run() {
    for (int round = 0; round < 400; ++round) Round();
    Calm();
    Judge();
  }

 private:
  std::vector<ShardRig*> rigs() { return {&a_, &b_, &omega_}; }
  std::string Random(size_t n) {
    std::string bytes;
    while (bytes.size() < n) bytes.push_back(static_cast<char>(prng_.Next()));
    return bytes;
  }

  void Round() {
    clock_.now.us += static_cast<int64_t>(prng_.Below(2'000'000));
    if (prng_.Chance(500)) Ask();
    if (prng_.Chance(300)) world_.Tick();
    if (prng_.Chance(20)) Crash(*rigs()[prng_.Below(3)]);
    if (prng_.Chance(30)) (prng_.Chance(500) ? a_ : b_).shard().Lead();
    if (prng_.Chance(50)) omega_.shard().Lead();
    for (ShardRig* rig : rigs()) {
      if (!prng_.Chance(700)) continue;
      const auto step = rig->shard().Step();
      ASSERT_TRUE(step.ok()) << step.status();
    }
    Collect();
  }

  // A new wish or a retry of an old one, at either instance.
  void Ask() {
    Wish* wish = nullptr;
    if (!wishes_.empty() && prng_.Chance(400)) {
      wish = &wishes_[prng_.Below(wishes_.size())];
      if (wish->outcome->calls == 0) return;  // still waits for an answer
    } else {
      wishes_.push_back({base::MakeUuidV7(clock_.now, Random(10)),
                         static_cast<int64_t>(prng_.Below(20)), std::make_shared<Outcome>()});
      wish = &wishes_.back();
    }
    ShardRig& at = prng_.Chance(500) ? a_ : b_;
    wish->outcome = at.Submit(kAdd, "n " + std::to_string(wish->delta), wish->id);
  }

  void Collect() {
    for (Wish& wish : wishes_) {
      ASSERT_LE(wish.outcome->calls, 1);
      if (!wish.outcome->accepted()) continue;
      const auto place = std::pair(wish.outcome->reply().pos, wish.outcome->reply().commit);
      const auto [it, fresh] = told_.emplace(wish.id, place);
      ASSERT_EQ(it->second, place) << "one id, two replies";
      wish.done = true;
    }
  }

  void Crash(ShardRig& rig) {
    auto& earlier = earlier_[&rig];
    const auto before = store::CopyOf(*rig.disk);
    rig.Stop();
    if (prng_.Chance(300) && earlier != nullptr) rig.disk = earlier;  // unsynced tail lost
    if (prng_.Chance(200)) rig.disk = store::MakeMemoryDisk();
    earlier = before;
    ASSERT_TRUE(rig.Start().ok());
    Collect();
  }

  // Faults end; everybody who wished something gets it.
  void Calm() {
    world_.SetFaults({});
    world_.LandAll();
    a_.shard().Lead();
    omega_.shard().Lead();
    ASSERT_TRUE(RunAll(rigs()).ok());
    // Who asked last leads; that both end as followers would be a shard that nobody serves.
    ShardRig& leader = a_.shard().Status().serving ? a_ : b_;
    ASSERT_TRUE(leader.shard().Status().serving);
    for (Wish& wish : wishes_) {
      if (wish.done) continue;
      wish.outcome = leader.Submit(kAdd, "n " + std::to_string(wish.delta), wish.id);
      ASSERT_TRUE(RunAll(rigs()).ok());
      ASSERT_TRUE(wish.outcome->accepted()) << wish.outcome->error();
    }
    Collect();
  }

  void Judge() {
    int64_t total = 0, copied = 0;
    std::set<std::string> ids;
    for (const auto& record : a_.History()) {
      for (const auto& commit : record.record->commits()) {
        ASSERT_TRUE(ids.insert(commit.request_id()).second) << "one id, two commits";
      }
    }
    for (const Wish& wish : wishes_) {
      ASSERT_TRUE(ids.contains(wish.id.str()));
      total += wish.delta;
      if (wish.delta >= 10) copied += wish.delta;
    }
    ASSERT_EQ(ids.size(), wishes_.size());
    EXPECT_EQ(Total(*a_.rows(), "n").value_or(0), total);
    EXPECT_EQ(a_.hash(), b_.hash());
    EXPECT_EQ(Total(*omega_.rows(), "copy/n").value_or(0), copied);
    EXPECT_EQ(ForeignTotal(*omega_.rows(), "n").value_or(0), total);
    for (ShardRig* rig : {&a_, &omega_}) {
      const std::string hash = rig->hash();
      rig->Stop();
      rig->disk = store::MakeMemoryDisk();
      rig->options.lead = false;
      ASSERT_TRUE(rig->Start().ok());
      EXPECT_EQ(rig->hash(), hash);
    }
  }

  journal::SimPrng prng_;
  journal::SimJournalProvider world_;
  TestClock clock_;
  ShardRig a_{&world_, &clock_, Named("alpha")};
  ShardRig b_{&world_, &clock_, Named("alpha")};
  ShardRig omega_{&world_, &clock_, Named("omega", {"alpha"})};
  std::vector<Wish> wishes_;
  std::map<base::Id16, std::pair<uint64_t, uint32_t>> told_;
  std::map<ShardRig*, std::shared_ptr<store::MemoryDisk>> earlier_;
};

class SimulationTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SimulationTest, EveryAcceptedCommandHasOneEffect) {
  for (uint64_t seed = GetParam(); seed < GetParam() + 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation(seed).Run();
    if (HasFailure()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, SimulationTest, ::testing::Range<uint64_t>(0, 400, 50));

}  // namespace
}  // namespace twinline::engine_test

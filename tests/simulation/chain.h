// The four shards of a county in one thread: registry, transfer, attendance and accountability with
// their real domains, over one simulated medium that misbehaves and states in memory. They are
// stepped in any order, lose their process, their newest writes or their whole disk, and one
// follower at a time sees nothing new. Everything follows from the seed.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/engine/shard.h"
#include "platform/journal/sim_journal.h"
#include "platform/journal/sim_prng.h"
#include "platform/store/state_store.h"
#include "tests/simulation/findings.h"
#include "tests/simulation/published.h"
#include "tests/support/shard_rig.h"

namespace twinline::simulation {

class Chain {
 public:
  Chain(uint64_t seed, Findings* findings);

  // One turn of the scheduler: some shards step, late records come closer, processes die, a
  // follower starves.
  void Turn();
  // Faults end: what is late lands, nobody starves, everybody leads.
  void Calm();
  // Steps all until nothing moves; a finding when that takes more than `turns`, or when one does
  // not serve.
  void RunToRest(int turns);
  // Every state is what its journal says: rebuilt from nothing, rows and copied facts are the same
  // (I4).
  void CheckRebuild();

  void Submit(size_t shard, engine::Submission submission) {
    nodes_[shard].shard->Submit(std::move(submission));
  }
  std::vector<std::shared_ptr<journal::Journal>> journals() const;
  std::optional<base::Timestamp> NextTimer() const;
  engine::Shard& shard(size_t i) { return *nodes_[i].shard; }
  engine_test::TestClock& clock() { return clock_; }
  journal::SimPrng& prng() { return prng_; }
  std::string Random(size_t bytes);
  journal::SimCounts faults() const { return world_.counts(); }
  size_t crashes() const { return crashes_; }

 private:
  struct Node {
    std::unique_ptr<base::ShardDomain> domain;
    engine::ShardOptions options;
    std::shared_ptr<store::MemoryDisk> disk = store::MakeMemoryDisk();
    std::shared_ptr<store::MemoryDisk> synced;  // what a power cut would leave
    std::shared_ptr<journal::Journal> journal;
    std::vector<std::shared_ptr<engine_test::GateJournal>> gates;
    std::unique_ptr<engine::Shard> shard;
    // In this life of the process.
    uint64_t next_pos = 0;
    std::vector<std::pair<std::string, uint64_t>> read;
  };

  void Start(Node& node);
  void Crash(Node& node);
  bool Step(Node& node);
  // Positions only rise within one life (I10).
  void CheckPositions(Node& node);
  void Starve();

  Findings* findings_;
  journal::SimPrng prng_;
  engine_test::TestClock clock_;
  journal::SimJournalProvider world_;
  std::array<Node, kShards> nodes_;
  uint32_t crash_chance_ = 0;  // per thousand turns
  uint32_t starve_chance_ = 0;
  engine_test::GateJournal* starved_ = nullptr;
  uint64_t starved_for_ = 0;  // turns
  size_t crashes_ = 0;
};

}  // namespace twinline::simulation

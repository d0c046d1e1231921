#include "tests/simulation/chain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "accountability/domain/accountability_domain.h"
#include "attendance/domain/attendance_domain.h"
#include "registry/domain/registry_domain.h"
#include "transfer/domain/transfer_domain.h"

namespace twinline::simulation {
namespace {

std::unique_ptr<base::ShardDomain> MakeDomain(size_t shard) {
  switch (shard) {
    case kRegistry:
      return std::make_unique<registry::RegistryDomain>();
    case kTransfer:
      return std::make_unique<transfer::TransferDomain>();
    case kAttendance:
      return std::make_unique<attendance::AttendanceDomain>();
    default:
      return std::make_unique<accountability::AccountabilityDomain>();
  }
}

}  // namespace

Chain::Chain(uint64_t seed, Findings* findings)
    : findings_(findings), prng_(seed), world_(seed, journal::SimFaults::Swarm(seed)) {
  clock_.now = base::StartOfDay(base::CivilDay::FromYmd(2026, 8, 27));
  clock_.now.us += 8 * 3'600'000'000;
  crash_chance_ = prng_.Chance(500) ? static_cast<uint32_t>(1 + prng_.Below(12)) : 0;
  starve_chance_ = prng_.Chance(700) ? static_cast<uint32_t>(5 + prng_.Below(60)) : 0;
  for (size_t i = 0; i < kShards; ++i) {
    Node& node = nodes_[i];
    node.domain = MakeDomain(i);
    node.options.journal = absl::StrCat(kShardNames[i], "/0");
    node.options.installation = base::DeriveId({"a simulated county"});
    node.options.realm = journal::v1::REALM_DEMO;
    node.options.leader = "simulation";
    node.options.threaded = false;
    node.options.verify_apply = true;
    node.options.real_clock = &clock_;
    node.options.random = [this](size_t bytes) { return Random(bytes); };
    Start(node);
  }
}

std::string Chain::Random(size_t bytes) {
  std::string random;
  while (random.size() < bytes) random.push_back(static_cast<char>(prng_.Next()));
  return random;
}

std::vector<std::shared_ptr<journal::Journal>> Chain::journals() const {
  std::vector<std::shared_ptr<journal::Journal>> all;
  for (const Node& node : nodes_) all.push_back(node.journal);
  return all;
}

void Chain::Start(Node& node) {
  node.shard.reset();
  node.gates.clear();
  node.next_pos = 0;
  node.read.clear();
  node.journal = *world_.Open(node.options.journal);
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const std::string& name : node.domain->Sources()) {
    node.gates.push_back(
        std::make_shared<engine_test::GateJournal>(*world_.Open(absl::StrCat(name, "/0"))));
    sources.push_back(node.gates.back());
  }
  auto shard =
      engine::Shard::Open(node.options, node.domain.get(), store::MakeMemoryStateStore(node.disk),
                          node.journal, std::move(sources), &clock_);
  absl::Status started = shard.status();
  if (started.ok()) {
    node.shard = *std::move(shard);
    started = node.shard->Start();
  }
  if (!started.ok())
    findings_->Add(node.options.journal + " does not start: " + started.ToString());
}

void Chain::Crash(Node& node) {
  ++crashes_;
  if (starved_ != nullptr &&
      std::any_of(node.gates.begin(), node.gates.end(),
                  [this](const auto& gate) { return gate.get() == starved_; })) {
    starved_ = nullptr;
  }
  const uint64_t pos = node.shard->Status().next_pos;
  const std::string hash = node.shard->StateHash().value_or("");
  auto image = node.synced;
  node.synced = store::CopyOf(*node.disk);
  node.shard.reset();
  const uint64_t kind = prng_.Below(10);
  if (kind < 3 && image != nullptr) node.disk = image;  // the newest writes are lost
  if (kind == 3) node.disk = store::MakeMemoryDisk();   // the whole disk is
  Start(node);
  const auto again = node.shard->Status().next_pos;
  if (again == pos && node.shard->StateHash().value_or("") != hash) {
    findings_->Add(absl::StrCat("I4: ", node.options.journal, " at position ", pos,
                                " is another state after a restart"));
  }
}

bool Chain::Step(Node& node) {
  const auto step = node.shard->Step();
  if (!step.ok()) {
    findings_->Add(node.options.journal + " halts: " + step.status().ToString());
    return false;
  }
  CheckPositions(node);
  return *step;
}

void Chain::CheckPositions(Node& node) {
  const engine::ShardStatus status = node.shard->Status();
  if (status.next_pos < node.next_pos)
    findings_->Add("I10: " + node.options.journal + " goes back");
  node.next_pos = status.next_pos;
  for (size_t i = 0; i < node.read.size() && i < status.sources.size(); ++i) {
    if (status.sources[i].second < node.read[i].second) {
      findings_->Add("I10: " + node.options.journal + " reads " + status.sources[i].first +
                     " again");
    }
  }
  node.read = status.sources;
}

// One follower of one journal sees nothing new for a while, whatever the others see.
void Chain::Starve() {
  if (starved_ != nullptr) {
    if (starved_for_-- > 0) return;
    starved_->Open();
    starved_ = nullptr;
  }
  if (!prng_.Chance(starve_chance_)) return;
  Node& node = nodes_[prng_.Below(kShards)];
  starved_ = node.gates[prng_.Below(node.gates.size())].get();
  starved_->open = false;
  starved_for_ = 5 + prng_.Below(80);
}

void Chain::Turn() {
  Starve();
  if (prng_.Chance(300)) world_.Tick();
  if (prng_.Chance(crash_chance_)) Crash(nodes_[prng_.Below(kShards)]);
  for (int i = 0; i < 6; ++i) {
    Node& node = nodes_[prng_.Below(kShards)];
    if (crash_chance_ > 0 && prng_.Chance(3)) node.synced = store::CopyOf(*node.disk);
    Step(node);
    if (!findings_->empty()) return;
  }
}

void Chain::Calm() {
  world_.SetFaults({});
  world_.LandAll();
  starved_ = nullptr;
  crash_chance_ = 0;
  starve_chance_ = 0;
  for (Node& node : nodes_) {
    for (const auto& gate : node.gates) gate->Open();
    node.shard->Lead();
  }
}

void Chain::RunToRest(int turns) {
  for (int turn = 0; turn < turns; ++turn) {
    bool moved = false;
    for (Node& node : nodes_) moved = Step(node) || moved;
    if (!findings_->empty()) return;
    if (moved) continue;
    for (Node& node : nodes_) {
      if (!node.shard->Status().serving || !node.shard->Idle()) {
        findings_->Add("liveness: " + node.options.journal +
                       " rests, but is not ready: " + node.shard->Status().reason);
      }
    }
    return;
  }
  findings_->Add(absl::StrCat("liveness: no rest after ", turns, " turns without faults"));
}

std::optional<base::Timestamp> Chain::NextTimer() const {
  std::optional<base::Timestamp> next;
  for (const Node& node : nodes_) {
    const auto own = node.shard->NextTimer();
    if (own && (!next || *own < *next)) next = own;
  }
  return next;
}

void Chain::CheckRebuild() {
  const auto foreign = [](const engine::Shard& shard) {
    std::string all;
    const auto add = [&all](std::string_view key, std::string_view value) {
      absl::StrAppend(&all, key.size(), ":", std::string(key), value.size(), ":",
                      std::string(value));
      return true;
    };
    shard.Read().rows->Scan("f", {}, add);
    return all;
  };
  for (Node& node : nodes_) {
    const std::string hash = node.shard->StateHash().value_or("");
    const std::string copied = foreign(*node.shard);
    const uint64_t pos = node.shard->Status().next_pos;
    node.disk = store::MakeMemoryDisk();
    node.options.lead = false;
    Start(node);
    if (node.shard->Status().next_pos != pos) {
      findings_->Add("I4: " + node.options.journal + " is shorter when it is read again");
    } else if (node.shard->StateHash().value_or("") != hash) {
      findings_->Add("I4: " + node.options.journal + " rebuilt from nothing is another state");
    } else if (foreign(*node.shard) != copied) {
      findings_->Add("I4: " + node.options.journal + " rebuilt from nothing knows other facts");
    }
  }
}

}  // namespace twinline::simulation

// A shard on a bench: unthreaded, over a simulated journal and a state in memory, stepped by the
// test. A rig may be stopped and started again, with its state, with an older copy of it, or
// without any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/engine/metrics.h"
#include "platform/engine/shard.h"
#include "platform/journal/admit.h"
#include "platform/journal/journal.h"
#include "platform/store/state_store.h"
#include "tests/support/counter_domain.h"

namespace twinline::engine_test {

class TestClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return now; }
  base::Timestamp now{1'790'000'000'000'000};  // September 2026
};

// What became of a submission: every `done` is counted, for it must be called exactly once.
struct Outcome {
  int calls = 0;
  engine::Answer answer = absl::UnknownError("not answered");

  bool accepted() const { return calls == 1 && std::holds_alternative<engine::Accepted>(answer); }
  const engine::Accepted& reply() const { return std::get<engine::Accepted>(answer); }
  std::string refusal() const;  // code; empty when it is none
  absl::Status error() const;   // OK when it is none
};
using OutcomePtr = std::shared_ptr<Outcome>;

class ShardRig {
 public:
  // Journal "<setup.name>/0"; sources are journals "<name>/0" of setup.sources, all of `journals`.
  // `wrap` (may be null) can put a journal of the test's own between a source and the shard.
  using Wrap = std::function<std::shared_ptr<journal::Journal>(std::shared_ptr<journal::Journal>)>;
  ShardRig(journal::JournalProvider* journals, const TestClock* clock, CounterSetup setup = {},
           Wrap wrap = nullptr);
  ~ShardRig();

  engine::ShardOptions options;  // change before Start
  std::shared_ptr<store::MemoryDisk> disk = store::MakeMemoryDisk();

  absl::Status Start();
  void Stop() { shard_.reset(); }
  // Another build: the next Start uses it.
  void SetDomain(CounterSetup setup);

  OutcomePtr Submit(uint32_t type, const std::string& body, const base::Id16& request_id,
                    const std::string& fingerprint = "fingerprint 16 b",
                    engine::Lane lane = engine::Lane::kPeople);
  OutcomePtr Submit(uint32_t type, const std::string& body) { return Submit(type, body, NewId()); }
  // The same with a caller who waits until then for what the command names in a source.
  OutcomePtr SubmitPatiently(uint32_t type, const std::string& body, int64_t wait_until_us);
  // Submits and runs until nothing moves.
  OutcomePtr Do(uint32_t type, const std::string& body);
  // Steps until nothing moves; the halt if there is one.
  absl::Status Run();

  base::Id16 NewId();
  engine::Shard& shard() { return *shard_; }
  const engine::ShardMetrics& metrics() const { return *shard_->Metrics(); }
  const CounterDomain& domain() const { return *domain_; }
  const std::shared_ptr<journal::Journal>& journal() const { return journal_; }
  std::shared_ptr<const base::Rows> rows() const { return shard_->Read().rows; }
  std::string hash() const { return shard_->StateHash().value_or("no hash"); }
  // Everything admitted so far.
  std::vector<journal::Admitted> History() const;

 private:
  journal::JournalProvider* journals_;
  const TestClock* clock_;
  std::unique_ptr<CounterDomain> domain_;
  Wrap wrap_;
  std::shared_ptr<journal::Journal> journal_;
  std::unique_ptr<engine::Shard> shard_;
  uint64_t ids_ = 0;
  int64_t wait_until_us_ = 0;  // of the next submission
};

// Steps all until none moves.
absl::Status RunAll(const std::vector<ShardRig*>& rigs);

// Lets nothing through while closed: a follower that lags.
class GateJournal final : public journal::Journal {
 public:
  explicit GateJournal(std::shared_ptr<journal::Journal> inner) : inner_(std::move(inner)) {}
  bool open = true;

  const std::string& name() const override { return inner_->name(); }
  absl::StatusOr<journal::Place> Append(journal::RecordPtr record) override {
    return inner_->Append(std::move(record));
  }
  absl::StatusOr<std::vector<journal::Entry>> Read(journal::Place from, size_t max) const override {
    if (!open) return std::vector<journal::Entry>();
    return inner_->Read(from, max);
  }
  absl::StatusOr<journal::Place> End() const override { return inner_->End(); }
  uint64_t Watch(std::function<void()> wake) override {
    wakes_.push_back(wake);
    return inner_->Watch(std::move(wake));
  }
  void Unwatch(uint64_t id) override {
    wakes_.clear();
    inner_->Unwatch(id);
  }
  void Open() {
    open = true;
    for (const auto& wake : wakes_) wake();
  }

 private:
  std::shared_ptr<journal::Journal> inner_;
  std::vector<std::function<void()>> wakes_;
};

}  // namespace twinline::engine_test

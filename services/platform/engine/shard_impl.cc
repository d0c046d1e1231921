// The shard as others see it: the thread that drives the engine, the queue in front of it, and
// reads that never touch it.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/check.h"
#include "platform/base/status_macros.h"
#include "platform/base/thread_name.h"
#include "platform/engine/engine.h"
#include "platform/engine/shard.h"

namespace twinline::engine {
namespace {

class ShardImpl final : public Shard {
 public:
  ShardImpl(ShardOptions options, const base::ShardDomain* domain,
            std::unique_ptr<store::StateStore> store, std::shared_ptr<journal::Journal> journal,
            std::vector<std::shared_ptr<journal::Journal>> sources, const base::Clock* clock)
      : options_(std::move(options)),
        store_(std::move(store)),
        journal_(std::move(journal)),
        clock_(clock),
        queue_(options_.queue_people_max, options_.queue_bulk_max),
        engine_(&options_, domain, store_.get(), journal_, std::move(sources), clock, &queue_,
                &board_, &metrics_) {}
  ~ShardImpl() override { Stop(); }

  absl::Status Start() override;
  void Stop() override;
  void Submit(Submission submission) override;
  void Lead() override {
    engine_.RequestLead();
    Wake();
  }

  ReadView Read() const override;
  absl::Status WaitApplied(uint64_t pos, int64_t timeout_us) const override {
    return board_.Wait(pos, timeout_us);
  }
  void WhenApplied(uint64_t pos, std::function<void()> ready) override {
    board_.When(pos, std::move(ready));
  }

  ShardStatus Status() const override;
  const std::string& journal_name() const override { return options_.journal; }
  std::optional<base::Timestamp> NextTimer() const override { return board_.Get().next_timer; }
  bool Idle() const override;
  void Poke() override { Wake(); }
  absl::StatusOr<std::string> StateHash() const override;
  absl::Status Snapshot(const std::string& directory) override {
    return store_->Snapshot(directory);
  }
  const ShardMetrics* Metrics() const override { return &metrics_; }
  absl::StatusOr<bool> Step() override;

 private:
  void Watch();
  void Unwatch();
  void Wake();
  void Run();
  void Sleep();

  const ShardOptions options_;
  const std::unique_ptr<store::StateStore> store_;
  const std::shared_ptr<journal::Journal> journal_;
  const base::Clock* clock_;
  CommandQueue queue_;
  Board board_;
  ShardMetrics metrics_;
  Engine engine_;

  bool started_ = false;
  bool stopped_ = false;
  std::vector<std::pair<std::shared_ptr<journal::Journal>, uint64_t>> watches_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::atomic<bool> wake_ = false;
  std::atomic<bool> stop_ = false;
  // Between waking and finding nothing to do; Idle must not call a shard idle meanwhile.
  std::atomic<bool> busy_ = false;
};

absl::Status ShardImpl::Start() {
  TWINLINE_CHECK(!started_, "a shard is started once");
  started_ = true;
  Watch();
  if (absl::Status started = engine_.Start(); !started.ok()) {
    Unwatch();
    return started;
  }
  if (options_.threaded) {
    busy_.store(true);
    thread_ = std::thread([this] {
      base::NameThread(options_.journal);
      Run();
    });
  }
  return absl::OkStatus();
}

void ShardImpl::Watch() {
  watches_.emplace_back(journal_, journal_->Watch([this] {
    engine_.WakeOwn();
    Wake();
  }));
  for (size_t i = 0; i < engine_.sources().size(); ++i) {
    const auto& source = engine_.sources().journal(i);
    watches_.emplace_back(source, source->Watch([this, i] {
      engine_.sources().Wake(i);
      Wake();
    }));
  }
}

void ShardImpl::Unwatch() {
  for (const auto& [journal, id] : watches_) journal->Unwatch(id);
  watches_.clear();
}

void ShardImpl::Stop() {
  if (std::exchange(stopped_, true)) return;
  Unwatch();
  stop_.store(true);
  Wake();
  if (thread_.joinable()) thread_.join();
  const auto error = absl::UnavailableError(
      absl::StrCat(options_.journal, " is stopping: outcome unknown, retry with the same id"));
  engine_.FailBatch(error);
  board_.Update([](Board::Shown& shown) {
    shown.leading = false;
    shown.reason = "stopped";
  });
  board_.Release();
  queue_.Close();
  engine_.FailQueued(error);
}

void ShardImpl::Submit(Submission submission) {
  switch (queue_.Push(submission)) {
    case CommandQueue::Pushed::kYes:
      Wake();
      return;
    case CommandQueue::Pushed::kFull:
      submission.done(absl::ResourceExhaustedError(
          absl::StrCat(options_.journal, " has too much to do, retry in a moment")));
      return;
    case CommandQueue::Pushed::kClosed:
      submission.done(absl::UnavailableError(
          absl::StrCat(options_.journal, " has stopped: ", board_.Get().reason)));
      return;
  }
}

// Costs one atomic exchange when the engine is awake anyway.
void ShardImpl::Wake() {
  if (wake_.exchange(true)) return;
  { const std::lock_guard lock(mutex_); }
  woken_.notify_one();
}

void ShardImpl::Run() {
  while (!stop_.load()) {
    wake_.store(false);
    const auto done = engine_.Turn();
    if (!done.ok() || !*done) Sleep();
  }
}

void ShardImpl::Sleep() {
  const std::optional<int64_t> sleep_us = engine_.SleepUs();
  const auto awake = [this] { return wake_.load() || stop_.load(); };
  const bool unfinished = engine_.waits_for_read_back();
  std::unique_lock lock(mutex_);
  busy_.store(unfinished);
  if (sleep_us) {
    woken_.wait_for(lock, std::chrono::microseconds(*sleep_us), awake);
  } else {
    woken_.wait(lock, awake);
  }
  busy_.store(true);
}

ReadView ShardImpl::Read() const {
  if (!board_.readable()) return {std::make_shared<base::MapRows>(), 0};
  store::StateView view = store_->View();
  return {std::move(view.rows), view.next_pos};
}

ShardStatus ShardImpl::Status() const {
  const Board::Shown shown = board_.Get();
  ShardStatus status;
  status.serving = shown.leading;
  // Once a row could not be read, no answer from this state can be trusted.
  const absl::Status health = shown.readable ? store_->Health() : absl::OkStatus();
  status.readable = shown.readable && health.ok();
  status.halted = shown.halted;
  status.reason = health.ok() ? shown.reason : std::string(health.message());
  status.notice = shown.notice;
  status.epoch = shown.epoch;
  status.next_pos = shown.next_pos;
  status.queue = queue_.waiting();
  status.sources = engine_.sources().Positions();
  return status;
}

bool ShardImpl::Idle() const {
  // The order matters: whatever is handed over between two looks is seen by the later one.
  if (!engine_.sources().AtEnd()) return false;
  if (wake_.load() && options_.threaded) return false;
  if (busy_.load() || queue_.waiting() > 0) return false;
  if (!options_.threaded && engine_.waits_for_read_back()) return false;
  const Board::Shown shown = board_.Get();
  return !(shown.leading && shown.notice.empty() && shown.next_timer &&
           *shown.next_timer <= clock_->Now());
}

absl::StatusOr<std::string> ShardImpl::StateHash() const {
  const store::StateView view = store_->View();
  std::string hash = store::StateHash(*view.rows);
  TWINLINE_RETURN_IF_ERROR(store_->Health());
  return hash;
}

absl::StatusOr<bool> ShardImpl::Step() {
  TWINLINE_CHECK(!options_.threaded, "a shard with its own thread is not stepped");
  wake_.store(false);
  return engine_.Turn();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Shard>> Shard::Open(
    ShardOptions options, const base::ShardDomain* domain, std::unique_ptr<store::StateStore> store,
    std::shared_ptr<journal::Journal> journal,
    std::vector<std::shared_ptr<journal::Journal>> sources, const base::Clock* clock) {
  if (journal->name() != options.journal) {
    return absl::InvalidArgumentError(
        absl::StrCat("journal ", journal->name(), " given for ", options.journal));
  }
  for (const auto& source : sources) {
    if (source->name() == options.journal) {
      return absl::InvalidArgumentError(absl::StrCat(options.journal, " cannot follow itself"));
    }
  }
  return std::make_unique<ShardImpl>(std::move(options), domain, std::move(store),
                                     std::move(journal), std::move(sources), clock);
}

}  // namespace twinline::engine

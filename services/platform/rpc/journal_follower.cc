// The following thread: woken by the journal, and once a second to look at its end.
#include "platform/rpc/journal_follower.h"

#include <chrono>
#include <utility>

#include "platform/base/status_macros.h"
#include "platform/base/thread_name.h"
#include "platform/base/time.h"

namespace twinline::rpc {
namespace {

constexpr size_t kReadAhead = 512;
constexpr std::chrono::seconds kLook{1};

}  // namespace

JournalFollower::JournalFollower(std::shared_ptr<journal::Journal> journal, Apply apply)
    : journal_(std::move(journal)), apply_(std::move(apply)), reader_(journal_) {}

JournalFollower::~JournalFollower() {
  if (thread_.joinable()) {
    journal_->Unwatch(watch_);
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  for (const auto& ready : TakeReached(/*all=*/true)) ready();
}

absl::Status JournalFollower::Start() {
  TWINLINE_RETURN_IF_ERROR(ReadToEnd());
  watch_ = journal_->Watch([this] {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wake_.notify_one();
  });
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

absl::Status JournalFollower::ReadToEnd() {
  const int64_t sampled_us = base::MonotonicUs();
  TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, journal_->End());
  while (true) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Admitted> records,
                              reader_.Next(kReadAhead));
    if (!records.empty()) apply_(records);
    reached_place_.store(reader_.next_place().value, std::memory_order_release);
    next_pos_.store(reader_.state().next_pos, std::memory_order_relaxed);
    if (records.empty() || reader_.next_place() >= end) break;
  }
  reached_at_us_.store(sampled_us, std::memory_order_relaxed);
  return absl::OkStatus();
}

void JournalFollower::Loop() {
  base::NameThread("follow " + journal_->name());
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kLook, [this] { return stopping_ || woken_; });
      if (stopping_) return;
      woken_ = false;
    }
    const absl::Status status = ReadToEnd();
    {
      const std::lock_guard lock(mutex_);
      health_ = status;
      halted_ = absl::IsDataLoss(status);
    }
    for (const auto& ready : TakeReached(halted_)) ready();
    if (halted_) return;
  }
}

std::vector<std::function<void()>> JournalFollower::TakeReached(bool all) {
  std::vector<std::function<void()>> reached;
  const journal::Place place{reached_place_.load(std::memory_order_acquire)};
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (!all && waiting.place > place) return false;
    reached.push_back(std::move(waiting.ready));
    return true;
  });
  return reached;
}

void JournalFollower::WhenCurrent(std::function<void()> ready) {
  const absl::StatusOr<journal::Place> end = journal_->End();
  {
    const std::lock_guard lock(mutex_);
    const bool reached = !end.ok() || end->value <= reached_place_.load(std::memory_order_acquire);
    if (!reached && !halted_ && !stopping_ && thread_.joinable()) {
      waiting_.push_back({*end, std::move(ready)});
      woken_ = true;
      wake_.notify_one();
      return;
    }
  }
  ready();
}

int64_t JournalFollower::StalenessUs() const {
  return base::MonotonicUs() - reached_at_us_.load(std::memory_order_relaxed);
}

absl::Status JournalFollower::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace twinline::rpc

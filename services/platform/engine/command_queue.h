// The bounded queue between RPC threads and the engine: three lanes, two of which clients fill.
// Each has its own limit, so that an import cannot make roll calls RESOURCE_EXHAUSTED; timers and
// reactions are the engine's own lane and never wait here (decisions.md part 10 item 15).
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "platform/engine/shard.h"

namespace twinline::engine {

class CommandQueue {
 public:
  CommandQueue(size_t people_max, size_t bulk_max) : max_{people_max, bulk_max} {}

  enum class Pushed { kYes, kFull, kClosed };

  // Unless kYes, `submission` is untouched. Any thread.
  Pushed Push(Submission& submission) {
    const auto lane = static_cast<size_t>(submission.lane);
    const std::lock_guard lock(mutex_);
    if (closed_) return Pushed::kClosed;
    if (waiting_[lane].load(std::memory_order_relaxed) >= max_[lane]) return Pushed::kFull;
    waiting_[lane].fetch_add(1, std::memory_order_relaxed);
    lanes_[lane].push_back(std::move(submission));
    return Pushed::kYes;
  }
  // Nothing comes in any more, so that what is drained afterwards is all there ever was.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  // Moves everything to the engine's own queues, which go on counting until Left. Engine thread.
  void Drain(std::deque<Submission>* people, std::deque<Submission>* bulk) {
    const std::lock_guard lock(mutex_);
    std::deque<Submission>* const to[] = {people, bulk};
    for (size_t lane = 0; lane < 2; ++lane) {
      if (to[lane]->empty()) {
        to[lane]->swap(lanes_[lane]);
        continue;
      }
      for (Submission& submission : lanes_[lane]) to[lane]->push_back(std::move(submission));
      lanes_[lane].clear();
    }
  }
  // `count` submissions of the lane were taken up or answered.
  void Left(Lane lane, size_t count) {
    waiting_[static_cast<size_t>(lane)].fetch_sub(count, std::memory_order_relaxed);
  }

  size_t waiting() const {
    return waiting_[0].load(std::memory_order_relaxed) +
           waiting_[1].load(std::memory_order_relaxed);
  }

 private:
  const size_t max_[2];
  std::mutex mutex_;
  bool closed_ = false;
  std::deque<Submission> lanes_[2];
  std::atomic<size_t> waiting_[2] = {0, 0};
};

}  // namespace twinline::engine

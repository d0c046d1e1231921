// Threads for what is slow on purpose: a password costs 25 ms of one core, and a write to the vault
// a disk flush. Neither may happen on a thread that serves calls or decides. The queue is bounded:
// who finds it full is told to come again, instead of everybody waiting longer than their deadline.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace twinline::identity {

class WorkPool {
 public:
  // Two threads log 80 people a second in, a county's teachers in half a minute, and leave the
  // other services air on two cores; 128 waiting are less than two seconds of work.
  static constexpr size_t kThreads = 2;
  static constexpr size_t kWaiting = 128;

  explicit WorkPool(size_t threads = kThreads, size_t waiting_max = kWaiting);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // False when the queue is full or the pool has stopped; `work` is then dropped.
  bool Post(std::function<void()> work);
  // Housekeeping of our own, never refused while the pool runs; not for what callers ask for.
  void PostAnyway(std::function<void()> work);

  // Does what is queued, then joins. Idempotent.
  void Stop();

 private:
  bool Add(std::function<void()> work, bool bounded);
  void Loop();

  const size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace twinline::identity

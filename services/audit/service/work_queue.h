// A few threads for work that reads disks or waits for a checkpoint: never on a thread that serves
// calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace twinline::audit {

class WorkQueue {
 public:
  WorkQueue(size_t threads, size_t queue_max);
  ~WorkQueue() { Stop(); }

  // False when the queue is full or stopped: the work was not taken.
  bool Add(std::function<void()> work);
  // Finishes what is at work and drops what waits. Idempotent.
  void Stop();

 private:
  void Loop();

  const size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace twinline::audit

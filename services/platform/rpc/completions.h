// Threads that finish calls. The engine thread and the writer of access entries decide and make
// durable; serialising a reply and handing it to gRPC costs more than either and is done here,
// while they already work on the next batch (P-8: replies in batches after the write).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace twinline::rpc {

class Completions {
 public:
  explicit Completions(size_t threads = 1);
  ~Completions();  // runs what is queued, then joins
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  // Any thread. After the destructor began the work runs at once in the caller.
  void Run(std::function<void()> work);

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace twinline::rpc

// A queue and its threads; whoever wakes takes all that is there.
#include "platform/rpc/completions.h"
#include "platform/base/thread_name.h"

#include <utility>

namespace twinline::rpc {

Completions::Completions(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

Completions::~Completions() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Completions::Run(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(work));
      if (queue_.size() == 1) wake_.notify_one();
      return;
    }
  }
  work();
}

void Completions::Loop() {
  base::NameThread("completions");
  std::deque<std::function<void()>> taken;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      taken.swap(queue_);
    }
    for (auto& work : taken) work();
    taken.clear();
  }
}

}  // namespace twinline::rpc

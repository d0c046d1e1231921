// What the engine thread shows to all others: how far it is, whether it leads, and who waits for a
// position. Everything here is a copy; nothing on it can disturb the engine.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "platform/base/time.h"

namespace twinline::engine {

class Board {
 public:
  struct Shown {
    bool readable = false;  // the state is one that reads may be answered from
    bool leading = false;
    bool halted = false;
    bool stopped = false;
    std::string reason = "not started";
    std::string notice;
    uint64_t epoch = 0;
    uint64_t next_pos = 0;
    std::optional<base::Timestamp> next_timer;
  };

  Shown Get() const {
    const std::lock_guard lock(mutex_);
    return shown_;
  }
  // Asked for by every read: without a copy of all that is shown.
  bool readable() const {
    const std::lock_guard lock(mutex_);
    return shown_.readable;
  }
  template <typename Change>
  void Update(Change&& change) {
    const std::lock_guard lock(mutex_);
    change(shown_);
  }

  // Rows up to `next_pos` are stored; wakes and calls whoever waited for them. Engine thread.
  void Applied(uint64_t next_pos) {
    std::vector<std::function<void()>> ready;
    {
      const std::lock_guard lock(mutex_);
      shown_.next_pos = next_pos;
      const auto end = waiting_.lower_bound(next_pos);
      for (auto it = waiting_.begin(); it != end; ++it) ready.push_back(std::move(it->second));
      waiting_.erase(waiting_.begin(), end);
    }
    changed_.notify_all();
    for (const auto& call : ready) call();
  }
  // Lets everyone go, for good: nothing will be applied any more.
  void Release() {
    std::multimap<uint64_t, std::function<void()>> waiting;
    {
      const std::lock_guard lock(mutex_);
      shown_.stopped = true;
      waiting.swap(waiting_);
    }
    changed_.notify_all();
    for (const auto& [pos, call] : waiting) call();
  }

  absl::Status Wait(uint64_t pos, int64_t timeout_us) const {
    std::unique_lock lock(mutex_);
    const auto done = [&] { return shown_.next_pos > pos || shown_.stopped; };
    if (!changed_.wait_for(lock, std::chrono::microseconds(timeout_us), done)) {
      return absl::DeadlineExceededError("the position is not applied yet");
    }
    if (shown_.next_pos > pos) return absl::OkStatus();
    return absl::UnavailableError("the shard has stopped");
  }
  void When(uint64_t pos, std::function<void()> ready) {
    {
      const std::lock_guard lock(mutex_);
      if (shown_.next_pos <= pos && !shown_.stopped) {
        waiting_.emplace(pos, std::move(ready));
        return;
      }
    }
    ready();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Shown shown_;
  std::multimap<uint64_t, std::function<void()>> waiting_;
};

}  // namespace twinline::engine

// Who wants to hear of new entries; shared by every medium. A wake runs under the lock, so after
// Remove has returned it will not be called again and what it refers to may go. Hence the one rule:
// a wake is quick and calls neither Add nor Remove.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace twinline::journal {

class WakeList {
 public:
  uint64_t Add(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    const uint64_t id = ++last_id_;
    wakes_.emplace(id, std::move(wake));
    return id;
  }
  void Remove(uint64_t id) {
    const std::lock_guard lock(mutex_);
    wakes_.erase(id);
  }
  void WakeAll() const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, wake] : wakes_) wake();
  }

 private:
  mutable std::mutex mutex_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, std::function<void()>> wakes_;
};

}  // namespace twinline::journal

#include "registry/service/import_store.h"

#include "platform/base/time.h"

namespace twinline::registry {

void ImportStore::Start() {
  thread_ = std::thread([this] { Run(); });
}

void ImportStore::Stop() {
  std::deque<std::function<void()>> dropped;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    dropped.swap(jobs_);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ImportStore::stopping() const {
  std::lock_guard lock(mutex_);
  return stop_;
}

bool ImportStore::Enqueue(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    if (stop_ || jobs_.size() >= kQueueMax) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
  return true;
}

void ImportStore::Run() {
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
      if (stop_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

void ImportStore::Expire(int64_t now_us) {
  for (auto at = results_.begin(); at != results_.end();) {
    at = now_us - at->second->made_us > kKeepUs ? results_.erase(at) : std::next(at);
  }
  while (results_.size() > kResultsMax) {
    auto oldest = results_.begin();
    for (auto at = results_.begin(); at != results_.end(); ++at) {
      if (at->second->made_us < oldest->second->made_us) oldest = at;
    }
    results_.erase(oldest);
  }
}

void ImportStore::Put(const base::Id16& id, ImportResult result) {
  std::lock_guard lock(mutex_);
  result.made_us = base::MonotonicUs();
  const int64_t now = result.made_us;
  results_[id] = std::make_shared<const ImportResult>(std::move(result));
  Expire(now);
}

std::shared_ptr<const ImportResult> ImportStore::Find(const base::Id16& id,
                                                      const base::Id16& owner) {
  std::lock_guard lock(mutex_);
  Expire(base::MonotonicUs());
  const auto found = results_.find(id);
  if (found == results_.end() || found->second->owner != owner) return nullptr;
  return found->second;
}

}  // namespace twinline::registry

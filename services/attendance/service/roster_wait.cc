#include "attendance/service/roster_wait.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "attendance/tables/tables.h"
#include "platform/base/time.h"

namespace twinline::attendance {

namespace {

bool Knows(const engine::Shard& shard, const RosterWait::Waiting& waiting) {
  const auto facts = base::Find<v1::ForeignClass>(*shard.Read().rows, base::AsId(waiting.class_id));
  return facts && facts->roster_version() >= waiting.roster_version;
}

}  // namespace

struct RosterWait::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<Waiting> waiting;
  std::set<engine::Shard*> asked;  // shards that will call when they have taken more
  bool changed = false;
  bool stopping = false;
};

RosterWait::RosterWait() : state_(std::make_shared<State>()) {}
RosterWait::~RosterWait() { Stop(); }

void RosterWait::Wait(Waiting waiting) {
  waiting.deadline_us -= kAnswerTimeUs;
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopping && state_->waiting.size() < kWaitingMax) {
      state_->waiting.push_back(std::move(waiting));
      state_->changed = true;
      if (!thread_.joinable()) thread_ = std::thread([state = state_] { Run(state); });
      state_->wake.notify_one();
      return;
    }
  }
  waiting.done(false);
}

void RosterWait::Stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  if (thread_.joinable()) thread_.join();
}

void RosterWait::Run(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    const auto look_again = [&] { return state->changed || state->stopping; };
    if (state->waiting.empty()) {
      state->wake.wait(lock, look_again);
    } else {
      const auto next = std::min_element(
          state->waiting.begin(), state->waiting.end(),
          [](const Waiting& a, const Waiting& b) { return a.deadline_us < b.deadline_us; });
      const int64_t rest = std::max<int64_t>(0, next->deadline_us - base::MonotonicUs());
      state->wake.wait_for(lock, std::chrono::microseconds(rest), look_again);
    }
    state->changed = false;
    const bool stopping = state->stopping;
    std::vector<Waiting> looked = std::exchange(state->waiting, {});
    // Asked before the look, so that what arrives in between is not missed.
    std::vector<engine::Shard*> to_ask;
    for (const Waiting& waiting : looked) {
      if (!stopping && state->asked.insert(waiting.shard).second) to_ask.push_back(waiting.shard);
    }
    lock.unlock();
    for (engine::Shard* shard : to_ask) {
      shard->WhenFollowed([state, shard] {
        const std::lock_guard again(state->mutex);
        state->asked.erase(shard);
        state->changed = true;
        state->wake.notify_one();
      });
    }
    std::vector<Waiting> left;
    for (Waiting& waiting : looked) {
      if (!stopping && Knows(*waiting.shard, waiting)) {
        waiting.done(true);
      } else if (stopping || waiting.deadline_us <= base::MonotonicUs() ||
                 waiting.shard->Status().halted) {
        waiting.done(false);
      } else {
        left.push_back(std::move(waiting));
      }
    }
    lock.lock();
    std::move(left.begin(), left.end(), std::back_inserter(state->waiting));
    if (stopping && state->waiting.empty()) return;
  }
}

}  // namespace twinline::attendance

// The clock of a demonstration: record time that stands still until it is moved, kept in the
// journal `clock/0`. It moves from due timer to due timer, in order, over all shards, and stops at
// each until nobody has anything left to do: a jump of ten days fires ten days of escalations in
// the order in which ten days would have.
//
// Only decisions live in this time; tokens, deadlines of calls and metrics keep real time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/rpc/journal_follower.h"
#include "platform/rpc/journal_writer.h"
#include "platform/rpc/server.h"
#include "twinline/demo/v1/demo_clock.pb.h"

namespace twinline::runtime {

class DrivenClock final : public base::Clock {
 public:
  // Reads `clock/0`; an empty journal begins at `start`. The journal's own records are stamped with
  // this time too.
  static absl::StatusOr<std::unique_ptr<DrivenClock>> Open(
      std::shared_ptr<journal::Journal> journal, rpc::JournalIdentity identity,
      base::Timestamp start, const base::Clock* real_clock);

  // For a drill: the time of the newest record, which stands still. Nothing is appended, not even
  // an epoch, and MoveTo is FAILED_PRECONDITION.
  static absl::StatusOr<std::unique_ptr<DrivenClock>> OpenStill(
      std::shared_ptr<journal::Journal> journal, base::Timestamp start);
  // Reads `clock/0` and follows it: for every process but the one that moves it.
  static absl::StatusOr<std::unique_ptr<DrivenClock>> Follow(
      std::shared_ptr<journal::Journal> journal, base::Timestamp start);

  // Called after the time moved, on any thread; null: nobody. Returns when no call is under way.
  void OnMove(std::function<void()> moved);

  base::Timestamp Now() const override { return {now_us_.load(std::memory_order_acquire)}; }
  // Durable on return. INVALID_ARGUMENT when `to` is earlier than now; equal is nothing.
  // FAILED_PRECONDITION for a clock that only follows.
  absl::Status MoveTo(base::Timestamp to);

 private:
  explicit DrivenClock(base::Timestamp start) : now_us_(start.us) {}
  void Replay(const journal::Admitted& record);

  std::atomic<int64_t> now_us_;
  std::mutex mutex_;
  std::unique_ptr<rpc::JournalWriter> writer_;  // null: it stands still, or follows
  std::mutex move_mutex_;
  std::function<void()> moved_;
  std::unique_ptr<rpc::JournalFollower> follower_;
};

struct Advanced {
  base::Timestamp now;
  uint32_t steps = 0;
};

// How the shards of one process stand; of another process by a call.
using Look = std::function<absl::StatusOr<demo::v1::GetRestReply>()>;
Look LookAt(const DrivenClock* clock, std::vector<engine::Shard*> shards);
// FAILED_PRECONDITION when `target` is no address.
absl::StatusOr<Look> LookAtPeer(const std::string& target);

// Moves `clock` to `target`, which all of `looks` then have reached. UNAVAILABLE when a shard has
// halted or a peer does not answer, DEADLINE_EXCEEDED when the shards do not come to rest within
// `rest_us` of real time, CANCELLED when `stopping` became true.
absl::StatusOr<Advanced> Advance(DrivenClock* clock, const std::vector<Look>& looks,
                                 base::Timestamp target, const std::atomic<bool>& stopping,
                                 int64_t rest_us = 60'000'000);

// The RPCs of DemoClock; AdvanceTo only where the clock is led. Advancing takes long and runs on a
// thread of its own, one call after another.
class DemoClockService {
 public:
  // `peers`: how to look at the other processes. `leads`: this one moves the clock.
  DemoClockService(DrivenClock* clock, std::vector<engine::Shard*> shards, std::vector<Look> peers,
                   bool leads);
  ~DemoClockService();
  void Register(rpc::ServiceRegistry* registry);
  void Stop();

 private:
  void Loop();
  void Serve(const rpc::CallPtr& call);

  DrivenClock* const clock_;
  const bool leads_;
  std::vector<Look> looks_;  // this process first
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<rpc::CallPtr> waiting_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace twinline::runtime

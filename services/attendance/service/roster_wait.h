// Roll calls that name a roster version which has not arrived here yet: the registry made it
// a moment ago and the shard is a few records behind. They wait, up to shortly before the deadline
// of their call, so that the caller still hears why. One thread, which sleeps while nobody waits
// and is woken when the shard has taken more of the registry's journal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "platform/engine/shard.h"

namespace twinline::attendance {

class RosterWait {
 public:
  struct Waiting {
    engine::Shard* shard = nullptr;
    std::string class_id;
    uint32_t roster_version = 0;
    int64_t deadline_us = 0;  // monotonic: of the call
    // Called once: true as soon as the shard knows the version; false shortly before the deadline,
    // when too many wait, or when the process stops. On the waiting thread or the caller's.
    std::function<void(bool known)> done;
  };

  RosterWait();
  ~RosterWait();
  RosterWait(const RosterWait&) = delete;
  RosterWait& operator=(const RosterWait&) = delete;

  void Wait(Waiting waiting);
  // Lets everybody go; later waits end at once. Idempotent.
  void Stop();

  // A client that names versions which never come cannot fill the server.
  static constexpr size_t kWaitingMax = 1024;
  // How long before the deadline the answer leaves.
  static constexpr int64_t kAnswerTimeUs = 100'000;

 private:
  struct State;
  static void Run(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;  // shards keep it in their calls to WhenFollowed
  std::thread thread_;                  // started by the first wait
};

}  // namespace twinline::attendance

// Follows one journal on its own thread and keeps something in memory in step with it. Nothing is
// stored: at each start it reads from the beginning.
//
// Staleness is not "how far behind": it is the age of the newest look at the journal's end
// that this follower has since reached. A busy journal with a follower five milliseconds behind is
// not stale.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "platform/journal/admit.h"
#include "platform/journal/journal.h"

namespace twinline::rpc {

class JournalFollower {
 public:
  // `apply` sees every admitted record in order, in batches, on the follower's thread.
  using Apply = std::function<void(const std::vector<journal::Admitted>&)>;

  JournalFollower(std::shared_ptr<journal::Journal> journal, Apply apply);
  ~JournalFollower();
  JournalFollower(const JournalFollower&) = delete;
  JournalFollower& operator=(const JournalFollower&) = delete;

  // Reads what is there on the calling thread, then goes on by itself. An error is a halt.
  absl::Status Start();

  // Calls `ready` once this follower has reached what is durable now; at once when it has, or when
  // it has halted, and from its destructor.
  void WhenCurrent(std::function<void()> ready);

  int64_t StalenessUs() const;
  absl::Status health() const;
  uint64_t next_pos() const { return next_pos_.load(std::memory_order_relaxed); }

 private:
  struct Waiting {
    journal::Place place;
    std::function<void()> ready;
  };

  absl::Status ReadToEnd();
  void Loop();
  std::vector<std::function<void()>> TakeReached(bool all);

  std::shared_ptr<journal::Journal> journal_;
  const Apply apply_;
  journal::AdmittedReader reader_;
  std::atomic<uint64_t> reached_place_{0};
  std::atomic<uint64_t> next_pos_{0};
  std::atomic<int64_t> reached_at_us_{0};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  bool stopping_ = false;
  bool halted_ = false;
  absl::Status health_;
  std::vector<Waiting> waiting_;
  uint64_t watch_ = 0;
  std::thread thread_;
};

}  // namespace twinline::rpc

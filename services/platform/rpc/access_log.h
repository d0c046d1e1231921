// The access journals of this process: `access/<slot>/<yyyymm>`, one a month by civil date of the
// real clock. One thread appends; whatever arrived while a flush was under way goes
// into one record with one fsync, so that 25,000 reads a second cost a few hundred. Who waits is
// called back, no thread blocks.
//
// The next month's journal is opened a day early: a full disk or a missing right is then an alarm
// in the afternoon and not every read refused at midnight.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/civil.h"
#include "platform/journal/journal.h"
#include "platform/rpc/completions.h"
#include "platform/rpc/journal_writer.h"

namespace twinline::rpc {

// "access/0/202609"
std::string AccessJournalName(uint32_t slot, base::CivilDay day);

class AccessLog {
 public:
  struct Options {
    uint32_t slot = 0;
    JournalIdentity identity;
    size_t commits_per_record_max = 4'096;
    size_t bytes_per_record_max = size_t{900} << 10;
    // Entries that may wait; beyond, an entry is refused at once and with it the read.
    size_t queue_max = 65'536;
  };
  // Called once with whether the entry is durable.
  using Durable = std::function<void(bool ok)>;

  // All pointers outlive the log. Opens this month's journal and takes its epoch.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(Options options,
                                                         journal::JournalProvider* journals,
                                                         const base::Clock* real_clock,
                                                         Completions* completions);
  ~AccessLog();  // appends what is queued
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // `commit`: a serialised twinline.journal.v1.Commit whose events have type `event_type`.
  // `durable` may be null. Any thread.
  void Append(std::string commit, uint32_t event_type, Durable durable);

  // OK, or why the newest append or the opening of the next month failed.
  absl::Status Health() const;
  uint64_t entries() const { return entries_.load(std::memory_order_relaxed); }
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }

 private:
  struct Item {
    std::string commit;
    uint32_t event_type = 0;
    Durable durable;
  };

  AccessLog(Options options, journal::JournalProvider* journals, const base::Clock* real_clock,
            Completions* completions)
      : options_(std::move(options)),
        journals_(journals),
        real_clock_(real_clock),
        completions_(completions) {}

  absl::StatusOr<JournalWriter*> WriterOf(base::CivilDay day);
  void OpenMonths();
  void Loop();
  void Write(std::vector<Item> items);
  void SetHealth(absl::Status status);

  const Options options_;
  journal::JournalProvider* const journals_;
  const base::Clock* const real_clock_;
  Completions* const completions_;

  std::map<std::string, std::unique_ptr<JournalWriter>> writers_;  // by name; writer thread only

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Item> queue_;
  bool stopping_ = false;
  absl::Status health_;
  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> records_{0};
  std::thread thread_;
};

}  // namespace twinline::rpc

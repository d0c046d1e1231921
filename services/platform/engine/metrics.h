// Counters of one engine, for the metrics page. Written by the engine thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace twinline::engine {

struct ShardMetrics {
  std::atomic<uint64_t> records = 0;   // appended and applied by this leader
  std::atomic<uint64_t> commits = 0;   // in them
  std::atomic<uint64_t> refusals = 0;  // clients' commands refused
  std::atomic<uint64_t> repeated = 0;  // answered from a stored reply
  std::atomic<uint64_t> timers = 0;
  std::atomic<uint64_t> reactions = 0;
  std::atomic<uint64_t> replayed = 0;        // records applied that this leader did not write
  std::atomic<uint64_t> source_records = 0;  // read from followed journals
  std::atomic<uint64_t> append_errors = 0;
  std::atomic<uint64_t> epochs = 0;  // taken
  // Sums of microseconds; divide by `records`.
  std::atomic<uint64_t> decide_us = 0;
  std::atomic<uint64_t> append_us = 0;
  std::atomic<uint64_t> apply_us = 0;
  // Records by number of commits: 1, 2, 3-4, 5-8, ... 129-256, more.
  static constexpr size_t kBuckets = 10;
  std::array<std::atomic<uint64_t>, kBuckets> batch_size = {};

  void CountBatch(uint64_t size) {
    size_t bucket = 0;
    for (uint64_t bound = 1; bucket + 1 < kBuckets && size > bound; bound *= 2) ++bucket;
    batch_size[bucket].fetch_add(1, std::memory_order_relaxed);
  }
  static void Add(std::atomic<uint64_t>& counter, uint64_t count = 1) {
    counter.fetch_add(count, std::memory_order_relaxed);
  }
};

}  // namespace twinline::engine

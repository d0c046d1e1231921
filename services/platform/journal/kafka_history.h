// Records that are no longer, or not yet, in the memory of a journal: read from the broker by a
// consumer of its own, which is there while somebody needs it. Made for readers that go through a
// whole journal (a rebuild, a new follower), of which several may be at different places: what was
// fetched last is kept in blocks, so that readers close to each other do not turn the consumer to
// and fro.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/journal/kafka_client.h"

namespace twinline::journal {

// Offsets [first, end) of a partition and the records in them; fewer where offsets are missing.
struct KafkaBlock {
  int64_t first = 0;
  int64_t end = 0;
  std::vector<Entry> entries;
};

Place PlaceOf(int64_t offset);
Entry EntryOf(const rd_kafka_message_t& message);

// Thread-safe; one reader at a time is served from the broker.
class KafkaHistory {
 public:
  KafkaHistory(const KafkaOptions* options, TopicPartition at)
      : options_(options), at_(std::move(at)) {}

  // Entries with offset in [from, limit), at most `max`; empty only when there is none. All of them
  // must be acknowledged already. DATA_LOSS when they are not there any more.
  absl::StatusOr<std::vector<Entry>> Read(int64_t from, int64_t limit, size_t max);
  // Gives consumer and blocks back when nobody has read for some seconds.
  void CloseIfIdle();

 private:
  const KafkaBlock* Cached(int64_t from) const;
  absl::Status Turn(int64_t offset);
  absl::StatusOr<KafkaBlock> Fetch(int64_t from, int64_t limit);
  // Adds a message; true when the block is complete.
  absl::StatusOr<bool> Add(const rd_kafka_message_t& message, int64_t limit, KafkaBlock* block,
                           size_t* bytes);
  void Close();

  const KafkaOptions* const options_;
  const TopicPartition at_;

  std::mutex mutex_;
  std::unique_ptr<KafkaClient> client_;
  rd_kafka_topic_t* topic_ = nullptr;
  bool started_ = false;
  int64_t next_ = -1;  // offset that the consumer gives next
  std::deque<KafkaBlock> blocks_;
  int64_t used_us_ = 0;
};

}  // namespace twinline::journal

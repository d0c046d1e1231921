// One journal inside the Kafka log: the newest records in memory, put there by the one thread that
// follows the end of all partitions, everything older by KafkaHistory. Private to the Kafka
// journal.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/journal/kafka_history.h"
#include "platform/journal/kafka_producer.h"
#include "platform/journal/wake_list.h"

namespace twinline::journal {

class KafkaJournal : public Journal {
 public:
  // `end`: offset after the last acknowledged record, from which on the follower delivers.
  KafkaJournal(const KafkaOptions* options, std::string name, TopicPartition at, int64_t end);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Place> Append(RecordPtr record) override;
  absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max_entries) const override;
  absl::StatusOr<Place> End() const override;
  uint64_t Watch(std::function<void()> wake) override { return wakes_.Add(std::move(wake)); }
  void Unwatch(uint64_t id) override { wakes_.Remove(id); }

  const TopicPartition& at() const { return at_; }
  // OK, or why the newest append or read of the end failed.
  absl::Status Health() const;

  // From the follower, in order. A message of the partition, or its end, or an error of it.
  void Deliver(const std::vector<KafkaMessage>& messages);
  void CloseIdleHistory() { history_.CloseIfIdle(); }

 private:
  // Where a record of Append was seen by the follower.
  struct Sent {
    RecordPtr record;
    std::vector<int64_t> seen;
  };

  void Publish(const rd_kafka_message_t& message);
  void Trouble(const rd_kafka_message_t& message);
  absl::StatusOr<int64_t> Send(const RecordPtr& record);
  absl::StatusOr<Place> AwaitReadBack(int64_t offset);
  absl::Status Fail(absl::Status status);
  absl::Status MadeAnew(int64_t offset) const;

  const KafkaOptions* const options_;
  const std::string name_;
  const TopicPartition at_;

  std::mutex append_mutex_;  // held until the record was read back: one after the other
  std::unique_ptr<KafkaProducer> producer_;

  mutable std::mutex read_mutex_;  // never held over I/O
  mutable std::condition_variable read_back_;
  int64_t end_;           // everything below has been delivered
  int64_t woken_end_;     // and who watches has been woken up to here
  int64_t recent_first_;  // recent_ has everything from here to end_
  std::deque<Entry> recent_;
  size_t recent_bytes_ = 0;
  Sent sent_;
  absl::Status lost_;       // for good
  absl::Status trouble_;    // of reading the end; passes with the next record
  absl::Status unwritten_;  // of the newest append

  mutable KafkaHistory history_;
  WakeList wakes_;
};

}  // namespace twinline::journal

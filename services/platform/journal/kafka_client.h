// librdkafka behind types that free themselves, and its errors as statuses. Private to the Kafka
// journal, like everything named kafka_* but kafka_journal.h, kafka_topics.h and kafka_admin.h.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/kafka_journal.h"

namespace twinline::journal {

using KafkaSettings = std::vector<std::pair<std::string, std::string>>;

// librdkafka has a function of the same name.
using RawMetadata = struct rd_kafka_metadata;
struct MetadataDeleter {
  void operator()(const RawMetadata* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
using KafkaMetadata = std::unique_ptr<const RawMetadata, MetadataDeleter>;

// A client handle with the last complaint of its own threads, which often says more than the error
// code ("Connection refused" instead of "timed out"). Thread-safe as librdkafka is.
class KafkaClient {
 public:
  // `settings` come after those of `options` that every client has. `on_delivery` as in
  // rd_kafka_conf_set_dr_msg_cb; null for consumers.
  static absl::StatusOr<std::unique_ptr<KafkaClient>> Make(
      rd_kafka_type_t type, const KafkaOptions& options, const KafkaSettings& settings,
      void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr);
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* get() const { return handle_; }
  // Null only when librdkafka has no memory. Freed with the client.
  rd_kafka_topic_t* Topic(const std::string& name);

  // The error as a status: `doing`, then the text of the code, then the last complaint.
  absl::Status Error(rd_kafka_resp_err_t code, const std::string& doing) const;

  // About one topic, or about all when `topic` is null.
  absl::StatusOr<KafkaMetadata> AskMetadata(rd_kafka_topic_t* topic, int64_t timeout_ms) const;

  struct Watermarks {
    int64_t low = 0;   // first offset that still exists
    int64_t high = 0;  // one above the last acknowledged record
  };
  // Asks the leader of the partition. Waits up to `timeout_ms` for a partition that has just been
  // made or has no leader for the moment. Asking also warms this handle up: without it the first
  // record through it takes a second.
  absl::StatusOr<Watermarks> QueryWatermarks(const TopicPartition& at, int64_t timeout_ms) const;
  // The ends (Watermarks.high) of many partitions, in order, by one request to each broker.
  absl::StatusOr<std::vector<int64_t>> QueryEnds(std::span<const TopicPartition> at,
                                                 int64_t timeout_ms) const;

 private:
  absl::StatusOr<std::vector<int64_t>> QueryOffsets(std::span<const TopicPartition> at,
                                                    int64_t logical, int64_t timeout_ms) const;
  explicit KafkaClient(std::string brokers) : brokers_(std::move(brokers)) {}
  static void OnLog(const rd_kafka_t* handle, int level, const char* facility, const char* text);

  const std::string brokers_;
  rd_kafka_t* handle_ = nullptr;
  // Two locks: librdkafka complains from within calls that are made under the other one.
  mutable std::mutex complaint_mutex_;
  std::string complaint_;
  std::mutex topics_mutex_;
  std::vector<std::pair<std::string, rd_kafka_topic_t*>> topics_;
};

// UNAVAILABLE for what passes by itself, PERMISSION_DENIED, NOT_FOUND and DATA_LOSS for what does
// not.
absl::StatusCode CodeOf(rd_kafka_resp_err_t code);

struct MessageDeleter {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, MessageDeleter>;

}  // namespace twinline::journal

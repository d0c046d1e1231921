// The writing half of one journal: an idempotent producer with one record outstanding. Of no
// further use after its first error: what was sent may still land, and only a new producer, with a
// new id, is known not to carry old state along (librdkafka 2.0.2: fatal errors after a record that
// may have been written).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "platform/journal/kafka_client.h"

namespace twinline::journal {

// Not thread-safe.
class KafkaProducer {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Make(const KafkaOptions& options,
                                                             const TopicPartition& at);
  ~KafkaProducer();

  // The offset at which every replica in sync has the record. Any error: unknown, throw this
  // producer away.
  absl::StatusOr<int64_t> Produce(const std::string& bytes);

 private:
  struct Delivery {
    bool done = false;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    int64_t offset = -1;
  };

  KafkaProducer(TopicPartition at, int64_t timeout_ms)
      : at_(std::move(at)), timeout_ms_(timeout_ms) {}
  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*);

  const TopicPartition at_;
  const int64_t timeout_ms_;
  Delivery delivery_;  // of the one record that is out
  std::unique_ptr<KafkaClient> client_;
  rd_kafka_topic_t* topic_ = nullptr;
};

}  // namespace twinline::journal

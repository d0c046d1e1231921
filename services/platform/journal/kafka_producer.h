// The writing half of one partition: an idempotent producer with one request outstanding. Of no
// further use after its first error: what was sent may still land, and only a new producer, with a
// new id, is known not to carry old state along (librdkafka 2.0.2: fatal errors after a record that
// may have been written).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "platform/journal/kafka_client.h"

namespace twinline::journal {

// Not thread-safe.
class KafkaProducer {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Make(const KafkaOptions& options,
                                                             const TopicPartition& at);
  ~KafkaProducer();

  struct Message {
    std::string_view key;  // none when it points nowhere
    std::string_view value;
  };
  // In order; the offset of the last one, once every replica in sync has all of them. Any error:
  // unknown, some may have landed or may land later; throw this producer away.
  absl::StatusOr<int64_t> Produce(std::span<const Message> messages);

 private:
  struct Delivery {
    size_t out = 0;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;  // of the first that failed
    int64_t last = -1;
  };

  KafkaProducer(TopicPartition at, int64_t timeout_ms)
      : at_(std::move(at)), timeout_ms_(timeout_ms) {}
  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*);

  const TopicPartition at_;
  const int64_t timeout_ms_;
  Delivery delivery_;  // of what is out
  std::unique_ptr<KafkaClient> client_;
  rd_kafka_topic_t* topic_ = nullptr;
};

}  // namespace twinline::journal

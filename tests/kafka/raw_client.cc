#include "tests/kafka/raw_client.h"

#include <librdkafka/rdkafka.h>

#include "platform/base/check.h"

namespace twinline::journal_test {
namespace {

constexpr int kWaitMs = 20'000;

struct Client {
  explicit Client(const journal::KafkaOptions& options) {
    char error[512] = {};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", options.brokers.c_str(), error, sizeof(error));
    rd_kafka_conf_set(conf, "log_level", "0", error, sizeof(error));
    handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
    TWINLINE_CHECK(handle != nullptr, error);
    queue = rd_kafka_queue_new(handle);
  }
  ~Client() {
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(handle);
  }
  void ExpectDone() {
    rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kWaitMs);
    TWINLINE_CHECK(event != nullptr, "no answer");
    TWINLINE_CHECK(rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR,
                   rd_kafka_event_error_string(event));
    rd_kafka_event_destroy(event);
  }
  rd_kafka_t* handle = nullptr;
  rd_kafka_queue_t* queue = nullptr;
};

}  // namespace

void ProduceRaw(const journal::KafkaOptions& options, const std::string& topic,
                const std::string& bytes) {
  Client client(options);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client.handle, topic.c_str(), nullptr);
  rd_kafka_produce(handle, 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>(bytes.data()), bytes.size(),
                   nullptr, 0, nullptr);
  TWINLINE_CHECK(rd_kafka_flush(client.handle, kWaitMs) == RD_KAFKA_RESP_ERR_NO_ERROR, "flush");
  rd_kafka_topic_destroy(handle);
}

void DeleteTopic(const journal::KafkaOptions& options, const std::string& topic) {
  Client client(options);
  rd_kafka_DeleteTopic_t* deletion = rd_kafka_DeleteTopic_new(topic.c_str());
  rd_kafka_DeleteTopics(client.handle, &deletion, 1, nullptr, client.queue);
  client.ExpectDone();
  rd_kafka_DeleteTopic_destroy(deletion);
}

void DeleteRecordsBefore(const journal::KafkaOptions& options, const std::string& topic,
                         int64_t offset) {
  Client client(options);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = offset;
  rd_kafka_DeleteRecords_t* deletion = rd_kafka_DeleteRecords_new(list);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_DeleteRecords(client.handle, &deletion, 1, nullptr, client.queue);
  client.ExpectDone();
  rd_kafka_DeleteRecords_destroy(deletion);
}

}  // namespace twinline::journal_test

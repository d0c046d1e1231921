#include "tests/kafka/mock_brokers.h"

#include "platform/base/check.h"
#include "tests/kafka/kafka_topics_for_tests.h"

namespace twinline::journal_test {

MockBrokers::MockBrokers(int brokers) {
  char error[512] = {};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", error, sizeof(error));
  handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
  TWINLINE_CHECK(handle_ != nullptr, error);
  cluster_ = rd_kafka_mock_cluster_new(handle_, brokers);
  TWINLINE_CHECK(cluster_ != nullptr, "no mock cluster");
  for (const journal::TopicSpec& topic : TestTopics().Wanted("", false, 1, {"202611"})) {
    const rd_kafka_resp_err_t made =
        rd_kafka_mock_topic_create(cluster_, topic.name.c_str(), topic.partitions, brokers);
    TWINLINE_CHECK(made == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(made));
  }
}

MockBrokers::~MockBrokers() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(handle_);
}

}  // namespace twinline::journal_test

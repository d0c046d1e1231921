// librdkafka's own broker in this process: keeps records in memory, speaks the protocol over real
// sockets, and misbehaves on request. It knows no topic settings, keeps at most 5 MB a partition,
// and forgets everything when it goes.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <string>

namespace twinline::journal_test {

class MockBrokers {
 public:
  // With every topic of TestTopics and access topics of November 2026.
  explicit MockBrokers(int brokers = 1);
  ~MockBrokers();
  MockBrokers(const MockBrokers&) = delete;
  MockBrokers& operator=(const MockBrokers&) = delete;

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  rd_kafka_mock_cluster_t* cluster() const { return cluster_; }

 private:
  rd_kafka_t* handle_;  // the mock lives in a client
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace twinline::journal_test

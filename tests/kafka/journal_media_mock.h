// The media of the journal contract over librdkafka's mock broker.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/journal/kafka_journal.h"
#include "tests/kafka/kafka_topics_for_tests.h"
#include "tests/kafka/mock_brokers.h"

namespace twinline::journal_test {

// `kMemory` is how much each journal keeps in memory.
template <size_t kMemory>
class MockMedium {
 public:
  MockMedium() { Restart(); }
  journal::JournalProvider& provider() { return *log_; }
  // Our process comes back; the brokers stay.
  void Restart() {
    log_.reset();
    journal::KafkaOptions options;
    options.brokers = brokers_.brokers();
    options.topics = TestTopics();
    options.memory_per_journal_bytes = kMemory;
    options.fetch_wait_ms = 2;  // the mock sleeps out every fetch that finds nothing
    auto log = journal::KafkaLog::Open(std::move(options));
    TWINLINE_CHECK(log.ok(), log.status().ToString().c_str());
    log_ = std::move(log).value();
  }

 private:
  MockBrokers brokers_;
  std::unique_ptr<journal::KafkaLog> log_;
};

// The second has room for about two records, so that nearly every read goes to the broker.
using JournalMedia = testing::Types<MockMedium<size_t{8} << 20>, MockMedium<256>>;
using DurableMedia = JournalMedia;

}  // namespace twinline::journal_test

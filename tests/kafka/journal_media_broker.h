// The media of the journal contract over Apache Kafka.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "tests/kafka/broker_log.h"

namespace twinline::journal_test {

template <size_t kMemory>
class BrokerMedium {
 public:
  BrokerMedium() {
    topics_.options().memory_per_journal_bytes = kMemory;
    Restart();
  }
  journal::JournalProvider& provider() { return *log_; }
  // Our process comes back. What becomes of records when a broker dies: broker_trouble_test.cc.
  void Restart() {
    log_.reset();
    log_ = topics_.Open();
  }

 private:
  BrokerTopics topics_;
  std::unique_ptr<journal::KafkaLog> log_;
};

using JournalMedia = testing::Types<BrokerMedium<size_t{8} << 20>, BrokerMedium<256>>;
using DurableMedia = JournalMedia;

}  // namespace twinline::journal_test

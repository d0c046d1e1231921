// Topics of its own on the brokers of this program, and logs over them.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "platform/base/check.h"
#include "platform/journal/kafka_admin.h"
#include "platform/journal/kafka_journal.h"
#include "tests/kafka/kafka_topics_for_tests.h"
#include "tests/kafka/running_brokers.h"

namespace twinline::journal_test {

class BrokerTopics {
 public:
  BrokerTopics() {
    static std::atomic<int> count = 0;
    options_.brokers = Brokers().brokers();
    options_.topic_prefix = "t" + std::to_string(++count) + ".";
    options_.topics = TestTopics();
    auto admin = journal::KafkaAdmin::Connect(options_);
    TWINLINE_CHECK(admin.ok(), admin.status().ToString().c_str());
    const auto made = (*admin)->CreateMissing(Wanted());
    TWINLINE_CHECK(made.ok(), made.status().ToString().c_str());
  }

  std::vector<journal::TopicSpec> Wanted() const {
    return TestTopics().Wanted(options_.topic_prefix, false, Brokers().replicas(), {});
  }
  const journal::KafkaOptions& options() const { return options_; }
  journal::KafkaOptions& options() { return options_; }

  std::unique_ptr<journal::KafkaLog> Open() const {
    auto log = journal::KafkaLog::Open(options_);
    TWINLINE_CHECK(log.ok(), log.status().ToString().c_str());
    return *std::move(log);
  }

 private:
  journal::KafkaOptions options_;
};

}  // namespace twinline::journal_test

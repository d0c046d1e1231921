// A table in a compacted topic: every follower sees the same rows in the same order, at once and
// after it was opened again. On librdkafka's mock broker, which never compacts; what compaction
// leaves is a part of these rows in the same order.
#include "platform/journal/kafka_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "tests/kafka/mock_brokers.h"

namespace twinline::journal_test {
namespace {

using journal::KafkaTable;
using testing::ElementsAre;

constexpr int16_t kProduce = 0;  // number of the request in the protocol
constexpr char kTopic[] = "table";

// A follower that writes down what it sees.
class Follower {
 public:
  explicit Follower(const std::string& brokers) {
    journal::KafkaOptions options;
    options.brokers = brokers;
    options.append_timeout_ms = 5'000;
    auto opened = KafkaTable::Open(
        options, kTopic, [this](std::string_view key, std::string_view value, uint64_t place) {
          const std::lock_guard lock(mutex_);
          EXPECT_GT(place, last_);
          last_ = place;
          seen_.push_back(std::string(key) + "=" + std::string(value));
        });
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (opened.ok()) table_ = *std::move(opened);
  }
  absl::Status Put(const std::vector<KafkaTable::Row>& rows) { return table_->Put(rows); }
  std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  uint64_t last_ = 0;
  std::vector<std::string> seen_;
  std::unique_ptr<KafkaTable> table_;
};

class KafkaTableTest : public testing::Test {
 protected:
  KafkaTableTest() { rd_kafka_mock_topic_create(mock_.cluster(), kTopic, 1, 1); }
  MockBrokers mock_;
};

TEST_F(KafkaTableTest, WhatWasPutIsAppliedBeforePutReturnsAndInTheSameOrderElsewhere) {
  Follower one(mock_.brokers()), other(mock_.brokers());
  ASSERT_TRUE(one.Put({{"a", "1"}, {"b", "2"}, {"c", "3"}}).ok());
  EXPECT_THAT(one.seen(), ElementsAre("a=1", "b=2", "c=3"));
  ASSERT_TRUE(other.Put({{"a", "4"}}).ok());
  EXPECT_THAT(other.seen(), ElementsAre("a=1", "b=2", "c=3", "a=4"));
  ASSERT_TRUE(one.Put({}).ok());
  EXPECT_THAT(Follower(mock_.brokers()).seen(), ElementsAre("a=1", "b=2", "c=3", "a=4"));
}

TEST_F(KafkaTableTest, ManyRowsKeepTheirOrder) {
  constexpr int kRows = 2'000;
  std::vector<KafkaTable::Row> rows;
  std::vector<std::string> expected;
  for (int i = 0; i < kRows; ++i) {
    rows.emplace_back("key" + std::to_string(i), std::to_string(i));
    expected.push_back(rows.back().first + "=" + rows.back().second);
  }
  Follower follower(mock_.brokers());
  ASSERT_TRUE(follower.Put(rows).ok());
  EXPECT_EQ(follower.seen(), expected);
}

TEST_F(KafkaTableTest, AfterARefusedWriteTheNextOneGoes) {
  Follower follower(mock_.brokers());
  ASSERT_TRUE(follower.Put({{"a", "1"}}).ok());
  rd_kafka_mock_push_request_errors(mock_.cluster(), kProduce, 1,
                                    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  EXPECT_FALSE(follower.Put({{"a", "2"}}).ok());
  ASSERT_TRUE(follower.Put({{"a", "3"}}).ok());
  EXPECT_THAT(follower.seen(), ElementsAre("a=1", "a=3"));
}

}  // namespace
}  // namespace twinline::journal_test

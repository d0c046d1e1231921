// Faults that a real broker does not make on request: errors pushed into its answers, answers that
// never come. On librdkafka's mock broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "platform/journal/kafka_journal.h"
#include "tests/kafka/kafka_topics_for_tests.h"
#include "tests/kafka/mock_brokers.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::JournalState;
using journal::RecordPtr;
using testing::HasSubstr;

constexpr int16_t kProduce = 0;  // numbers of requests in the protocol

class MockTrouble : public testing::Test {
 protected:
  void Open(int64_t append_timeout_ms) {
    journal::KafkaOptions options;
    options.brokers = mock_.brokers();
    options.topics = TestTopics();
    options.append_timeout_ms = append_timeout_ms;
    options.fetch_wait_ms = 2;
    log_ = journal::KafkaLog::Open(std::move(options)).value();
    journal_ = log_->Open(kJournal).value();
    for (const RecordPtr& record : History(2, state_)) ASSERT_TRUE(journal_->Append(record).ok());
  }

  MockBrokers mock_;
  JournalState state_;
  std::unique_ptr<journal::KafkaLog> log_;
  std::shared_ptr<journal::Journal> journal_;
};

TEST_F(MockTrouble, ErrorsThatPassAreRepeatedAndTheRecordLandsOnce) {
  Open(30'000);
  rd_kafka_mock_push_request_errors(
      mock_.cluster(), kProduce, 3, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
  const auto place = journal_->Append(NextBatch(state_, "after three errors"));
  ASSERT_TRUE(place.ok()) << place.status();
  const ReadResult read = ReadAll(journal_);
  EXPECT_TRUE(read.halt.ok()) << read.halt;
  EXPECT_EQ(read.admitted.size(), 5u);
}

// Written on one replica, too few others: unknown, although librdkafka repeats it.
TEST_F(MockTrouble, TooFewReplicasForTooLongIsUnknown) {
  Open(1'000);
  for (int i = 0; i < 50; ++i) {
    rd_kafka_mock_push_request_errors(mock_.cluster(), kProduce, 1,
                                      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  }
  const auto failed = journal_->Append(NextBatch(state_, "never"));
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(failed.status().message()), HasSubstr("the outcome is unknown"));
  EXPECT_EQ(log_->Health(), failed.status());
  rd_kafka_mock_clear_request_errors(mock_.cluster(), kProduce);
  ASSERT_TRUE(journal_->Append(EpochRecord(7)).ok());
  EXPECT_TRUE(log_->Health().ok());
}

TEST_F(MockTrouble, WithoutTheRightToWriteItSaysSo) {
  Open(5'000);
  rd_kafka_mock_push_request_errors(mock_.cluster(), kProduce, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto failed = journal_->Append(NextBatch(state_, "not allowed"));
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kPermissionDenied) << failed.status();
}

TEST_F(MockTrouble, ABrokerThatIsAwayIsUnknownForTheWriterAndReadsGoOn) {
  Open(1'000);
  rd_kafka_mock_broker_set_down(mock_.cluster(), 1);
  const auto failed = journal_->Append(NextBatch(state_, "unknown"));
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kUnavailable) << failed.status();
  EXPECT_EQ(ReadAll(journal_).admitted.size(), 4u) << "what was read is still here";
  rd_kafka_mock_broker_set_up(mock_.cluster(), 1);
  ReadResult now;
  for (uint64_t epoch = 7; epoch < 30; ++epoch) {
    if (journal_->Append(EpochRecord(epoch)).ok()) break;
  }
  now = ReadAll(journal_);
  EXPECT_TRUE(now.halt.ok()) << now.halt;
  EXPECT_GE(now.state.epoch, 7u);
}

}  // namespace
}  // namespace twinline::journal_test

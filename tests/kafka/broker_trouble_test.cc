// What brokers, operators and strangers may do to a journal over Kafka, on real brokers: each
// either costs nobody a record or is said in one message, and nothing is ever passed over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <string>
#include <thread>
#include <vector>

#include "platform/base/time.h"
#include "platform/journal/admit.h"
#include "platform/journal/kafka_client.h"
#include "tests/kafka/broker_log.h"
#include "tests/kafka/raw_client.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::Journal;
using journal::JournalState;
using journal::RecordPtr;
using testing::HasSubstr;

// Broker 0 leads every partition only where there is no other; on three, whoever leads is unknown,
// and that a killed or paused one may be a follower is part of the test.
class BrokerTrouble : public testing::Test {
 protected:
  std::shared_ptr<Journal> Open(journal::KafkaLog& log, const std::string& name = kJournal) {
    auto journal = log.Open(name);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return *journal;
  }
  void Do(const std::string& command) {
    const absl::Status done = Brokers().Do(command);
    ASSERT_TRUE(done.ok()) << done;
  }
  std::string Topic() const {
    return topics_.options().topic_prefix + "twinline.registry.journal.v1";
  }

  BrokerTopics topics_;
};

// Acknowledged records are there once, in order, whatever became of the others.
void ExpectAllOnceInOrder(const std::shared_ptr<Journal>& journal,
                          const std::vector<RecordPtr>& sent) {
  const ReadResult read = ReadAll(journal);
  ASSERT_TRUE(read.halt.ok()) << read.halt;
  ASSERT_EQ(read.admitted.size(), sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(read.admitted[i].record->bytes(), sent[i]->bytes()) << i;
  }
}

TEST_F(BrokerTrouble, AKilledBrokerThatComesBackCostsNobodyARecord) {
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  JournalState state;
  const std::vector<RecordPtr> records = History(60, state);
  std::vector<RecordPtr> sent;
  std::thread trouble;
  for (const RecordPtr& record : records) {
    if (sent.size() == 20) {
      Do("kill 0");
      trouble = std::thread([this] { Do("start 0"); });
    }
    const auto place = journal->Append(record);
    ASSERT_TRUE(place.ok()) << place.status();
    sent.push_back(record);
  }
  trouble.join();
  ExpectAllOnceInOrder(journal, sent);
  ExpectAllOnceInOrder(Open(*topics_.Open()), sent);
}

TEST_F(BrokerTrouble, APausedBrokerDelaysAnAppendAndLosesNothing) {
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  JournalState state;
  std::vector<RecordPtr> sent = History(3, state);
  for (const RecordPtr& record : sent) ASSERT_TRUE(journal->Append(record).ok());
  const RecordPtr next = NextBatch(state, "while paused");
  Do("pause 0");
  std::thread resume([this, &journal] {
    // Long enough for an append to be under way, then as soon as it surely waits.
    const int64_t until_us = base::MonotonicUs() + 1'500'000;
    while (base::MonotonicUs() < until_us) EXPECT_TRUE(journal->End().ok());
    Do("resume 0");
  });
  const auto place = journal->Append(next);
  resume.join();
  ASSERT_TRUE(place.ok()) << place.status();
  sent.push_back(next);
  ExpectAllOnceInOrder(journal, sent);
}

// The append gives up while the broker holds it: unknown. What lands later belongs to an old epoch.
TEST_F(BrokerTrouble, AnAppendThatTimesOutIsUnknownAndANewEpochGoesOn) {
  if (Brokers().nodes() > 1) GTEST_SKIP() << "with three brokers another one takes over";
  topics_.options().append_timeout_ms = 1'500;
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  JournalState state;
  for (const RecordPtr& record : History(3, state)) ASSERT_TRUE(journal->Append(record).ok());
  Do("pause 0");
  const auto unknown = journal->Append(NextBatch(state, "unknown"));
  Do("resume 0");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("the outcome is unknown"));
  EXPECT_FALSE(log->Health().ok());

  absl::StatusOr<journal::Place> epoch;
  for (int attempt = 0; attempt < 20; ++attempt) {
    epoch = journal->Append(EpochRecord(7 + static_cast<uint64_t>(attempt)));
    if (epoch.ok()) break;
  }
  ASSERT_TRUE(epoch.ok()) << epoch.status();
  EXPECT_TRUE(log->Health().ok());
  ReadResult now = ReadAll(journal);
  ASSERT_TRUE(now.halt.ok()) << now.halt;
  ASSERT_TRUE(journal->Append(NextBatch(now.state, "of the new epoch")).ok());
  const auto other = topics_.Open();
  const ReadResult mine = ReadAll(journal), theirs = ReadAll(Open(*other));
  EXPECT_TRUE(mine.halt.ok()) << mine.halt;
  EXPECT_EQ(mine.state.chain, theirs.state.chain);
  EXPECT_EQ(mine.admitted.back().record->commits()[0].request_id(),
            theirs.admitted.back().record->commits()[0].request_id());
}

TEST_F(BrokerTrouble, OfTwoLeadersTheStaleOneCountsForNothingAnywhere) {
  const auto first_log = topics_.Open(), second_log = topics_.Open();
  const auto first = Open(*first_log), second = Open(*second_log);
  JournalState state;
  for (const RecordPtr& record : History(3, state)) ASSERT_TRUE(first->Append(record).ok());
  const JournalState stale = state;
  const RecordPtr epoch = EpochRecord(7);
  ASSERT_TRUE(second->Append(epoch).ok());
  ASSERT_EQ(journal::Admit(state, *epoch).verdict, journal::Verdict::kAccept);
  ASSERT_TRUE(first->Append(NextBatch(stale, "late")).ok());
  ASSERT_TRUE(second->Append(NextBatch(state, "of epoch 7")).ok());
  ASSERT_TRUE(first->Append(NextBatch(stale, "late again")).ok());
  const ReadResult a = ReadAll(first), b = ReadAll(second);
  EXPECT_EQ(a.admitted.size(), 7u);
  EXPECT_EQ(a.state.chain, b.state.chain);
  EXPECT_TRUE(a.halt.ok() && b.halt.ok());
}

TEST_F(BrokerTrouble, AForeignRecordHaltsEveryReaderWithItsPlace) {
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  ASSERT_TRUE(journal->Append(GenesisRecord()).ok());
  ProduceRaw(topics_.options(), Topic(), "somebody tried kcat here");
  ASSERT_TRUE(journal->Append(EpochRecord(1)).ok());
  const ReadResult read = ReadAll(journal);
  EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read.halt.message()),
              HasSubstr("halts at place 2: bytes that are not a record"));
}

TEST_F(BrokerTrouble, TwoInstallationsOnOneTopicAreToldApart) {
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  ASSERT_TRUE(journal->Append(GenesisRecord()).ok());
  Genesis other;
  other.installation = std::string(16, 'o');
  ASSERT_TRUE(journal->Append(GenesisRecord(other)).ok());
  const ReadResult read = ReadAll(journal);
  EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read.halt.message()), HasSubstr("this journal belongs to installation"));
}

TEST_F(BrokerTrouble, ATopicMadeAnewUnderUsStopsTheJournal) {
  const auto log = topics_.Open();
  const auto journal = Open(*log);
  JournalState state;
  for (const RecordPtr& record : History(5, state)) ASSERT_TRUE(journal->Append(record).ok());
  DeleteTopic(topics_.options(), Topic());
  const auto admin = journal::KafkaAdmin::Connect(topics_.options());
  std::vector<std::string> made;
  for (int attempt = 0; attempt < 100 && made.empty(); ++attempt) {
    const auto created = (*admin)->CreateMissing(topics_.Wanted());
    if (created.ok()) made = *created;  // until the old one is gone
  }
  ASSERT_EQ(made, std::vector<std::string>{Topic()});
  absl::Status status;
  for (int attempt = 0; attempt < 20 && !absl::IsDataLoss(status); ++attempt) {
    status = journal->Append(NextBatch(state, "into the new one")).status();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("made anew"));
  EXPECT_EQ(journal->Append(EpochRecord(9)).status().code(), absl::StatusCode::kDataLoss);
  // After a restart it is the readers' cursors that know more than the topic holds.
  const auto again = topics_.Open();
  EXPECT_EQ(Open(*again)->Read(journal::Place{6}, 1).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BrokerTrouble, ADeletedBeginningDoesNotOpen) {
  {
    const auto log = topics_.Open();
    const auto journal = Open(*log);
    JournalState state;
    for (const RecordPtr& record : History(5, state)) ASSERT_TRUE(journal->Append(record).ok());
  }
  DeleteRecordsBefore(topics_.options(), Topic(), 3);
  const auto opened = topics_.Open()->Open(kJournal);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("begins at offset 3"));
}

TEST_F(BrokerTrouble, DriftIsNamedAndRefused) {
  EXPECT_TRUE(journal::CheckTopics(topics_.options(), topics_.Wanted()).ok());
  std::vector<journal::TopicSpec> wanted = topics_.Wanted();
  wanted[0].settings["retention.ms"] = "86400000";
  wanted[1].partitions = 3;
  wanted[1].replicas += 1;
  const absl::Status drift = journal::CheckTopics(topics_.options(), wanted);
  EXPECT_EQ(drift.code(), absl::StatusCode::kFailedPrecondition);
  const std::string text(drift.message());
  EXPECT_THAT(text, HasSubstr("retention.ms is -1, must be 86400000"));
  EXPECT_THAT(text, HasSubstr("the number of partitions is 1, must be 3"));
  EXPECT_THAT(text, HasSubstr("the number of replicas is "));
  wanted = topics_.Wanted();
  wanted[0].name += "x";
  const absl::Status missing = journal::CheckTopics(topics_.options(), wanted);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("topics are missing"));
  EXPECT_THAT(std::string(missing.message()), HasSubstr("twinline admin topics --create"));
}

// A stop must not wait for a broker that is gone: whoever asks is told so in the time that was
// given.
TEST_F(BrokerTrouble, WhoAsksAKilledBrokerForAnEndIsToldInTime) {
  if (Brokers().nodes() > 1) GTEST_SKIP() << "with three brokers another one answers";
  const auto client = journal::KafkaClient::Make(RD_KAFKA_CONSUMER, topics_.options(), {});
  ASSERT_TRUE(client.ok()) << client.status();
  const auto before = (*client)->QueryWatermarks({Topic(), 0}, 20'000);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->low, 0);
  EXPECT_EQ(before->high, 0);
  // Between the look-up of the leader, which is remembered, and the question to it.
  Do("kill 0");
  const int64_t begin_us = base::MonotonicUs();
  const auto gone = (*client)->QueryWatermarks({Topic(), 0}, 2'000);
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kUnavailable) << gone.status();
  EXPECT_LT(base::MonotonicUs() - begin_us, 15'000'000);
  Do("start 0");
}

TEST_F(BrokerTrouble, AMissingTopicAndAMissingBrokerSayWhatToDo) {
  journal::KafkaOptions options = topics_.options();
  options.topic_prefix = "nobody.";
  const auto log = journal::KafkaLog::Open(options);
  ASSERT_TRUE(log.ok());
  const auto missing = (*log)->Open(kJournal);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("twinline admin topics --create"));
  options.brokers = "127.0.0.1:1";
  options.request_timeout_ms = 500;
  const auto away = journal::KafkaLog::Open(options);
  EXPECT_EQ(away.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(away.status().message()), HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace twinline::journal_test

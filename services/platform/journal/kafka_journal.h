// Journals over Apache Kafka: one partition each, so that several machines can follow and take
// over. Reached only through journal.h, like the embedded log; nothing above knows offsets, groups
// or producers. A place is the offset + 1; the cursors that readers keep beside their state are
// therefore our own (pos, offset) cursors, and nothing is ever committed to the broker.
//
// What it promises: an Append that returned OK was acknowledged by every replica in sync and then
// read back through the consumer with the same bytes (a delivery report alone is not believed;
// librdkafka 2.0.2 has known defects there). What it cannot promise: that a failed Append did not
// land, or will not. After every failure the producer is thrown away, so a repeated record has
// another producer id and may stand twice; Admit is what makes that harmless.
//
// What a journal over Kafka can find wrong, each as one message that says what to do:
//
//   UNAVAILABLE          brokers away, slow, too few replicas in sync: outcome unknown, it goes on
//                        by itself when they are back
//   NOT_FOUND            the topic or the partition does not exist
//   FAILED_PRECONDITION  a topic is set up in another way than deploy/kafka/topics.tsv says
//   DATA_LOSS            cut, deleted or made anew: this journal stands still until it is opened
//                        again, whatever comes
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/journal.h"
#include "platform/journal/kafka_topics.h"

namespace twinline::journal {

class KafkaStore;

struct KafkaOptions {
  std::string brokers;       // "host:port,host:port"
  std::string topic_prefix;  // "demo." in a demonstration, else empty
  TopicTable topics = TopicTable::Deployed();
  // Newest records that each journal keeps in memory for its readers (P-4), in bytes of records.
  size_t memory_per_journal_bytes = size_t{8} << 20;
  // How long an Append waits for the brokers before its outcome is unknown. librdkafka repeats
  // meanwhile, so a broker that comes back in time costs nobody an answer.
  int64_t append_timeout_ms = 30'000;
  // How long anything else waits: opening, reading old records.
  int64_t request_timeout_ms = 15'000;
  // How long a fetch waits at the end of the partitions. Real brokers answer at once when a record
  // comes, so this is only how long opening one more journal may take.
  int64_t fetch_wait_ms = 200;
  // Further settings of librdkafka, for TLS and passwords; may not touch what is set here.
  std::vector<std::pair<std::string, std::string>> client;
};

class KafkaLog : public JournalProvider {
 public:
  // UNAVAILABLE when no broker answers, INVALID_ARGUMENT for a setting that librdkafka refuses.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(KafkaOptions options);
  // Consumers and producers live until the log and every journal opened from it are gone.
  ~KafkaLog() override;

  // NOT_FOUND when topic or partition do not exist: topics are made by `twinline admin topics`,
  // never by whoever wants to write. DATA_LOSS when the beginning of the partition was deleted.
  absl::StatusOr<std::shared_ptr<Journal>> Open(const std::string& name) override;
  // Journals that hold something or were opened here, by name. Asks the brokers every ten seconds
  // at most; between them and while they are away, what is known.
  absl::StatusOr<std::vector<std::string>> List() const override;
  // Every journal of List, asked from the brokers unless it is open here.
  absl::StatusOr<std::vector<JournalEnd>> Ends() const;

  // OK, or why the newest append or read of any journal failed.
  absl::Status Health() const;

 private:
  explicit KafkaLog(std::shared_ptr<KafkaStore> store);
  std::shared_ptr<KafkaStore> store_;
};

}  // namespace twinline::journal

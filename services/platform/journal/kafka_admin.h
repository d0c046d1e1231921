// The topics of a cluster against deploy/kafka/topics.tsv: making those that are missing, and
// saying what differs. Nothing that exists is ever changed or deleted from here: a setting that
// drifted may already have cost records, and a person has to look.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/kafka_journal.h"

namespace twinline::journal {

class KafkaClient;

struct TopicReport {
  std::vector<std::string> missing;  // topics that do not exist
  std::vector<std::string> drift;    // one line for each setting that is not as it has to be
};

class KafkaAdmin {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Connect(const KafkaOptions& options);
  ~KafkaAdmin();

  absl::StatusOr<TopicReport> Compare(const std::vector<TopicSpec>& wanted);
  // Makes what is missing, nothing else; the names of what was made. FAILED_PRECONDITION when there
  // are fewer brokers than replicas.
  absl::StatusOr<std::vector<std::string>> CreateMissing(const std::vector<TopicSpec>& wanted);

 private:
  explicit KafkaAdmin(KafkaOptions options);
  absl::Status CompareShapes(const std::vector<TopicSpec>& wanted, TopicReport* report);
  absl::Status CompareSettings(const std::vector<TopicSpec>& wanted, TopicReport* report);

  const KafkaOptions options_;
  std::unique_ptr<KafkaClient> client_;
};

// The check at start-up: OK, or FAILED_PRECONDITION with every difference and what to do.
absl::Status CheckTopics(const KafkaOptions& options, const std::vector<TopicSpec>& wanted);

}  // namespace twinline::journal

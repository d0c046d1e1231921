// Where the journals of this process lie, opened from the configuration: the embedded log of one
// machine, or Apache Kafka. This is the one place that knows which media there are; everybody else
// is given the JournalProvider.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/journal.h"
#include "platform/runtime/installation.h"
#include "twinline/config/v1/config.pb.h"

namespace twinline::journal {
class EmbeddedLog;
struct KafkaOptions;
struct TopicSpec;
}  // namespace twinline::journal

namespace twinline::runtime {

class JournalMedium {
 public:
  // What journals.medium names. Nothing is made but the embedded log's own directory. An error is
  // one message for the operator, in English and Chinese, that says what to do:
  //   UNAVAILABLE          no broker answers
  //   FAILED_PRECONDITION  topics are missing or differ from topics.tsv;
  //                        another process has the log
  //   DATA_LOSS            the log or a topic is damaged or cut
  static absl::StatusOr<std::unique_ptr<JournalMedium>> Open(const Places& places,
                                                             const Installation& installation,
                                                             const config::v1::Config& config);
  virtual ~JournalMedium() = default;

  virtual journal::JournalProvider& journals() = 0;
  // Of every journal that holds something, whoever writes it.
  virtual absl::StatusOr<std::vector<journal::JournalEnd>> Ends() const = 0;
  // The log, where it lies on this machine and a backup of ours can copy it; null over Kafka.
  virtual journal::EmbeddedLog* on_this_machine() { return nullptr; }
};

// FAILED_PRECONDITION when the first record of `registry/0`, which every process follows, names
// another installation, realm or clock: before anything else is read or written.
absl::Status CheckOwner(JournalMedium& medium, const Installation& installation);

// For `twinline admin topics` and tests: how to reach the brokers, and the topics that have to be
// there from this month on.
journal::KafkaOptions KafkaOptionsOf(const config::v1::Kafka& config, bool demo);
// The months "202611" whose topics are wanted: this one and as many more.
std::vector<std::string> TopicMonths(int more);

}  // namespace twinline::runtime

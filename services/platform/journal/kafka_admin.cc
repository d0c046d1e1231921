#include "platform/journal/kafka_admin.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/base/status_macros.h"
#include "platform/journal/kafka_client.h"

namespace twinline::journal {
namespace {

constexpr size_t kErrorBytes = 512;
// Beyond what the broker was told to take at most.
constexpr int64_t kAnswerGraceMs = 5'000;

struct Deleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_ConfigResource_t* resource) const {
    rd_kafka_ConfigResource_destroy(resource);
  }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

template <typename T>
std::vector<T*> Raw(const std::vector<Owned<T>>& owned) {
  std::vector<T*> raw;
  for (const Owned<T>& each : owned) raw.push_back(each.get());
  return raw;
}

// Sends one request by `send(options, queue)` and waits for its answer.
template <typename Send>
absl::StatusOr<Owned<rd_kafka_event_t>> Call(const KafkaClient& client, rd_kafka_admin_op_t what,
                                             int64_t timeout_ms, const std::string& doing,
                                             Send send) {
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client.get()));
  const Owned<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(client.get(), what));
  char error[kErrorBytes] = {};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(timeout_ms), error,
                                            sizeof(error));
  send(options.get(), queue.get());
  Owned<rd_kafka_event_t> event(
      rd_kafka_queue_poll(queue.get(), static_cast<int>(timeout_ms + kAnswerGraceMs)));
  if (event == nullptr) return client.Error(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client.Error(rd_kafka_event_error(event.get()), doing);
  }
  return event;
}

std::string Differs(const std::string& topic, const std::string& setting, const std::string& is,
                    const std::string& wanted) {
  return absl::StrCat(topic, ": ", setting, " is ", is, ", must be ", wanted);
}

}  // namespace

KafkaAdmin::KafkaAdmin(KafkaOptions options) : options_(std::move(options)) {}
KafkaAdmin::~KafkaAdmin() = default;

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Connect(const KafkaOptions& options) {
  std::unique_ptr<KafkaAdmin> admin(new KafkaAdmin(options));
  TWINLINE_ASSIGN_OR_RETURN(admin->client_,
                            KafkaClient::Make(RD_KAFKA_PRODUCER, admin->options_, {}));
  return admin;
}

absl::StatusOr<TopicReport> KafkaAdmin::Compare(const std::vector<TopicSpec>& wanted) {
  TopicReport report;
  TWINLINE_RETURN_IF_ERROR(CompareShapes(wanted, &report));
  std::vector<TopicSpec> existing;
  for (const TopicSpec& spec : wanted) {
    if (std::find(report.missing.begin(), report.missing.end(), spec.name) ==
        report.missing.end()) {
      existing.push_back(spec);
    }
  }
  if (!existing.empty()) TWINLINE_RETURN_IF_ERROR(CompareSettings(existing, &report));
  return report;
}

absl::Status KafkaAdmin::CompareShapes(const std::vector<TopicSpec>& wanted, TopicReport* report) {
  TWINLINE_ASSIGN_OR_RETURN(const KafkaMetadata metadata,
                            client_->AskMetadata(nullptr, options_.request_timeout_ms));
  std::map<std::string, const rd_kafka_metadata_topic*> found;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    found[metadata->topics[t].topic] = &metadata->topics[t];
  }
  for (const TopicSpec& spec : wanted) {
    const auto it = found.find(spec.name);
    if (it == found.end() || it->second->partition_cnt == 0) {
      report->missing.push_back(spec.name);
      continue;
    }
    const rd_kafka_metadata_topic& topic = *it->second;
    if (topic.partition_cnt != spec.partitions) {
      report->drift.push_back(Differs(spec.name, "the number of partitions",
                                      absl::StrCat(topic.partition_cnt),
                                      absl::StrCat(spec.partitions)));
    }
    for (int p = 0; p < topic.partition_cnt; ++p) {
      if (topic.partitions[p].replica_cnt == spec.replicas) continue;
      report->drift.push_back(Differs(
          absl::StrCat(spec.name, " [", topic.partitions[p].id, "]"), "the number of replicas",
          absl::StrCat(topic.partitions[p].replica_cnt), absl::StrCat(spec.replicas)));
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::CompareSettings(const std::vector<TopicSpec>& wanted,
                                         TopicReport* report) {
  std::vector<Owned<rd_kafka_ConfigResource_t>> asked;
  for (const TopicSpec& spec : wanted) {
    asked.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, spec.name.c_str()));
  }
  const std::string doing = "asking for the settings of topics";
  std::vector<rd_kafka_ConfigResource_t*> raw = Raw(asked);
  TWINLINE_ASSIGN_OR_RETURN(
      const Owned<rd_kafka_event_t> event,
      Call(*client_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, options_.request_timeout_ms, doing,
           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
             rd_kafka_DescribeConfigs(client_->get(), raw.data(), raw.size(), options, queue);
           }));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  std::map<std::string, std::map<std::string, std::string>> settings;
  for (size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(answers[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client_->Error(rd_kafka_ConfigResource_error(answers[i]), doing);
    }
    size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(answers[i], &entries);
    for (size_t e = 0; e < entries; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(entry[e]);
      settings[rd_kafka_ConfigResource_name(answers[i])][rd_kafka_ConfigEntry_name(entry[e])] =
          value == nullptr ? "" : value;
    }
  }
  for (const TopicSpec& spec : wanted) {
    for (const auto& [name, value] : spec.settings) {
      const auto& of_topic = settings[spec.name];
      const auto is = of_topic.find(name);
      const std::string now = is == of_topic.end() ? "unknown to this broker" : is->second;
      if (now != value) report->drift.push_back(Differs(spec.name, name, now, value));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> KafkaAdmin::CreateMissing(
    const std::vector<TopicSpec>& wanted) {
  TopicReport report;
  TWINLINE_RETURN_IF_ERROR(CompareShapes(wanted, &report));
  std::vector<Owned<rd_kafka_NewTopic_t>> made;
  for (const TopicSpec& spec : wanted) {
    if (std::find(report.missing.begin(), report.missing.end(), spec.name) ==
        report.missing.end()) {
      continue;
    }
    char error[kErrorBytes] = {};
    Owned<rd_kafka_NewTopic_t> topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions,
                                                           spec.replicas, error, sizeof(error)));
    if (topic == nullptr) return absl::InvalidArgumentError(absl::StrCat(spec.name, ": ", error));
    for (const auto& [name, value] : spec.settings) {
      rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    }
    made.push_back(std::move(topic));
  }
  if (made.empty()) return std::vector<std::string>();
  std::vector<rd_kafka_NewTopic_t*> raw = Raw(made);
  TWINLINE_ASSIGN_OR_RETURN(
      const Owned<rd_kafka_event_t> event,
      Call(*client_, RD_KAFKA_ADMIN_OP_CREATETOPICS, options_.request_timeout_ms, "making topics",
           [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
             rd_kafka_CreateTopics(client_->get(), raw.data(), raw.size(), options, queue);
           }));
  size_t count = 0;
  const rd_kafka_topic_result_t** answers =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(answers[i]);
    const std::string name = rd_kafka_topic_result_name(answers[i]);
    if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;  // somebody else, just now
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* why = rd_kafka_topic_result_error_string(answers[i]);
      const absl::StatusCode status = code == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR
                                          ? absl::StatusCode::kFailedPrecondition
                                          : CodeOf(code);
      return absl::Status(status, absl::StrCat("making ", name, " on ", options_.brokers, ": ",
                                               why == nullptr ? rd_kafka_err2str(code) : why));
    }
    names.push_back(name);
  }
  // Made means that it can be used: a broker may answer before every partition has a leader. Asked
  // by a client that has never heard of these names, as whoever opens them will be: one that asked
  // before they were there goes on believing that for a while.
  TWINLINE_ASSIGN_OR_RETURN(const std::unique_ptr<KafkaClient> fresh,
                            KafkaClient::Make(RD_KAFKA_PRODUCER, options_, {}));
  for (const TopicSpec& spec : wanted) {
    if (std::find(names.begin(), names.end(), spec.name) == names.end()) continue;
    for (int32_t partition = 0; partition < spec.partitions; ++partition) {
      TWINLINE_RETURN_IF_ERROR(
          fresh->QueryWatermarks({spec.name, partition}, options_.request_timeout_ms).status());
    }
  }
  return names;
}

absl::Status CheckTopics(const KafkaOptions& options, const std::vector<TopicSpec>& wanted) {
  TWINLINE_ASSIGN_OR_RETURN(const std::unique_ptr<KafkaAdmin> admin, KafkaAdmin::Connect(options));
  TWINLINE_ASSIGN_OR_RETURN(const TopicReport report, admin->Compare(wanted));
  if (!report.missing.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "topics are missing on ", options.brokers, ": ", absl::StrJoin(report.missing, ", "),
        ". Make them with `twinline admin topics --create`. If they were there before, "
        "do not: restore them"));
  }
  if (report.drift.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "topics on ", options.brokers,
      " are not set up as deploy/kafka/topics.tsv says: ", absl::StrJoin(report.drift, "; "),
      ". Nothing was changed. Set them with `kafka-configs.sh --alter`, and find out who changed "
      "them: journals may have lost records meanwhile"));
}

}  // namespace twinline::journal

#include "platform/journal/kafka_client.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"

namespace twinline::journal {
namespace {

constexpr size_t kErrorBytes = 512;
constexpr int64_t kPieceMs = 1'000;     // of a wait that may be repeated
constexpr int64_t kRepeatAfterMs = 50;  // while a new partition becomes known

// What every client has; measured in the runs that docs/adr/0035 names.
KafkaSettings CommonSettings(const KafkaOptions& options) {
  return {
      {"bootstrap.servers", options.brokers},
      {"client.id", "twinline"},
      {"message.max.bytes", "2097152"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"socket.timeout.ms", "10000"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "500"},
      {"topic.metadata.refresh.fast.interval.ms", "100"},
      {"allow.auto.create.topics", "false"},
      // Complaints are kept for the message of whoever fails; nothing goes to standard error.
      {"log_level", "4"},
  };
}

// For each of `at` the first offset (RD_KAFKA_OFFSET_BEGINNING) or the one after the last
// (RD_KAFKA_OFFSET_END), asked for as offsets of that "time": one request to each broker.
// rd_kafka_query_watermark_offsets would be the call for one partition, but until librdkafka 2.3 it
// waits for ever when the broker is gone, whatever its timeout (librdkafka #2588); Debian 12
// has 2.0.
rd_kafka_resp_err_t OffsetsOf(rd_kafka_t* handle, std::span<const TopicPartition> at,
                              int64_t logical, int timeout_ms, std::vector<int64_t>* offsets) {
  const std::unique_ptr<rd_kafka_topic_partition_list_t,
                        decltype(&rd_kafka_topic_partition_list_destroy)>
      asked(rd_kafka_topic_partition_list_new(static_cast<int>(at.size())),
            &rd_kafka_topic_partition_list_destroy);
  for (const TopicPartition& one : at) {
    rd_kafka_topic_partition_list_add(asked.get(), one.topic.c_str(), one.partition)->offset =
        logical;
  }
  const rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(handle, asked.get(), timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  offsets->clear();
  for (const TopicPartition& one : at) {  // librdkafka may have changed the order
    const rd_kafka_topic_partition_t* found =
        rd_kafka_topic_partition_list_find(asked.get(), one.topic.c_str(), one.partition);
    if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) return found->err;
    offsets->push_back(found->offset);
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool ComesBack(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return true;
    default:
      return CodeOf(code) == absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::StatusCode CodeOf(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::StatusCode::kOk;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return absl::StatusCode::kDataLoss;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

void KafkaClient::OnLog(const rd_kafka_t* handle, int, const char*, const char* text) {
  auto* client = static_cast<KafkaClient*>(rd_kafka_opaque(handle));
  if (client == nullptr) return;
  const std::lock_guard lock(client->complaint_mutex_);
  client->complaint_ = text;
}

absl::StatusOr<std::unique_ptr<KafkaClient>> KafkaClient::Make(
    rd_kafka_type_t type, const KafkaOptions& options, const KafkaSettings& settings,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*)) {
  std::unique_ptr<KafkaClient> client(new KafkaClient(options.brokers));
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[kErrorBytes] = {};
  KafkaSettings all = options.client;  // first: what is set here wins
  for (const KafkaSettings& more : {CommonSettings(options), settings}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return absl::InvalidArgumentError(absl::StrCat("Kafka client setting ", name, ": ", error));
    }
  }
  rd_kafka_conf_set_opaque(conf, client.get());
  rd_kafka_conf_set_log_cb(conf, &KafkaClient::OnLog);
  if (on_delivery != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  client->handle_ = rd_kafka_new(type, conf, error, sizeof(error));
  if (client->handle_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("the Kafka client does not start: ", error));
  }
  return client;
}

KafkaClient::~KafkaClient() {
  for (const auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
  if (handle_ != nullptr) rd_kafka_destroy(handle_);
}

rd_kafka_topic_t* KafkaClient::Topic(const std::string& name) {
  const std::lock_guard lock(topics_mutex_);
  for (const auto& [known, topic] : topics_) {
    if (known == name) return topic;
  }
  rd_kafka_topic_t* topic = rd_kafka_topic_new(handle_, name.c_str(), nullptr);
  if (topic != nullptr) topics_.emplace_back(name, topic);
  return topic;
}

absl::Status KafkaClient::Error(rd_kafka_resp_err_t code, const std::string& doing) const {
  std::string text = absl::StrCat(doing, " on ", brokers_, ": ", rd_kafka_err2str(code));
  const std::lock_guard lock(complaint_mutex_);
  if (!complaint_.empty() && CodeOf(code) == absl::StatusCode::kUnavailable) {
    absl::StrAppend(&text, " (", complaint_, ")");
  }
  return absl::Status(CodeOf(code), text);
}

absl::StatusOr<KafkaMetadata> KafkaClient::AskMetadata(rd_kafka_topic_t* topic,
                                                       int64_t timeout_ms) const {
  const RawMetadata* metadata = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(handle_, topic == nullptr ? 1 : 0, topic,
                                                     &metadata, static_cast<int>(timeout_ms));
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaMetadata(metadata);
  return Error(code, "asking for topics");
}

absl::StatusOr<std::vector<int64_t>> KafkaClient::QueryOffsets(std::span<const TopicPartition> at,
                                                               int64_t logical,
                                                               int64_t timeout_ms) const {
  std::vector<int64_t> found;
  if (at.empty()) return found;
  const int64_t deadline_us = base::MonotonicUs() + timeout_ms * 1000;
  while (true) {
    const auto left_ms = std::max<int64_t>((deadline_us - base::MonotonicUs()) / 1000, 1);
    const rd_kafka_resp_err_t code =
        OffsetsOf(handle_, at, logical, static_cast<int>(std::min(left_ms, kPieceMs)), &found);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return found;
    if (!ComesBack(code) || left_ms <= kRepeatAfterMs) {
      return Error(code,
                   absl::StrCat("asking for the ends of ", at.front().topic, " [",
                                at.front().partition, "]", at.size() > 1 ? " and others" : ""));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kRepeatAfterMs));
  }
}

absl::StatusOr<KafkaClient::Watermarks> KafkaClient::QueryWatermarks(const TopicPartition& at,
                                                                     int64_t timeout_ms) const {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<int64_t> low,
                            QueryOffsets({&at, 1}, RD_KAFKA_OFFSET_BEGINNING, timeout_ms));
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<int64_t> high, QueryEnds({&at, 1}, timeout_ms));
  return Watermarks{low.front(), high.front()};
}

absl::StatusOr<std::vector<int64_t>> KafkaClient::QueryEnds(std::span<const TopicPartition> at,
                                                            int64_t timeout_ms) const {
  return QueryOffsets(at, RD_KAFKA_OFFSET_END, timeout_ms);
}

}  // namespace twinline::journal

#include "platform/journal/kafka_table.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/kafka_client.h"
#include "platform/journal/kafka_producer.h"

namespace twinline::journal {
namespace {

constexpr int kWaitMs = 100;
// How long the follower may make no progress before a wait for it gives up.
constexpr std::chrono::seconds kStall{30};

}  // namespace

KafkaTable::KafkaTable(const KafkaOptions& options, std::string topic, Apply apply)
    : options_(options), at_{std::move(topic), 0}, apply_(std::move(apply)) {}

absl::StatusOr<std::unique_ptr<KafkaTable>> KafkaTable::Open(const KafkaOptions& options,
                                                             const std::string& topic,
                                                             Apply apply) {
  std::unique_ptr<KafkaTable> table(
      new KafkaTable(options, absl::StrCat(options.topic_prefix, topic), std::move(apply)));
  TWINLINE_RETURN_IF_ERROR(table->Begin());
  return table;
}

KafkaTable::~KafkaTable() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (follower_.joinable()) follower_.join();
  producer_.reset();
}

absl::Status KafkaTable::Begin() {
  const KafkaSettings settings = {
      {"enable.partition.eof", "true"}, {"auto.offset.reset", "error"}, {"fetch.min.bytes", "1"},
      {"fetch.error.backoff.ms", "50"}, {"check.crcs", "true"},
  };
  TWINLINE_ASSIGN_OR_RETURN(consumer_, KafkaClient::Make(RD_KAFKA_CONSUMER, options_, settings));
  TWINLINE_ASSIGN_OR_RETURN(const KafkaClient::Watermarks marks,
                            consumer_->QueryWatermarks(at_, options_.request_timeout_ms));
  if (marks.low > 0) {
    return absl::DataLossError(absl::StrCat(
        at_.topic, " begins at offset ", marks.low,
        ": its beginning was deleted, which compaction never does. Restore the topic"));
  }
  rd_kafka_topic_t* topic = consumer_->Topic(at_.topic);
  if (topic == nullptr) return absl::ResourceExhaustedError("no memory for a Kafka topic");
  if (rd_kafka_consume_start(topic, at_.partition, 0) != 0) {
    return consumer_->Error(rd_kafka_last_error(), absl::StrCat("reading ", at_.topic));
  }
  follower_ = std::thread([this] { Follow(); });
  return marks.high == 0 ? absl::OkStatus() : AwaitApplied(marks.high - 1);
}

void KafkaTable::Follow() {
  rd_kafka_topic_t* topic = consumer_->Topic(at_.topic);
  while (true) {
    const KafkaMessage message(rd_kafka_consume(topic, at_.partition, kWaitMs));
    int64_t next = -1;
    absl::Status lost;
    if (message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      apply_({static_cast<const char*>(message->key), message->key_len},
             {static_cast<const char*>(message->payload), message->len},
             static_cast<uint64_t>(message->offset) + 1);
      next = message->offset + 1;
    } else if (message != nullptr && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      next = message->offset;
    } else if (message != nullptr && CodeOf(message->err) == absl::StatusCode::kDataLoss) {
      lost = absl::DataLossError(
          absl::StrCat(at_.topic,
                       " was cut or made anew. Nothing more is written to it. Restore "
                       "the topic, or the newest backup of everything"));
    }
    const std::lock_guard lock(mutex_);
    if (stopping_) break;
    if (!lost.ok()) lost_ = lost;
    next_ = std::max(next_, next);
    reached_.notify_all();
  }
  rd_kafka_consume_stop(topic, at_.partition);
}

absl::Status KafkaTable::AwaitApplied(int64_t offset) {
  std::unique_lock lock(mutex_);
  while (next_ <= offset && lost_.ok()) {
    const int64_t before = next_;
    const bool moved = reached_.wait_for(
        lock, kStall, [&] { return next_ > offset || next_ > before || !lost_.ok(); });
    if (!moved) {
      return absl::UnavailableError(
          absl::StrCat(at_.topic, ": offset ", offset, " could not be read back"));
    }
  }
  return lost_;
}

absl::StatusOr<int64_t> KafkaTable::Send(const std::vector<Row>& rows) {
  if (producer_ == nullptr) {
    TWINLINE_ASSIGN_OR_RETURN(producer_, KafkaProducer::Make(options_, at_));
  }
  std::vector<KafkaProducer::Message> messages;
  messages.reserve(rows.size());
  for (const auto& [key, value] : rows) messages.push_back({key, value});
  return producer_->Produce(messages);
}

absl::Status KafkaTable::Put(const std::vector<Row>& rows) {
  if (rows.empty()) return absl::OkStatus();
  const std::lock_guard lock(put_mutex_);
  const absl::StatusOr<int64_t> last = Send(rows);
  if (!last.ok()) {
    producer_.reset();
    return last.status();
  }
  return AwaitApplied(*last);
}

}  // namespace twinline::journal

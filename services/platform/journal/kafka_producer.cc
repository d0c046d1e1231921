#include "platform/journal/kafka_producer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"

namespace twinline::journal {
namespace {

constexpr int64_t kPollMs = 200;
// Beyond the time in which librdkafka itself must have reported every record.
constexpr int64_t kReportGraceMs = 5'000;
constexpr int64_t kOneRequestMs = 10'000;

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Make(const KafkaOptions& options,
                                                                   const TopicPartition& at) {
  std::unique_ptr<KafkaProducer> made(new KafkaProducer(at, options.append_timeout_ms));
  const KafkaSettings settings = {
      {"enable.idempotence", "true"},  // implies acks=all
      {"acks", "all"},
      {"max.in.flight.requests.per.connection", "1"},
      {"linger.ms", "0"},
      {"message.timeout.ms", absl::StrCat(options.append_timeout_ms)},
      {"request.timeout.ms", absl::StrCat(std::min(options.append_timeout_ms, kOneRequestMs))},
  };
  TWINLINE_ASSIGN_OR_RETURN(made->client_, KafkaClient::Make(RD_KAFKA_PRODUCER, options, settings,
                                                             &KafkaProducer::OnDelivery));
  made->topic_ = made->client_->Topic(at.topic);
  if (made->topic_ == nullptr) return absl::ResourceExhaustedError("no memory for a Kafka topic");
  TWINLINE_RETURN_IF_ERROR(made->client_->QueryWatermarks(at, options.append_timeout_ms).status());
  return made;
}

KafkaProducer::~KafkaProducer() {
  if (client_ == nullptr) return;
  // What is still out must not hold up the end, and its report must not come later.
  rd_kafka_purge(client_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                     RD_KAFKA_PURGE_F_NON_BLOCKING);
  rd_kafka_poll(client_->get(), 0);
}

void KafkaProducer::OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* delivery = static_cast<Delivery*>(message->_private);
  --delivery->out;
  if (delivery->code == RD_KAFKA_RESP_ERR_NO_ERROR) delivery->code = message->err;
  delivery->last = std::max(delivery->last, message->offset);
}

absl::StatusOr<int64_t> KafkaProducer::Produce(std::span<const Message> messages) {
  const std::string doing =
      absl::StrCat("appending to ", at_.topic, " [", at_.partition, "]; the outcome is unknown");
  delivery_ = {};
  for (const Message& message : messages) {
    // The copy is librdkafka's own, which may outlive this call.
    if (rd_kafka_produce(topic_, at_.partition, RD_KAFKA_MSG_F_COPY,
                         const_cast<char*>(message.value.data()), message.value.size(),
                         message.key.data(), message.key.size(), &delivery_) != 0) {
      return client_->Error(rd_kafka_last_error(), doing);
    }
    ++delivery_.out;
  }
  const int64_t deadline_us = base::MonotonicUs() + (timeout_ms_ + kReportGraceMs) * 1000;
  while (delivery_.out > 0 && base::MonotonicUs() < deadline_us) {
    rd_kafka_poll(client_->get(), static_cast<int>(kPollMs));
  }
  if (delivery_.out > 0) return client_->Error(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
  if (delivery_.code != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Error(delivery_.code, doing);
  if (delivery_.last < 0) {
    return absl::UnavailableError(absl::StrCat(doing, ": acknowledged without an offset"));
  }
  return delivery_.last;
}

}  // namespace twinline::journal

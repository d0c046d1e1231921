#include "platform/journal/kafka_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"

namespace twinline::journal {
namespace {

constexpr size_t kBlockEntries = 512;
constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr size_t kBlocks = 4;
constexpr int64_t kIdleUs = 5'000'000;

}  // namespace

Place PlaceOf(int64_t offset) { return Place{static_cast<uint64_t>(offset) + 1}; }

Entry EntryOf(const rd_kafka_message_t& message) {
  return {PlaceOf(message.offset),
          StoredRecord::Parse(std::string(static_cast<const char*>(message.payload), message.len))};
}

const KafkaBlock* KafkaHistory::Cached(int64_t from) const {
  for (const KafkaBlock& block : blocks_) {
    if (block.first <= from && from < block.end) return &block;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Entry>> KafkaHistory::Read(int64_t from, int64_t limit, size_t max) {
  const std::lock_guard lock(mutex_);
  used_us_ = base::MonotonicUs();
  std::vector<Entry> found;
  while (from < limit && found.empty()) {
    const KafkaBlock* block = Cached(from);
    if (block == nullptr) {
      auto fetched = Fetch(from, limit);
      if (!fetched.ok()) {
        Close();
        return fetched.status();
      }
      blocks_.push_back(*std::move(fetched));
      if (blocks_.size() > kBlocks) blocks_.pop_front();
      block = &blocks_.back();
    }
    for (const Entry& entry : block->entries) {
      if (found.size() >= max || entry.place >= PlaceOf(limit)) break;
      if (entry.place >= PlaceOf(from)) found.push_back(entry);
    }
    from = block->end;
  }
  used_us_ = base::MonotonicUs();
  return found;
}

// The consumer goes on from `offset`.
absl::Status KafkaHistory::Turn(int64_t offset) {
  if (client_ == nullptr) {
    const KafkaSettings settings = {
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"},
        {"fetch.min.bytes", "1"},
        {"fetch.wait.max.ms", "50"},  // a turn waits for the fetch under way
        {"queued.max.messages.kbytes", "8192"},
        {"check.crcs", "true"},
    };
    TWINLINE_ASSIGN_OR_RETURN(client_, KafkaClient::Make(RD_KAFKA_CONSUMER, *options_, settings));
    topic_ = client_->Topic(at_.topic);
    if (topic_ == nullptr) return absl::ResourceExhaustedError("no memory for a Kafka topic");
    TWINLINE_RETURN_IF_ERROR(client_->QueryWatermarks(at_, options_->request_timeout_ms).status());
  }
  if (started_ && next_ == offset) return absl::OkStatus();
  if (std::exchange(started_, false)) rd_kafka_consume_stop(topic_, at_.partition);
  if (rd_kafka_consume_start(topic_, at_.partition, offset) != 0) {
    return client_->Error(rd_kafka_last_error(), absl::StrCat("reading ", at_.topic));
  }
  started_ = true;
  next_ = offset;
  return absl::OkStatus();
}

absl::StatusOr<bool> KafkaHistory::Add(const rd_kafka_message_t& message, int64_t limit,
                                       KafkaBlock* block, size_t* bytes) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Offsets behind the last record hold none; the end of what was promised may lie there.
    block->end = std::max(block->end, std::min(limit, message.offset));
    next_ = std::max(next_, message.offset);
    return block->end >= limit;
  }
  if (CodeOf(message.err) == absl::StatusCode::kDataLoss) {
    return absl::DataLossError(absl::StrCat(
        at_.topic, " [", at_.partition, "] no longer has offset ", next_,
        ", which was acknowledged",
        ": the topic was cut or made anew. Nothing was changed. Restore it, or the newest backup"));
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (CodeOf(message.err) == absl::StatusCode::kUnavailable) return false;  // it comes back
    return client_->Error(message.err, absl::StrCat("reading ", at_.topic));
  }
  next_ = message.offset + 1;
  if (message.offset >= limit) {
    block->end = limit;
    return true;
  }
  block->end = next_;
  *bytes += message.len;
  block->entries.push_back(EntryOf(message));
  return next_ >= limit || block->entries.size() >= kBlockEntries || *bytes >= kBlockBytes;
}

absl::StatusOr<KafkaBlock> KafkaHistory::Fetch(int64_t from, int64_t limit) {
  TWINLINE_RETURN_IF_ERROR(Turn(from));
  KafkaBlock block{from, from, {}};
  size_t bytes = 0;
  const int64_t deadline_us = base::MonotonicUs() + options_->request_timeout_ms * 1000;
  while (true) {
    // Waits for the first record only; then what is already here.
    const int64_t left_ms = (deadline_us - base::MonotonicUs()) / 1000;
    if (block.entries.empty() && left_ms <= 0) {
      return client_->Error(
          RD_KAFKA_RESP_ERR__TIMED_OUT,
          absl::StrCat("reading ", at_.topic, " [", at_.partition, "] from offset ", from));
    }
    const KafkaMessage message(rd_kafka_consume(
        topic_, at_.partition, block.entries.empty() ? static_cast<int>(left_ms) : 0));
    if (message == nullptr) {
      if (block.entries.empty()) continue;
      return block;
    }
    TWINLINE_ASSIGN_OR_RETURN(const bool complete, Add(*message, limit, &block, &bytes));
    if (complete) return block;
  }
}

void KafkaHistory::CloseIfIdle() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock && client_ != nullptr && base::MonotonicUs() - used_us_ > kIdleUs) Close();
}

void KafkaHistory::Close() {
  if (std::exchange(started_, false)) rd_kafka_consume_stop(topic_, at_.partition);
  client_.reset();
  topic_ = nullptr;
  next_ = -1;
  blocks_.clear();
}

}  // namespace twinline::journal

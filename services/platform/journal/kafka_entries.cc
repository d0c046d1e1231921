#include "platform/journal/kafka_entries.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"

namespace twinline::journal {
namespace {

// How long a record that was acknowledged may take to come back through the consumer.
constexpr std::chrono::seconds kReadBackTimeout{30};

int64_t OffsetOf(Place place) {
  return static_cast<int64_t>(std::max<uint64_t>(place.value, 1)) - 1;
}

}  // namespace

KafkaJournal::KafkaJournal(const KafkaOptions* options, std::string name, TopicPartition at,
                           int64_t end)
    : options_(options),
      name_(std::move(name)),
      at_(std::move(at)),
      end_(end),
      woken_end_(end),
      recent_first_(end),
      history_(options, at_) {}

absl::Status KafkaJournal::MadeAnew(int64_t offset) const {
  return absl::DataLossError(absl::StrCat(
      "journal ", name_, ": ", at_.topic, " [", at_.partition, "] gave offset ", offset,
      " once more, although ", end_, " records were read from it: the topic was cut or made anew. ",
      "Nothing more is written. Restore the topic, or the newest backup of everything"));
}

absl::Status KafkaJournal::Fail(absl::Status status) {
  const std::lock_guard lock(read_mutex_);
  (absl::IsDataLoss(status) ? lost_ : unwritten_) = status;
  sent_ = {};
  return status;
}

absl::StatusOr<int64_t> KafkaJournal::Send(const RecordPtr& record) {
  if (producer_ == nullptr) {
    TWINLINE_ASSIGN_OR_RETURN(producer_, KafkaProducer::Make(*options_, at_));
  }
  int64_t end_before = 0;
  {
    const std::lock_guard lock(read_mutex_);
    if (!lost_.ok()) return lost_;
    sent_ = {record, {}};
    end_before = end_;
  }
  const KafkaProducer::Message message{{}, record->bytes()};
  TWINLINE_ASSIGN_OR_RETURN(const int64_t offset, producer_->Produce({&message, 1}));
  if (offset < end_before) return MadeAnew(offset);
  return offset;
}

absl::StatusOr<Place> KafkaJournal::Append(RecordPtr record) {
  if (record == nullptr) return absl::InvalidArgumentError("no record");
  if (record->bytes().size() > kMaxRecordBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a record of ", record->bytes().size(),
                                                   " bytes; the limit is ", kMaxRecordBytes));
  }
  const std::lock_guard lock(append_mutex_);
  const absl::StatusOr<int64_t> offset = Send(record);
  if (!offset.ok()) {
    producer_.reset();
    return Fail(offset.status());
  }
  return AwaitReadBack(*offset);
}

absl::StatusOr<Place> KafkaJournal::AwaitReadBack(int64_t offset) {
  std::unique_lock lock(read_mutex_);
  const bool back = read_back_.wait_for(lock, kReadBackTimeout,
                                        [&] { return woken_end_ > offset || !lost_.ok(); });
  const Sent sent = std::exchange(sent_, {});
  if (!lost_.ok()) return lost_;
  if (!back) {
    unwritten_ = absl::UnavailableError(
        absl::StrCat("journal ", name_, ": offset ", offset, " of ", at_.topic, " [", at_.partition,
                     "] was acknowledged but could not be read back; the outcome is unknown. ",
                     trouble_.message()));
    return unwritten_;
  }
  if (std::find(sent.seen.begin(), sent.seen.end(), offset) == sent.seen.end()) {
    lost_ = absl::DataLossError(absl::StrCat(
        "journal ", name_, ": at offset ", offset, " of ", at_.topic, " [", at_.partition,
        "] stands something else than was acknowledged there (R-80). Nothing more is written; keep "
        "the topic as it is and look who else writes to it"));
    return lost_;
  }
  unwritten_ = absl::OkStatus();
  return PlaceOf(offset);
}

void KafkaJournal::Deliver(const std::vector<KafkaMessage>& messages) {
  bool any = false;
  for (const KafkaMessage& message : messages) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      Publish(*message);
      any = true;
    } else {
      Trouble(*message);
    }
  }
  // Who appends goes on only when everybody who watches knows.
  if (any) wakes_.WakeAll();
  const std::lock_guard lock(read_mutex_);
  woken_end_ = end_;
  read_back_.notify_all();
}

void KafkaJournal::Publish(const rd_kafka_message_t& message) {
  Entry entry{PlaceOf(message.offset), nullptr};
  const std::string_view bytes(static_cast<const char*>(message.payload), message.len);
  {
    // The very bytes that were sent from here are parsed and hashed already (P-4).
    const std::lock_guard lock(read_mutex_);
    if (sent_.record != nullptr && sent_.record->bytes() == bytes) {
      entry.record = sent_.record;
      sent_.seen.push_back(message.offset);
    }
  }
  if (entry.record == nullptr) entry = EntryOf(message);

  std::vector<Entry> evicted;  // freed after the lock
  const std::lock_guard lock(read_mutex_);
  if (message.offset < end_) return;  // once more, after a change of leaders
  recent_bytes_ += message.len;
  recent_.push_back(std::move(entry));
  end_ = message.offset + 1;
  trouble_ = absl::OkStatus();
  while (recent_bytes_ > options_->memory_per_journal_bytes && recent_.size() > 1) {
    const Entry& oldest = recent_.front();
    if (oldest.record != nullptr) recent_bytes_ -= oldest.record->bytes().size();
    recent_first_ = OffsetOf(oldest.place) + 1;
    evicted.push_back(std::move(recent_.front()));
    recent_.pop_front();
  }
}

void KafkaJournal::Trouble(const rd_kafka_message_t& message) {
  const std::lock_guard lock(read_mutex_);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Offsets behind the last record hold none (marks of foreign transactions).
    end_ = std::max(end_, message.offset);
    trouble_ = absl::OkStatus();
    return;
  }
  const absl::StatusCode code = CodeOf(message.err);
  const std::string where =
      absl::StrCat("journal ", name_, ": ", at_.topic, " [", at_.partition, "]");
  if (code == absl::StatusCode::kDataLoss) {
    lost_ = absl::DataLossError(absl::StrCat(where, " no longer has offset ", end_,
                                             " or what lies before it: the topic was cut or made ",
                                             "anew. Nothing more is read or written. Restore the "
                                             "topic, or the newest backup of everything"));
  } else if (code == absl::StatusCode::kNotFound) {
    trouble_ = absl::UnavailableError(absl::StrCat(
        where, " does not exist any more. If it was deleted, restore it from a backup; ",
        "never make an empty one in its place"));
  } else {
    trouble_ = absl::Status(code, absl::StrCat(where, ": ", rd_kafka_err2str(message.err)));
  }
}

absl::StatusOr<std::vector<Entry>> KafkaJournal::Read(Place from, size_t max_entries) const {
  max_entries = std::max<size_t>(max_entries, 1);
  int64_t first = OffsetOf(from);
  while (true) {
    int64_t limit = 0;
    {
      const std::lock_guard lock(read_mutex_);
      if (first > end_) {
        return absl::DataLossError(absl::StrCat(
            "journal ", name_, " in ", at_.topic, " [", at_.partition, "] ends at offset ", end_,
            ", but a reader has already read up to ", first,
            ": records were lost, or the topic was made anew. Restore it, or the newest backup"));
      }
      if (first >= recent_first_) {
        auto at =
            std::lower_bound(recent_.begin(), recent_.end(), PlaceOf(first),
                             [](const Entry& entry, Place place) { return entry.place < place; });
        const auto count = std::min<size_t>(max_entries, static_cast<size_t>(recent_.end() - at));
        std::vector<Entry> entries(at, at + static_cast<std::ptrdiff_t>(count));
        if (entries.empty() && !lost_.ok()) return lost_;
        if (entries.empty() && !trouble_.ok()) return trouble_;
        return entries;
      }
      limit = recent_first_;
    }
    TWINLINE_ASSIGN_OR_RETURN(std::vector<Entry> entries, history_.Read(first, limit, max_entries));
    if (!entries.empty()) return entries;
    first = limit;  // offsets without records
  }
}

absl::StatusOr<Place> KafkaJournal::End() const {
  const std::lock_guard lock(read_mutex_);
  return PlaceOf(end_);
}

absl::Status KafkaJournal::Health() const {
  const std::lock_guard lock(read_mutex_);
  if (!lost_.ok()) return lost_;
  return unwritten_.ok() ? trouble_ : unwritten_;
}

}  // namespace twinline::journal

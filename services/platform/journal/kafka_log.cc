// The log as a whole: one consumer and one thread that follow the ends of all open partitions, and
// which journals there are.
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"
#include "platform/journal/kafka_client.h"
#include "platform/journal/kafka_entries.h"
#include "platform/journal/kafka_journal.h"

namespace twinline::journal {
namespace {

constexpr int kWaitMs = 100;
constexpr size_t kBatch = 512;
constexpr int64_t kListEveryUs = 10'000'000;
constexpr int64_t kHousekeepEveryUs = 1'000'000;

}  // namespace

// Connection and journals. Handles given out share ownership of it.
class KafkaStore {
 public:
  static absl::StatusOr<std::shared_ptr<KafkaStore>> Connect(KafkaOptions options);
  ~KafkaStore();

  absl::StatusOr<Journal*> Find(const std::string& name);
  absl::StatusOr<std::vector<std::string>> List();
  absl::StatusOr<std::vector<JournalEnd>> Ends();
  absl::Status Health();

 private:
  explicit KafkaStore(KafkaOptions options) : options_(std::move(options)) {}
  absl::Status CheckExists(const TopicPartition& at);
  absl::Status Discover();
  void Follow();

  const KafkaOptions options_;
  std::unique_ptr<KafkaClient> client_;
  rd_kafka_queue_t* queue_ = nullptr;

  std::mutex mutex_;  // of the journals; held over requests only where a journal is opened
  std::map<std::string, std::unique_ptr<KafkaJournal>> journals_;
  std::mutex list_mutex_;
  std::set<std::string> listed_;
  bool listed_once_ = false;
  int64_t listed_us_ = 0;

  std::mutex follow_mutex_;  // of what the follower reads; never held over requests
  std::map<std::pair<std::string, int32_t>, KafkaJournal*> followed_;
  std::atomic<bool> stopping_ = false;
  std::thread follower_;
};

absl::StatusOr<std::shared_ptr<KafkaStore>> KafkaStore::Connect(KafkaOptions options) {
  auto store = std::shared_ptr<KafkaStore>(new KafkaStore(std::move(options)));
  const KafkaSettings settings = {
      {"enable.partition.eof", "true"},
      {"auto.offset.reset", "error"},
      {"fetch.min.bytes", "1"},
      {"fetch.wait.max.ms", absl::StrCat(store->options_.fetch_wait_ms)},
      {"fetch.error.backoff.ms", "50"},
      {"check.crcs", "true"},
  };
  TWINLINE_ASSIGN_OR_RETURN(store->client_,
                            KafkaClient::Make(RD_KAFKA_CONSUMER, store->options_, settings));
  TWINLINE_RETURN_IF_ERROR(
      store->client_->AskMetadata(nullptr, store->options_.request_timeout_ms).status());
  store->queue_ = rd_kafka_queue_new(store->client_->get());
  store->follower_ = std::thread([raw = store.get()] { raw->Follow(); });
  return store;
}

KafkaStore::~KafkaStore() {
  stopping_ = true;
  if (follower_.joinable()) follower_.join();
  for (const auto& [at, journal] : followed_) {
    rd_kafka_consume_stop(client_->Topic(at.first), at.second);
  }
  if (queue_ != nullptr) rd_kafka_queue_destroy(queue_);
}

absl::Status KafkaStore::CheckExists(const TopicPartition& at) {
  TWINLINE_ASSIGN_OR_RETURN(
      const KafkaMetadata metadata,
      client_->AskMetadata(client_->Topic(at.topic), options_.request_timeout_ms));
  const auto missing = [&](const std::string& what) {
    return absl::NotFoundError(
        absl::StrCat(what, " does not exist on ", options_.brokers,
                     ". Make the topics with `twinline admin topics --create`"));
  };
  if (metadata->topic_cnt != 1) return missing(at.topic);
  const rd_kafka_metadata_topic& topic = metadata->topics[0];
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt == 0) {
    if (CodeOf(topic.err) == absl::StatusCode::kNotFound) return missing(at.topic);
    return client_->Error(topic.err, absl::StrCat("asking for ", at.topic));
  }
  if (at.partition >= topic.partition_cnt) {
    return missing(absl::StrCat("partition ", at.partition, " of ", at.topic));
  }
  return absl::OkStatus();
}

absl::StatusOr<Journal*> KafkaStore::Find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const auto it = journals_.find(name); it != journals_.end()) return it->second.get();
  TWINLINE_ASSIGN_OR_RETURN(const TopicPartition at,
                            options_.topics.Locate(options_.topic_prefix, name));
  TWINLINE_RETURN_IF_ERROR(CheckExists(at));
  TWINLINE_ASSIGN_OR_RETURN(const KafkaClient::Watermarks marks,
                            client_->QueryWatermarks(at, options_.request_timeout_ms));
  if (marks.low > 0) {
    return absl::DataLossError(
        absl::StrCat(at.topic, " [", at.partition, "] begins at offset ", marks.low,
                     ": the beginning of journal ", name,
                     " was deleted. Restore the topic from a backup, and set retention.ms=-1 and "
                     "retention.bytes=-1"));
  }
  auto made = std::make_unique<KafkaJournal>(&options_, name, at, marks.high);
  {
    const std::lock_guard follow_lock(follow_mutex_);
    followed_[{at.topic, at.partition}] = made.get();
  }
  if (rd_kafka_consume_start_queue(client_->Topic(at.topic), at.partition, marks.high, queue_) !=
      0) {
    const absl::Status error =
        client_->Error(rd_kafka_last_error(), absl::StrCat("following ", at.topic));
    const std::lock_guard follow_lock(follow_mutex_);
    followed_.erase({at.topic, at.partition});
    return error;
  }
  auto& kept = journals_[name];
  kept = std::move(made);
  return kept.get();
}

void KafkaStore::Follow() {
  int64_t housekept_us = base::MonotonicUs();
  std::vector<rd_kafka_message_t*> raw(kBatch);
  while (!stopping_) {
    std::map<KafkaJournal*, std::vector<KafkaMessage>> arrived;
    const auto sort_in = [&](rd_kafka_message_t* taken) {
      KafkaMessage message(taken);
      if (message->rkt == nullptr) return;  // about the client, not about a partition
      const std::lock_guard lock(follow_mutex_);
      const auto it = followed_.find({rd_kafka_topic_name(message->rkt), message->partition});
      if (it != followed_.end()) arrived[it->second].push_back(std::move(message));
    };
    // The first wakes, the rest is what came with it; a batch alone would wait until it is full.
    if (rd_kafka_message_t* first = rd_kafka_consume_queue(queue_, kWaitMs); first != nullptr) {
      sort_in(first);
      const ssize_t more = rd_kafka_consume_batch_queue(queue_, 0, raw.data(), raw.size());
      for (ssize_t i = 0; i < more; ++i) sort_in(raw[static_cast<size_t>(i)]);
    }
    for (const auto& [journal, messages] : arrived) journal->Deliver(messages);
    if (base::MonotonicUs() - housekept_us < kHousekeepEveryUs) continue;
    housekept_us = base::MonotonicUs();
    const std::lock_guard lock(follow_mutex_);
    for (const auto& [at, journal] : followed_) journal->CloseIdleHistory();
  }
}

// Which partitions hold something. One that does never becomes empty again, so only the others are
// asked about.
absl::Status KafkaStore::Discover() {
  if (listed_once_ && base::MonotonicUs() - listed_us_ < kListEveryUs) return absl::OkStatus();
  listed_us_ = base::MonotonicUs();
  TWINLINE_ASSIGN_OR_RETURN(const KafkaMetadata metadata,
                            client_->AskMetadata(nullptr, options_.request_timeout_ms));
  std::vector<TopicPartition> unknown;
  std::vector<std::string> names;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const rd_kafka_metadata_topic& topic = metadata->topics[t];
    for (int p = 0; p < topic.partition_cnt; ++p) {
      TopicPartition at{topic.topic, topic.partitions[p].id};
      auto name = options_.topics.JournalIn(options_.topic_prefix, at);
      if (!name || listed_.contains(*name)) continue;
      unknown.push_back(std::move(at));
      names.push_back(*std::move(name));
    }
  }
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<int64_t> ends,
                            client_->QueryEnds(unknown, options_.request_timeout_ms));
  for (size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] > 0) listed_.insert(names[i]);
  }
  listed_once_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> KafkaStore::List() {
  std::set<std::string> names;
  {
    const std::lock_guard lock(list_mutex_);
    const absl::Status asked = Discover();
    if (!asked.ok() && !listed_once_) return asked;
    names = listed_;
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [name, journal] : journals_) names.insert(name);
  return std::vector<std::string>(names.begin(), names.end());
}

absl::StatusOr<std::vector<JournalEnd>> KafkaStore::Ends() {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> names, List());
  std::vector<JournalEnd> ends;
  std::vector<TopicPartition> elsewhere;  // what this process has not opened
  std::vector<size_t> of_those;
  for (const std::string& name : names) {
    const std::lock_guard lock(mutex_);
    if (const auto it = journals_.find(name); it != journals_.end()) {
      const Place end = it->second->End().value();
      ends.push_back({name, end, end.value - 1});
      continue;
    }
    TWINLINE_ASSIGN_OR_RETURN(TopicPartition at,
                              options_.topics.Locate(options_.topic_prefix, name));
    of_those.push_back(ends.size());
    elsewhere.push_back(std::move(at));
    ends.push_back({name, {}, 0});
  }
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<int64_t> asked,
                            client_->QueryEnds(elsewhere, options_.request_timeout_ms));
  for (size_t i = 0; i < asked.size(); ++i) {
    JournalEnd& end = ends[of_those[i]];
    end.end = PlaceOf(asked[i]);
    end.entries = end.end.value - 1;
  }
  return ends;
}

absl::Status KafkaStore::Health() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, journal] : journals_) TWINLINE_RETURN_IF_ERROR(journal->Health());
  return absl::OkStatus();
}

KafkaLog::KafkaLog(std::shared_ptr<KafkaStore> store) : store_(std::move(store)) {}
KafkaLog::~KafkaLog() = default;

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(KafkaOptions options) {
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<KafkaStore> store,
                            KafkaStore::Connect(std::move(options)));
  return std::unique_ptr<KafkaLog>(new KafkaLog(std::move(store)));
}

absl::StatusOr<std::shared_ptr<Journal>> KafkaLog::Open(const std::string& name) {
  TWINLINE_ASSIGN_OR_RETURN(Journal * journal, store_->Find(name));
  return std::shared_ptr<Journal>(store_, journal);
}

absl::StatusOr<std::vector<std::string>> KafkaLog::List() const { return store_->List(); }
absl::StatusOr<std::vector<JournalEnd>> KafkaLog::Ends() const { return store_->Ends(); }
absl::Status KafkaLog::Health() const { return store_->Health(); }

}  // namespace twinline::journal

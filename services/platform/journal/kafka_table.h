// One value for each key in a compacted topic, held in memory by whoever follows it: the medium of
// what must be destroyable and therefore may be in no journal. The newest value of a
// key counts; older ones are gone from the brokers' disks within the topic's max.compaction.lag.ms.
// Reached only through Open; nothing above knows offsets or keys of messages.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/kafka_journal.h"

namespace twinline::journal {

class KafkaClient;
class KafkaProducer;

class KafkaTable {
 public:
  // Sees every value in the order of the topic, those already there and those that come, each once.
  // `place` rises, with gaps; it is the same for everybody. Called by one thread at a time.
  using Apply = std::function<void(std::string_view key, std::string_view value, uint64_t place)>;
  using Row = std::pair<std::string, std::string>;  // key, value

  // Reads what is there before it returns. UNAVAILABLE when no broker answers, NOT_FOUND without
  // the topic, DATA_LOSS when its beginning was deleted.
  static absl::StatusOr<std::unique_ptr<KafkaTable>> Open(const KafkaOptions& options,
                                                          const std::string& topic, Apply apply);
  ~KafkaTable();
  KafkaTable(const KafkaTable&) = delete;
  KafkaTable& operator=(const KafkaTable&) = delete;

  // Durable, and applied here, when it returns OK. After an error some rows may have landed, or may
  // land later.
  absl::Status Put(const std::vector<Row>& rows);

 private:
  KafkaTable(const KafkaOptions& options, std::string topic, Apply apply);
  absl::Status Begin();
  void Follow();
  absl::StatusOr<int64_t> Send(const std::vector<Row>& rows);
  absl::Status AwaitApplied(int64_t offset);

  const KafkaOptions options_;
  const TopicPartition at_;
  const Apply apply_;
  std::unique_ptr<KafkaClient> consumer_;

  std::mutex put_mutex_;
  std::unique_ptr<KafkaProducer> producer_;  // null after an error

  std::mutex mutex_;  // of what the follower has reached
  std::condition_variable reached_;
  int64_t next_ = 0;  // every offset below was applied
  absl::Status lost_;
  bool stopping_ = false;
  std::thread follower_;
};

}  // namespace twinline::journal

// Which topic and partition hold a journal, and how each topic has to be set up. The table is
// deploy/kafka/topics.tsv, compiled in: a build and its topics cannot disagree unnoticed.
//
//   registry/0        twinline.registry.journal.v1, partition 0
//   access/3/202611   twinline.audit.access.202611.v1, partition 3
//
// A demonstration puts "demo." before every topic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace twinline::journal {

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  auto operator<=>(const TopicPartition&) const = default;
};

// One topic as it has to be, with every setting that is compared.
struct TopicSpec {
  std::string name;
  int32_t partitions = 0;
  int32_t replicas = 0;
  std::map<std::string, std::string> settings;
};

class TopicTable {
 public:
  // INVALID_ARGUMENT with the line for text that is no such table.
  static absl::StatusOr<TopicTable> Parse(std::string_view tsv);
  // deploy/kafka/topics.tsv of this build.
  static const TopicTable& Deployed();

  // Where journal `name` lies; NOT_FOUND when the table has no topic for it, or no such partition.
  absl::StatusOr<TopicPartition> Locate(std::string_view prefix, std::string_view name) const;
  // The journal in this partition; nullopt when the topic is none of ours.
  std::optional<std::string> JournalIn(std::string_view prefix, const TopicPartition& at) const;

  // The topics that must exist. `months`: "202611", for the topics that are made monthly.
  std::vector<TopicSpec> Wanted(std::string_view prefix, bool driven_clock, int32_t replicas,
                                const std::vector<std::string>& months) const;

 private:
  struct Row {
    std::string pattern;
    int32_t partitions = 0;
    bool driven_clock_only = false;
    std::map<std::string, std::string> settings;
  };
  const Row* Find(std::string_view topic_without_prefix) const;

  std::vector<Row> rows_;
};

}  // namespace twinline::journal

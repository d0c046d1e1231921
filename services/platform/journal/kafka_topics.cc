#include "platform/journal/kafka_topics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/base/absl_view.h"
#include "platform/base/check.h"
#include "platform/journal/kafka_topics_tsv.h"

namespace twinline::journal {
namespace {

constexpr std::string_view kMonth = "<yyyymm>";
constexpr std::string_view kStem = "twinline.";
constexpr std::string_view kJournalTail = ".journal.v1";
constexpr std::string_view kAccessHead = "twinline.audit.access.";
constexpr std::string_view kAccessTail = ".v1";
constexpr size_t kMonthDigits = 6;

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A number as it stands in a journal's name: no sign, no leading zero, so that one journal has one
// name.
std::optional<int32_t> PartitionNumber(std::string_view text) {
  int32_t number = 0;
  if (!AllDigits(text) || text.size() > 6 || (text.size() > 1 && text[0] == '0')) {
    return std::nullopt;
  }
  return absl::SimpleAtoi(base::ToAbsl(text), &number) ? std::optional(number) : std::nullopt;
}

std::string OfMonth(std::string_view pattern, std::string_view month) {
  std::string topic(pattern);
  if (const size_t at = topic.find(kMonth); at != std::string::npos) {
    topic.replace(at, kMonth.size(), month);
  }
  return topic;
}

absl::Status BadLine(size_t number, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("topics.tsv, line ", number, ": ", base::ToAbsl(why)));
}

}  // namespace

absl::StatusOr<TopicTable> TopicTable::Parse(std::string_view tsv) {
  TopicTable table;
  size_t number = 0;
  const std::vector<std::string> lines = absl::StrSplit(base::ToAbsl(tsv), '\n');
  for (const std::string& line : lines) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (columns.size() != 4) return BadLine(number, "four columns, with tabs between them");
    Row row;
    row.pattern = columns[0];
    if (!row.pattern.starts_with(kStem)) return BadLine(number, "a topic is named twinline.…");
    if (table.Find(row.pattern) != nullptr) return BadLine(number, "this topic stands here twice");
    row.partitions = PartitionNumber(columns[1]).value_or(0);
    if (row.partitions < 1) return BadLine(number, "partitions is a number from 1");
    if (columns[2] != "all" && columns[2] != "demo") return BadLine(number, "realm: all or demo");
    row.driven_clock_only = columns[2] == "demo";
    const std::vector<std::string> settings = absl::StrSplit(columns[3], ' ', absl::SkipEmpty());
    for (const std::string& setting : settings) {
      const std::vector<std::string> parts = absl::StrSplit(setting, '=');
      if (parts.size() != 2) return BadLine(number, "a setting is name=value");
      row.settings[parts[0]] = parts[1];
    }
    table.rows_.push_back(std::move(row));
  }
  if (table.rows_.empty()) return absl::InvalidArgumentError("topics.tsv names no topic");
  return table;
}

const TopicTable& TopicTable::Deployed() {
  static const TopicTable& table = *[] {
    auto parsed = Parse(kTopicsTsv);
    TWINLINE_CHECK(parsed.ok(), parsed.status().ToString().c_str());
    return new TopicTable(*std::move(parsed));
  }();
  return table;
}

const TopicTable::Row* TopicTable::Find(std::string_view topic) const {
  for (const Row& row : rows_) {
    const size_t month = row.pattern.find(kMonth);
    if (month == std::string::npos || topic.size() < month + kMonthDigits) {
      if (row.pattern == topic) return &row;
      continue;
    }
    const std::string_view digits = topic.substr(month, kMonthDigits);
    if (AllDigits(digits) && OfMonth(row.pattern, digits) == topic) return &row;
  }
  return nullptr;
}

absl::StatusOr<TopicPartition> TopicTable::Locate(std::string_view prefix,
                                                  std::string_view name) const {
  const auto none = [&](std::string_view why) {
    return absl::NotFoundError(absl::StrCat("no topic for journal \"", base::ToAbsl(name),
                                            "\" in deploy/kafka/topics.tsv: ", base::ToAbsl(why)));
  };
  const std::vector<std::string> parts = absl::StrSplit(base::ToAbsl(name), '/');
  std::string topic;
  std::optional<int32_t> partition;
  if (parts.size() == 2) {
    topic = absl::StrCat(base::ToAbsl(kStem), parts[0], base::ToAbsl(kJournalTail));
    partition = PartitionNumber(parts[1]);
  } else if (parts.size() == 3 && parts[0] == "access") {
    topic = absl::StrCat(base::ToAbsl(kAccessHead), parts[2], base::ToAbsl(kAccessTail));
    partition = PartitionNumber(parts[1]);
  }
  if (!partition) return none("a name is service/shard or access/slot/month");
  const Row* row = Find(topic);
  if (row == nullptr) return none(absl::StrCat(topic, " is not there"));
  if (*partition >= row->partitions) {
    return none(absl::StrCat(topic, " has ", row->partitions, " partitions"));
  }
  return TopicPartition{absl::StrCat(base::ToAbsl(prefix), topic), *partition};
}

std::optional<std::string> TopicTable::JournalIn(std::string_view prefix,
                                                 const TopicPartition& at) const {
  std::string_view topic = at.topic;
  if (!topic.starts_with(prefix)) return std::nullopt;
  topic.remove_prefix(prefix.size());
  const Row* row = Find(topic);
  if (row == nullptr || at.partition < 0 || at.partition >= row->partitions) return std::nullopt;
  if (topic.starts_with(kAccessHead)) {
    return absl::StrCat("access/", at.partition, "/",
                        base::ToAbsl(topic.substr(kAccessHead.size(), kMonthDigits)));
  }
  if (!topic.ends_with(kJournalTail)) return std::nullopt;
  topic.remove_prefix(kStem.size());
  topic.remove_suffix(kJournalTail.size());
  return absl::StrCat(base::ToAbsl(topic), "/", at.partition);
}

std::vector<TopicSpec> TopicTable::Wanted(std::string_view prefix, bool driven_clock,
                                          int32_t replicas,
                                          const std::vector<std::string>& months) const {
  std::vector<TopicSpec> wanted;
  for (const Row& row : rows_) {
    if (row.driven_clock_only && !driven_clock) continue;
    TopicSpec spec{"", row.partitions, replicas, row.settings};
    spec.settings["unclean.leader.election.enable"] = "false";
    spec.settings["message.timestamp.type"] = "CreateTime";
    spec.settings["min.insync.replicas"] = replicas >= 3 ? "2" : "1";
    if (replicas < 3) spec.settings["flush.messages"] = "1";
    const bool monthly = row.pattern.find(kMonth) != std::string::npos;
    for (const std::string& month : monthly ? months : std::vector<std::string>{""}) {
      spec.name = absl::StrCat(base::ToAbsl(prefix), OfMonth(row.pattern, month));
      wanted.push_back(spec);
    }
  }
  return wanted;
}

}  // namespace twinline::journal

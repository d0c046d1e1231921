// The topics of journals as contract tests name them: the deployed ones, and one with two
// partitions.
#pragma once

#include "platform/base/check.h"
#include "platform/journal/kafka_topics.h"

namespace twinline::journal_test {

inline const journal::TopicTable& TestTopics() {
  static const journal::TopicTable table = [] {
    constexpr char kSettings[] = "cleanup.policy=delete retention.ms=-1 retention.bytes=-1";
    std::string text;
    for (const char* topic : {"registry.journal.v1\t1", "transfer.journal.v1\t1",
                              "busy.journal.v1\t2", "audit.access.<yyyymm>.v1\t4"}) {
      text += std::string("twinline.") + topic + "\tall\t" + kSettings +
              " max.message.bytes=2097152 compression.type=producer\n";
    }
    auto parsed = journal::TopicTable::Parse(text);
    TWINLINE_CHECK(parsed.ok(), parsed.status().ToString().c_str());
    return *std::move(parsed);
  }();
  return table;
}

}  // namespace twinline::journal_test

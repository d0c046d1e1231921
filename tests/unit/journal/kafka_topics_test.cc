// Names of journals and topics, and what the deployed table promises about every one of them.
#include "platform/journal/kafka_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinline::journal {
namespace {

using testing::HasSubstr;

TEST(KafkaTopics, AJournalHasOneTopicAndOnePartition) {
  const TopicTable& table = TopicTable::Deployed();
  EXPECT_EQ(table.Locate("", "registry/0").value(),
            (TopicPartition{"twinline.registry.journal.v1", 0}));
  EXPECT_EQ(table.Locate("demo.", "access/3/202611").value(),
            (TopicPartition{"demo.twinline.audit.access.202611.v1", 3}));
  for (const char* service :
       {"registry", "transfer", "attendance", "accountability", "identity", "audit", "clock"}) {
    const std::string name = std::string(service) + "/0";
    EXPECT_EQ(table.JournalIn("demo.", table.Locate("demo.", name).value()), name);
  }
  EXPECT_EQ(table.JournalIn("", table.Locate("", "access/7/202612").value()), "access/7/202612");
}

TEST(KafkaTopics, WhatHasNoTopicIsRefused) {
  const TopicTable& table = TopicTable::Deployed();
  for (const char* name : {"", "registry", "registry/1", "registry/00", "registry/x", "registry/-1",
                           "registry/0/1", "payroll/0", "access/8/202611", "access/0/2026",
                           "access/0/2026ab", "access/0/<yyyymm>", "audit.access/0"}) {
    EXPECT_EQ(table.Locate("", name).status().code(), absl::StatusCode::kNotFound) << name;
  }
}

TEST(KafkaTopics, ForeignTopicsHoldNoJournal) {
  const TopicTable& table = TopicTable::Deployed();
  const char kRegistry[] = "twinline.registry.journal.v1";
  EXPECT_EQ(table.JournalIn("", {kRegistry, 0}), "registry/0");
  EXPECT_EQ(table.JournalIn("", {kRegistry, 1}), std::nullopt);
  EXPECT_EQ(table.JournalIn("demo.", {kRegistry, 0}), std::nullopt) << "a real topic";
  EXPECT_EQ(table.JournalIn("", {"demo.twinline.registry.journal.v1", 0}), std::nullopt);
  EXPECT_EQ(table.JournalIn("", {"__consumer_offsets", 0}), std::nullopt);
  EXPECT_EQ(table.JournalIn("", {"twinline.registry.journal.v12", 0}), std::nullopt);
}

// Whatever is added to the table: a journal is never deleted, never compacted, and never led by a
// replica that lacks acknowledged records.
TEST(KafkaTopics, EveryJournalIsKeptForEver) {
  for (const int replicas : {1, 3}) {
    const auto wanted = TopicTable::Deployed().Wanted("", true, replicas, {"202611", "202612"});
    EXPECT_EQ(wanted.size(), 10u);
    for (const TopicSpec& topic : wanted) {
      EXPECT_EQ(topic.replicas, replicas);
      const bool vault = topic.name == "twinline.registry.keys.v1";
      EXPECT_EQ(topic.settings.at("cleanup.policy"), vault ? "compact" : "delete") << topic.name;
      EXPECT_EQ(topic.settings.contains("max.compaction.lag.ms"), vault)
          << "a destroyed key must go, and only that (R-12)";
      if (!vault) {
        EXPECT_EQ(topic.settings.at("retention.ms"), "-1") << topic.name;
        EXPECT_EQ(topic.settings.at("retention.bytes"), "-1") << topic.name;
      }
      EXPECT_EQ(topic.settings.at("unclean.leader.election.enable"), "false") << topic.name;
      EXPECT_EQ(topic.settings.at("min.insync.replicas"), replicas == 3 ? "2" : "1");
      EXPECT_EQ(topic.settings.contains("flush.messages"), replicas == 1)
          << "one broker has nobody else: its disk must have the record";
    }
  }
  EXPECT_EQ(TopicTable::Deployed().Wanted("", false, 3, {"202611"}).size(), 8u)
      << "a wall clock has no journal";
}

TEST(KafkaTopics, ABadTableNamesItsLine) {
  const auto error = [](const std::string& text) {
    return std::string(TopicTable::Parse(text).status().message());
  };
  EXPECT_THAT(error(""), HasSubstr("no topic"));
  EXPECT_THAT(error("# x\ntwinline.a.journal.v1 1 all x=y\n"), HasSubstr("line 2: four columns"));
  EXPECT_THAT(error("other.a\t1\tall\tx=y\n"), HasSubstr("line 1"));
  EXPECT_THAT(error("twinline.a\t0\tall\tx=y\n"), HasSubstr("partitions"));
  EXPECT_THAT(error("twinline.a\t1\tsome\tx=y\n"), HasSubstr("realm"));
  EXPECT_THAT(error("twinline.a\t1\tall\tx\n"), HasSubstr("name=value"));
  EXPECT_THAT(error("twinline.a\t1\tall\tx=y\ntwinline.a\t1\tall\tx=y\n"), HasSubstr("twice"));
}

}  // namespace
}  // namespace twinline::journal

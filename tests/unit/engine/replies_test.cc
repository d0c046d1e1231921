// Stored replies: found while their id may come again, gone afterwards, and never at the cost of a
// scan.
#include "platform/engine/replies.h"

#include <gtest/gtest.h>

#include "platform/base/hash.h"

namespace twinline::engine {
namespace {

constexpr int64_t kDay = 86'400'000'000;
constexpr base::Timestamp kNow{1'790'000'000'000'000};

base::Id16 Minted(int64_t at_us, uint8_t n) {
  return base::MakeUuidV7({at_us}, std::string(10, static_cast<char>(n)));
}

ReplyKey Key(const base::Id16& id) { return {base::DeriveId({"subject"}), 9511, id}; }

StoredReply Reply(uint64_t pos) {
  return {
      pos, 3, 1'790'000'000, std::string(16, 'f'), {base::DeriveId({"a"}), base::DeriveId({"b"})}};
}

TEST(RepliesTest, AReplyComesBackAsItWasStored) {
  base::MapRows rows;
  const ReplyKey key = Key(Minted(kNow.us, 1));
  EXPECT_FALSE(FindReply(rows, key, kNow).has_value());
  PutReply(rows, key, Reply(77), kNow);
  const auto found = FindReply(rows, key, kNow);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->pos, 77u);
  EXPECT_EQ(found->commit, 3u);
  EXPECT_EQ(found->epoch, 1'790'000'000u);
  EXPECT_EQ(found->fingerprint, std::string(16, 'f'));
  EXPECT_EQ(found->entities, Reply(0).entities);
}

TEST(RepliesTest, OneRowOfFewBytesPerReply) {
  base::MapRows rows;
  PutReply(rows, Key(Minted(kNow.us, 1)), Reply(1'000'000), kNow);
  ASSERT_EQ(rows.map().size(), 1u);
  EXPECT_LE(rows.map().begin()->first.size(), 40u);
  EXPECT_LE(rows.map().begin()->second.size(), 26u + 2 * 16u);
}

TEST(RepliesTest, SubjectAndCommandArePartOfTheKey) {
  base::MapRows rows;
  ReplyKey key = Key(Minted(kNow.us, 1));
  PutReply(rows, key, Reply(1), kNow);
  ReplyKey other = key;
  other.subject = base::DeriveId({"somebody else"});
  EXPECT_FALSE(FindReply(rows, other, kNow).has_value());
  other = key;
  other.command_type = 9512;
  EXPECT_FALSE(FindReply(rows, other, kNow).has_value());
}

TEST(RepliesTest, ServicesAreSubjectsByName) {
  journal::v1::Actor a, b;
  a.set_service("service:a");
  b.set_service("service:b");
  EXPECT_NE(SubjectOf(a), SubjectOf(b));
  b.set_subject(base::DeriveId({"x"}).str());
  EXPECT_EQ(SubjectOf(b), base::DeriveId({"x"}));
}

// Every kind of id stays found as long as the door lets it in, and is gone after 31 days.
TEST(RepliesTest, RepliesAreKeptForTheLifeOfTheirIdAndThenRemoved) {
  const base::Id16 ids[] = {
      Minted(kNow.us, 1),              // fresh
      Minted(kNow.us - 29 * kDay, 2),  // old, still in time
      Minted(kNow.us - 40 * kDay, 3),  // too old for the door
      Minted(kNow.us + 90 * kDay, 4),  // absurdly ahead
      base::DeriveId({"no time"}),
  };
  base::MapRows rows;
  base::Timestamp pruned_to{kNow.us - 31 * kDay};
  for (const auto& id : ids) PutReply(rows, Key(id), Reply(1), kNow);
  for (int day = 0; day <= 31; ++day) {
    const base::Timestamp now{kNow.us + day * kDay};
    PruneReplies(rows, now, &pruned_to);
    for (const auto& id : ids) {
      const auto minted = base::TimeOfUuidV7(id);
      const bool let_in = !minted || *minted == base::Timestamp{kNow.us + 90 * kDay}
                              ? true
                              : minted->us >= now.us - 30 * kDay;
      EXPECT_TRUE(!let_in || FindReply(rows, Key(id), now).has_value()) << day << id.hex();
    }
  }
  PruneReplies(rows, {kNow.us + 33 * kDay}, &pruned_to);
  EXPECT_TRUE(rows.map().empty());
}

TEST(RepliesTest, SweepIsBoundedAndComesBackForTheRest) {
  base::MapRows rows;
  for (uint32_t i = 0; i < 3000; ++i) {
    std::string random(10, '\0');
    random[8] = static_cast<char>(i >> 8);
    random[9] = static_cast<char>(i);
    PutReply(rows, Key(base::MakeUuidV7({kNow.us + i * 1000}, random)), Reply(i), kNow);
    PutReply(rows, Key(base::DeriveId({"untimed", std::to_string(i)})), Reply(i), kNow);
  }
  base::Timestamp pruned_to{};
  size_t before = rows.map().size();
  const base::Timestamp later{kNow.us + 40 * kDay};
  for (int sweeps = 0; !rows.map().empty(); ++sweeps) {
    PruneReplies(rows, later, &pruned_to);
    ASSERT_LT(sweeps, 40);
    EXPECT_LE(before - rows.map().size(), kPruneMax + kPruneMax / 2);
    before = rows.map().size();
  }
  PruneReplies(rows, later, &pruned_to);
  EXPECT_EQ(pruned_to.us, later.us - 31 * kDay);
}

TEST(RepliesTest, SweepLooksAtTheTableOncePerHour) {
  base::MapRows rows;
  base::Timestamp pruned_to{};
  PruneReplies(rows, kNow, &pruned_to);
  const base::Timestamp first = pruned_to;
  PruneReplies(rows, {kNow.us + 3'599'000'000}, &pruned_to);
  EXPECT_EQ(pruned_to, first);
  PruneReplies(rows, {kNow.us + 3'600'000'000}, &pruned_to);
  EXPECT_EQ(pruned_to.us, first.us + 3'600'000'000);
}

}  // namespace
}  // namespace twinline::engine

// Several processes on one compacted topic, here a list: what each of them sees of the others, and
// what compaction and late rows may do.
#include "platform/vault/shared_vault.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

const base::Id16 kChild = base::DeriveId({"child", "1"});

class SharedVaultTest : public testing::Test {
 protected:
  struct Stored {
    SharedVault::Row row;
    uint64_t place;
  };

  SharedVaultTest() { EXPECT_TRUE(KekFile::CreateNew(directory_ / "kek", SystemRandom()).ok()); }

  // Another process: reads what is there and follows.
  SharedVault& Join(const std::string& kek = "kek", const std::string& second = "second") {
    vaults_.push_back(
        std::make_unique<SharedVault>(KekFile::Load(directory_ / kek).value(),
                                      DestructionList::Load(directory_ / second).value()));
    SharedVault& vault = *vaults_.back();
    for (const Stored& stored : topic_) {
      vault.Apply(stored.row.first, stored.row.second, stored.place);
    }
    begun_ = vault.Begin([this](const std::vector<SharedVault::Row>& rows) {
      for (const SharedVault::Row& row : rows) Land(row);
      return absl::OkStatus();
    });
    return vault;
  }
  void Land(const SharedVault::Row& row) {
    topic_.push_back({row, ++last_place_});
    for (const auto& vault : vaults_) vault->Apply(row.first, row.second, last_place_);
  }
  // Only the newest row of each key is left.
  void Compact() {
    std::vector<Stored> left;
    for (size_t i = 0; i < topic_.size(); ++i) {
      bool newest = true;
      for (size_t j = i + 1; j < topic_.size(); ++j) {
        newest = newest && topic_[j].row.first != topic_[i].row.first;
      }
      if (newest) left.push_back(topic_[i]);
    }
    topic_ = left;
  }

  test_support::TempDir directory_;
  std::vector<Stored> topic_;
  uint64_t last_place_ = 0;
  std::vector<std::unique_ptr<SharedVault>> vaults_;
  absl::Status begun_;
};

TEST_F(SharedVaultTest, WhatOneMakesTheOthersOpen) {
  SharedVault& one = Join();
  SharedVault& other = Join();
  const base::Id16 id = one.Create(kChild).value();
  EXPECT_EQ(other.Get(id)->bytes.view(), one.Get(id)->bytes.view());
  EXPECT_EQ(Join().Get(id)->bytes.view(), one.Get(id)->bytes.view()) << "who comes later too";
}

// of two made at the same time, everybody means the same one.
TEST_F(SharedVaultTest, AllAgreeOnTheOrder) {
  SharedVault& one = Join();
  SharedVault& other = Join();
  const base::Id16 first = one.Create(kChild).value();
  const base::Id16 second = other.Create(kChild).value();
  for (const SharedVault* vault : {&one, &other, &Join()}) {
    const std::vector<EntryInfo> listed = vault->List(kChild).value();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed[0].key_id, first);
    EXPECT_EQ(listed[1].key_id, second);
    EXPECT_LT(listed[0].sequence, listed[1].sequence);
  }
}

TEST_F(SharedVaultTest, ADestroyedKeyIsGoneForAllAndFromTheTopic) {
  SharedVault& one = Join();
  SharedVault& other = Join();
  const base::Id16 id = one.Create(kChild).value();
  const SharedVault::Row entry = topic_.front().row;
  const uint64_t before = one.destructions();
  ASSERT_TRUE(other.Destroy(id).ok());
  EXPECT_EQ(one.Get(id)->state, KeyState::kDestroyed);
  EXPECT_GT(one.destructions(), before) << "caches of unwrapped keys look at this";
  Compact();
  for (const Stored& stored : topic_) EXPECT_NE(stored.row.second, entry.second);
  SharedVault& late = Join();
  EXPECT_EQ(late.Get(id)->state, KeyState::kDestroyed);
  ASSERT_EQ(late.List(kChild)->size(), 1u) << "the tombstone still says whose it was";
  EXPECT_TRUE(late.List(kChild)->front().destroyed);
}

TEST_F(SharedVaultTest, WhatLandsLateDoesNotRevive) {
  SharedVault& one = Join();
  const base::Id16 id = one.Create(kChild).value();
  const SharedVault::Row entry = topic_.front().row;
  ASSERT_TRUE(one.Destroy(id).ok());
  Land(entry);
  EXPECT_EQ(one.Get(id)->state, KeyState::kDestroyed);
  EXPECT_EQ(Join().Get(id)->state, KeyState::kDestroyed);
  // Compaction would now keep the entry and drop the tombstone: the second place knows better.
  Compact();
  SharedVault& restored = Join();
  EXPECT_EQ(restored.Get(id)->state, KeyState::kDestroyed);
}

TEST_F(SharedVaultTest, AnotherKeyEncryptionKeyRefuses) {
  ASSERT_TRUE(Join().Create(kChild).ok());
  ASSERT_TRUE(KekFile::CreateNew(directory_ / "other", SystemRandom()).ok());
  Join("other");
  EXPECT_EQ(begun_.code(), absl::StatusCode::kFailedPrecondition) << begun_;
}

TEST_F(SharedVaultTest, ADamagedEntryIsAnAlarmNeverEmpty) {
  SharedVault& one = Join();
  const base::Id16 id = one.Create(kChild).value();
  topic_.front().row.second.resize(8);
  EXPECT_EQ(Join().Get(id).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Join().Get(base::DeriveId({"nobody's"}))->state, KeyState::kMissing);
}

}  // namespace
}  // namespace twinline::vault

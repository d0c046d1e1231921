// Both state stores keep the same promises; RocksDB alone is asked about files.
#include "platform/store/state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace twinline::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string FreshDirectory(const std::string& name) {
  const std::string directory = ::testing::TempDir() + name;
  for (const char* suffix : {"", ".rebuild", ".old"}) fs::remove_all(directory + suffix);
  return directory;
}

std::unique_ptr<StateStore> OpenRocks(const std::string& directory) {
  auto store = StateStore::Open(directory, {.memtable_bytes = size_t{1} << 20});
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

StateBatch OneRow(uint64_t next_pos, std::string key, std::optional<std::string> value) {
  StateBatch batch = StateBatch::At({next_pos, static_cast<int64_t>(next_pos) * 10, "reader"});
  WriteSet writes;
  writes.emplace(std::move(key), std::move(value));
  batch.SetWrites(std::move(writes));
  return batch;
}

class StateStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  StateStoreTest() {
    if (GetParam() == "rocks") {
      const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
      std::string name = test->name();  // cases may run at the same time
      for (char& c : name) c = c == '/' ? '_' : c;
      store_ = OpenRocks(FreshDirectory("state_store_" + name));
    } else {
      store_ = MakeMemoryStateStore();
    }
  }
  std::unique_ptr<StateStore> store_;
};

TEST_P(StateStoreTest, ABatchLeavesRowsAndCursorsTogether) {
  EXPECT_EQ(store_->OwnCursor(), std::nullopt);
  StateBatch batch = OneRow(7, "okey", "value");
  batch.SetScan("registry/0", "scan");
  batch.SetEvolveVersion(3);
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_EQ(store_->Latest().Get("okey"), "value");
  ASSERT_TRUE(store_->OwnCursor().has_value());
  EXPECT_EQ(store_->OwnCursor()->next_pos, 7u);
  EXPECT_EQ(store_->OwnCursor()->last_time_us, 70);
  EXPECT_EQ(store_->OwnCursor()->reader, "reader");
  EXPECT_EQ(store_->ScanCursor("registry/0"), "scan");
  EXPECT_EQ(store_->ScanCursor("registry/1"), std::nullopt);
  EXPECT_EQ(store_->EvolveVersion(), 3u);
}

TEST_P(StateStoreTest, AViewIsNotMovedByLaterCommits) {
  ASSERT_TRUE(store_->Commit(OneRow(1, "oa", "1")).ok());
  const StateView before = store_->View();
  ASSERT_TRUE(store_->Commit(OneRow(2, "oa", std::nullopt)).ok());
  const StateView after = store_->View();
  EXPECT_EQ(before.next_pos, 1u);
  EXPECT_EQ(before.rows->Get("oa"), "1");
  EXPECT_EQ(after.next_pos, 2u);
  EXPECT_EQ(after.rows->Get("oa"), std::nullopt);
}

TEST_P(StateStoreTest, StateHashCoversOwnRowsOnly) {
  ASSERT_TRUE(store_->Commit(OneRow(1, "oa", "1")).ok());
  const std::string hash = StateHash(store_->Latest());
  StateBatch follow = StateBatch::Scanned("registry/0", "scan");
  WriteSet writes;
  writes.emplace("fa", "foreign");
  follow.SetWrites(std::move(writes));
  ASSERT_TRUE(store_->Commit(follow).ok());
  EXPECT_EQ(store_->Latest().Get("fa"), "foreign");
  EXPECT_EQ(StateHash(store_->Latest()), hash);
  ASSERT_TRUE(store_->Commit(OneRow(2, "oa", "2")).ok());
  EXPECT_NE(StateHash(store_->Latest()), hash);
}

TEST_P(StateStoreTest, KeyAndValueCannotTradeBytesInTheHash) {
  base::MapRows a;
  a.Set("oa", "bc");
  base::MapRows b;
  b.Set("oab", "c");
  EXPECT_NE(StateHash(a), StateHash(b));
}

TEST_P(StateStoreTest, ASideStoreReplacesTheStateWhole) {
  ASSERT_TRUE(store_->Commit(OneRow(5, "oold", "1")).ok());
  const base::Rows& latest = store_->Latest();
  auto side = store_->OpenSide();
  ASSERT_TRUE(side.ok()) << side.status();
  ASSERT_TRUE((*side)->Commit(OneRow(6, "onew", "2")).ok());
  EXPECT_EQ(latest.Get("oold"), "1");
  ASSERT_TRUE(store_->Adopt(*std::move(side)).ok());
  EXPECT_EQ(latest.Get("oold"), std::nullopt);
  EXPECT_EQ(latest.Get("onew"), "2");
  EXPECT_EQ(store_->OwnCursor()->next_pos, 6u);
  EXPECT_EQ(store_->View().next_pos, 6u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StateStoreTest, ::testing::Values("rocks", "memory"),
                         [](const auto& info) { return info.param; });

TEST(StateBatchDeathTest, OwnRowsWithoutTheOwnCursorStopTheProcess) {
  StateBatch batch = StateBatch::Scanned("registry/0", "scan");
  WriteSet writes;
  writes.emplace("oa", "1");
  batch.SetWrites(std::move(writes));
  EXPECT_DEATH((void)MakeMemoryStateStore()->Commit(batch), "own rows without the own cursor");
}

TEST(RocksStateStoreTest, RowsSurviveReopening) {
  const std::string directory = FreshDirectory("state_reopen");
  ASSERT_TRUE(OpenRocks(directory)->Commit(OneRow(1, "oa", "1")).ok());
  const auto store = OpenRocks(directory);
  EXPECT_EQ(store->Latest().Get("oa"), "1");
  EXPECT_EQ(store->OwnCursor()->next_pos, 1u);
}

TEST(RocksStateStoreTest, AFinishedRebuildIsAdoptedAfterACrash) {
  const std::string directory = FreshDirectory("state_swap");
  ASSERT_TRUE(OpenRocks(directory)->Commit(OneRow(1, "oa", "old")).ok());
  ASSERT_TRUE(OpenRocks(directory + ".rebuild")->Commit(OneRow(1, "oa", "new")).ok());
  fs::rename(directory, directory + ".old");
  EXPECT_EQ(OpenRocks(directory)->Latest().Get("oa"), "new");
  EXPECT_FALSE(fs::exists(directory + ".old"));
  EXPECT_FALSE(fs::exists(directory + ".rebuild"));
}

TEST(RocksStateStoreTest, AnUnfinishedRebuildIsDiscarded) {
  const std::string directory = FreshDirectory("state_unfinished");
  ASSERT_TRUE(OpenRocks(directory)->Commit(OneRow(1, "oa", "old")).ok());
  ASSERT_TRUE(OpenRocks(directory + ".rebuild")->Commit(OneRow(1, "oa", "half")).ok());
  EXPECT_EQ(OpenRocks(directory)->Latest().Get("oa"), "old");
  EXPECT_FALSE(fs::exists(directory + ".rebuild"));
}

TEST(RocksStateStoreTest, TwoStoresCannotShareADirectory) {
  const std::string directory = FreshDirectory("state_shared");
  const auto first = OpenRocks(directory);
  const auto second = StateStore::Open(directory, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.status().ToString(), HasSubstr("Another process"));
}

TEST(RocksStateStoreTest, ADamagedStateSaysThatItMayBeMovedAway) {
  const std::string directory = FreshDirectory("state_damaged");
  ASSERT_TRUE(OpenRocks(directory)->Commit(OneRow(1, "oa", "1")).ok());
  std::ofstream(directory + "/CURRENT") << "nothing that RocksDB knows";
  const auto store = StateStore::Open(directory, {});
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
  EXPECT_THAT(store.status().ToString(), HasSubstr("rebuilt from the journal"));
}

TEST(RocksStateStoreTest, ASnapshotIsACompleteState) {
  const std::string directory = FreshDirectory("state_snapshot_from");
  const std::string copy = FreshDirectory("state_snapshot_to");
  const auto store = OpenRocks(directory);
  ASSERT_TRUE(store->Commit(OneRow(1, "oa", "1")).ok());
  ASSERT_TRUE(store->Snapshot(copy).ok());
  ASSERT_TRUE(store->Commit(OneRow(2, "oa", "2")).ok());
  const auto copied = OpenRocks(copy);
  EXPECT_EQ(copied->Latest().Get("oa"), "1");
  EXPECT_EQ(copied->OwnCursor()->next_pos, 1u);
}

TEST(MemoryStateStoreTest, ADiskOutlivesItsStoreAndCanBeSetBack) {
  const auto disk = MakeMemoryDisk();
  ASSERT_TRUE(MakeMemoryStateStore(disk)->Commit(OneRow(1, "oa", "1")).ok());
  const auto earlier = CopyOf(*disk);
  ASSERT_TRUE(MakeMemoryStateStore(disk)->Commit(OneRow(2, "oa", "2")).ok());
  EXPECT_EQ(MakeMemoryStateStore(disk)->Latest().Get("oa"), "2");
  EXPECT_EQ(MakeMemoryStateStore(earlier)->OwnCursor()->next_pos, 1u);
}

}  // namespace
}  // namespace twinline::store

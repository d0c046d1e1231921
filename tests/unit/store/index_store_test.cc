// The store of derived indexes: batches whole and in order, the last word for a key counts, walks
// in both directions on one moment's state, and after a crash an earlier state, never half a batch.
#include "platform/store/index_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace twinline::store {
namespace {

namespace fs = std::filesystem;

class IndexStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<IndexStore> Open(const std::string& name = "index") {
    auto store = IndexStore::Open(temp_ / name);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  static void Put(IndexStore& store, std::string_view key, std::string_view value) {
    IndexBatch batch;
    batch.Put(key, value);
    ASSERT_TRUE(store.Write(batch).ok());
  }
  static std::string Get(const IndexStore& store, std::string_view key) {
    const auto value = store.Get(key);
    EXPECT_TRUE(value.ok()) << value.status();
    return value.ok() && *value ? **value : "(none)";
  }
  test_support::TempDir temp_;
};

TEST_F(IndexStoreTest, OfSeveralWordsForOneKeyTheLastCounts) {
  auto store = Open();
  IndexBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put("b", "1");
  batch.Put("a", "1");
  batch.Remove("b");
  batch.Remove("a");
  batch.Put("a", "2");
  EXPECT_FALSE(batch.empty());
  EXPECT_EQ(batch.bytes(), 8u);
  ASSERT_TRUE(store->Write(batch).ok());
  EXPECT_EQ(Get(*store, "a"), "2");
  EXPECT_EQ(Get(*store, "b"), "(none)");
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0u);
}

TEST_F(IndexStoreTest, AnyBytesAreKeysAndValues) {
  auto store = Open();
  const std::string key("k\0\xff", 3);
  Put(*store, key, std::string("\0", 1));
  Put(*store, std::string("k\0", 2), "");
  EXPECT_EQ(Get(*store, key), std::string("\0", 1));
  EXPECT_EQ(Get(*store, std::string("k\0", 2)), "");
  EXPECT_EQ(Get(*store, "k"), "(none)");
}

TEST_F(IndexStoreTest, ACursorWalksBothWaysOnTheStateOfItsMoment) {
  auto store = Open();
  for (const char* key : {"a", "c", "e"}) Put(*store, key, key);
  IndexCursor cursor = store->MakeCursor();
  Put(*store, "b", "later");
  cursor.Seek("b");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "c") << "what was written later is not seen";
  cursor.Prev();
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "a");
  cursor.SeekBack("d");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "c");
  cursor.Next();
  EXPECT_EQ(cursor.value(), "e");
  cursor.Next();
  EXPECT_FALSE(cursor.valid());
  EXPECT_TRUE(cursor.status().ok());
  cursor.SeekBack("0");
  EXPECT_FALSE(cursor.valid());
}

TEST_F(IndexStoreTest, WhatWasFlushedOutlivesTheProcessWhatWasNotIsMissingAsAWhole) {
  {
    auto store = Open();
    IndexBatch first;
    for (int i = 0; i < 1'000; ++i) first.Put("1/" + std::to_string(i), "x");
    first.Put("cursor", "1");
    ASSERT_TRUE(store->Write(first).ok());
    ASSERT_TRUE(store->Flush().ok());
    IndexBatch second;
    for (int i = 0; i < 1'000; ++i) second.Put("2/" + std::to_string(i), "x");
    second.Put("cursor", "2");
    ASSERT_TRUE(store->Write(second).ok());
    // As kill -9 leaves it: a copy of the files while the second batch is in memory only.
    fs::copy(temp_ / "index", temp_ / "killed", fs::copy_options::recursive);
    fs::remove(fs::path(temp_ / "killed") / "LOCK");
  }
  auto whole = Open();
  EXPECT_EQ(Get(*whole, "cursor"), "2") << "a closed store has everything";
  EXPECT_EQ(Get(*whole, "2/999"), "x");
  auto killed = Open("killed");
  EXPECT_EQ(Get(*killed, "cursor"), "1");
  EXPECT_EQ(Get(*killed, "1/999"), "x");
  EXPECT_EQ(Get(*killed, "2/0"), "(none)");
  EXPECT_GT(killed->ApproximateBytes(), 0u);
}

TEST_F(IndexStoreTest, OneProcessHasItAndDestroyEmptiesIt) {
  auto store = Open();
  Put(*store, "a", "1");
  EXPECT_FALSE(IndexStore::Open(temp_ / "index").ok());
  store.reset();
  ASSERT_TRUE(IndexStore::Destroy(temp_ / "index").ok());
  EXPECT_EQ(Get(*Open(), "a"), "(none)");
}

TEST_F(IndexStoreTest, DamageIsDataLoss) {
  {
    auto store = Open();
    for (int i = 0; i < 5'000; ++i) Put(*store, "key " + std::to_string(i), std::string(200, 'v'));
    ASSERT_TRUE(store->Flush().ok());
  }
  size_t damaged = 0;
  for (const auto& file : fs::directory_iterator(temp_ / "index")) {
    if (file.path().extension() != ".sst") continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(100);
    bytes << std::string(64, '\x5a');
    ++damaged;
  }
  ASSERT_GT(damaged, 0u);
  absl::Status status;
  if (auto store = IndexStore::Open(temp_ / "index"); store.ok()) {
    IndexCursor cursor = (*store)->MakeCursor();
    for (cursor.Seek(""); cursor.valid(); cursor.Next()) {
    }
    status = cursor.status();
  } else {
    status = store.status();
  }
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

}  // namespace
}  // namespace twinline::store

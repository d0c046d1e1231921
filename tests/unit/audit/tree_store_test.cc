// Stored trees against the plain ones in memory.
#include "audit/service/tree_store.h"

#include <gtest/gtest.h>

#include "platform/base/merkle.h"
#include "tests/support/temp_dir.h"

namespace twinline::audit_test {
namespace {

base::Digest Leaf(uint64_t i) { return base::LeafHash(std::to_string(i)); }

class TreeStoreTest : public ::testing::Test {
 protected:
  TreeStoreTest() { store_ = store::IndexStore::Open(dir_ / "index").value(); }

  void Save(audit::TreeWriter& writer) {
    store::IndexBatch batch;
    writer.Save(&batch);
    ASSERT_TRUE(store_->Write(batch).ok());
  }

  test_support::TempDir dir_;
  std::unique_ptr<store::IndexStore> store_;
};

TEST_F(TreeStoreTest, HoldsEveryNodeOfTheTree) {
  audit::TreeWriter writer(3);
  base::MemoryNodeStore plain;
  base::CompactRange range;
  uint64_t written = 0;
  // Saved in pieces of every length from 1 to 40.
  for (uint64_t piece = 1; piece <= 40; ++piece) {
    for (uint64_t i = 0; i < piece; ++i, ++written) {
      writer.Append(Leaf(written));
      range.Append(Leaf(written), &plain);
    }
    Save(writer);
    ASSERT_EQ(writer.Root(), range.Root());
    const audit::StoredTree stored(store_.get(), 3);
    for (uint32_t level = 0; level < 12; ++level) {
      for (uint64_t index = 0; index <= written >> level; ++index) {
        ASSERT_EQ(stored.Get(level, index), plain.Get(level, index))
            << level << "/" << index << " of " << written;
      }
    }
  }
}

TEST_F(TreeStoreTest, ProofsAreThoseOfThePlainTree) {
  constexpr uint64_t kLeaves = 4'200;
  audit::TreeWriter writer(1);
  base::MemoryNodeStore plain;
  base::CompactRange range;
  for (uint64_t i = 0; i < kLeaves; ++i) {
    writer.Append(Leaf(i));
    range.Append(Leaf(i), &plain);
  }
  Save(writer);
  const audit::StoredTree stored(store_.get(), 1);
  for (const uint64_t size : {1ULL, 2ULL, 255ULL, 256ULL, 257ULL, 4'096ULL, 4'199ULL, 4'200ULL}) {
    EXPECT_EQ(base::Root(stored, size).value(), base::Root(plain, size).value());
    EXPECT_EQ(base::InclusionProof(stored, size / 2, size).value(),
              base::InclusionProof(plain, size / 2, size).value());
    EXPECT_EQ(base::ConsistencyProof(stored, size, kLeaves).value(),
              base::ConsistencyProof(plain, size, kLeaves).value());
  }
  EXPECT_FALSE(base::Root(stored, kLeaves + 1).ok());
  EXPECT_FALSE(base::Root(audit::StoredTree(store_.get(), 2), 1).ok()) << "another journal's tree";
}

TEST_F(TreeStoreTest, GoesOnWhereItWasSaved) {
  base::CompactRange whole;
  std::string saved = base::CompactRange().Serialize();
  for (uint64_t i = 0; i < 700; ++i) {
    whole.Append(Leaf(i));
    if (i % 23 != 0) continue;
    // A writer of its own for each stretch, as after a restart.
    audit::TreeWriter writer(1);
    const auto range = base::CompactRange::Parse(saved).value();
    ASSERT_TRUE(writer.Load(*store_, range).ok()) << i;
    for (uint64_t leaf = range.size(); leaf <= i; ++leaf) writer.Append(Leaf(leaf));
    Save(writer);
    saved = writer.range().Serialize();
    ASSERT_EQ(base::Root(audit::StoredTree(store_.get(), 1), i + 1).value(), whole.Root());
  }
}

TEST_F(TreeStoreTest, ATornTreeIsNotContinued) {
  audit::TreeWriter writer(1);
  for (uint64_t i = 0; i < 20; ++i) writer.Append(Leaf(i));
  Save(writer);
  base::CompactRange other = writer.range();
  other.Append(Leaf(20));
  EXPECT_TRUE(absl::IsDataLoss(audit::TreeWriter(1).Load(*store_, other)));
}

}  // namespace
}  // namespace twinline::audit_test

// RFC 6962 trees against the numbers of the Certificate Transparency reference implementation.
#include "platform/base/merkle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/audit/reference_tree.h"

namespace twinline::audit_test {
namespace {

using base::CompactRange;
using base::Digest;
using base::MerkleProof;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MerkleTest, RootsOfTheReferenceTree) {
  const std::vector<std::string> leaves = ReferenceLeaves();
  const Tree tree(leaves);
  CompactRange range;
  for (size_t n = 0; n <= leaves.size(); ++n) {
    EXPECT_EQ(Hex(range.Root()), kReferenceRoots[n]) << n;
    EXPECT_EQ(Hex(base::Root(tree.nodes, n).value()), kReferenceRoots[n]) << n;
    EXPECT_EQ(Hex(base::MerkleRoot(std::vector(leaves.begin(), leaves.begin() + n))),
              kReferenceRoots[n]);
    if (n < leaves.size()) range.Append(base::LeafHash(leaves[n]));
  }
  EXPECT_EQ(Hex(base::EmptyRoot()), kReferenceRoots[0]);
  EXPECT_EQ(Hex(base::LeafHash("")), kReferenceRoots[1]);
}

TEST(MerkleTest, InclusionProofsOfTheReferenceTree) {
  const Tree tree(ReferenceLeaves());
  EXPECT_THAT(Hex(base::InclusionProof(tree.nodes, 0, 8).value()),
              ElementsAre("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
  EXPECT_THAT(Hex(base::InclusionProof(tree.nodes, 5, 8).value()),
              ElementsAre("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
  EXPECT_THAT(Hex(base::InclusionProof(tree.nodes, 2, 3).value()),
              ElementsAre("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"));
  EXPECT_THAT(base::InclusionProof(tree.nodes, 0, 1).value(), IsEmpty());
}

TEST(MerkleTest, ConsistencyProofsOfTheReferenceTree) {
  const Tree tree(ReferenceLeaves());
  EXPECT_THAT(Hex(base::ConsistencyProof(tree.nodes, 1, 8).value()),
              ElementsAre("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
  EXPECT_THAT(Hex(base::ConsistencyProof(tree.nodes, 6, 8).value()),
              ElementsAre("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
  EXPECT_THAT(Hex(base::ConsistencyProof(tree.nodes, 2, 5).value()),
              ElementsAre("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"));
  EXPECT_THAT(base::ConsistencyProof(tree.nodes, 5, 5).value(), IsEmpty());
  EXPECT_THAT(base::ConsistencyProof(tree.nodes, 0, 5).value(), IsEmpty());
}

TEST(MerkleTest, EveryProofOfTheReferenceTreeVerifies) {
  const std::vector<std::string> leaves = ReferenceLeaves();
  const Tree tree(leaves);
  for (uint64_t size = 0; size <= leaves.size(); ++size) {
    const Digest root = base::Root(tree.nodes, size).value();
    for (uint64_t index = 0; index < size; ++index) {
      const MerkleProof proof = base::InclusionProof(tree.nodes, index, size).value();
      EXPECT_TRUE(
          base::VerifyInclusion(index, size, base::LeafHash(leaves[index]), proof, root).ok());
    }
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      const MerkleProof proof = base::ConsistencyProof(tree.nodes, old_size, size).value();
      const Digest old_root = base::Root(tree.nodes, old_size).value();
      EXPECT_TRUE(base::VerifyConsistency(old_size, size, proof, old_root, root).ok())
          << old_size << " to " << size;
    }
  }
}

TEST(MerkleTest, RefusesProofsOfAWrongLength) {
  const std::vector<std::string> leaves = ReferenceLeaves();
  const Tree tree(leaves);
  const Digest root = base::Root(tree.nodes, 7).value();
  const Digest leaf = base::LeafHash(leaves[4]);
  MerkleProof proof = base::InclusionProof(tree.nodes, 4, 7).value();
  MerkleProof longer = proof;
  longer.push_back(root);
  EXPECT_EQ(base::VerifyInclusion(4, 7, leaf, longer, root).code(),
            absl::StatusCode::kInvalidArgument);
  proof.pop_back();
  EXPECT_EQ(base::VerifyInclusion(4, 7, leaf, proof, root).code(),
            absl::StatusCode::kInvalidArgument);

  const Digest old_root = base::Root(tree.nodes, 6).value();
  MerkleProof consistency = base::ConsistencyProof(tree.nodes, 6, 7).value();
  longer = consistency;
  longer.push_back(root);
  EXPECT_EQ(base::VerifyConsistency(6, 7, longer, old_root, root).code(),
            absl::StatusCode::kInvalidArgument);
  consistency.pop_back();
  EXPECT_EQ(base::VerifyConsistency(6, 7, consistency, old_root, root).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::VerifyConsistency(6, 7, {}, old_root, root).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::VerifyConsistency(7, 7, std::vector{root}, root, root).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(MerkleTest, RefusesTreesThatShrinkOrForgeTheirPast) {
  const Tree tree(ReferenceLeaves());
  const Digest root8 = base::Root(tree.nodes, 8).value();
  const Digest root7 = base::Root(tree.nodes, 7).value();
  EXPECT_FALSE(base::VerifyConsistency(8, 7, {}, root8, root7).ok());
  EXPECT_FALSE(base::VerifyConsistency(7, 7, {}, root8, root7).ok());
  EXPECT_FALSE(base::VerifyConsistency(0, 7, {}, root8, root7).ok());
  EXPECT_FALSE(base::VerifyConsistency(0, 0, {}, base::EmptyRoot(), root7).ok());
  EXPECT_TRUE(base::VerifyConsistency(0, 0, {}, base::EmptyRoot(), base::EmptyRoot()).ok());
  EXPECT_FALSE(base::ConsistencyProof(tree.nodes, 8, 7).ok());
}

TEST(MerkleTest, RefusesPlacesOutsideTheTree) {
  const Tree tree(ReferenceLeaves());
  const Digest root = base::Root(tree.nodes, 8).value();
  EXPECT_FALSE(base::InclusionProof(tree.nodes, 8, 8).ok());
  EXPECT_FALSE(base::InclusionProof(tree.nodes, 0, 0).ok());
  EXPECT_FALSE(base::VerifyInclusion(8, 8, root, {}, root).ok());
  EXPECT_FALSE(base::VerifyInclusion(0, 0, root, {}, root).ok());
  EXPECT_FALSE(base::VerifyInclusion(0, base::kMaxTreeSize + 1, root, {}, root).ok());
  EXPECT_FALSE(base::Root(tree.nodes, base::kMaxTreeSize + 1).ok());
}

TEST(MerkleTest, ADamagedStoreIsAnErrorNotAProof) {
  const Tree tree(ReferenceLeaves());
  EXPECT_EQ(base::Root(tree.nodes, 9).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::InclusionProof(tree.nodes, 0, 16).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::ConsistencyProof(tree.nodes, 3, 12).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(CompactRange::Load(tree.nodes, 9).status().code(), absl::StatusCode::kNotFound);
}

TEST(CompactRangeTest, SurvivesSerialisationAtEverySize) {
  const std::vector<std::string> leaves = ReferenceLeaves();
  const Tree tree(leaves);
  CompactRange range;
  for (size_t n = 0; n <= leaves.size(); ++n) {
    const std::string bytes = range.Serialize();
    const CompactRange parsed = CompactRange::Parse(bytes).value();
    EXPECT_EQ(parsed.size(), n);
    EXPECT_EQ(Hex(parsed.Root()), kReferenceRoots[n]);
    EXPECT_EQ(CompactRange::Load(tree.nodes, n)->Serialize(), bytes);
    if (n < leaves.size()) range.Append(base::LeafHash(leaves[n]));
  }
  EXPECT_EQ(range.Serialize().size(), 8 + 32);  // eight leaves are one complete subtree
}

TEST(CompactRangeTest, ParsesOnlyTheOneEncoding) {
  const Tree tree({"a", "b", "c"});
  const std::string bytes = tree.range.Serialize();
  EXPECT_FALSE(CompactRange::Parse("").ok());
  EXPECT_FALSE(CompactRange::Parse(bytes.substr(0, bytes.size() - 1)).ok());
  EXPECT_FALSE(CompactRange::Parse(bytes + '\0').ok());
  EXPECT_FALSE(CompactRange::Parse(std::string(8, '\xff')).ok());
  EXPECT_TRUE(CompactRange::Parse(bytes).ok());
}

}  // namespace
}  // namespace twinline::audit_test

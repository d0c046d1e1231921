// The vectors of record_digest.h, computed independently (Python hashlib), and the proof of one
// commit.
#include "platform/journal/record_digest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/audit/reference_tree.h"

namespace twinline::audit_test {
namespace {

TEST(RecordDigestTest, Vectors) {
  EXPECT_EQ(Hex(journal::RecordDigest("", std::vector<std::string>{})),
            "a76d9fd800d7f9789d21f6d71cfa4f251f184269dfa93c8d3a7accaca7c46ed4");
  const base::Digest two = journal::RecordDigest("header", std::vector<std::string>{"a", "b"});
  EXPECT_EQ(Hex(two), "5ebbb1c6ec66c3f3359f243b5da6ae3f90e66d80e9ff4a9223709becc9c747cd");
  EXPECT_EQ(Hex(journal::ChainHash(journal::kChainStart, two)),
            "d85a694ef1d55957dffb7988d5d453c613620895b310763e2f7aab1b30c208fa");
  EXPECT_EQ(Hex(journal::RecordDigest("header", std::vector<std::string>{"a", "b", "c"})),
            "a6a1a14ab097a1fe75d0c2a9f5edf0b3aa48c710cf20d35d19d28d002702eb64");
}

TEST(RecordDigestTest, OneCommitLeadsToTheDigestWithoutTheOthers) {
  std::vector<std::string> commits;
  for (int count = 1; count <= 9; ++count) {
    commits.push_back("commit " + std::to_string(count));
    const base::Digest digest = journal::RecordDigest("header", commits);
    for (int index = 0; index < count; ++index) {
      const base::MerkleProof proof = journal::CommitProof(commits, index).value();
      EXPECT_EQ(
          journal::RecordDigestFromCommit("header", commits[index], index, count, proof).value(),
          digest);
      EXPECT_NE(
          journal::RecordDigestFromCommit("Header", commits[index], index, count, proof).value(),
          digest);
      EXPECT_NE(journal::RecordDigestFromCommit("header", "other", index, count, proof).value(),
                digest);
    }
    EXPECT_FALSE(journal::CommitProof(commits, count).ok());
  }
}

// Why RecordHeader.commit_count exists: the tree hash alone does not fix a commit's place.
TEST(RecordDigestTest, ThePlaceOfACommitIsFixedOnlyTogetherWithTheCount) {
  const std::vector<std::string> commits = {"a", "b"};
  const base::MerkleProof proof = journal::CommitProof(commits, 1).value();
  EXPECT_EQ(journal::RecordDigestFromCommit("header", "b", 1, 2, proof).value(),
            journal::RecordDigestFromCommit("header", "b", 2, 3, proof).value());
}

}  // namespace
}  // namespace twinline::audit_test

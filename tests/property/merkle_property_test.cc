// Trees and evidence of random shapes: every proof that we make verifies, and no changed one does.
// The reference is the recursive definition of RFC 6962, written down here a second time.
#include "platform/base/merkle.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "audit/domain/verify.h"
#include "platform/journal/record_digest.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::audit_test {
namespace {

using base::Digest;
using base::MerkleProof;

using Leaves = std::vector<std::string>;

Digest DefinedRoot(const Leaves& leaves, size_t begin, size_t end) {
  if (begin == end) return base::Sha256({});
  if (end - begin == 1) return base::Sha256({std::string_view("\0", 1), leaves[begin]});
  const size_t split = begin + std::bit_floor(end - begin - 1);
  const Digest left = DefinedRoot(leaves, begin, split);
  const Digest right = DefinedRoot(leaves, split, end);
  return base::Sha256({"\x01", base::View(left), base::View(right)});
}

struct Grown {
  Leaves leaves;
  base::MemoryNodeStore nodes;

  Digest Root(uint64_t size) const { return base::Root(nodes, size).value(); }
  Digest Leaf(uint64_t index) const { return base::LeafHash(leaves[index]); }
};

// inRange draws small numbers first and grows; trees need all shapes from the first case on.
uint64_t UpTo(uint64_t limit) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<uint64_t>(0, limit + 1));
}

// At least one leaf; at most two bytes of data, so that equal leaves occur.
Grown AnyTree() {
  Grown tree;
  tree.leaves.resize(1 + UpTo(130));
  for (std::string& leaf : tree.leaves) {
    leaf.resize(UpTo(2));
    for (char& byte : leaf) byte = static_cast<char>(UpTo(255));
  }
  base::CompactRange range;
  for (const std::string& leaf : tree.leaves) range.Append(base::LeafHash(leaf), &tree.nodes);
  return tree;
}

Digest Flipped(Digest digest) {
  const auto bit = UpTo(255);
  digest[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
  return digest;
}

RC_GTEST_PROP(MerkleProperty, RootsAreTheDefinedOnes, ()) {
  const Grown tree = AnyTree();
  const uint64_t size = UpTo(tree.leaves.size());
  RC_ASSERT(tree.Root(size) == DefinedRoot(tree.leaves, 0, size));
  const Leaves prefix(tree.leaves.begin(), tree.leaves.begin() + static_cast<ptrdiff_t>(size));
  RC_ASSERT(base::MerkleRoot(prefix) == tree.Root(size));
}

RC_GTEST_PROP(MerkleProperty, ACompactRangeGoesOnAfterARestart, ()) {
  const Grown tree = AnyTree();
  const uint64_t stop = UpTo(tree.leaves.size());
  base::CompactRange before;
  for (uint64_t i = 0; i < stop; ++i) before.Append(tree.Leaf(i));
  base::CompactRange after = base::CompactRange::Parse(before.Serialize()).value();
  RC_ASSERT(base::CompactRange::Load(tree.nodes, stop)->Serialize() == before.Serialize());
  for (uint64_t i = stop; i < tree.leaves.size(); ++i) after.Append(tree.Leaf(i));
  RC_ASSERT(after.Root() == tree.Root(tree.leaves.size()));
}

RC_GTEST_PROP(MerkleProperty, InclusionProofsVerifyAndChangedOnesDoNot, ()) {
  const Grown tree = AnyTree();
  const uint64_t size = 1 + UpTo(tree.leaves.size() - 1);
  const uint64_t index = UpTo(size - 1);
  const Digest root = tree.Root(size);
  const Digest leaf = tree.Leaf(index);
  const MerkleProof proof = base::InclusionProof(tree.nodes, index, size).value();
  RC_ASSERT(base::VerifyInclusion(index, size, leaf, proof, root).ok());

  RC_ASSERT(!base::VerifyInclusion(index, size, Flipped(leaf), proof, root).ok());
  RC_ASSERT(!base::VerifyInclusion(index, size, leaf, proof, Flipped(root)).ok());
  MerkleProof changed = proof;
  changed.push_back(root);
  RC_ASSERT(!base::VerifyInclusion(index, size, leaf, changed, root).ok());
  if (proof.empty()) return;
  changed = proof;
  changed.pop_back();
  RC_ASSERT(!base::VerifyInclusion(index, size, leaf, changed, root).ok());
  changed = proof;
  Digest& hash = changed[UpTo(proof.size() - 1)];
  hash = Flipped(hash);
  RC_ASSERT(!base::VerifyInclusion(index, size, leaf, changed, root).ok());
}

RC_GTEST_PROP(MerkleProperty, ALeafHasOnePlace, ()) {
  const Grown tree = AnyTree();
  const uint64_t size = tree.leaves.size();
  const uint64_t index = UpTo(size - 1);
  const uint64_t other = UpTo(size - 1);
  if (tree.leaves[index] == tree.leaves[other]) return;
  const MerkleProof proof = base::InclusionProof(tree.nodes, index, size).value();
  RC_ASSERT(!base::VerifyInclusion(other, size, tree.Leaf(index), proof, tree.Root(size)).ok());
}

RC_GTEST_PROP(MerkleProperty, ConsistencyProofsVerifyAndChangedOnesDoNot, ()) {
  const Grown tree = AnyTree();
  const uint64_t new_size = 1 + UpTo(tree.leaves.size() - 1);
  const uint64_t old_size = UpTo(new_size);
  const Digest new_root = tree.Root(new_size);
  const Digest old_root = tree.Root(old_size);
  const MerkleProof proof = base::ConsistencyProof(tree.nodes, old_size, new_size).value();
  RC_ASSERT(base::VerifyConsistency(old_size, new_size, proof, old_root, new_root).ok());

  RC_ASSERT(!base::VerifyConsistency(old_size, new_size, proof, Flipped(old_root), new_root).ok());
  MerkleProof changed = proof;
  changed.push_back(new_root);
  RC_ASSERT(!base::VerifyConsistency(old_size, new_size, changed, old_root, new_root).ok());
  if (proof.empty()) return;
  RC_ASSERT(!base::VerifyConsistency(old_size, new_size, proof, old_root, Flipped(new_root)).ok());
  changed = proof;
  changed.pop_back();
  RC_ASSERT(!base::VerifyConsistency(old_size, new_size, changed, old_root, new_root).ok());
  changed = proof;
  Digest& hash = changed[UpTo(proof.size() - 1)];
  hash = Flipped(hash);
  RC_ASSERT(!base::VerifyConsistency(old_size, new_size, changed, old_root, new_root).ok());
}

RC_GTEST_PROP(MerkleProperty, AHistoryWithOneOldLeafChangedIsInconsistent, ()) {
  const Grown tree = AnyTree();
  const uint64_t new_size = tree.leaves.size();
  const uint64_t old_size = 1 + UpTo(new_size - 1);
  Leaves forged = tree.leaves;
  forged[UpTo(old_size - 1)] += "!";
  base::MemoryNodeStore nodes;
  base::CompactRange range;
  for (const std::string& leaf : forged) range.Append(base::LeafHash(leaf), &nodes);
  const MerkleProof proof = base::ConsistencyProof(nodes, old_size, new_size).value();
  RC_ASSERT(
      !base::VerifyConsistency(old_size, new_size, proof, tree.Root(old_size), range.Root()).ok());
}

// Journals of random length with random batches; a commit is about the child when its data say so.
SampleHistory AnyHistory() {
  SampleHistory history;
  history.Append("registry/0", {CommitOf(1001, std::string(kChild))});
  const uint64_t batches = 1 + UpTo(10);
  for (uint64_t i = 0; i < batches; ++i) {
    const auto name = *rc::gen::element<std::string>("registry/0", "transfer/0", "access/0/202609");
    std::vector<journal::v1::Commit> commits(1 + UpTo(8));
    for (journal::v1::Commit& commit : commits) {
      const std::string about = UpTo(1) == 1 ? std::string(kChild) : "nobody";
      commit = CommitOf(1001, about + " " + std::to_string(i));
    }
    history.Append(name, commits);
    if (UpTo(2) == 0) history.NoteHeads();
  }
  history.NoteHeads();
  return history;
}

const audit::NoteVerifier& Verifier() {
  static const audit::NoteSigner signer = TestSigner();
  return signer.verifier();
}

RC_GTEST_PROP(EvidenceProperty, ABundleVerifiesAndNoChangedByteDoes, ()) {
  const google::protobuf::LogSilencer quiet;
  const SampleHistory history = AnyHistory();
  const SampleJournal& journal = history.journal("registry/0");
  const uint64_t pos = 2 + UpTo(journal.records.size() - 3);
  const auto commit = static_cast<uint32_t>(UpTo(journal.records[pos].commit_size() - 1));
  std::string file = history.Bundle("registry/0", pos, commit).SerializeAsString();
  RC_ASSERT(audit::VerifyBundle(audit::ReadBundle(file).value(), Verifier()).ok());
  file[UpTo(file.size() - 1)] ^= static_cast<char>(1 + UpTo(254));
  const auto read = audit::ReadBundle(file);
  RC_ASSERT(!(read.ok() && audit::VerifyBundle(*read, Verifier()).ok()));
}

RC_GTEST_PROP(EvidenceProperty, ATrailVerifiesAndNoneWithEntriesMissingOrSwappedDoes, ()) {
  SampleHistory history = AnyHistory();
  const std::string old_note = history.Checkpoint();
  const audit::v1::TrailExport trail =
      ChildTrail(history, history.journal("audit/0").records.size());
  RC_ASSERT(audit::VerifyTrail(trail, old_note, Verifier()).ok());
  const int count = trail.entries_size();
  audit::v1::TrailExport changed = trail;
  changed.mutable_entries()->DeleteSubrange(static_cast<int>(UpTo(count - 1)), 1);
  RC_ASSERT(!audit::VerifyTrail(changed, old_note, Verifier()).ok());
  if (count < 2) return;
  const auto first = static_cast<int>(UpTo(count - 2));
  const auto second = first + 1 + static_cast<int>(UpTo(count - 2 - first));
  changed = trail;
  changed.mutable_entries()->SwapElements(first, second);
  RC_ASSERT(!audit::VerifyTrail(changed, old_note, Verifier()).ok());
}

}  // namespace
}  // namespace twinline::audit_test

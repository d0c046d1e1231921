// RFC 6962 Merkle trees: hashing, proofs and their verification.
//
// The audit trail is one append-only tree per journal and one tree over the log of their
// heads. This file is the only place that knows how such a tree is hashed, so the journal
// (the digest of one record, R-03), the audit service (which makes proofs) and the offline verifier
// (which trusts nobody) cannot drift apart. It is also what lets tools that are not ours, for
// example transparency-dev/merkle in Go, check our proofs.
//
// Hashing (RFC 6962 2.1, RFC 9162 2.1.1):
//
//   an empty tree  SHA-256("")
//   a leaf         SHA-256(0x00 | data)
//   an inner node  SHA-256(0x01 | left | right), left being the largest complete subtree
//
// Vectors, in hexadecimal:
//
//   EmptyRoot()        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
//   LeafHash("")       6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
//   leaves "" and 00   fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
//
// More in tests/unit/audit/merkle_test.cc.
//
// Everything here is pure: no I/O of its own, no state outside the arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/hash.h"

namespace twinline::base {

// A proof is a list of sibling hashes, from the leaf up. At most 64 for an inclusion proof, 65 for
// a consistency proof, since a tree holds fewer than 2^63 leaves.
using MerkleProof = std::vector<Digest>;

// The largest tree these functions accept (2^63 - 1), so that sizes also fit the signed integers of
// other languages.
inline constexpr uint64_t kMaxTreeSize = (uint64_t{1} << 63) - 1;

// SHA-256(0x00 | data).
Digest LeafHash(std::string_view data);

// SHA-256(0x01 | left | right).
Digest NodeHash(const Digest& left, const Digest& right);

// The root of a tree without leaves: SHA-256 of the empty string.
Digest EmptyRoot();

// Where the hashes of complete subtrees are kept. Node (level, index) covers the leaves
// [index << level, (index + 1) << level); level 0 are leaf hashes. A node is written once, when its
// last leaf is appended, and never changes, so a store may keep them anywhere, cache them freely
// and write them in any order.
class NodeStore {
 public:
  virtual ~NodeStore() = default;

  // Missing = the node is not complete or the store is damaged; the caller turns it into an error.
  virtual std::optional<Digest> Get(uint32_t level, uint64_t index) const = 0;
  virtual void Put(uint32_t level, uint64_t index, const Digest& hash) = 0;
};

// Keeps all nodes in memory; for tests, for small trees (the commits of one record) and for the
// verifier.
class MemoryNodeStore final : public NodeStore {
 public:
  std::optional<Digest> Get(uint32_t level, uint64_t index) const override;
  void Put(uint32_t level, uint64_t index, const Digest& hash) override;

 private:
  std::map<std::pair<uint32_t, uint64_t>, Digest> nodes_;
};

// The right edge of an append-only tree: the roots of its complete subtrees, one per one-bit of the
// size, largest first. It knows the root at its size with at most 63 hashes in memory, which is all
// that a writer must carry from one append to the next.
class CompactRange {
 public:
  // The empty tree.
  CompactRange() = default;

  // Appends one leaf. Each node that this leaf completes is written to `sink` when one is given.
  void Append(const Digest& leaf_hash, NodeStore* sink = nullptr);

  // The tree head at the present size; EmptyRoot() when nothing was appended.
  Digest Root() const;

  uint64_t size() const { return size_; }

  // 8 bytes big-endian size, then 32 bytes per one-bit of the size. Exactly one encoding per tree.
  std::string Serialize() const;

  // Refuses (InvalidArgument) any length other than the one the size demands, and sizes above
  // kMaxTreeSize.
  static absl::StatusOr<CompactRange> Parse(std::string_view bytes);

  // The right edge of the first `size` leaves of a stored tree. NotFound when the store lacks a
  // node.
  static absl::StatusOr<CompactRange> Load(const NodeStore& store, uint64_t size);

 private:
  uint64_t size_ = 0;
  std::vector<Digest> roots_;
};

// The root of the tree whose leaves hold these byte strings, in this order; EmptyRoot() for none.
// `leaves` is any range of strings, for example a repeated bytes field.
template <typename Leaves>
Digest MerkleRoot(const Leaves& leaves) {
  CompactRange range;
  for (const auto& leaf : leaves) range.Append(LeafHash(leaf));
  return range.Root();
}

// The root of the first `size` leaves. NotFound when the store lacks a node, InvalidArgument for a
// size too large.
absl::StatusOr<Digest> Root(const NodeStore& store, uint64_t size);

// Proves that leaf `index` is in the tree of the first `size` leaves (RFC 9162 2.1.3.1).
// InvalidArgument unless index < size; NotFound when the store lacks a node.
absl::StatusOr<MerkleProof> InclusionProof(const NodeStore& store, uint64_t index, uint64_t size);

// Proves that the tree of the first `old_size` leaves is a prefix of the one of the first
// `new_size` leaves (RFC 9162 2.1.4.1). Empty when the sizes are equal or the old tree is empty.
// InvalidArgument unless old_size <= new_size; NotFound when the store lacks a node.
absl::StatusOr<MerkleProof> ConsistencyProof(const NodeStore& store, uint64_t old_size,
                                             uint64_t new_size);

// The root that an inclusion proof leads to. InvalidArgument unless index < size and the proof has
// exactly the length that (index, size) demands. Note that this binds neither the index nor the
// size by itself: (1 of 2) and (2 of 3) fold alike. The caller must take the size from something
// signed or hashed.
absl::StatusOr<Digest> RootFromInclusionProof(uint64_t index, uint64_t size,
                                              const Digest& leaf_hash,
                                              std::span<const Digest> proof);

// OK only when the proof leads from the leaf to exactly this root (RFC 9162 2.1.3.2).
// InvalidArgument for a wrong shape, DataLoss for a wrong hash.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash,
                             std::span<const Digest> proof, const Digest& root);

// OK only when the proof shows that the old tree is a prefix of the new one (RFC 9162 2.1.4.2).
// Equal sizes need equal roots and an empty proof; an empty old tree needs EmptyRoot() and an empty
// proof.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, std::span<const Digest> proof,
                               const Digest& old_root, const Digest& new_root);

}  // namespace twinline::base

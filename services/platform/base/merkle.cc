// Proof generation follows the recursive definitions of RFC 9162 2.1.3.1 and 2.1.4.1, unrolled into
// loops. Verification follows its algorithms 2.1.3.2 and 2.1.4.2 word for word, because those are
// what other implementations follow too.
#include "platform/base/merkle.h"

#include <algorithm>
#include <bit>

namespace twinline::base {
namespace {

constexpr std::string_view kLeafPrefix("\x00", 1);
constexpr std::string_view kNodePrefix("\x01", 1);
constexpr size_t kDigestBytes = 32;

absl::Status MissingNode() {
  return absl::NotFoundError("merkle: the store lacks a node of a complete subtree");
}

absl::Status WrongHash() {
  return absl::DataLossError("merkle: the proof does not lead to this root");
}

// The largest power of two smaller than n, for n >= 2.
uint64_t SplitPoint(uint64_t n) { return std::bit_floor(n - 1); }

// The hash of the leaves [begin, end). Every range that RFC 6962 asks for begins at a multiple of
// the largest power of two that fits into it, so its left parts are stored nodes; they are read
// left to right and folded from the right.
absl::StatusOr<Digest> RangeHash(const NodeStore& store, uint64_t begin, uint64_t end) {
  std::vector<Digest> parts;
  while (begin < end) {
    const uint64_t width = std::bit_floor(end - begin);
    const auto level = static_cast<uint32_t>(std::countr_zero(width));
    const std::optional<Digest> node = store.Get(level, begin >> level);
    if (!node) return MissingNode();
    parts.push_back(*node);
    begin += width;
  }
  if (parts.empty()) return EmptyRoot();
  Digest hash = parts.back();
  for (auto it = parts.rbegin() + 1; it != parts.rend(); ++it) hash = NodeHash(*it, hash);
  return hash;
}

absl::Status AppendRange(const NodeStore& store, uint64_t begin, uint64_t end, MerkleProof& proof) {
  absl::StatusOr<Digest> hash = RangeHash(store, begin, end);
  if (!hash.ok()) return hash.status();
  proof.push_back(*hash);
  return absl::OkStatus();
}

}  // namespace

Digest LeafHash(std::string_view data) { return Sha256({kLeafPrefix, data}); }

Digest NodeHash(const Digest& left, const Digest& right) {
  return Sha256({kNodePrefix, View(left), View(right)});
}

Digest EmptyRoot() { return Sha256({}); }

std::optional<Digest> MemoryNodeStore::Get(uint32_t level, uint64_t index) const {
  const auto it = nodes_.find({level, index});
  if (it == nodes_.end()) return std::nullopt;
  return it->second;
}

void MemoryNodeStore::Put(uint32_t level, uint64_t index, const Digest& hash) {
  nodes_[{level, index}] = hash;
}

void CompactRange::Append(const Digest& leaf_hash, NodeStore* sink) {
  Digest hash = leaf_hash;
  uint32_t level = 0;
  uint64_t index = size_;
  if (sink != nullptr) sink->Put(level, index, hash);
  // Like adding one to a binary counter: each carry joins two complete subtrees of equal size.
  while ((index & 1) != 0) {
    hash = NodeHash(roots_.back(), hash);
    roots_.pop_back();
    ++level;
    index >>= 1;
    if (sink != nullptr) sink->Put(level, index, hash);
  }
  roots_.push_back(hash);
  ++size_;
}

Digest CompactRange::Root() const {
  if (roots_.empty()) return EmptyRoot();
  Digest hash = roots_.back();
  for (auto it = roots_.rbegin() + 1; it != roots_.rend(); ++it) hash = NodeHash(*it, hash);
  return hash;
}

std::string CompactRange::Serialize() const {
  std::string bytes;
  bytes.reserve(8 + roots_.size() * kDigestBytes);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size_ >> shift));
  for (const Digest& root : roots_) bytes.append(View(root));
  return bytes;
}

absl::StatusOr<CompactRange> CompactRange::Parse(std::string_view bytes) {
  if (bytes.size() < 8)
    return absl::InvalidArgumentError("merkle: compact range shorter than its size field");
  CompactRange range;
  for (size_t i = 0; i < 8; ++i) range.size_ = (range.size_ << 8) | static_cast<uint8_t>(bytes[i]);
  if (range.size_ > kMaxTreeSize)
    return absl::InvalidArgumentError("merkle: compact range size too large");
  const auto count = static_cast<size_t>(std::popcount(range.size_));
  if (bytes.size() != 8 + count * kDigestBytes) {
    return absl::InvalidArgumentError("merkle: compact range has a wrong number of hashes");
  }
  range.roots_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const std::string_view hash = bytes.substr(8 + i * kDigestBytes, kDigestBytes);
    std::copy(hash.begin(), hash.end(), range.roots_[i].begin());
  }
  return range;
}

absl::StatusOr<CompactRange> CompactRange::Load(const NodeStore& store, uint64_t size) {
  if (size > kMaxTreeSize) return absl::InvalidArgumentError("merkle: tree size too large");
  CompactRange range;
  range.size_ = size;
  for (uint64_t begin = 0; begin < size;) {
    const uint64_t width = std::bit_floor(size - begin);
    const auto level = static_cast<uint32_t>(std::countr_zero(width));
    const std::optional<Digest> node = store.Get(level, begin >> level);
    if (!node) return MissingNode();
    range.roots_.push_back(*node);
    begin += width;
  }
  return range;
}

absl::StatusOr<Digest> Root(const NodeStore& store, uint64_t size) {
  if (size > kMaxTreeSize) return absl::InvalidArgumentError("merkle: tree size too large");
  return RangeHash(store, 0, size);
}

absl::StatusOr<MerkleProof> InclusionProof(const NodeStore& store, uint64_t index, uint64_t size) {
  if (size > kMaxTreeSize || index >= size) {
    return absl::InvalidArgumentError("merkle: inclusion proof asked for a leaf outside the tree");
  }
  MerkleProof proof;
  uint64_t begin = 0;
  uint64_t end = size;
  // From the root down to the leaf, so the proof comes out upside down.
  while (end - begin > 1) {
    const uint64_t split = begin + SplitPoint(end - begin);
    const bool left = index < split;
    const absl::Status added =
        left ? AppendRange(store, split, end, proof) : AppendRange(store, begin, split, proof);
    if (!added.ok()) return added;
    (left ? end : begin) = split;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

absl::StatusOr<MerkleProof> ConsistencyProof(const NodeStore& store, uint64_t old_size,
                                             uint64_t new_size) {
  if (new_size > kMaxTreeSize || old_size > new_size) {
    return absl::InvalidArgumentError("merkle: consistency proof asked for a tree that shrinks");
  }
  MerkleProof proof;
  if (old_size == 0 || old_size == new_size) return proof;
  uint64_t begin = 0;
  uint64_t end = new_size;
  // The verifier holds the old root; it must be told the last old subtree only when that is not the
  // whole old tree.
  bool old_root_known = true;
  while (old_size != end) {
    const uint64_t split = begin + SplitPoint(end - begin);
    const bool left = old_size <= split;
    const absl::Status added =
        left ? AppendRange(store, split, end, proof) : AppendRange(store, begin, split, proof);
    if (!added.ok()) return added;
    (left ? end : begin) = split;
    if (!left) old_root_known = false;
  }
  if (!old_root_known) {
    if (absl::Status added = AppendRange(store, begin, end, proof); !added.ok()) return added;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

absl::StatusOr<Digest> RootFromInclusionProof(uint64_t index, uint64_t size,
                                              const Digest& leaf_hash,
                                              std::span<const Digest> proof) {
  if (size > kMaxTreeSize || index >= size) {
    return absl::InvalidArgumentError("merkle: inclusion proof for a leaf outside the tree");
  }
  uint64_t fn = index;
  uint64_t sn = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (sn == 0) return absl::InvalidArgumentError("merkle: inclusion proof too long");
    if ((fn & 1) != 0 || fn == sn) {
      hash = NodeHash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return absl::InvalidArgumentError("merkle: inclusion proof too short");
  return hash;
}

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash,
                             std::span<const Digest> proof, const Digest& root) {
  const absl::StatusOr<Digest> found = RootFromInclusionProof(index, size, leaf_hash, proof);
  if (!found.ok()) return found.status();
  return *found == root ? absl::OkStatus() : WrongHash();
}

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, std::span<const Digest> proof,
                               const Digest& old_root, const Digest& new_root) {
  if (new_size > kMaxTreeSize || old_size > new_size) {
    return absl::InvalidArgumentError("merkle: consistency proof for a tree that shrinks");
  }
  if (old_size == new_size || old_size == 0) {
    if (!proof.empty()) return absl::InvalidArgumentError("merkle: consistency proof too long");
    const bool same = old_size == new_size ? old_root == new_root : true;
    const bool empty = old_size == 0 ? old_root == EmptyRoot() : true;
    return same && empty ? absl::OkStatus() : WrongHash();
  }
  uint64_t fn = old_size - 1;
  uint64_t sn = new_size - 1;
  // A complete old tree is its own first node; the proof does not repeat it.
  const bool complete = std::has_single_bit(old_size);
  if (!complete && proof.empty())
    return absl::InvalidArgumentError("merkle: consistency proof too short");
  Digest old_hash = complete ? old_root : proof.front();
  Digest new_hash = old_hash;
  if (!complete) proof = proof.subspan(1);
  const int shared = std::countr_one(fn);
  fn >>= shared;
  sn >>= shared;
  for (const Digest& node : proof) {
    if (sn == 0) return absl::InvalidArgumentError("merkle: consistency proof too long");
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = NodeHash(node, old_hash);
      new_hash = NodeHash(node, new_hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return absl::InvalidArgumentError("merkle: consistency proof too short");
  return old_hash == old_root && new_hash == new_root ? absl::OkStatus() : WrongHash();
}

}  // namespace twinline::base

// The two hashes that every journal stands on (decisions.md R-03), over stored bytes only.
//
//   RecordDigest = SHA-256(0x02 | SHA-256(header) | MerkleRoot(commits))
//   ChainHash    = SHA-256(0x03 | previous chain value | record digest)
//
// `header` and each commit are byte strings exactly as stored (twinline.journal.v1.Record), never
// re-serialised. MerkleRoot is the RFC 6962 tree hash of base/merkle.h, so a record without commits
// has SHA-256("") in that place and one commit can be proven without showing its neighbours. The
// prefixes 0x00 to 0x03 keep leaves, nodes, records and chain values apart for ever.
//
// The chain value before record 0 is 32 zero bytes. The leaf of the audit tree of a journal at
// position `pos` is base::LeafHash(record digest), that is SHA-256(0x00 | 32 bytes).
//
// Vectors, in hexadecimal:
//
//   no header bytes, no commits:
//     a76d9fd800d7f9789d21f6d71cfa4f251f184269dfa93c8d3a7accaca7c46ed4
//   header "header", commits "a" and "b":
//     5ebbb1c6ec66c3f3359f243b5da6ae3f90e66d80e9ff4a9223709becc9c747cd
//   ChainHash of 32 zero bytes and the digest above:
//     d85a694ef1d55957dffb7988d5d453c613620895b310763e2f7aab1b30c208fa
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/base/hash.h"
#include "platform/base/merkle.h"

namespace twinline::journal {

// The chain value before record 0.
inline constexpr base::Digest kChainStart = {};

// `commits_root` is base::MerkleRoot(commits).
base::Digest RecordDigest(std::string_view header, const base::Digest& commits_root);

// `commits` is any range of byte strings: the repeated field of a Record, a vector, a span.
template <typename Commits>
base::Digest RecordDigest(std::string_view header, const Commits& commits) {
  return RecordDigest(header, base::MerkleRoot(commits));
}

// The chain value after the record with this digest.
base::Digest ChainHash(const base::Digest& previous, const base::Digest& record_digest);

// Proves commit `index` of a record: the sibling hashes up to its commit tree, for
// RecordDigestFromCommit. InvalidArgument unless index < number of commits.
template <typename Commits>
absl::StatusOr<base::MerkleProof> CommitProof(const Commits& commits, uint32_t index) {
  base::MemoryNodeStore nodes;
  base::CompactRange range;
  for (const auto& commit : commits) range.Append(base::LeafHash(commit), &nodes);
  return base::InclusionProof(nodes, index, range.size());
}

// The digest that a record with this header must have if `commit` is its commit number `index` of
// `count`. InvalidArgument when the proof has a wrong length. The caller checks `count` against the
// header's commit_count and the digest against a tree; by itself this proves nothing.
absl::StatusOr<base::Digest> RecordDigestFromCommit(std::string_view header,
                                                    std::string_view commit, uint32_t index,
                                                    uint32_t count,
                                                    std::span<const base::Digest> proof);

}  // namespace twinline::journal

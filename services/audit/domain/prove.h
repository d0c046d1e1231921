// The making of evidence: the counterpart of verify.h, used by the audit service over its stored
// trees and by tests over trees in memory. Pure; the trees are read through base::NodeStore.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/base/hash.h"
#include "platform/base/merkle.h"
#include "twinline/audit/v1/proof.pb.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::audit {

// The journal of heads. Its own tree is the one that checkpoints sign.
inline constexpr std::string_view kAuditJournal = "audit/0";

// The number that proof.proto calls `format`, for bundles, manifests and trails.
inline constexpr uint32_t kProofFormat = 1;

// The leaf hash of a record in its journal's tree: SHA-256(0x00 | record digest). What the audit
// service appends per admitted record.
base::Digest RecordLeaf(const journal::v1::Record& record);

// Commit `commit_index` of the record admitted at `pos`, proven in the journal's tree of `size`
// leaves. InvalidArgument for a place that does not exist, NotFound when the store lacks a node.
absl::StatusOr<v1::ProvenCommit> ProveCommit(const journal::v1::Record& record,
                                             uint32_t commit_index, uint64_t pos,
                                             const base::NodeStore& tree, uint64_t size);

// Counts and hashes the entries of a trail in order, for TrailManifest.entry_count and
// entries_root. Constant in memory, so that an exporter can stream.
class EntriesTree {
 public:
  // `range` is the index into TrailManifest.ranges, `commit` the stored commit bytes.
  void Add(uint32_t range, uint64_t pos, uint32_t commit_index, std::string_view commit);

  uint64_t count() const { return leaves_.size(); }
  base::Digest Root() const { return leaves_.Root(); }

 private:
  base::CompactRange leaves_;
};

// TrailExported.manifest_digest: SHA-256 of the manifest's bytes as they will be in the file.
base::Digest ManifestDigest(std::string_view manifest);

}  // namespace twinline::audit

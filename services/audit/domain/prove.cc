#include "audit/domain/prove.h"

#include "platform/base/status_macros.h"
#include "platform/journal/record_digest.h"

namespace twinline::audit {
namespace {

void AppendBigEndian(uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

base::Digest RecordLeaf(const journal::v1::Record& record) {
  return base::LeafHash(base::View(journal::RecordDigest(record.header(), record.commit())));
}

absl::StatusOr<v1::ProvenCommit> ProveCommit(const journal::v1::Record& record,
                                             uint32_t commit_index, uint64_t pos,
                                             const base::NodeStore& tree, uint64_t size) {
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof commit_path,
                            journal::CommitProof(record.commit(), commit_index));
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof record_path,
                            base::InclusionProof(tree, pos, size));
  v1::ProvenCommit proven;
  proven.set_pos(pos);
  proven.set_header(record.header());
  proven.set_commit(record.commit(static_cast<int>(commit_index)));
  proven.set_commit_index(commit_index);
  for (const base::Digest& hash : commit_path) {
    proven.add_commit_path(std::string(base::View(hash)));
  }
  for (const base::Digest& hash : record_path) {
    proven.add_record_path(std::string(base::View(hash)));
  }
  return proven;
}

void EntriesTree::Add(uint32_t range, uint64_t pos, uint32_t commit_index,
                      std::string_view commit) {
  std::string leaf;
  AppendBigEndian(range, 4, leaf);
  AppendBigEndian(pos, 8, leaf);
  AppendBigEndian(commit_index, 4, leaf);
  leaf.append(base::View(base::Sha256({commit})));
  leaves_.Append(base::LeafHash(leaf));
}

base::Digest ManifestDigest(std::string_view manifest) { return base::Sha256({manifest}); }

}  // namespace twinline::audit

#include "platform/journal/record_digest.h"

#include "platform/base/status_macros.h"

namespace twinline::journal {
namespace {

constexpr std::string_view kRecordPrefix("\x02", 1);
constexpr std::string_view kChainPrefix("\x03", 1);

}  // namespace

base::Digest RecordDigest(std::string_view header, const base::Digest& commits_root) {
  const base::Digest header_hash = base::Sha256({header});
  return base::Sha256({kRecordPrefix, base::View(header_hash), base::View(commits_root)});
}

base::Digest ChainHash(const base::Digest& previous, const base::Digest& record_digest) {
  return base::Sha256({kChainPrefix, base::View(previous), base::View(record_digest)});
}

absl::StatusOr<base::Digest> RecordDigestFromCommit(std::string_view header,
                                                    std::string_view commit, uint32_t index,
                                                    uint32_t count,
                                                    std::span<const base::Digest> proof) {
  TWINLINE_ASSIGN_OR_RETURN(
      const base::Digest commits_root,
      base::RootFromInclusionProof(index, count, base::LeafHash(commit), proof));
  return RecordDigest(header, commits_root);
}

}  // namespace twinline::journal

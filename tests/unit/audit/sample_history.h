// A small installation in memory: journals with genesis and epoch records, the heads noted in
// `audit/0`, signed checkpoints, and the evidence that an audit service would hand out for them.
// Deterministic, so that its notes can be compared with what other implementations make of the same
// input.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audit/domain/signed_note.h"
#include "platform/base/hash.h"
#include "platform/base/merkle.h"
#include "twinline/audit/v1/proof.pb.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::audit_test {

// RFC 8032, 7.1, test 1: a private key that everybody knows, good for tests only.
inline constexpr std::string_view kSeedHex =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
inline constexpr std::string_view kOrigin = "demo.linshui.example/audit";

audit::NoteSigner TestSigner(std::string_view origin = kOrigin);

struct SampleJournal {
  std::vector<journal::v1::Record> records;
  base::MemoryNodeStore nodes;
  base::CompactRange range;
  base::Digest chain = {};
  uint64_t noted_size = 0;
  uint64_t head_pos = 0;     // the record in audit/0 that notes the newest head,
  uint32_t head_commit = 0;  // and which of its commits
};

// A commit whose only event has this type and these bytes.
journal::v1::Commit CommitOf(uint32_t event_type, std::string data, std::string_view actor = "");

class SampleHistory {
 public:
  explicit SampleHistory(audit::NoteSigner signer = TestSigner());

  // Appends one batch and returns its position. The journal is created at first use. Each record is
  // one second of record time after the one before it.
  uint64_t Append(const std::string& journal, const std::vector<journal::v1::Commit>& commits);

  // Appends one HeadsNoted per journal that grew, as one record of audit/0.
  void NoteHeads();

  // The signed note of the present head of audit/0.
  std::string Checkpoint() const;

  // Evidence for one commit below the newest noted heads (or of audit/0).
  audit::v1::InclusionBundle Bundle(const std::string& journal, uint64_t pos,
                                    uint32_t commit_index) const;

  // Exports all commits that `wanted` picks, from all journals; `old_size` is the size of the
  // checkpoint that the receiver holds, 0 for none. Appends the TrailExported record.
  using Wanted = std::function<bool(const std::string& journal, const journal::v1::Commit&)>;
  audit::v1::TrailExport Trail(const audit::v1::TrailQuery& query, const Wanted& wanted,
                               uint64_t old_size);

  const SampleJournal& journal(const std::string& name) const { return journals_.at(name); }

 private:
  void AppendRecord(const std::string& journal, journal::v1::RecordHeader header,
                    const std::vector<journal::v1::Commit>& commits);
  uint64_t FreezeManifest(const audit::v1::TrailQuery& query, const Wanted& wanted,
                          audit::v1::TrailExport& trail,
                          std::vector<std::pair<std::string, uint64_t>>& places);

  audit::NoteSigner signer_;
  std::map<std::string, SampleJournal> journals_;
  int64_t time_us_ = 1'788'220'800'000'000;  // 2026-09-01 08:00 in China
};

// Two counties' worth of nothing: a registry with one, three and two commits in its batches,
// attendance, an access journal, two noted heads of each. `child` appears in four commits.
inline constexpr std::string_view kChild = "child-0123456789";
SampleHistory SmallHistory();

// The trail of kChild over all of time.
audit::v1::TrailExport ChildTrail(SampleHistory& history, uint64_t old_size);

}  // namespace twinline::audit_test

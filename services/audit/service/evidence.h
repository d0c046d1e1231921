// Evidence out of the stored trees: bundles for one commit, consistency proofs, whole trails. What
// they prove and how is in proof.proto; the offline verifier (audit/domain/verify.h) is held
// against each trail once more before it leaves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/service/audit_thread.h"
#include "audit/service/trail.h"
#include "twinline/audit/v1/proof.pb.h"

namespace twinline::audit {

// A trail holds at most this many entries; a longer one is exported in parts.
inline constexpr size_t kTrailEntriesMax = 20'000;

// The signed note of the newest checkpoint in `view`. NOT_FOUND when there is none yet.
absl::StatusOr<std::string> NewestNote(const store::IndexStore& store, const IndexView& view);

// NOT_FOUND when the place does not exist, UNAVAILABLE when no checkpoint covers it yet.
absl::StatusOr<v1::InclusionBundle> MakeBundle(const store::IndexStore& store,
                                               const IndexView& view, const std::string& journal,
                                               uint64_t pos, uint32_t commit);

// From the audit tree of `old_size` to the newest checkpoint. OUT_OF_RANGE beyond it.
absl::StatusOr<std::vector<std::string>> MakeConsistency(const store::IndexStore& store,
                                                         const IndexView& view, uint64_t old_size);

// A trail in the making.
class TrailMaker {
 public:
  TrailMaker(const store::IndexStore& store, std::shared_ptr<const IndexView> view,
             v1::TrailQuery query)
      : store_(store), view_(std::move(view)), query_(std::move(query)) {}

  // Searches every journal below its covered head, and audit/0 below what `view` knows.
  // RESOURCE_EXHAUSTED for more than kTrailEntriesMax entries.
  absl::Status Search();
  const std::string& manifest() const { return trail_.manifest(); }
  uint64_t entry_count() const { return places_.size(); }
  // The children that its entries name.
  const std::vector<base::Id16>& children() const { return children_; }

  // Once TrailExported is recorded at `exported_pos` and `view` has a checkpoint that covers it.
  absl::StatusOr<v1::TrailExport> Finish(const IndexView& view, uint64_t exported_pos,
                                         uint32_t exported_commit, uint64_t old_size,
                                         const NoteVerifier& verifier);

 private:
  struct Entry {
    uint32_t range = 0;
    uint64_t pos = 0;
    uint32_t commit = 0;
    uint64_t record_place = 0;
    auto operator<=>(const Entry&) const = default;
  };

  void MakeRanges(v1::TrailManifest* manifest);
  absl::Status Collect();
  absl::Status Hash(v1::TrailManifest* manifest);
  absl::StatusOr<v1::ProvenCommit> Prove(const Entry& entry, const base::NodeStore& tree,
                                         uint64_t size);

  const store::IndexStore& store_;
  const std::shared_ptr<const IndexView> view_;
  const v1::TrailQuery query_;
  v1::TrailExport trail_;
  std::vector<const JournalView*> ranges_;  // as in the manifest
  std::vector<Entry> places_;
  std::vector<base::Id16> children_;
};

}  // namespace twinline::audit

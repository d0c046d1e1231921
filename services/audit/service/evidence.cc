#include "audit/service/evidence.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "audit/domain/prove.h"
#include "audit/domain/verify.h"
#include "audit/service/entry_view.h"
#include "platform/base/decision.h"
#include "platform/base/keys.h"
#include "platform/base/status_macros.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit {
namespace {

// Commits and headers of one file; with its hashes it stays below what a verifier reads.
constexpr size_t kTrailBytesMax = size_t{192} << 20;

const JournalView* AuditOf(const IndexView& view) { return view.Find(kAuditJournal); }

absl::StatusOr<v1::ProvenCommit> ProveIndexed(const store::IndexStore& store,
                                              const JournalView& journal, uint64_t pos,
                                              uint32_t commit, uint64_t size) {
  TWINLINE_ASSIGN_OR_RETURN(const journal::RecordPtr record,
                            ReadIndexed(store, journal, pos, std::nullopt));
  if (commit >= static_cast<uint32_t>(record->record().commit_size())) {
    return absl::NotFoundError(absl::StrCat(journal.name, "/", pos, " has no commit ", commit));
  }
  return ProveCommit(record->record(), commit, pos, StoredTree(&store, journal.number), size);
}

}  // namespace

absl::StatusOr<std::string> NewestNote(const store::IndexStore& store, const IndexView& view) {
  const JournalView* audit = AuditOf(view);
  if (audit == nullptr || view.checkpoint.size == 0) {
    return absl::NotFoundError("no checkpoint was signed yet");
  }
  TWINLINE_ASSIGN_OR_RETURN(const journal::RecordPtr record,
                            ReadIndexed(store, *audit, view.checkpoint.pos, std::nullopt));
  for (const auto& event : record->commits().at(view.checkpoint.commit).events()) {
    v1::CheckpointSigned made;
    if (event.type() == base::EventType<v1::CheckpointSigned>() &&
        made.ParseFromString(event.data())) {
      return made.note();
    }
  }
  return absl::DataLossError("the newest checkpoint is not where the index says");
}

absl::StatusOr<v1::InclusionBundle> MakeBundle(const store::IndexStore& store,
                                               const IndexView& view, const std::string& journal,
                                               uint64_t pos, uint32_t commit) {
  const JournalView* subject = view.Find(journal);
  if (subject == nullptr || pos >= subject->indexed) {
    return absl::NotFoundError(absl::StrCat("no record ", pos, " in journal ", journal));
  }
  const bool in_audit = journal == kAuditJournal;
  const uint64_t size = in_audit ? view.checkpoint.size : subject->covered.size;
  if (pos >= size) return absl::UnavailableError("no checkpoint covers this record yet");
  v1::InclusionBundle bundle;
  bundle.set_format(kProofFormat);
  TWINLINE_ASSIGN_OR_RETURN(*bundle.mutable_subject(),
                            ProveIndexed(store, *subject, pos, commit, size));
  if (!in_audit) {
    TWINLINE_ASSIGN_OR_RETURN(*bundle.mutable_head(),
                              ProveIndexed(store, *AuditOf(view), subject->covered.pos,
                                           subject->covered.commit, view.checkpoint.size));
  }
  TWINLINE_ASSIGN_OR_RETURN(*bundle.mutable_checkpoint(), NewestNote(store, view));
  return bundle;
}

absl::StatusOr<std::vector<std::string>> MakeConsistency(const store::IndexStore& store,
                                                         const IndexView& view, uint64_t old_size) {
  if (old_size > view.checkpoint.size) {
    return absl::OutOfRangeError("the newest checkpoint is smaller");
  }
  std::vector<std::string> hashes;
  if (view.checkpoint.size == 0) return hashes;
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof proof,
                            base::ConsistencyProof(StoredTree(&store, AuditOf(view)->number),
                                                   old_size, view.checkpoint.size));
  for (const base::Digest& hash : proof) hashes.emplace_back(base::View(hash));
  return hashes;
}

void TrailMaker::MakeRanges(v1::TrailManifest* manifest) {
  for (const JournalView& journal : view_->journals) {
    const bool audit = journal.name == kAuditJournal;
    if (!audit && journal.covered.size == 0) continue;
    v1::TrailRange* range = manifest->add_ranges();
    range->set_journal(journal.name);
    range->set_size(audit ? journal.indexed : journal.covered.size);
    if (!audit) range->set_root(std::string(base::View(journal.covered.root)));
    ranges_.push_back(&journal);
  }
}

absl::Status TrailMaker::Collect() {
  TrailQuestion question;
  question.child = base::AsId(query_.child());
  question.actor = base::AsId(query_.actor());
  question.office = query_.office();
  question.from_us = query_.from_unix_us();
  question.to_us = query_.to_unix_us();
  TrailSearch search(store_, view_, question, std::nullopt);
  std::set<base::Id16> children;
  size_t budget = SIZE_MAX;
  size_t bytes = 0;
  for (;;) {
    TWINLINE_ASSIGN_OR_RETURN(const std::optional<TrailHit> hit, search.Next(&budget));
    if (!hit) break;
    const auto range = std::find_if(
        ranges_.begin(), ranges_.end(),
        [&hit](const JournalView* journal) { return journal->number == hit->place.number; });
    if (range == ranges_.end()) continue;
    const uint64_t size =
        (*range)->name == kAuditJournal ? (*range)->indexed : (*range)->covered.size;
    if (hit->place.pos >= size) continue;
    bytes += hit->record->record().header().size() +
             hit->record->record().commit(static_cast<int>(hit->commit)).size();
    if (places_.size() == kTrailEntriesMax || bytes > kTrailBytesMax) {
      return absl::ResourceExhaustedError("the trail is too long for one file");
    }
    places_.push_back({static_cast<uint32_t>(range - ranges_.begin()), hit->place.pos, hit->commit,
                       hit->record_place});
    for (const base::Id16& child : ChildrenOf(store_, hit->message())) children.insert(child);
  }
  std::sort(places_.begin(), places_.end());
  children_.assign(children.begin(), children.end());
  return absl::OkStatus();
}

absl::Status TrailMaker::Hash(v1::TrailManifest* manifest) {
  EntriesTree tree;
  for (const Entry& entry : places_) {
    TWINLINE_ASSIGN_OR_RETURN(
        const journal::RecordPtr record,
        ReadIndexed(store_, *ranges_[entry.range], entry.pos, entry.record_place));
    tree.Add(entry.range, entry.pos, entry.commit,
             record->record().commit(static_cast<int>(entry.commit)));
  }
  manifest->set_entry_count(tree.count());
  manifest->set_entries_root(std::string(base::View(tree.Root())));
  return absl::OkStatus();
}

absl::Status TrailMaker::Search() {
  v1::TrailManifest manifest;
  manifest.set_format(kProofFormat);
  *manifest.mutable_query() = query_;
  MakeRanges(&manifest);
  TWINLINE_RETURN_IF_ERROR(Collect());
  TWINLINE_RETURN_IF_ERROR(Hash(&manifest));
  trail_.set_format(kProofFormat);
  trail_.set_manifest(manifest.SerializeAsString());
  return absl::OkStatus();
}

absl::StatusOr<v1::ProvenCommit> TrailMaker::Prove(const Entry& entry, const base::NodeStore& tree,
                                                   uint64_t size) {
  TWINLINE_ASSIGN_OR_RETURN(
      const journal::RecordPtr record,
      ReadIndexed(store_, *ranges_[entry.range], entry.pos, entry.record_place));
  return ProveCommit(record->record(), entry.commit, entry.pos, tree, size);
}

absl::StatusOr<v1::TrailExport> TrailMaker::Finish(const IndexView& view, uint64_t exported_pos,
                                                   uint32_t exported_commit, uint64_t old_size,
                                                   const NoteVerifier& verifier) {
  const JournalView& audit = *AuditOf(view);
  const uint64_t checkpoint = view.checkpoint.size;
  std::vector<StoredTree> trees;
  for (const JournalView* range : ranges_) {
    trees.emplace_back(&store_, range->number);
    if (range->name == kAuditJournal) continue;
    TWINLINE_ASSIGN_OR_RETURN(*trail_.add_heads(), ProveIndexed(store_, audit, range->covered.pos,
                                                                range->covered.commit, checkpoint));
  }
  for (const Entry& entry : places_) {
    const JournalView& range = *ranges_[entry.range];
    v1::TrailEntry* proven = trail_.add_entries();
    proven->set_range(entry.range);
    TWINLINE_ASSIGN_OR_RETURN(*proven->mutable_commit(),
                              Prove(entry, trees[entry.range],
                                    range.name == kAuditJournal ? checkpoint : range.covered.size));
  }
  TWINLINE_ASSIGN_OR_RETURN(*trail_.mutable_exported(),
                            ProveIndexed(store_, audit, exported_pos, exported_commit, checkpoint));
  TWINLINE_ASSIGN_OR_RETURN(*trail_.mutable_checkpoint(), NewestNote(store_, view));
  TWINLINE_RETURN_IF_ERROR(VerifyTrail(trail_, std::nullopt, verifier).status());
  if (old_size > 0) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> hashes,
                              MakeConsistency(store_, view, old_size));
    for (const std::string& hash : hashes) trail_.add_consistency(hash);
  }
  return std::move(trail_);
}

}  // namespace twinline::audit

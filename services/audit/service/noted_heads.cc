// What audit/0 says, held against the trees: each noted head, each signed checkpoint.
#include "absl/strings/str_cat.h"
#include "audit/domain/checkpoint.h"
#include "audit/domain/prove.h"
#include "audit/service/track.h"
#include "platform/base/decision.h"
#include "platform/base/status_macros.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit {

absl::Status JournalIndex::CheckRoot(Track* track, uint64_t size, const base::Digest& root,
                                     const std::string& who) {
  base::Digest computed = track->tree.Root();
  if (size < track->tree.size()) {
    // The journal has gone on since: the tree at that size is read from the store.
    TWINLINE_RETURN_IF_ERROR(WriteBatch());
    TWINLINE_ASSIGN_OR_RETURN(computed, base::Root(StoredTree(store_.get(), track->number), size));
  }
  if (computed == root) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("history was changed: journal ", track->name, " has root ",
                   base::ToHex(base::View(computed)), " at size ", size, ", but ", who, " says ",
                   base::ToHex(base::View(root)), ". Stop, keep the disk, compare with a backup"));
}

absl::Status JournalIndex::TakeHead(const NotedHead& head, const std::string& name) {
  const auto it = tracks_.find(name);
  if (it == tracks_.end()) {
    return absl::DataLossError(
        absl::StrCat("audit/0 notes a head of journal ", name, ", which does not exist"));
  }
  Track* track = it->second.get();
  const auto expected = expected_.find(name);
  const bool known = expected != expected_.end() && expected->second.size == head.size &&
                     expected->second.root == head.root;
  if (expected != expected_.end() && expected->second.size <= head.size) expected_.erase(expected);
  if (!known) {
    TWINLINE_RETURN_IF_ERROR(ReadToSize(track, head.size));
    TWINLINE_RETURN_IF_ERROR(
        CheckRoot(track, head.size, head.root, absl::StrCat("record ", head.pos, " of audit/0")));
  }
  track->newest = head;
  batch_.Put(HeadKey(track->number, false), EncodeHead(head));
  return absl::OkStatus();
}

absl::Status JournalIndex::TakeCheckpoint(const std::string& note, const NotedCheckpoint& place) {
  const size_t end = note.find("\n\n");
  const auto checkpoint =
      ParseCheckpoint(std::string_view(note).substr(0, end == std::string::npos ? 0 : end + 1));
  if (!checkpoint.ok() || checkpoint->size > place.pos) {
    return absl::DataLossError(
        absl::StrCat("record ", place.pos, " of audit/0 holds a checkpoint that cannot be one"));
  }
  Track* audit = tracks_.at(std::string(kAuditJournal)).get();
  TWINLINE_RETURN_IF_ERROR(CheckRoot(audit, checkpoint->size, checkpoint->root,
                                     absl::StrCat("the checkpoint in record ", place.pos)));
  checkpoint_ = place;
  checkpoint_.size = checkpoint->size;
  new_note_ = note;
  batch_.Put(CheckpointKey(), EncodeCheckpoint(checkpoint_));
  for (const auto& [name, track] : tracks_) {
    if (track->newest.size == 0 || track->newest.pos >= checkpoint_.size) continue;
    if (track->covered == track->newest) continue;
    track->covered = track->newest;
    batch_.Put(HeadKey(track->number, true), EncodeHead(track->covered));
  }
  return absl::OkStatus();
}

// Before its leaf is appended: a checkpoint in record n covers at most the n records before it.
absl::Status JournalIndex::TakeAudit(const journal::Admitted& record) {
  static const uint32_t kHead = base::EventType<v1::HeadsNoted>();
  static const uint32_t kCheckpoint = base::EventType<v1::CheckpointSigned>();
  const std::vector<journal::v1::Commit>& commits = record.record->commits();
  bool evidence = false;
  for (uint32_t i = 0; i < commits.size(); ++i) {
    for (const journal::v1::Event& event : commits[i].events()) {
      evidence = evidence || event.type() != kCheckpoint;
      if (event.type() == kHead) {
        v1::HeadsNoted noted;
        const bool parsed = noted.ParseFromString(event.data());
        const auto root = base::DigestFromBytes(noted.root());
        if (!parsed || !root) return absl::DataLossError("an unreadable head in audit/0");
        TWINLINE_RETURN_IF_ERROR(TakeHead({noted.size(), *root, record.pos, i}, noted.journal()));
      } else if (event.type() == kCheckpoint) {
        v1::CheckpointSigned made;
        if (!made.ParseFromString(event.data())) {
          return absl::DataLossError("an unreadable checkpoint in audit/0");
        }
        TWINLINE_RETURN_IF_ERROR(TakeCheckpoint(
            made.note(), {0, record.pos, i, record.record->header().time_unix_us()}));
      }
    }
  }
  if (evidence) evidence_end_ = record.pos + 1;
  return absl::OkStatus();
}

}  // namespace twinline::audit

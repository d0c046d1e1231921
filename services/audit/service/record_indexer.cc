#include "audit/service/record_indexer.h"

#include <algorithm>

#include "audit/domain/class_lists.h"
#include "platform/base/decision.h"
#include "platform/base/keys.h"
#include "platform/base/status_macros.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::audit {
namespace {

constexpr size_t kLinksKept = 1'000'000;  // about 40 MB

// Registry's own numbers; only they change rosters.
bool MayChangeRoster(uint32_t type) {
  return type == base::EventType<registry::v1::ChildRegistered>() ||
         type == base::EventType<registry::v1::ChildPlaced>() ||
         type == base::EventType<registry::v1::ClassPromoted>() ||
         type == base::EventType<registry::v1::RegistrationMoved>() ||
         type == base::EventType<registry::v1::RegistrationStatusChanged>() ||
         type == base::EventType<registry::v1::DuplicateResolved>();
}

}  // namespace

absl::Status RecordIndexer::Add(JournalNumber number, const journal::Admitted& admitted,
                                store::IndexBatch* batch) {
  const journal::v1::Record& record = admitted.record->record();
  if (record.commit_size() == 0) return absl::OkStatus();
  const ListPlace place{admitted.record->header().time_unix_us(), number, admitted.pos};
  hits_.clear();
  for (int i = 0; i < record.commit_size(); ++i) {
    const auto commit = static_cast<uint32_t>(i);
    // A commit that does not scan is in the tree all the same; it is found by nobody.
    (void)ScanCommit(record.commit(i), &commit_);
    const auto actor = base::Id16::FromBytes(commit_.subject);
    for (const ScannedEvent& event : commit_.events) {
      if (actor) hits_.push_back({List::kActor, *actor, commit, event.type});
      TWINLINE_RETURN_IF_ERROR(AddEvent(place, admitted.place.value, commit, event, batch));
    }
  }
  PutHits(place, admitted.place.value, batch);
  return absl::OkStatus();
}

absl::Status RecordIndexer::AddEvent(const ListPlace& place, uint64_t record_place, uint32_t commit,
                                     const ScannedEvent& event, store::IndexBatch* batch) {
  static const uint32_t kAccessNoted = base::EventType<v1::AccessNoted>();
  static const uint32_t kSessionSeen = base::EventType<v1::SessionSeen>();
  if (event.type == kSessionSeen) {
    AddSession(place, record_place, commit, event.data, batch);
    return absl::OkStatus();
  }
  subjects_.Clear();
  (void)FindSubjects(event.type, event.data, &subjects_);
  for (const auto& [link, child] : subjects_.learned) {
    TWINLINE_RETURN_IF_ERROR(Learn(link, child, batch));
  }
  for (const base::Id16& child : subjects_.children) {
    hits_.push_back({List::kChild, child, commit, event.type});
  }
  for (const base::Id16& link : subjects_.links) {
    TWINLINE_ASSIGN_OR_RETURN(const base::Id16 child, ChildOf(link));
    if (!child.empty()) hits_.push_back({List::kChild, child, commit, event.type});
  }
  if (event.type == kAccessNoted) AddClassLists(commit, event.data);
  if (MayChangeRoster(event.type)) {
    for (const RosterChange& change : RosterChanges(event.type, event.data)) {
      batch->Put(MembershipKey(change.child, change.class_id, change.version, change.joined), {});
    }
  }
  return absl::OkStatus();
}

void RecordIndexer::AddSession(const ListPlace& place, uint64_t record_place, uint32_t commit,
                               std::string_view data, store::IndexBatch* batch) {
  v1::SessionSeen seen;
  if (!seen.ParseFromArray(data.data(), static_cast<int>(data.size()))) return;
  std::string session;
  AppendBig(&session, seen.session(), 8);
  batch->Put(ListKey(List::kSession, session, place),
             EncodeListValue(place.pos, {record_place, {{commit, {}}}}));
}

void RecordIndexer::AddClassLists(uint32_t commit, std::string_view data) {
  v1::AccessNoted noted;
  if (!noted.ParseFromArray(data.data(), static_cast<int>(data.size()))) return;
  for (const v1::ClassListShown& list : noted.class_list()) {
    hits_.push_back({List::kClass, base::AsId(list.class_id()), commit, list.roster_version()});
  }
}

absl::Status RecordIndexer::Learn(const base::Id16& link, const base::Id16& child,
                                  store::IndexBatch* batch) {
  TWINLINE_ASSIGN_OR_RETURN(const base::Id16 known, ChildOf(link));
  if (!known.empty()) return absl::OkStatus();  // the first stands: a link never changes its child
  links_[link] = child;
  batch->Put(LinkKey(link), child.bytes());
  return absl::OkStatus();
}

absl::StatusOr<base::Id16> RecordIndexer::ChildOf(const base::Id16& link) {
  if (const auto it = links_.find(link); it != links_.end()) return it->second;
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_->Get(LinkKey(link)));
  const base::Id16 child = stored ? base::AsId(*stored) : base::Id16();
  links_[link] = child;
  return child;
}

void RecordIndexer::PutHits(const ListPlace& place, uint64_t record_place,
                            store::IndexBatch* batch) {
  if (hits_.size() > 1) {
    std::sort(hits_.begin(), hits_.end());
    hits_.erase(std::unique(hits_.begin(), hits_.end()), hits_.end());
  }
  ListValue value;
  for (size_t i = 0; i < hits_.size();) {
    const Hit& first = hits_[i];
    value.place = record_place;
    value.commits.clear();
    for (; i < hits_.size() && hits_[i].list == first.list && hits_[i].id == first.id; ++i) {
      if (value.commits.empty() || value.commits.back().commit != hits_[i].commit) {
        value.commits.push_back({hits_[i].commit, {}});
      }
      value.commits.back().detail.push_back(hits_[i].detail);
    }
    batch->Put(ListKey(first.list, first.id.bytes(), place), EncodeListValue(place.pos, value));
  }
}

void RecordIndexer::Written() {
  if (links_.size() > kLinksKept) links_.clear();
}

}  // namespace twinline::audit

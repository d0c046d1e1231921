#include <algorithm>

#include "attendance/domain/evolve.h"
#include "attendance/domain/streak.h"
#include "attendance/tables/scratch.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Rows;

namespace {

v1::TrackedSetRow SetOf(const Rows& rows, const std::string& class_id) {
  auto set = base::Find<v1::TrackedSetRow>(rows, AsId(class_id)).value_or(v1::TrackedSetRow());
  set.set_class_id(class_id);
  return set;
}

// A class with nobody tracked has no row.
void PutSet(Rows& rows, const v1::TrackedSetRow& set) {
  if (set.children().empty()) {
    base::Erase(rows, set);
  } else {
    base::Put(rows, set);
  }
}

}  // namespace

void ApplyVerdicts(Rows& rows, const std::string& class_id, CivilDay day,
                   const google::protobuf::RepeatedPtrField<v1::Verdict>& verdicts) {
  if (!verdicts.empty()) {
    v1::TrackedSetRow set = SetOf(rows, class_id);
    for (const v1::Verdict& verdict : verdicts) {
      if (v1::TrackedChild* child = FindChild(&set, verdict.registration_id())) {
        ApplyVerdict(verdict, day, child);
      }
    }
    PutSet(rows, set);
  }
  Scratch scratch;
  auto& state = *scratch.New<v1::ClassStateRow>();
  FindInto(rows, &state, AsId(class_id));
  state.set_class_id(class_id);
  state.set_newest_judged_day(std::max(state.newest_judged_day(), day.days));
  auto* open = state.mutable_open_days();
  open->erase(std::remove(open->begin(), open->end(), day.days), open->end());
  // Once a class and day: the index, which is about unmarked classes, does not change and is not
  // looked at.
  rows.Set(base::TableOf<v1::ClassStateRow>::Key(state), state.SerializeAsString());
}

absl::Status Fold(const v1::StreakCrossed& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) return absl::DataLossError("a crossed streak is not tracked");
  ApplyCrossed(event.threshold(), event.days(), CivilDay{event.last_day()}, child);
  PutSet(rows, set);
  return absl::OkStatus();
}

// The verdict beside it has ended the streak; this tells others.
absl::Status Fold(const v1::StreakEnded&, const EventContext&, Rows&) { return absl::OkStatus(); }

absl::Status Fold(const v1::StreakRecomputed& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  // Only a streak that is over differs: there is nothing open to set right.
  if (child == nullptr && event.days_after() == 0) return absl::OkStatus();
  if (child == nullptr) return absl::DataLossError("a recomputed streak is not tracked");
  child->set_days(event.days_after());
  child->set_first_day(event.first_day());
  child->set_last_day(event.last_day());
  child->set_last_present_day(event.last_present_day());
  child->set_term_days(event.term_days());
  child->set_suspected_day(event.suspected_day());
  child->set_suspected_at(event.suspected_at());
  *child->mutable_crossed() = event.crossed();
  PutSet(rows, set);
  return absl::OkStatus();
}

absl::Status Fold(const v1::Tracked& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) {
    child = set.add_children();
    *child = ChildOf(event);
    v1::TrackRow track;
    track.set_registration_id(event.registration_id());
    track.set_child_id(event.child_id());
    *track.mutable_places() = event.places();
    base::Put(rows, track);
  }
  if (event.cause() == "WATCH") child->set_watch(true);
  PutSet(rows, set);
  return absl::OkStatus();
}

absl::Status Fold(const v1::Untracked& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) return absl::OkStatus();
  if (event.watch_only()) child->set_watch(false);
  // The end of a watch does not end an open streak.
  const bool stays = event.watch_only() && child->days() > 0;
  if (!stays) RemoveChild(&set, event.registration_id());
  PutSet(rows, set);
  if (stays) return absl::OkStatus();
  if (const auto track = base::Find<v1::TrackRow>(rows, AsId(event.registration_id()))) {
    base::Erase(rows, *track);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::TrackedMoved& event, const EventContext&, Rows& rows) {
  auto track = base::Find<v1::TrackRow>(rows, AsId(event.registration_id()));
  v1::TrackedSetRow from = SetOf(rows, event.from_class_id());
  v1::TrackedChild child = RemoveChild(&from, event.registration_id());
  if (!track || child.registration_id().empty()) {
    return absl::DataLossError("a moved streak is not tracked where it comes from");
  }
  PutSet(rows, from);
  child.set_roster_from(event.roster_from());
  child.set_from_day(event.from_day());
  v1::TrackedSetRow to = SetOf(rows, event.to_class_id());
  *to.add_children() = std::move(child);
  PutSet(rows, to);
  v1::Place* place = track->add_places();
  place->set_class_id(event.to_class_id());
  place->set_from_day(event.from_day());
  place->set_roster_from(event.roster_from());
  base::Put(rows, *track);
  return absl::OkStatus();
}

}  // namespace twinline::attendance

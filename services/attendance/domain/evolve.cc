#include <algorithm>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/judge.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/school_days.h"
#include "attendance/tables/tables.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Id16;
using base::Rows;

namespace {

v1::TrackedChild* FindChild(v1::TrackedSetRow* set, std::string_view registration) {
  for (v1::TrackedChild& child : *set->mutable_children()) {
    if (child.registration_id() == registration) return &child;
  }
  return nullptr;
}

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

v1::TrackedChild RemoveChild(v1::TrackedSetRow* set, std::string_view registration) {
  v1::TrackedChild removed;
  for (int i = 0; i < set->children_size(); ++i) {
    if (set->children(i).registration_id() != registration) continue;
    removed = set->children(i);
    set->mutable_children()->DeleteSubrange(i, 1);
    break;
  }
  return removed;
}

void PutMark(Rows& rows, std::string_view registration, int32_t day, uint32_t session, uint32_t code,
             const std::string& class_id) {
  auto mark = base::Find<v1::MarkRow>(rows, AsId(registration), day).value_or(v1::MarkRow());
  mark.set_registration_id(std::string(registration));
  mark.set_day(day);
  if (session == kMorning) {
    mark.set_morning(code);
  } else {
    mark.set_afternoon(code);
  }
  mark.set_class_id(class_id);
  if (mark.morning() == kPresent && mark.afternoon() == kPresent) {
    base::Erase(rows, mark);
  } else {
    base::Put(rows, mark);
  }
}

void PutMarks(Rows& rows, const v1::SessionMarks& marks, int32_t day, uint32_t session,
              const std::string& class_id, bool erase) {
  for (size_t i = 0; i < marks.codes().size(); ++i) {
    PutMark(rows, std::string_view(marks.registration_ids()).substr(i * Id16::kSize, Id16::kSize), day,
            session, erase ? uint32_t{kPresent} : static_cast<uint8_t>(marks.codes()[i]), class_id);
  }
}

void NoteGuests(Rows& rows, const v1::RollCallTaken& event) {
  for (const v1::Exception& exception : event.exceptions()) {
    if (exception.code() != kGuest || exception.home_class_id().empty()) continue;
    auto home = base::Find<v1::ClassDayRow>(rows, AsId(exception.home_class_id()), event.day())
                    .value_or(v1::ClassDayRow());
    home.set_class_id(exception.home_class_id());
    home.set_day(event.day());
    std::string* guests =
        event.session() == kMorning ? home.mutable_guest_morning() : home.mutable_guest_afternoon();
    if (guests->find(exception.registration_id()) == std::string::npos) {
      *guests += exception.registration_id();
    }
    base::Put(rows, home);
  }
}

void ApplyVerdicts(Rows& rows, const std::string& class_id, int32_t day,
                   const google::protobuf::RepeatedPtrField<v1::Verdict>& verdicts) {
  if (!verdicts.empty()) {
    v1::TrackedSetRow set = SetOf(rows, class_id);
    for (const v1::Verdict& verdict : verdicts) {
      v1::TrackedChild* child = FindChild(&set, verdict.registration_id());
      if (child == nullptr) continue;
      if (verdict.outcome() == kOutcomeUnexplained) {
        child->set_days(verdict.streak_days());
        child->set_first_day(verdict.first_day());
        child->set_last_day(day);
      } else if (verdict.outcome() == kOutcomePresent) {
        child->set_days(0);
        child->set_first_day(0);
        child->set_last_present_day(day);
        child->clear_crossed();
      }
    }
    PutSet(rows, set);
  }
  auto state = base::Find<v1::ClassStateRow>(rows, AsId(class_id)).value_or(v1::ClassStateRow());
  state.set_class_id(class_id);
  state.set_newest_judged_day(std::max(state.newest_judged_day(), day));
  base::Put(rows, state);
}

absl::Status Fold(const v1::RollCallTaken& event, const EventContext& context, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day())
                 .value_or(v1::ClassDayRow());
  row.set_class_id(event.class_id());
  row.set_day(event.day());
  if (event.replaces()) {
    PutMarks(rows, MarksOf(row, event.session()), event.day(), event.session(), event.class_id(), true);
  }
  *MutableMarks(&row, event.session()) =
      PackMarks(event, context.actor->subject(), context.recorded);
  if (event.judged()) row.set_judged(true);
  base::Put(rows, row);
  PutMarks(rows, MarksOf(row, event.session()), event.day(), event.session(), event.class_id(), false);
  NoteGuests(rows, event);
  // A signed late roll call changes streaks by StreakRecomputed, not by verdicts.
  if (event.judged() && !event.signed_late()) {
    ApplyVerdicts(rows, event.class_id(), event.day(), event.verdicts());
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::DayJudged& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a judged class-day has no roll call");
  row->set_judged(true);
  base::Put(rows, *row);
  ApplyVerdicts(rows, event.class_id(), event.day(), event.verdicts());
  return absl::OkStatus();
}

absl::Status Fold(const v1::StreakCrossed& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) return absl::DataLossError("a crossed streak is not tracked");
  if (std::find(child->crossed().begin(), child->crossed().end(), event.threshold()) ==
      child->crossed().end()) {
    child->add_crossed(event.threshold());
  }
  PutSet(rows, set);
  return absl::OkStatus();
}

absl::Status Fold(const v1::StreakEnded&, const EventContext&, Rows&) { return absl::OkStatus(); }

absl::Status Fold(const v1::MarkCorrected& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a corrected class-day does not exist");
  SetCode(MutableMarks(&*row, event.session()), event.registration_id(), event.code_after());
  base::Put(rows, *row);
  PutMark(rows, event.registration_id(), event.day(), event.session(), event.code_after(), event.class_id());
  if (auto correction = base::Find<v1::CorrectionRow>(rows, AsId(event.correction_id()))) {
    correction->set_is_signed(true);
    base::Put(rows, *correction);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::StreakRecomputed& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) return absl::DataLossError("a recomputed streak is not tracked");
  child->set_days(event.days_after());
  child->set_first_day(event.first_day());
  child->set_last_day(event.last_day());
  if (event.last_present_day() != 0) child->set_last_present_day(event.last_present_day());
  *child->mutable_crossed() = event.crossed();
  PutSet(rows, set);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassUnmarked& event, const EventContext&, Rows& rows) {
  auto state = base::Find<v1::ClassStateRow>(rows, AsId(event.class_id())).value_or(v1::ClassStateRow());
  state.set_class_id(event.class_id());
  state.set_unmarked_first_day(event.first_day());
  state.set_unmarked_days(event.days());
  base::Put(rows, state);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassMarkedAgain& event, const EventContext&, Rows& rows) {
  auto state = base::Find<v1::ClassStateRow>(rows, AsId(event.class_id())).value_or(v1::ClassStateRow());
  state.set_class_id(event.class_id());
  state.clear_unmarked_first_day();
  state.clear_unmarked_days();
  base::Put(rows, state);
  return absl::OkStatus();
}

absl::Status Fold(const v1::PresentAtTwoSchools& event, const EventContext&, Rows& rows) {
  v1::ConflictRow row;
  row.set_child_id(event.child_id());
  row.set_registration_id(event.registration_id());
  row.set_school_code(event.school_code());
  row.set_other_school_code(event.other_school_code());
  row.set_day(event.day());
  row.set_session(event.session());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RollCallConflict& event, const EventContext& context, Rows& rows) {
  const v1::RollCallTaken& second = event.second();
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(second.class_id()), second.day());
  if (!row) return absl::DataLossError("a conflicting roll call has no first one");
  *(second.session() == kMorning ? row->mutable_conflict_morning() : row->mutable_conflict_afternoon()) =
      PackMarks(second, context.actor->subject(), context.recorded);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RollCallConflictResolved& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a resolved conflict has no class-day");
  const bool morning = event.session() == kMorning;
  const v1::SessionMarks second = morning ? row->conflict_morning() : row->conflict_afternoon();
  if (event.second_wins()) {
    PutMarks(rows, MarksOf(*row, event.session()), event.day(), event.session(), event.class_id(), true);
    *MutableMarks(&*row, event.session()) = second;
    PutMarks(rows, second, event.day(), event.session(), event.class_id(), false);
  }
  if (morning) {
    row->clear_conflict_morning();
  } else {
    row->clear_conflict_afternoon();
  }
  base::Put(rows, *row);
  return absl::OkStatus();
}

void NoteMembership(Rows& rows, const std::string& registration, const std::string& child,
                    const std::string& class_id, int32_t day) {
  auto track = base::Find<v1::TrackRow>(rows, AsId(registration)).value_or(v1::TrackRow());
  track.set_registration_id(registration);
  if (!child.empty()) track.set_child_id(child);
  const int size = track.memberships_size();
  if (size == 0 || track.memberships(size - 1).class_id() != class_id) {
    v1::Membership* membership = track.add_memberships();
    membership->set_class_id(class_id);
    membership->set_from_day(size == 0 ? 0 : day);
  }
  base::Put(rows, track);
}

absl::Status Fold(const v1::Tracked& event, const EventContext& context, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) {
    child = set.add_children();
    child->set_registration_id(event.registration_id());
    child->set_child_id(event.child_id());
    // Untracked until now means seen on the class's newest judged day.
    const auto state = base::Find<v1::ClassStateRow>(rows, AsId(event.class_id()));
    if (state) child->set_last_present_day(state->newest_judged_day());
  }
  if (event.cause() == "WATCH") child->set_watch(true);
  PutSet(rows, set);
  NoteMembership(rows, event.registration_id(), event.child_id(), event.class_id(),
                 base::DayOf(context.recorded).days);
  return absl::OkStatus();
}

absl::Status Fold(const v1::Untracked& event, const EventContext&, Rows& rows) {
  v1::TrackedSetRow set = SetOf(rows, event.class_id());
  v1::TrackedChild* child = FindChild(&set, event.registration_id());
  if (child == nullptr) return absl::OkStatus();
  if (event.watch_only()) child->set_watch(false);
  // The end of a watch does not end an open streak.
  if (event.watch_only() && child->days() > 0) {
    PutSet(rows, set);
    return absl::OkStatus();
  }
  RemoveChild(&set, event.registration_id());
  PutSet(rows, set);
  v1::TrackRow track;
  track.set_registration_id(event.registration_id());
  base::Erase(rows, track);
  return absl::OkStatus();
}

absl::Status Fold(const v1::TrackedMoved& event, const EventContext& context, Rows& rows) {
  v1::TrackedSetRow from = SetOf(rows, event.from_class_id());
  const v1::TrackedChild child = RemoveChild(&from, event.registration_id());
  PutSet(rows, from);
  if (!child.registration_id().empty()) {
    v1::TrackedSetRow to = SetOf(rows, event.to_class_id());
    *to.add_children() = child;
    PutSet(rows, to);
  }
  NoteMembership(rows, event.registration_id(), child.child_id(), event.to_class_id(),
                 base::DayOf(context.recorded).days);
  return absl::OkStatus();
}

absl::Status Fold(const v1::CorrectionProposed& event, const EventContext& context, Rows& rows) {
  v1::CorrectionRow row;
  row.set_correction_id(event.correction_id());
  row.set_class_id(event.class_id());
  row.set_day(event.day());
  row.set_session(event.session());
  row.set_registration_id(event.registration_id());
  row.set_code_after(event.code_after());
  row.set_proposed_by(event.proposed_by());
  row.set_sealed_reason(event.reason().SerializeAsString());
  row.set_at_us(context.recorded.us);
  base::Put(rows, row);
  const CivilDay today = base::DayOf(context.recorded);
  if (event.day() < today.days) {
    const CivilDay monday = today - (today.weekday() - 1);
    auto count = base::Find<v1::BackdatingRow>(rows, AsId(event.proposed_by()), monday.days)
                     .value_or(v1::BackdatingRow());
    count.set_subject(event.proposed_by());
    count.set_week(monday.days);
    if (count.registration_ids().find(event.registration_id()) == std::string::npos) {
      *count.mutable_registration_ids() += event.registration_id();
    }
    base::Put(rows, count);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::BackdatingAlarmed& event, const EventContext&, Rows& rows) {
  const CivilDay day{event.day()};
  auto row = base::Find<v1::BackdatingRow>(rows, AsId(event.subject()), (day - (day.weekday() - 1)).days);
  if (!row) return absl::DataLossError("a backdating alarm has no count");
  row->set_alarmed(true);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RuleSetAdopted& event, const EventContext& context, Rows& rows) {
  v1::RuleSetRow row;
  row.set_version(event.version());
  row.set_valid_from(event.valid_from());
  if (!row.mutable_rules()->ParseFromString(event.content())) {
    return absl::DataLossError("a rule set in the journal does not parse");
  }
  row.set_pos(context.ref.pos());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::SchoolCalendarAdopted& event, const EventContext&, Rows& rows) {
  return EvolveCalendarAdopted(event, rows);
}
absl::Status Fold(const v1::SchoolDaysStarted& event, const EventContext&, Rows& rows) {
  return EvolveSchoolDaysStarted(event, rows);
}
absl::Status Fold(const v1::SchoolDayClosed& event, const EventContext&, Rows& rows) {
  return EvolveSchoolDayClosed(event, rows);
}
absl::Status Fold(const journal::v1::NoEffect&, const EventContext&, Rows&) { return absl::OkStatus(); }

template <typename Message>
bool FoldIf(const journal::v1::Event& event, const EventContext& context, Rows& rows,
            absl::Status* status) {
  if (event.type() != base::EventType<Message>()) return false;
  Message message;
  *status = message.ParseFromString(event.data())
                ? Fold(message, context, rows)
                : absl::DataLossError("an event does not parse as " + Message::descriptor()->full_name());
  return true;
}

template <typename... Messages>
absl::Status FoldAny(const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  absl::Status status = absl::DataLossError("unknown event type " + std::to_string(event.type()));
  (FoldIf<Messages>(event, context, rows, &status) || ...);
  return status;
}

}  // namespace

absl::Status Evolve(const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  return FoldAny<v1::RollCallTaken, v1::DayJudged, v1::StreakCrossed, v1::StreakEnded, v1::Tracked,
                 v1::Untracked, v1::TrackedMoved, v1::SchoolDayClosed, v1::ClassUnmarked,
                 v1::ClassMarkedAgain, v1::MarkCorrected, v1::StreakRecomputed, v1::PresentAtTwoSchools,
                 v1::RollCallConflict, v1::RollCallConflictResolved, v1::CorrectionProposed,
                 v1::BackdatingAlarmed, v1::SchoolCalendarAdopted, v1::SchoolDaysStarted,
                 v1::RuleSetAdopted, journal::v1::NoEffect>(event, context, rows);
}

}  // namespace twinline::attendance

#include "attendance/domain/judge.h"

#include <algorithm>
#include <bit>

#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Events;
using base::MakeEvent;
using base::Rows;

uint32_t OutcomeOf(const v1::ClassDayRow& class_day, std::string_view registration,
                   uint32_t roster_from) {
  // Seen at another school: present somewhere, which is what a streak asks (C-6).
  if (PackedHas(class_day.guest_morning(), registration) ||
      PackedHas(class_day.guest_afternoon(), registration)) {
    return kOutcomePresent;
  }
  bool unexplained = false;
  bool leave = false;
  for (const uint32_t session : {kMorning, kAfternoon}) {
    if (!Taken(class_day, session)) continue;
    const v1::SessionMarks& marks = MarksOf(class_day, session);
    const uint32_t code = CodeOf(marks, registration);
    // Not on the list that the teacher had before him, so not seen and not missed.
    if (code == kPresent && marks.roster_version() < roster_from) continue;
    if (ShowsPresence(code)) return kOutcomePresent;
    unexplained = unexplained || code == kUnexplained;
    leave = leave || IsApprovedLeave(code);
  }
  return unexplained ? kOutcomeUnexplained : leave ? kOutcomeLeave : kOutcomeNoData;
}

std::optional<v1::ClassDayRow> JudgedDay(const Rows& rows, const ClassDays& laid_over,
                                         const std::string& class_id, CivilDay day) {
  for (const v1::ClassDayRow& row : laid_over) {
    if (row.day() != day.days || row.class_id() != class_id) continue;
    return row.judged() ? std::optional(row) : std::nullopt;
  }
  auto stored = base::Find<v1::ClassDayRow>(rows, AsId(class_id), day.days);
  if (stored && !stored->judged()) stored.reset();
  return stored;
}

CivilDay LastSeen(const Rows& rows, const ClassDays& laid_over,
                  const v1::ForeignRegistration& facts, CivilDay before) {
  constexpr int kSchoolDaysMax = 60;
  constexpr int kCivilDaysMax = 150;  // the summer break included
  const auto state = base::Find<v1::ClassStateRow>(rows, AsId(facts.class_id()));
  const v1::Place& here = *facts.places().rbegin();
  const bool always_here = facts.places_size() == 1;
  if (!state && always_here && laid_over.empty()) return {};
  // Usually the class's newest judged day answers at once.
  CivilDay day = before - 1;
  if (state && laid_over.empty() &&
      (always_here || state->newest_judged_day() >= here.from_day())) {
    day = std::min(day, CivilDay{state->newest_judged_day()});
  }
  const CivilDay oldest = before - kCivilDaysMax;
  for (int recorded = 0; day > oldest && recorded < kSchoolDaysMax; day = day - 1) {
    const v1::Place& place = PlaceOn(facts.places(), day);
    if (place.class_id().empty()) continue;
    const auto class_day = JudgedDay(rows, laid_over, place.class_id(), day);
    if (!class_day) continue;
    ++recorded;
    const uint32_t outcome = OutcomeOf(*class_day, facts.registration_id(), place.roster_from());
    if (outcome == kOutcomePresent) return day;
  }
  return {};
}

v1::Tracked TrackedEvent(const Rows& rows, const ClassDays& laid_over,
                         const v1::ForeignRegistration& facts, const std::string& cause,
                         CivilDay day) {
  v1::Tracked event;
  event.set_registration_id(facts.registration_id());
  event.set_child_id(facts.child_id());
  event.set_class_id(facts.class_id());
  event.set_cause(cause);
  event.set_last_present_day(LastSeen(rows, laid_over, facts, day).days);
  *event.mutable_places() = facts.places();
  return event;
}

ClassJudge::ClassJudge(const Rows& rows, const v1::ForeignClass& class_facts, Schedule& schedule,
                       ClassDays* judged)
    : rows_(rows),
      class_(class_facts),
      schedule_(schedule),
      judged_(*judged),
      set_(base::Find<v1::TrackedSetRow>(rows, AsId(class_facts.class_id()))
               .value_or(v1::TrackedSetRow())) {
  set_.set_class_id(class_facts.class_id());
}

Judgement ClassJudge::Judge(const v1::ClassDayRow& class_day, CivilDay day) {
  Judgement judgement;
  const std::vector<v1::ForeignRegistration> absent = NewAbsentees(class_day, day);
  std::vector<std::string> leaving;
  for (v1::TrackedChild& child : *set_.mutable_children()) {
    const uint32_t outcome = OutcomeHere(class_day, day, child);
    JudgeChild(day, outcome, &child, &judgement);
    if (outcome == kOutcomePresent && !child.watch()) leaving.push_back(child.registration_id());
  }
  for (const v1::ForeignRegistration& facts : absent) {
    const v1::Tracked event = TrackedEvent(rows_, judged_, facts, "ABSENT", day);
    judgement.before.push_back(MakeEvent(event, day));
    v1::TrackedChild* child = set_.add_children();
    *child = ChildOf(event);
    JudgeChild(day, kOutcomeUnexplained, child, &judgement);
  }
  for (const std::string& registration : leaving) {
    v1::Untracked event;
    event.set_registration_id(registration);
    event.set_class_id(class_.class_id());
    judgement.after.push_back(MakeEvent(event, day));
    RemoveChild(&set_, registration);
  }
  judged_.push_back(class_day);
  judged_.back().set_judged(true);
  return judgement;
}

void ClassJudge::JudgeRecorded(const v1::ClassDayRow& class_day, Events* events) {
  const CivilDay day{class_day.day()};
  Judgement judgement = Judge(class_day, day);
  v1::DayJudged judged;
  judged.set_class_id(class_.class_id());
  judged.set_day(day.days);
  judged.set_sessions_recorded(std::popcount(TakenSessions(class_day)));
  judged.set_sessions_scheduled(std::popcount(schedule_.On(class_.school_code(), day).sessions));
  for (v1::Verdict& verdict : judgement.verdicts) *judged.add_verdicts() = std::move(verdict);
  std::move(judgement.before.begin(), judgement.before.end(), std::back_inserter(*events));
  events->push_back(MakeEvent(judged, day));
  std::move(judgement.after.begin(), judgement.after.end(), std::back_inserter(*events));
}

// Registrations of this class whose day is an unexplained absence and that are not tracked yet. One
// that is absent in the morning and present in the afternoon is none of them.
std::vector<v1::ForeignRegistration> ClassJudge::NewAbsentees(const v1::ClassDayRow& class_day,
                                                              CivilDay day) const {
  std::vector<v1::ForeignRegistration> found;
  for (const uint32_t session : {kMorning, kAfternoon}) {
    if (!Taken(class_day, session)) continue;
    const v1::SessionMarks& marks = MarksOf(class_day, session);
    for (size_t i = 0; i < MarkCount(marks); ++i) {
      const PackedMark mark = MarkAt(marks, i);
      if (mark.code != kUnexplained || FindChild(set_, mark.registration) != nullptr) continue;
      const bool listed = std::any_of(found.begin(), found.end(), [&](const auto& facts) {
        return facts.registration_id() == mark.registration;
      });
      if (listed) continue;
      auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(mark.registration));
      // An absentee of an older list who is in another class by now is judged there.
      if (!facts || facts->class_id() != class_.class_id()) continue;
      const v1::Place& place = PlaceOn(facts->places(), day);
      if (place.class_id() != class_.class_id()) continue;
      if (OutcomeOf(class_day, mark.registration, place.roster_from()) == kOutcomeUnexplained) {
        found.push_back(*std::move(facts));
      }
    }
  }
  return found;
}

uint32_t ClassJudge::OutcomeHere(const v1::ClassDayRow& class_day, CivilDay day,
                                 const v1::TrackedChild& child) const {
  if (day.days < child.from_day()) return kOutcomeNoData;
  const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(child.registration_id()));
  // The registry placed it elsewhere, the move of its streak is on its way: this class says
  // nothing.
  if (facts && facts->class_id() != class_.class_id()) return kOutcomeNoData;
  return OutcomeOf(class_day, child.registration_id(), child.roster_from());
}

void ClassJudge::JudgeChild(CivilDay day, uint32_t outcome, v1::TrackedChild* child,
                            Judgement* out) {
  CivilDay term_start;
  if (outcome == kOutcomeUnexplained) {
    term_start = schedule_.On(class_.school_code(), day).term_start;
  }
  v1::Verdict verdict = CountDay(*child, outcome, day, term_start);
  if (outcome == kOutcomePresent && child->days() > 0) {
    v1::StreakEnded event;
    event.set_registration_id(child->registration_id());
    event.set_child_id(child->child_id());
    event.set_day(day.days);
    event.set_days(child->days());
    out->after.push_back(MakeEvent(event, day));
  }
  ApplyVerdict(verdict, day, child);
  out->verdicts.push_back(std::move(verdict));
  if (outcome == kOutcomeUnexplained) Cross(day, term_start, child, out);
}

void ClassJudge::Cross(CivilDay day, CivilDay term_start, v1::TrackedChild* child, Judgement* out) {
  const v1::RuleSetRow rules = RulesOn(rows_, day);
  for (const std::string& threshold : ReachedThresholds(rules.rules(), *child, day, term_start)) {
    v1::StreakCrossed event;
    event.set_registration_id(child->registration_id());
    event.set_child_id(child->child_id());
    event.set_class_id(class_.class_id());
    event.set_school_code(class_.school_code());
    event.set_threshold(threshold);
    event.set_days(child->days());
    event.set_first_day(child->first_day());
    event.set_last_day(day.days);
    event.set_last_present_day(child->last_present_day());
    event.set_rule_version(rules.version());
    out->after.push_back(MakeEvent(event, day));
    ApplyCrossed(threshold, child->days(), day, child);
  }
}

ClassDays OpenDays(const Rows& rows, const v1::ClassStateRow& state, CivilDay day) {
  ClassDays open;
  for (const int32_t waiting : state.open_days()) {
    if (waiting >= day.days) continue;
    auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(state.class_id()), waiting);
    if (class_day && !class_day->judged()) open.push_back(*std::move(class_day));
  }
  return open;
}

void AddMoved(const Rows& rows, Changes* changes) {
  for (const v1::ClassDayRow& class_day : changes->days) {
    const CivilDay day{class_day.day()};
    for (std::string& registration : TrackedMovedSince(rows, class_day.class_id(), day)) {
      changes->affected.push_back(std::move(registration));
    }
    for (const v1::SessionMarks* marks : {&class_day.morning(), &class_day.afternoon()}) {
      for (size_t i = 0; i < MarkCount(*marks); ++i) {
        const std::string_view registration = MarkAt(*marks, i).registration;
        const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(registration));
        if (facts && MovedSince(facts->places(), day)) changes->affected.emplace_back(registration);
      }
    }
  }
}

}  // namespace twinline::attendance

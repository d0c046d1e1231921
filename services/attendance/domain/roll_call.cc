#include "attendance/domain/roll_call.h"

#include <algorithm>
#include <set>

#include "attendance/domain/correction.h"
#include "attendance/domain/judge.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/refusals.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Refusal;
using base::Rows;

namespace {

class RollCallDecider {
 public:
  RollCallDecider(const v1::TakeRollCall& command, const Rows& rows, const Context& context)
      : command_(command), rows_(rows), context_(context), day_{command.day()} {}

  Decision Run() {
    if (auto refusal = CheckPlaceAndTime()) return *refusal;
    if (auto refusal = BuildEvent()) return *refusal;
    class_day_ = base::Find<v1::ClassDayRow>(rows_, AsId(command_.class_id()), day_.days)
                     .value_or(v1::ClassDayRow());
    class_day_.set_class_id(command_.class_id());
    class_day_.set_day(day_.days);
    if (Taken(class_day_, command_.session())) return Second();
    state_ = base::Find<v1::ClassStateRow>(rows_, AsId(command_.class_id()))
                 .value_or(v1::ClassStateRow());
    const bool late = class_day_.judged() || day_.days < state_.newest_judged_day();
    if (late && !command_.signed_by_principal()) return LateRollCallNeedsSignature(day_);
    return late ? Late() : First();
  }

 private:
  std::optional<Refusal> CheckPlaceAndTime() {
    const auto facts = base::Find<v1::ForeignClass>(rows_, AsId(command_.class_id()));
    if (!facts || facts->closed()) return ClassUnknown();
    class_ = *facts;
    if (day_ > context_.today) return DateInFuture(day_, context_.today);
    scheduled_ = ScheduledSessions(rows_, class_.school_code(), day_);
    if (scheduled_ == 0) return NotASchoolDay(day_, NextSchoolDay(rows_, class_.school_code(), day_));
    if (command_.session() < kMorning || command_.session() > kAfternoon ||
        (scheduled_ & SessionBit(command_.session())) == 0) {
      return SessionNotScheduled(day_, command_.session());
    }
    // Older rosters are accepted and their absentees flagged; a newer one has not arrived here.
    if (command_.roster_version() > class_.roster_version()) {
      return RosterNewerThanKnown(command_.roster_version(), class_.roster_version());
    }
    return std::nullopt;
  }

  std::optional<Refusal> BuildEvent() {
    event_.set_class_id(command_.class_id());
    event_.set_day(day_.days);
    event_.set_session(command_.session());
    event_.set_roster_version(command_.roster_version());
    event_.set_claimed_at_us(command_.claimed_at_us());
    event_.set_school_code(class_.school_code());
    std::set<std::string_view> seen;
    for (const v1::Exception& given : command_.exceptions()) {
      if (given.code() < kLate || given.code() > kGuest) return MarkCodeUnknown(given.code());
      if (!seen.insert(given.registration_id()).second) return RegistrationListedTwice();
      const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(given.registration_id()));
      if (!facts) return RegistrationUnknown();
      v1::Exception* exception = event_.add_exceptions();
      *exception = given;
      if (given.code() == kGuest) {
        exception->set_home_class_id(facts->class_id());
        guests_.push_back(*facts);
      } else if (facts->class_id() != command_.class_id()) {
        exception->set_not_on_roster(true);
      }
    }
    return std::nullopt;
  }

  Decision First() {
    *MutableMarks(&class_day_, command_.session()) = PackMarks(event_, {}, context_.now);
    const uint32_t taken = (class_day_.has_morning() ? SessionBit(kMorning) : 0) |
                           (class_day_.has_afternoon() ? SessionBit(kAfternoon) : 0);
    Events events;
    Judgement judgement;
    // the last scheduled session of the day judges it.
    if (command_.session() == kAfternoon || (scheduled_ & ~taken) == 0) {
      judgement = JudgeDay(rows_, class_, class_day_, day_);
      for (v1::Verdict& verdict : judgement.verdicts) *event_.add_verdicts() = std::move(verdict);
      event_.set_judged(true);
      events = std::move(judgement.tracked);
    }
    if (state_.unmarked_days() > 0) {
      v1::ClassMarkedAgain again;
      again.set_class_id(command_.class_id());
      again.set_day(day_.days);
      events.push_back(MakeEvent(again, day_));
    }
    events.push_back(MakeEvent(event_, day_));
    std::move(judgement.events.begin(), judgement.events.end(), std::back_inserter(events));
    AddTwoSchoolConflicts(&events);
    return events;
  }

  // A first roll call for a time already judged: a correction, signed by the principal.
  Decision Late() {
    *MutableMarks(&class_day_, command_.session()) = PackMarks(event_, {}, context_.now);
    class_day_.set_judged(true);
    event_.set_judged(true);
    event_.set_signed_late(true);
    Events events{MakeEvent(event_, day_)};
    AddRecounts(rows_, class_, class_day_, day_, AffectedBy(class_day_), &events);
    AddTwoSchoolConflicts(&events);
    return events;
  }

  // The session was taken before. The same person on the same day corrects without signature; anyone
  // else's is kept beside the first and the principal decides (decisions.md part 10 item 2).
  Decision Second() {
    const v1::SessionMarks first = MarksOf(class_day_, command_.session());
    if (first.by() != context_.actor.subject()) {
      v1::RollCallConflict conflict;
      *conflict.mutable_second() = event_;
      return Events{MakeEvent(conflict, day_)};
    }
    if (day_ != context_.today) return UseCorrection(day_);
    std::vector<std::string> affected = AffectedBy(class_day_);
    *MutableMarks(&class_day_, command_.session()) = PackMarks(event_, first.by(), context_.now);
    for (std::string& id : AffectedBy(class_day_)) affected.push_back(std::move(id));
    event_.set_replaces(true);
    Events events{MakeEvent(event_, day_)};
    if (class_day_.judged()) AddRecounts(rows_, class_, class_day_, day_, affected, &events);
    return events;
  }

  // Present here and at another school in the same half-day: kept and shown (D04). Seen from both sides,
  // whichever roll call comes second: guests that another class noted, guests that this one names, and
  // children with two registrations (A04).
  void AddTwoSchoolConflicts(Events* events) const {
    const uint32_t session = command_.session();
    for (const v1::ForeignRegistration& guest : guests_) {
      const auto home = base::Find<v1::ClassDayRow>(rows_, AsId(guest.class_id()), day_.days);
      if (home && Taken(*home, session) &&
          ShowsPresence(CodeOf(MarksOf(*home, session), guest.registration_id()))) {
        AddConflict(guest, guest.school_code(), class_.school_code(), events);
      }
    }
    const std::string& noted =
        session == kMorning ? class_day_.guest_morning() : class_day_.guest_afternoon();
    for (size_t at = 0; at + base::Id16::kSize <= noted.size(); at += base::Id16::kSize) {
      AddIfPresentHere(noted.substr(at, base::Id16::kSize), "", events);
    }
    if (class_.doubles() > 0) AddDoubles(events);
  }

  void AddIfPresentHere(const std::string& registration, const std::string& other_school,
                        Events* events) const {
    if (!ShowsPresence(CodeOf(MarksOf(class_day_, command_.session()), registration))) return;
    const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(registration));
    if (facts) AddConflict(*facts, facts->school_code(), other_school, events);
  }

  void AddDoubles(Events* events) const {
    using Table = base::TableOf<v1::ForeignRegistration>;
    base::ScanIndex<v1::ForeignRegistration>(
        rows_, Table::kByClass, 200,
        [&](const v1::ForeignRegistration& here) {
          if (!here.duplicate()) return true;
          base::ScanIndex<v1::ForeignRegistration>(
              rows_, Table::kByTwin, 4,
              [&](const v1::ForeignRegistration& there) {
                if (there.registration_id() == here.registration_id()) return true;
                const auto other = base::Find<v1::ClassDayRow>(rows_, AsId(there.class_id()), day_.days);
                if (other && Taken(*other, command_.session()) &&
                    ShowsPresence(CodeOf(MarksOf(*other, command_.session()), there.registration_id()))) {
                  AddIfPresentHere(here.registration_id(), there.school_code(), events);
                }
                return true;
              },
              AsId(here.duplicate_task()));
          return true;
        },
        AsId(command_.class_id()));
  }

  void AddConflict(const v1::ForeignRegistration& facts, const std::string& school,
                   const std::string& other_school, Events* events) const {
    v1::PresentAtTwoSchools conflict;
    conflict.set_child_id(facts.child_id());
    conflict.set_registration_id(facts.registration_id());
    conflict.set_school_code(school);
    conflict.set_other_school_code(other_school);
    conflict.set_day(day_.days);
    conflict.set_session(command_.session());
    events->push_back(MakeEvent(conflict, day_));
  }

  // Registrations whose streak a change of this session may move: the exceptions and the tracked.
  std::vector<std::string> AffectedBy(const v1::ClassDayRow& class_day) const {
    std::vector<std::string> affected;
    const v1::SessionMarks& marks = MarksOf(class_day, command_.session());
    for (size_t i = 0; i < marks.codes().size(); ++i) {
      affected.push_back(marks.registration_ids().substr(i * base::Id16::kSize, base::Id16::kSize));
    }
    if (const auto set = base::Find<v1::TrackedSetRow>(rows_, AsId(command_.class_id()))) {
      for (const v1::TrackedChild& child : set->children()) affected.push_back(child.registration_id());
    }
    return affected;
  }

  const v1::TakeRollCall& command_;
  const Rows& rows_;
  const Context& context_;
  const CivilDay day_;
  uint32_t scheduled_ = 0;
  v1::ForeignClass class_;
  v1::ClassDayRow class_day_;
  v1::ClassStateRow state_;
  v1::RollCallTaken event_;
  std::vector<v1::ForeignRegistration> guests_;
};

}  // namespace

Decision DecideRollCall(const v1::TakeRollCall& command, const Rows& rows, const Context& context) {
  return RollCallDecider(command, rows, context).Run();
}

Decision DecideConflict(const v1::ResolveConflict& command, const Rows& rows, const Context& context) {
  const auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(command.class_id()), command.day());
  const bool exists = class_day && (command.session() == kMorning ? class_day->has_conflict_morning()
                                                                  : class_day->has_conflict_afternoon());
  const auto facts = base::Find<v1::ForeignClass>(rows, AsId(command.class_id()));
  if (!exists || !facts) return NoConflict();
  const CivilDay day{command.day()};
  v1::RollCallConflictResolved event;
  event.set_class_id(command.class_id());
  event.set_day(command.day());
  event.set_session(command.session());
  event.set_second_wins(command.second_wins());
  Events events{MakeEvent(event, day)};
  if (command.second_wins() && class_day->judged()) {
    v1::ClassDayRow after = *class_day;
    const bool morning = command.session() == kMorning;
    std::vector<std::string> affected;
    for (const v1::SessionMarks* marks :
         {&MarksOf(*class_day, command.session()),
          morning ? &class_day->conflict_morning() : &class_day->conflict_afternoon()}) {
      for (size_t i = 0; i < marks->codes().size(); ++i) {
        affected.push_back(marks->registration_ids().substr(i * base::Id16::kSize, base::Id16::kSize));
      }
    }
    *MutableMarks(&after, command.session()) =
        morning ? class_day->conflict_morning() : class_day->conflict_afternoon();
    AddRecounts(rows, *facts, after, day, affected, &events);
  }
  return events;
}

}  // namespace twinline::attendance

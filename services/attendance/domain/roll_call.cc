#include "attendance/domain/roll_call.h"

#include <algorithm>

#include "attendance/domain/judge.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/recount.h"
#include "attendance/domain/refusals.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/two_schools.h"
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

void AddListed(const v1::SessionMarks& marks, std::vector<std::string>* out) {
  for (size_t i = 0; i < MarkCount(marks); ++i) out->emplace_back(MarkAt(marks, i).registration);
}

// Whoever was in the class on that day, those who have left it since too.
void AddPupils(const Rows& rows, const std::string& class_id, CivilDay day,
               std::vector<std::string>* out) {
  constexpr size_t kPupilsMax = 2'000;
  using Table = base::TableOf<v1::ForeignRegistration>;
  for (const uint8_t index : {Table::kByClass, Table::kByFormerClass}) {
    base::ScanIndex<v1::ForeignRegistration>(
        rows, index, kPupilsMax,
        [&](const v1::ForeignRegistration& facts) {
          if (PlaceOn(facts.places(), day).class_id() == class_id) {
            out->push_back(facts.registration_id());
          }
          return true;
        },
        AsId(class_id));
  }
}

// What follows when the marks of a session change after the fact: streaks of the class's children
// and of its guests are counted again, presence at two schools is looked for again.
void AddChangeOfMarks(const Rows& rows, Schedule& schedule, const v1::ForeignClass& class_facts,
                      const v1::SessionMarks& before, const v1::ClassDayRow& after,
                      uint32_t session, Events* events) {
  Changes changes{{after}, TrackedOf(rows, class_facts.class_id()), {}};
  AddListed(before, &changes.affected);
  AddListed(after.morning(), &changes.affected);
  AddListed(after.afternoon(), &changes.affected);
  // Whom the newer list named and the older one that counts now does not was not seen by it. A
  // first roll call of a day long past may show anybody present in the middle of a streak that is
  // over.
  const bool first = before.roster_version() == 0;
  if (first || MarksOf(after, session).roster_version() < before.roster_version()) {
    AddPupils(rows, class_facts.class_id(), CivilDay{after.day()}, &changes.affected);
  }
  AddGuests(rows, class_facts.class_id(), CivilDay{after.day()}, session, before,
            MarksOf(after, session), &changes);
  AddRecounts(rows, schedule, changes, events);
  AddTwoSchoolConflicts(rows, class_facts, after, session, events);
}

class RollCallDecider {
 public:
  RollCallDecider(const v1::TakeRollCall& command, const Rows& rows, const Context& context,
                  Scratch& scratch)
      : command_(command),
        rows_(rows),
        context_(context),
        day_{command.day()},
        schedule_(rows),
        class_(*scratch.New<v1::ForeignClass>()),
        facts_(*scratch.New<v1::ForeignRegistration>()),
        class_day_(*scratch.New<v1::ClassDayRow>()),
        state_(*scratch.New<v1::ClassStateRow>()),
        event_(*scratch.New<v1::RollCallTaken>()) {}

  Decision Run() {
    if (auto refusal = CheckPlaceAndTime()) return *std::move(refusal);
    if (auto refusal = BuildEvent()) return *std::move(refusal);
    FindInto(rows_, &class_day_, AsId(command_.class_id()), day_.days);
    class_day_.set_class_id(command_.class_id());
    class_day_.set_day(day_.days);
    if (Taken(class_day_, command_.session())) return Second();
    FindInto(rows_, &state_, AsId(command_.class_id()));
    const bool late = class_day_.judged() || day_.days < state_.newest_judged_day();
    if (!late) return First();
    if (!command_.signed_by_principal()) return LateRollCallNeedsSignature(day_);
    if (!command_.has_late_reason()) return ReasonMissing();
    return Late();
  }

 private:
  std::optional<Refusal> CheckPlaceAndTime() {
    const bool known = FindInto(rows_, &class_, AsId(command_.class_id()));
    // The caller's right was found on a class that the registry knows: it has not arrived here yet.
    if (!known && command_.roster_version() > 0) {
      return RosterNewerThanKnown(command_.roster_version(), 0);
    }
    if (!known || class_.closed()) return ClassUnknown();
    // A school whose days are kept by another shard, or not yet by this one.
    const v1::SchoolRow* school = schedule_.School(class_.school_code());
    if (school == nullptr) return ClassUnknown();
    if (day_ > context_.today) return DateInFuture(day_, context_.today);
    scheduled_ = schedule_.On(class_.school_code(), day_).sessions;
    if (scheduled_ == 0) return NotASchoolDay(day_, schedule_.Next(class_.school_code(), day_));
    if (command_.session() < kMorning || command_.session() > kAfternoon ||
        (scheduled_ & SessionBit(command_.session())) == 0) {
      return SessionNotScheduled(day_, command_.session());
    }
    // Older rosters are accepted and their absentees flagged; a newer one has not arrived here
    //
    if (command_.roster_version() > class_.roster_version()) {
      return RosterNewerThanKnown(command_.roster_version(), class_.roster_version());
    }
    after_close_ = school->next_close_day() == 0 || day_.days < school->next_close_day();
    return std::nullopt;
  }

  std::optional<Refusal> BuildEvent() {
    event_.set_class_id(command_.class_id());
    event_.set_day(day_.days);
    event_.set_session(command_.session());
    event_.set_roster_version(command_.roster_version());
    event_.set_claimed_at_us(command_.claimed_at_us());
    event_.set_school_code(class_.school_code());
    for (int i = 0; i < command_.exceptions_size(); ++i) {
      const v1::Exception& given = command_.exceptions(i);
      if (given.code() < kLate || given.code() > kGuest) return MarkCodeUnknown(given.code());
      for (int j = 0; j < i; ++j) {
        if (command_.exceptions(j).registration_id() == given.registration_id()) {
          return RegistrationListedTwice();
        }
      }
      if (!FindInto(rows_, &facts_, AsId(given.registration_id()))) return RegistrationUnknown();
      v1::Exception* exception = event_.add_exceptions();
      *exception = given;
      const std::string& home = PlaceOn(facts_.places(), day_).class_id();
      if (given.code() == kGuest) {
        exception->set_home_class_id(home);
      } else if (home != command_.class_id()) {
        exception->set_not_on_roster(true);
      }
    }
    return std::nullopt;
  }

  // The marks as they will be stored, into the class-day.
  void LayMarks(std::string_view by) {
    PackMarks(event_, by, context_.now, MutableMarks(&class_day_, command_.session()));
  }

  Decision First() {
    LayMarks(context_.actor.subject());
    Events events;
    Judgement judgement;
    // the last scheduled session of the day judges it.
    const bool judged =
        command_.session() == kAfternoon || (scheduled_ & ~TakenSessions(class_day_)) == 0;
    if (judged) {
      judgement = Judge(&events);
      for (v1::Verdict& verdict : judgement.verdicts) *event_.add_verdicts() = std::move(verdict);
      event_.set_judged(true);
      std::move(judgement.before.begin(), judgement.before.end(), std::back_inserter(events));
    } else {
      event_.set_after_close(after_close_);
    }
    if (state_.unmarked_days() > 0 && day_.days >= state_.unmarked_last_day()) {
      v1::ClassMarkedAgain again;
      again.set_class_id(command_.class_id());
      again.set_day(day_.days);
      events.push_back(MakeEvent(again, day_));
    }
    events.push_back(MakeEvent(event_, day_));
    std::move(judgement.after.begin(), judgement.after.end(), std::back_inserter(events));
    // Of today's pupils nobody has moved since.
    if (day_ < context_.today || changes_.days.size() > 1) AddMoved(rows_, &changes_);
    AddGuests(rows_, class_.class_id(), day_, command_.session(), {},
              MarksOf(class_day_, command_.session()), &changes_);
    if (!changes_.affected.empty()) AddRecounts(rows_, schedule_, changes_, &events);
    AddTwoSchoolConflicts(rows_, class_, class_day_, command_.session(), &events);
    return events;
  }

  // Judges the day, and before it the class's days that were handed in after their close.
  Judgement Judge(Events* events) {
    ClassJudge judge(rows_, class_, schedule_, &changes_.days);
    for (const v1::ClassDayRow& open : OpenDays(rows_, state_, day_))
      judge.JudgeRecorded(open, events);
    Judgement judgement = judge.Judge(class_day_, day_);
    set_ = judge.set();
    changes_.sets = {&set_};
    return judgement;
  }

  // A first roll call for a time already judged: a correction, signed by the principal.
  Decision Late() {
    *event_.mutable_late_reason() = command_.late_reason();
    LayMarks(context_.actor.subject());
    class_day_.set_judged(true);
    event_.set_judged(true);
    event_.set_signed_late(true);
    Events events{MakeEvent(event_, day_)};
    AddChangeOfMarks(rows_, schedule_, class_, {}, class_day_, command_.session(), &events);
    return events;
  }

  // The session was taken before. The same person on the same day corrects without signature;
  // anyone else's is kept beside the first and the principal decides (decisions.md part 10 item 2).
  Decision Second() {
    const v1::SessionMarks first = MarksOf(class_day_, command_.session());
    LayMarks(context_.actor.subject());
    const bool same = SameMarks(first, MarksOf(class_day_, command_.session()));
    if (same && first.by() != context_.actor.subject()) return SaidAlready();
    if (first.by() != context_.actor.subject()) {
      v1::RollCallConflict conflict;
      *conflict.mutable_second() = event_;
      return Events{MakeEvent(conflict, day_)};
    }
    // A reason may have been added, even when the marks are the same.
    if (same && (day_ != context_.today || event_.exceptions().empty())) return SaidAlready();
    if (day_ != context_.today) return UseCorrection(day_);
    event_.set_replaces(true);
    Events events{MakeEvent(event_, day_)};
    AddChangeOfMarks(rows_, schedule_, class_, first, class_day_, command_.session(), &events);
    return events;
  }

  // Two people who say the same have no conflict, and saying it twice changes nothing.
  Events SaidAlready() const {
    journal::v1::NoEffect nothing;
    nothing.set_rule("attendance.roll_call");
    nothing.set_reason("SAME_MARKS");
    return {MakeEvent(nothing, day_)};
  }

  const v1::TakeRollCall& command_;
  const Rows& rows_;
  const Context& context_;
  const CivilDay day_;
  Schedule schedule_;
  uint32_t scheduled_ = 0;
  bool after_close_ = false;
  v1::ForeignClass& class_;
  v1::ForeignRegistration& facts_;  // of the exception being looked at
  v1::ClassDayRow& class_day_;
  v1::ClassStateRow& state_;
  v1::RollCallTaken& event_;
  Changes changes_;
  v1::TrackedSetRow set_;
};

}  // namespace

Decision DecideRollCall(const v1::TakeRollCall& command, const Rows& rows, const Context& context,
                        Scratch& scratch) {
  return RollCallDecider(command, rows, context, scratch).Run();
}

Decision DecideConflict(const v1::ResolveConflict& command, const Rows& rows,
                        const Context& context) {
  const auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(command.class_id()), command.day());
  const bool morning = command.session() == kMorning;
  const bool exists =
      class_day && command.session() <= kAfternoon &&
      (morning ? class_day->has_conflict_morning() : class_day->has_conflict_afternoon());
  const auto facts = base::Find<v1::ForeignClass>(rows, AsId(command.class_id()));
  if (!exists || !facts) return NoConflict();
  const CivilDay day{command.day()};
  v1::RollCallConflictResolved event;
  event.set_class_id(command.class_id());
  event.set_day(command.day());
  event.set_session(command.session());
  event.set_second_wins(command.second_wins());
  Events events{MakeEvent(event, day)};
  if (command.second_wins()) {
    Schedule schedule(rows);
    v1::ClassDayRow after = *class_day;
    *MutableMarks(&after, command.session()) =
        morning ? class_day->conflict_morning() : class_day->conflict_afternoon();
    AddChangeOfMarks(rows, schedule, *facts, MarksOf(*class_day, command.session()), after,
                     command.session(), &events);
  }
  return events;
}

}  // namespace twinline::attendance

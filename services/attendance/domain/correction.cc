#include "attendance/domain/correction.h"

#include <algorithm>

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
using base::Rows;

namespace {

// The child is or was in this class, or the roll call named it.
bool MayBelong(const Rows& rows, const v1::ForeignRegistration& facts, const std::string& class_id,
               const v1::SessionMarks& marks) {
  const auto names_it = [&](const v1::Place& place) { return place.class_id() == class_id; };
  if (Lists(marks, facts.registration_id())) return true;
  if (std::any_of(facts.places().begin(), facts.places().end(), names_it)) return true;
  const auto track = base::Find<v1::TrackRow>(rows, AsId(facts.registration_id()));
  return track && std::any_of(track->places().begin(), track->places().end(), names_it);
}

// Bulk back-dating by one person is the obvious fraud (D03): counted per person and week.
void AddBackdatingAlarm(const v1::ProposeCorrection& command, const Rows& rows,
                        const Context& context, Events* events) {
  const CivilDay monday = context.today - (context.today.weekday() - 1);
  const auto count =
      base::Find<v1::BackdatingRow>(rows, AsId(context.actor.subject()), monday.days);
  if (!count || count->alarmed() ||
      PackedHas(count->registration_ids(), command.registration_id())) {
    return;
  }
  const uint32_t limit = RulesOn(rows, context.today).rules().backdating_children();
  const size_t children = PackedCount(count->registration_ids()) + 1;
  if (limit == 0 || children <= limit) return;
  v1::BackdatingAlarmed alarm;
  alarm.set_subject(context.actor.subject());
  alarm.set_children(static_cast<uint32_t>(children));
  alarm.set_day(context.today.days);
  events->push_back(MakeEvent(alarm, context.today));
}

}  // namespace

Decision DecideProposeCorrection(const v1::ProposeCorrection& command, const Rows& rows,
                                 const Context& context) {
  const CivilDay day{command.day()};
  if (command.code_after() > kUnexplained) return MarkCodeUnknown(command.code_after());
  if (!command.has_reason()) return ReasonMissing();
  const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(command.registration_id()));
  if (!facts) return RegistrationUnknown();
  const auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(command.class_id()), command.day());
  if (!class_day || command.session() < kMorning || command.session() > kAfternoon ||
      !Taken(*class_day, command.session())) {
    return RollCallNotTaken(day);
  }
  const v1::SessionMarks& marks = MarksOf(*class_day, command.session());
  if (!MayBelong(rows, *facts, command.class_id(), marks)) return RegistrationNotInClass();
  if (CodeOf(marks, command.registration_id()) == command.code_after())
    return NothingToCorrect(day);
  v1::CorrectionProposed event;
  event.set_correction_id(context.NewId("correction").str());
  event.set_class_id(command.class_id());
  event.set_day(command.day());
  event.set_session(command.session());
  event.set_registration_id(command.registration_id());
  event.set_code_after(command.code_after());
  *event.mutable_reason() = command.reason();
  event.set_proposed_by(context.actor.subject());
  Events events{MakeEvent(event, day)};
  if (day < context.today) AddBackdatingAlarm(command, rows, context, &events);
  return events;
}

Decision DecideSignCorrection(const v1::SignCorrection& command, const Rows& rows,
                              const Context& context) {
  const auto correction = base::Find<v1::CorrectionRow>(rows, AsId(command.correction_id()));
  // The right of the signer was looked at for the class he names.
  if (!correction || correction->class_id() != command.class_id()) return CorrectionUnknown();
  if (correction->is_signed()) return CorrectionAlreadySigned();
  if (correction->proposed_by() == context.actor.subject()) return SignerIsProposer();
  const CivilDay day{correction->day()};
  auto class_day =
      base::Find<v1::ClassDayRow>(rows, AsId(correction->class_id()), correction->day());
  if (!class_day || !Taken(*class_day, correction->session())) return RollCallNotTaken(day);

  const std::string& registration = correction->registration_id();
  v1::SessionMarks* marks = MutableMarks(&*class_day, correction->session());
  const v1::SessionMarks before = *marks;
  v1::MarkCorrected event;
  event.set_class_id(correction->class_id());
  event.set_day(correction->day());
  event.set_session(correction->session());
  event.set_registration_id(registration);
  event.set_code_before(CodeOf(before, registration));
  event.set_code_after(correction->code_after());
  event.mutable_reason()->ParseFromString(correction->sealed_reason());
  event.set_signed_by(context.actor.subject());
  event.set_correction_id(correction->correction_id());
  Events events{MakeEvent(event, day)};

  Schedule schedule(rows);
  SetCode(marks, registration, correction->code_after());
  Changes changes{{*class_day}, {registration}, {}};
  AddGuests(rows, correction->class_id(), day, correction->session(), before, *marks, &changes);
  AddRecounts(rows, schedule, changes, &events);
  return events;
}

}  // namespace twinline::attendance

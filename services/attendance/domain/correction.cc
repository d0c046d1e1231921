#include "attendance/domain/correction.h"

#include <algorithm>

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
using base::Rows;

Decision DecideProposeCorrection(const v1::ProposeCorrection& command, const Rows& rows,
                                 const Context& context) {
  const CivilDay day{command.day()};
  if (command.code_after() > kGuest) return MarkCodeUnknown(command.code_after());
  if (!base::Find<v1::ForeignRegistration>(rows, AsId(command.registration_id()))) {
    return RegistrationUnknown();
  }
  const auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(command.class_id()), command.day());
  if (!class_day || command.session() < kMorning || command.session() > kAfternoon ||
      !Taken(*class_day, command.session())) {
    return RollCallNotTaken(day);
  }
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

  // Bulk back-dating by one person is the obvious fraud (D03): counted per person and week.
  const CivilDay monday = context.today - (context.today.weekday() - 1);
  const auto backdating = base::Find<v1::BackdatingRow>(rows, AsId(context.actor.subject()), monday.days);
  const uint32_t limit = RulesOn(rows, context.today).rules().backdating_children();
  if (day < context.today && limit > 0 && backdating && !backdating->alarmed() &&
      backdating->registration_ids().find(command.registration_id()) == std::string::npos &&
      backdating->registration_ids().size() / base::Id16::kSize + 1 > limit) {
    v1::BackdatingAlarmed alarm;
    alarm.set_subject(context.actor.subject());
    alarm.set_children(static_cast<uint32_t>(backdating->registration_ids().size() / base::Id16::kSize + 1));
    alarm.set_day(context.today.days);
    events.push_back(MakeEvent(alarm, context.today));
  }
  return events;
}

Decision DecideSignCorrection(const v1::SignCorrection& command, const Rows& rows,
                              const Context& context) {
  const auto correction = base::Find<v1::CorrectionRow>(rows, AsId(command.correction_id()));
  if (!correction) return CorrectionUnknown();
  if (correction->is_signed()) return CorrectionAlreadySigned();
  if (correction->proposed_by() == context.actor.subject()) return SignerIsProposer();
  const CivilDay day{correction->day()};
  const auto facts = base::Find<v1::ForeignClass>(rows, AsId(correction->class_id()));
  auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(correction->class_id()), correction->day());
  if (!facts || !class_day) return RollCallNotTaken(day);

  v1::MarkCorrected event;
  event.set_class_id(correction->class_id());
  event.set_day(correction->day());
  event.set_session(correction->session());
  event.set_registration_id(correction->registration_id());
  event.set_code_before(CodeOf(MarksOf(*class_day, correction->session()), correction->registration_id()));
  event.set_code_after(correction->code_after());
  event.mutable_reason()->ParseFromString(correction->sealed_reason());
  event.set_signed_by(context.actor.subject());
  event.set_correction_id(correction->correction_id());
  Events events{MakeEvent(event, day)};

  SetCode(MutableMarks(&*class_day, correction->session()), correction->registration_id(),
          correction->code_after());
  AddRecounts(rows, *facts, *class_day, day, {correction->registration_id()}, &events);
  return events;
}

namespace {

const v1::TrackedChild* FindTracked(const std::optional<v1::TrackedSetRow>& set, std::string_view id) {
  if (!set) return nullptr;
  for (const v1::TrackedChild& child : set->children()) {
    if (child.registration_id() == id) return &child;
  }
  return nullptr;
}

// Where the registration was, for the walk back; an untracked one has only its present class.
v1::TrackRow TrackOf(const Rows& rows, const std::string& registration, const std::string& class_id) {
  if (auto row = base::Find<v1::TrackRow>(rows, AsId(registration))) return *row;
  v1::TrackRow row;
  row.set_registration_id(registration);
  row.add_memberships()->set_class_id(class_id);
  return row;
}

}  // namespace

void AddRecounts(const Rows& rows, const v1::ForeignClass& class_facts, const v1::ClassDayRow& corrected,
                 CivilDay day, std::vector<std::string> affected, Events* events) {
  std::sort(affected.begin(), affected.end());
  affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
  for (const std::string& registration : affected) {
    const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(registration));
    if (!facts) continue;
    // The child may have moved since: its streak lives in the class where it is tracked now.
    const v1::TrackRow track = TrackOf(rows, registration, facts->class_id());
    const std::string& class_now = track.memberships(track.memberships_size() - 1).class_id();
    const auto set = base::Find<v1::TrackedSetRow>(rows, AsId(class_now));
    const v1::TrackedChild* tracked = FindTracked(set, registration);
    const auto state = base::Find<v1::ClassStateRow>(rows, AsId(class_now));
    const CivilDay until{std::max(day.days, state ? state->newest_judged_day() : 0)};
    const Recount recount = RecountStreak(rows, track, class_facts.school_code(), until, corrected);
    const uint32_t before = tracked != nullptr ? tracked->days() : 0;
    if (recount.days == before && (tracked == nullptr || recount.days == 0 ||
                                   recount.first_day.days == tracked->first_day())) {
      continue;
    }
    v1::TrackedChild child;
    if (tracked != nullptr) {
      child = *tracked;
    } else {
      v1::Tracked event;
      event.set_registration_id(registration);
      event.set_child_id(facts->child_id());
      event.set_class_id(class_now);
      event.set_cause("ABSENT");
      events->push_back(MakeEvent(event, day));
    }
    CivilDay term_start;
    ScheduledSessions(rows, class_facts.school_code(), day, &term_start);
    const v1::RuleSetRow rules = RulesOn(rows, day);
    const bool from_term_start = recount.days > 0 && recount.first_day == term_start;
    v1::StreakRecomputed event;
    event.set_registration_id(registration);
    event.set_child_id(facts->child_id());
    event.set_class_id(class_now);
    event.set_days_before(before);
    event.set_days_after(recount.days);
    event.set_day(day.days);
    event.set_rule_version(rules.version());
    event.set_first_day(recount.days > 0 ? recount.first_day.days : 0);
    event.set_last_day(recount.days > 0 ? recount.last_day.days : 0);
    event.set_last_present_day(recount.last_present_day.days);
    for (const std::string& name :
         NewlyCrossed(rules.rules(), recount.days, from_term_start, v1::TrackedChild())) {
      event.add_crossed(name);
    }
    events->push_back(MakeEvent(event, day));
    for (const std::string& threshold : NewlyCrossed(rules.rules(), recount.days, from_term_start, child)) {
      v1::StreakCrossed crossed;
      crossed.set_registration_id(registration);
      crossed.set_child_id(facts->child_id());
      crossed.set_class_id(class_now);
      crossed.set_school_code(facts->school_code());
      crossed.set_threshold(threshold);
      crossed.set_days(recount.days);
      crossed.set_first_day(recount.first_day.days);
      crossed.set_last_day(recount.last_day.days);
      crossed.set_last_present_day(recount.last_present_day.days);
      crossed.set_rule_version(rules.version());
      events->push_back(MakeEvent(crossed, day));
    }
    if (recount.days == 0 && !child.watch()) {
      v1::Untracked untracked;
      untracked.set_registration_id(registration);
      untracked.set_class_id(class_now);
      events->push_back(MakeEvent(untracked, day));
    }
  }
}

}  // namespace twinline::attendance

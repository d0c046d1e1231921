#include "accountability/domain/absence.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/tasks.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

bool Has(const v1::NoteCrossingCommand& streak, std::string_view threshold) {
  return std::find(streak.thresholds().begin(), streak.thresholds().end(), threshold) !=
         streak.thresholds().end();
}

Absence AbsenceOf(const v1::NoteCrossingCommand& streak) {
  return {streak.days(), CivilDay{streak.first_day()}, CivilDay{streak.last_present_day()}};
}

// Before the threshold: a task of the education line only. Contacting the family is the class
// teacher's and no alert; the written report is the principal's, with a working day to make it.
Events TasksFor(const v1::NoteCrossingCommand& streak, const Rows& rows, const Context& context) {
  Events events;
  v1::TaskFacts task;
  task.set_child_id(streak.child_id());
  task.set_registration_id(streak.registration_id());
  task.set_class_id(streak.class_id());
  task.set_school_code(streak.school_code());
  task.mutable_day()->set_days(streak.first_day());
  task.set_days(streak.days());
  if (Has(streak, "CONTACT") && !OpenTask(rows, streak.registration_id(), "CONTACT")) {
    task.set_kind("CONTACT");
    task.set_office(ClassOffice(streak.class_id()));
    events.push_back(OpenTaskEvent(task, 0, 0, rows, context));
  }
  if (Has(streak, "SCHOOL_REPORT") && !OpenTask(rows, streak.registration_id(), "SCHOOL_REPORT")) {
    task.set_kind("SCHOOL_REPORT");
    task.set_office("school:" + streak.school_code());
    events.push_back(
        OpenTaskEvent(task, RulesOn(rows, context.today).rules().report_days(), 1, rows, context));
    v1::AlertOffered alert = MakeAlert(context, 0, task.office(), "SCHOOL_REPORT", "");
    alert.set_child_id(task.child_id());
    alert.set_school_code(task.school_code());
    alert.set_source_class_id(task.class_id());
    events.push_back(SealAlert(std::move(alert), context));
  }
  return events;
}

// The child of an answered case is absent again: back to persuading, both lines anew (K-4).
Events Relapse(const v1::CaseRow& row, const CaseRule& rule, uint32_t days, const Rows& rows,
               const Context& context) {
  CaseChange change(rows, context, row.facts());
  const bool probation = row.facts().state() == kReturned && !row.facts().probation_passed();
  change.facts().set_state(std::string(rule.next));
  change.facts().set_probation_days(0);
  change.facts().set_probation_passed(false);
  change.facts().clear_returned_on();
  change.facts().clear_placement();
  change.facts().clear_end_ground();
  if (days > 0) change.facts().set_absent_days(days);
  change.ClearOutcomes();
  change.StartTasks(kTaskPersuade);
  change.EmitChanged(kRelapse);
  if (probation) change.Emit(v1::ProbationEnded());
  change.AlertAll("RELAPSED");
  return change.Take();
}

Events CrossedAgain(const v1::CaseRow& row, const CaseRule& rule, uint32_t days, const Rows& rows,
                    const Context& context) {
  CaseChange change(rows, context, row.facts());
  change.facts().set_state(std::string(rule.next));
  change.facts().set_absent_days(days);
  change.EmitChanged(kCrossedAgain);
  change.AlertAll("CASE_OPENED", "CROSSED_AGAIN");
  return change.Take();
}

Events DecideOnCase(const v1::CaseRow& row, const v1::NoteCrossingCommand& streak, const Rows& rows,
                    const Context& context) {
  const std::string& state = row.facts().state();
  const bool opens = !OpeningGround(streak.thresholds()).empty();
  // A child on probation must not be absent even one day; elsewhere it takes the threshold.
  if (const CaseRule* rule = FindSystemRule(state, kRelapse);
      rule != nullptr && (opens || state == kReturned)) {
    return Relapse(row, *rule, streak.days(), rows, context);
  }
  if (const CaseRule* rule = FindSystemRule(state, kCrossedAgain); rule != nullptr && opens) {
    return CrossedAgain(row, *rule, streak.days(), rows, context);
  }
  // Still away: the ledger shows how long.
  if (streak.days() > row.facts().absent_days() && AnyRole(state, kReportReturn) &&
      state != kReturned) {
    CaseChange change(rows, context, row.facts());
    change.facts().set_absent_days(streak.days());
    change.EmitChangedOn("STILL_ABSENT", CivilDay{streak.last_day()});
    return change.Take();
  }
  return {};
}

}  // namespace

std::string_view OpeningGround(const google::protobuf::RepeatedPtrField<std::string>& thresholds) {
  std::string_view ground;
  for (const std::string& threshold : thresholds) {
    if (threshold == "TERM_START_NO_SHOW") return "TERM_START_NO_SHOW";
    if (threshold == "SUSPECTED") ground = "THRESHOLD";
  }
  return ground;
}

Decision DecideCrossing(const v1::NoteCrossingCommand& streak, const Rows& rows,
                        const Context& context) {
  const auto row = CaseOfRegistration(rows, streak.registration_id());
  if (row && !IsClosed(row->facts().state())) {
    Events events = DecideOnCase(*row, streak, rows, context);
    if (events.empty()) return AlreadySo();
    return events;
  }
  const std::string_view ground = OpeningGround(streak.thresholds());
  if (ground.empty()) {
    Events events = TasksFor(streak, rows, context);
    if (events.empty()) return AlreadySo();
    return events;
  }
  const auto child = FindChild(rows, streak.child_id(), streak.registration_id());
  if (!child) return UnknownHere();
  const auto open = CaseOfChild(rows, child->facts().child_id());
  if (open && !IsClosed(open->facts().state()))
    return AlreadySo();  // by the child's other registration
  Events events;
  EndAbsenceTasks(rows, context, streak.registration_id(), &events);
  Events opened = OpenCase(rows, context, *child, ground, AbsenceOf(streak), {});
  std::move(opened.begin(), opened.end(), std::back_inserter(events));
  return events;
}

Decision DecideStreakEnded(const v1::NoteStreakEndedCommand& command, const Rows& rows,
                           const Context& context) {
  Events events;
  EndAbsenceTasks(rows, context, command.registration_id(), &events);
  if (events.empty()) return AlreadySo();
  return events;
}

Decision DecideVerdicts(const v1::NoteVerdictsCommand& command, const Rows& rows,
                        const Context& context) {
  Events all;
  uint32_t ordinal = 0;
  const auto note = [&](const std::string& registration, bool present) {
    const auto row = CaseOfRegistration(rows, registration);
    if (!row || row->facts().state() != kReturned ||
        command.day() < row->facts().returned_on().days())
      return;
    Context own = context;
    own.request_id = context.NewId("verdict", ordinal++);
    Events events;
    if (!present) {
      events = Relapse(*row, *FindSystemRule(kReturned, kRelapse), 0, rows, own);
    } else if (!row->facts().probation_passed() && command.day() > row->probation_day()) {
      CaseChange change(rows, own, row->facts());
      change.facts().set_probation_days(row->facts().probation_days() + 1);
      change.facts().mutable_last_present()->set_days(command.day());
      change.EmitChangedOn("PRESENT", CivilDay{command.day()});
      if (change.facts().probation_days() >= change.rules().probation_days()) {
        change.facts().set_probation_passed(true);
        change.StartTasks(kTaskSignClose, static_cast<int>(change.rules().sign_days()));
        v1::ProbationEnded ended;
        ended.set_passed(true);
        change.Emit(std::move(ended));
        change.AlertAll("PROBATION_PASSED");
      }
      events = change.Take();
    }
    std::move(events.begin(), events.end(), std::back_inserter(all));
  };
  for (const std::string& registration : command.absent()) note(registration, false);
  for (const std::string& registration : command.present()) note(registration, true);
  if (all.empty()) return AlreadySo();
  return all;
}

Decision DecideUnmarked(const v1::NoteUnmarkedCommand& command, const Rows& rows,
                        const Context& context) {
  std::string office = "school:" + command.school_code();
  if (command.level() >= 2) {
    const auto school = base::Find<v1::ForeignSchool>(rows, command.school_code());
    if (!school) return UnknownHere();
    office = "bureau:" + school->facts().county();
  }
  v1::AlertOffered alert = MakeAlert(
      context, 0, office, "CLASS_UNMARKED",
      "days " + std::to_string(command.days()) + " until " + CivilDay{command.day()}.ToString());
  alert.set_school_code(command.school_code());
  alert.set_source_class_id(command.class_id());
  return Events{SealAlert(std::move(alert), context)};
}

}  // namespace twinline::accountability

#include "accountability/domain/watches.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
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

journal::v1::Event Ended(std::string_view registration, const char* watch, const char* reason,
                         const Context& context) {
  v1::WatchEnded event;
  event.set_registration_id(std::string(registration));
  event.set_watch(watch);
  event.set_reason(reason);
  return MakeEvent(event, context.today);
}

// The first school day after the suspension, and so many more.
SchoolDayCount SuspensionCheck(const Rows& rows, const std::string& school, CivilDay until,
                               uint32_t days) {
  return AddSchoolDays(rows, school, until, static_cast<int>(days) + 1);
}

journal::v1::Event WatchSuspension(const registry::v1::ChildFacts& facts, uint32_t generation,
                                   const Rows& rows, const Context& context) {
  const v1::RuleSetRow rules = RulesOn(rows, context.today);
  const CivilDay until{facts.suspended_until().days()};
  const SchoolDayCount check =
      SuspensionCheck(rows, facts.school_code(), until, rules.rules().resumption_school_days());
  v1::SuspensionWatched event;
  event.set_registration_id(facts.registration_id());
  event.set_child_id(facts.child_id());
  event.mutable_suspended_until()->set_days(until.days);
  event.mutable_check_on()->set_days(std::max(check.day, context.today).days);
  event.set_generation(generation);
  event.set_counted_in(check.in_school_days ? "SCHOOL_DAYS" : "WORKING_DAYS");
  return MakeEvent(event, context.today);
}

// A status that ends the compulsory stage or takes the child away does not close a case (K-7): it
// asks the bureau for a decision.
bool AsksForDecision(const std::string& status) {
  return status == "GRADUATED" || status == "COMPLETED" || status == "DECEASED" ||
         status == "ABROAD";
}

void Append(Events* events, Events more) {
  std::move(more.begin(), more.end(), std::back_inserter(*events));
}

// An open case learns that its answer did not hold, or a new one begins.
void OpenOrRelapse(const Rows& rows, const Context& context, const v1::ForeignChild& child,
                   std::string_view ground, Events* events) {
  const auto row = CaseOfChild(rows, child.facts().child_id());
  if (!row || IsClosed(row->facts().state())) {
    Append(events, OpenCase(rows, context, child, ground, {}, {}));
    return;
  }
  const CaseRule* rule = FindSystemRule(row->facts().state(), kRelapse);
  if (rule == nullptr) return;
  CaseChange change(rows, context, row->facts());
  change.facts().set_state(std::string(rule->next));
  change.ClearOutcomes();
  change.StartTasks(kTaskPersuade);
  change.EmitChanged(kRelapse);
  change.AlertAll("RELAPSED", ground);
  Append(events, change.Take());
}

}  // namespace

Decision DecideNoteStatus(const v1::NoteStatusCommand& command, const Rows& rows,
                          const Context& context) {
  const registry::v1::ChildFacts& facts = command.facts();
  const auto watch = base::Find<v1::SuspensionWatchRow>(rows, AsId(facts.registration_id()));
  Events events;
  if (facts.status() == "SUSPENDED" && facts.suspended_until().days() != 0) {
    if (!watch || watch->suspended_until().days() != facts.suspended_until().days()) {
      events.push_back(WatchSuspension(facts, watch ? watch->generation() + 1 : 1, rows, context));
    }
  } else if (watch) {
    events.push_back(Ended(facts.registration_id(), "SUSPENSION", "RESUMED", context));
  }
  const auto row = CaseOfChild(rows, facts.child_id());
  if (row && !IsClosed(row->facts().state()) && AsksForDecision(facts.status()) &&
      row->facts().decision_needed() != "STAGE_END") {
    CaseChange change(rows, context, row->facts());
    change.facts().set_decision_needed("STAGE_END");
    change.EmitChanged("STAGE_END");
    change.Alert(BureauOffice(change.facts()), "STAGE_END", facts.status());
    Append(&events, change.Take());
  }
  if (events.empty()) return AlreadySo();
  return events;
}

Decision DecideSuspensionDue(const journal::v1::TimerRef& timer, const Rows& rows,
                             const Context& context) {
  const auto watch = base::Find<v1::SuspensionWatchRow>(rows, AsId(timer.entity()));
  const auto child = base::Find<v1::ForeignChild>(rows, AsId(timer.entity()));
  if (!watch || watch->generation() != timer.generation() || !child) return AlreadySo();
  if (child->facts().status() != "SUSPENDED") {
    return Events{Ended(watch->registration_id(), "SUSPENSION", "RESUMED", context)};
  }
  // The calendar of the new term may have come since; nobody is accused a day early.
  const SchoolDayCount check = SuspensionCheck(
      rows, child->facts().school_code(), CivilDay{child->facts().suspended_until().days()},
      RulesOn(rows, context.today).rules().resumption_school_days());
  if (check.day >= context.today) {
    return Events{WatchSuspension(child->facts(), watch->generation() + 1, rows, context)};
  }
  Events events{Ended(watch->registration_id(), "SUSPENSION", "CASE_OPENED", context)};
  OpenOrRelapse(rows, context, *child, "RESUMPTION_OVERDUE", &events);
  return events;
}

Decision DecideTransferDone(const v1::NoteTransferDoneCommand& command, const Rows& rows,
                            const Context& context) {
  const v1::RuleSetRow rules = RulesOn(rows, context.today);
  const auto before = base::Find<v1::ArrivalWatchRow>(rows, AsId(command.registration_id()));
  v1::ArrivalWatched event;
  event.set_registration_id(command.registration_id());
  event.set_child_id(command.child_id());
  event.set_school_code(command.to_school_code());
  event.mutable_since()->set_days(context.today.days);
  event.mutable_check_on()->set_days(
      AddSchoolDays(rows, command.to_school_code(), context.today,
                    static_cast<int>(rules.rules().arrival_school_days()))
          .day.days);
  event.set_generation(before ? before->generation() + 1 : 1);
  Events events{MakeEvent(event, context.today)};
  const auto row = CaseOfChild(rows, command.child_id());
  const CaseRule* rule = row ? FindSystemRule(row->facts().state(), kTransferCompleted) : nullptr;
  if (rule != nullptr) {
    // K-5: the transfer is the answer; both lines still sign.
    CaseChange change(rows, context, row->facts());
    change.facts().set_state(std::string(rule->next));
    change.facts().set_elsewhere_claimed(false);
    change.ClearOutcomes();
    change.StartTasks(kTaskSignClose, static_cast<int>(change.rules().sign_days()));
    change.EmitChanged(kTransferCompleted);
    change.AlertAll("TRANSFER_COMPLETED");
    Append(&events, change.Take());
  }
  return events;
}

namespace {

constexpr std::string_view kNoShow = "TERM_START_NO_SHOW";
constexpr int kNoShowDays = 3;  // domain.md 2.3, D06

int ArrivalDays(std::string_view ground, const Rows& rows, CivilDay today) {
  const v1::RuleSetRow row = RulesOn(rows, today);
  if (ground != kNoShow) return static_cast<int>(row.rules().arrival_school_days());
  const int days = static_cast<int>(row.rules().no_show_school_days());
  return days > 0 ? days : kNoShowDays;
}

}  // namespace

Decision AwaitArrival(const registry::v1::ChildFacts& child, CivilDay since,
                      std::string_view ground, const Rows& rows, const Context& context) {
  const auto before = base::Find<v1::ArrivalWatchRow>(rows, AsId(child.registration_id()));
  v1::ArrivalWatched event;
  event.set_registration_id(child.registration_id());
  event.set_child_id(child.child_id());
  event.set_school_code(child.school_code());
  event.mutable_since()->set_days(since.days);
  event.mutable_check_on()->set_days(
      AddSchoolDays(rows, child.school_code(), since, ArrivalDays(ground, rows, context.today))
          .day.days);
  event.set_generation(before ? before->generation() + 1 : 1);
  event.set_ground(std::string(ground));
  return Events{MakeEvent(event, context.today)};
}

Decision DecideArrivalDue(const journal::v1::TimerRef& timer, const Rows& rows,
                          const Context& context) {
  const auto watch = base::Find<v1::ArrivalWatchRow>(rows, AsId(timer.entity()));
  const auto child = base::Find<v1::ForeignChild>(rows, AsId(timer.entity()));
  if (!watch || watch->generation() != timer.generation() || !child) return AlreadySo();
  const auto ended = [&](const char* reason) {
    return Ended(watch->registration_id(), "ARRIVAL", reason, context);
  };
  const auto arrival = base::Find<v1::ForeignArrival>(rows, AsId(timer.entity()));
  if (arrival && arrival->seen() != 0) return Events{ended("SEEN")};
  if (child->facts().school_code() != watch->school_code() || child->facts().status() != "ACTIVE") {
    return Events{ended("LEFT")};
  }
  const SchoolDayCount check =
      AddSchoolDays(rows, watch->school_code(), CivilDay{watch->since().days()},
                    ArrivalDays(watch->ground(), rows, context.today));
  if (check.day >= context.today) {
    v1::ArrivalWatched again;
    again.set_registration_id(watch->registration_id());
    again.set_child_id(watch->child_id());
    again.set_school_code(watch->school_code());
    *again.mutable_since() = watch->since();
    again.set_ground(watch->ground());
    again.mutable_check_on()->set_days(check.day.days);
    again.set_generation(watch->generation() + 1);
    return Events{MakeEvent(again, context.today)};
  }
  Events events{ended("CASE_OPENED")};
  OpenOrRelapse(rows, context, *child,
                watch->ground().empty() ? "TRANSFER_NOT_ARRIVED" : watch->ground(), &events);
  return events;
}

// Forty working days without an end (T04). A child that another school marks as its guest is at
// school, and so is one that came from another province and sits in the receiving school's classes
// already: then only the bureau hears of it.
Decision DecideTransferOverdue(const v1::NoteTransferOverdueCommand& command, const Rows& rows,
                               const Context& context) {
  const auto child = FindChild(rows, command.child_id(), command.registration_id());
  if (!child) return UnknownHere();
  const bool seen =
      (child->seen_as_guest() != 0 && child->seen_as_guest() + 21 >= context.today.days) ||
      child->facts().school_code() == command.to_school_code();
  const auto row = CaseOfChild(rows, command.child_id());
  if (seen || (row && !IsClosed(row->facts().state()))) {
    const auto school = base::Find<v1::ForeignSchool>(rows, command.to_school_code());
    if (!school) return UnknownHere();
    v1::AlertOffered alert =
        MakeAlert(context, 0, "bureau:" + school->facts().county(), "TRANSFER_OVERDUE", "");
    alert.set_child_id(command.child_id());
    alert.set_school_code(command.to_school_code());
    return Events{SealAlert(std::move(alert), context)};
  }
  return OpenCase(rows, context, *child, "TRANSFER_NOT_ARRIVED", {}, {});
}

}  // namespace twinline::accountability

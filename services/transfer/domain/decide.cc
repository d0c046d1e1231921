#include <algorithm>

#include "platform/base/dispatch.h"
#include "platform/base/outages.h"
#include "platform/calendar/adopted.h"
#include "platform/calendar/state_council.h"
#include "transfer/domain/class_run.h"
#include "transfer/domain/hub.h"
#include "transfer/domain/moves.h"
#include "transfer/domain/open.h"
#include "transfer/domain/refusals.h"
#include "transfer/domain/rules.h"
#include "transfer/domain/steps.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::CivilDay;
using base::CommandView;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Parse;
using base::Rows;

calendar::WorkingCalendar LoadCalendar(const Rows& rows) {
  calendar::WorkingCalendar working;
  base::ScanRows<v1::CalendarRow>(rows, 100, [&](const v1::CalendarRow& row) {
    calendar::v1::HolidayCalendar proto;
    if (proto.ParseFromString(row.content())) {
      if (auto year = calendar::FromProto(proto)) working.Adopt(*std::move(year));
    }
    return true;
  });
  return working;
}

namespace {

Decision DecideStepCommand(const v1::DecideStep& command, const Rows& rows,
                           const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(command.business_id()));
  if (!row) return BusinessUnknown();
  const v1::BusinessFacts& facts = row->facts();
  if (facts.state() != "OPEN") return BusinessNotOpen(facts.state());
  if (command.step() != facts.step()) return StepChanged(command.step(), facts.step());
  const v1::Step& step = facts.steps(static_cast<int>(facts.step()));
  if (command.office() != step.office() &&
      (step.or_office().empty() || command.office() != step.or_office())) {
    return NotYourStep(step.office());
  }
  const BusinessRule* rule = FindRule(facts.kind());
  const auto& roles = rule->steps[facts.step()].roles;
  if (std::find(roles.begin(), roles.end(), static_cast<types::v1::Role>(command.role())) ==
      roles.end()) {
    return NotYourStep(step.office());
  }
  // Enter and audit are different people, by user id (domain.md 1.13); pulling the file is the
  // school's own last click and not an audit.
  if (step.kind() != "PULL_FILE") {
    bool involved = row->opened_by() == context.actor.subject();
    for (const v1::Step& done : facts.steps()) involved |= done.by() == context.actor.subject();
    if (involved) return EnterAndAuditSamePerson();
  }
  if (command.outcome() == "REFUSED" && !IsRefusalReason(command.reason_code()))
    return ReasonMandatory();
  if (command.outcome() != "REFUSED" && command.outcome() != "DONE") return ReasonMandatory();
  return StepEvents(facts, command.outcome(), command.reason_code(), command.reason_text(), rows,
                    context);
}

Decision DecideWithdraw(const v1::WithdrawBusiness& command, const Rows& rows,
                        const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(command.business_id()));
  if (!row) return BusinessUnknown();
  v1::BusinessFacts facts = row->facts();
  if (facts.state() != "OPEN" && facts.state() != "NEEDS_ATTENTION")
    return BusinessNotOpen(facts.state());
  if (command.office() != facts.opened_by_office()) return NotWithdrawable();
  facts.set_state("WITHDRAWN");
  facts.set_version(facts.version() + 1);
  v1::BusinessWithdrawn event;
  *event.mutable_business() = std::move(facts);
  event.set_reason(command.reason());
  return Events{MakeEvent(event, context.today)};
}

// T03: a child of the zone was refused by the receiving school; the bureau decides that step.
Decision DecideOverride(const v1::OverrideRefusal& command, const Rows& rows,
                        const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(command.business_id()));
  if (!row) return BusinessUnknown();
  v1::BusinessFacts facts = row->facts();
  if (facts.state() != "REFUSED" ||
      facts.steps(static_cast<int>(facts.step())).kind() != "RECEIVING_AUDIT") {
    return NotRefused();
  }
  const auto school = base::Find<v1::ForeignSchool>(rows, facts.to_school_code());
  if (!school || command.office() != "bureau:" + school->facts().county()) {
    return NotYourStep(school ? "bureau:" + school->facts().county() : "bureau");
  }
  const auto child = base::Find<v1::ForeignChild>(rows, AsId(facts.registration_id()));
  const auto& zone = school->facts().zone_villages();
  const bool zoned =
      child &&
      (std::find(zone.begin(), zone.end(), child->facts().hukou_village()) != zone.end() ||
       std::find(zone.begin(), zone.end(), child->facts().residence_village()) != zone.end());
  if (!zoned) return NotZoned();
  // It may have come by another business since.
  if (child->facts().school_code() == facts.to_school_code()) return SameSchool();
  if (auto refusal = CheckLock(rows, facts.child_id())) return *refusal;
  Sign(facts.mutable_steps(static_cast<int>(facts.step())), context, "DONE", "OVERRIDDEN");
  facts.set_state("OPEN");
  v1::RefusalOverridden event;
  *event.mutable_business() = Advance(std::move(facts), rows, context);
  *event.mutable_reason() = command.reason();
  return Events{MakeEvent(event, context.today)};
}

Decision DecideConfirm(const v1::ConfirmBusiness& command, const Rows& rows,
                       const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(command.business_id()));
  if (!row || row->facts().state() != "APPROVED") return AlreadySo();
  v1::BusinessFacts facts = row->facts();
  facts.set_version(facts.version() + 1);
  if (command.done()) {
    facts.set_state("COMPLETED");
    v1::BusinessCompleted event;
    *event.mutable_business() = std::move(facts);
    return Events{MakeEvent(event, context.today)};
  }
  facts.set_state("NEEDS_ATTENTION");
  v1::BusinessNeedsAttention event;
  *event.mutable_business() = std::move(facts);
  event.set_code(command.code());
  return Events{MakeEvent(event, context.today)};
}

// "No action by X before T" is a fact, never consent (T04). The next office up is named; the step
// stays where it is.
Decision DecideStepDue(const journal::v1::TimerRef& timer, const Rows& rows,
                       const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(timer.entity()));
  if (!row || row->facts().state() != "OPEN" || row->facts().overdue()) return AlreadySo();
  v1::BusinessFacts facts = row->facts();
  v1::Step* step = facts.mutable_steps(static_cast<int>(facts.step()));
  step->set_overdue(true);
  facts.set_overdue(true);
  facts.set_version(facts.version() + 1);
  v1::StepOverdue event;
  event.set_step(facts.step());
  // A school's delay goes to its bureau; a bureau's or another province's to the city above it.
  const std::string county = CountyOfStep(*step, facts, rows);
  if (step->office().starts_with("school:")) {
    event.set_escalated_to("bureau:" + county);
  } else {
    event.set_escalated_to("city:" + county.substr(0, 4));
    event.add_informed("bureau:" + county);
  }
  event.set_fired_at_us(context.now.us);
  *event.mutable_business() = std::move(facts);
  return Events{MakeEvent(event, context.today)};
}

Decision DecideLongOverdue(const journal::v1::TimerRef& timer, const Rows& rows,
                           const Context& context) {
  const auto row = base::Find<v1::BusinessRow>(rows, AsId(timer.entity()));
  if (!row || row->facts().state() != "OPEN") return AlreadySo();
  v1::BusinessLongOverdue event;
  *event.mutable_business() = row->facts();
  event.mutable_business()->set_version(row->facts().version() + 1);
  event.set_escalated_to("province:" + HomeCounty(row->facts(), rows).substr(0, 2));
  return Events{MakeEvent(event, context.today)};
}

Decision DecideAdoptCalendar(const v1::AdoptCalendar& command, const Context& context) {
  const auto year = calendar::FromProto(command.calendar());
  if (!year) {
    return base::Refusal{
        "CALENDAR_INVALID",
        "放假安排内容不完整或有误，请按国务院办公厅通知核对。",
        "The calendar is incomplete or wrong; check it against the State Council's notice.",
        {}};
  }
  v1::CalendarAdopted event;
  event.set_version(command.calendar().version());
  event.set_content(command.calendar().SerializeAsString());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideAdvice(const v1::NoteAdvice& command, const Context& context) {
  v1::AdviceNoted event;
  event.set_advice_id(context.NewId("advice").str());
  event.set_child_id(command.child_id());
  event.set_school_code(command.school_code());
  event.set_kind(command.kind().empty() ? "ADVICE" : command.kind());
  *event.mutable_text() = command.text();
  return Events{MakeEvent(event, context.today)};
}

Decision DecideTimer(const CommandView& command, const Rows& rows, const Context& context) {
  const journal::v1::TimerRef timer = base::ParseTimer(command);
  switch (timer.kind()) {
    case kTimerStepDue:
      return DecideStepDue(timer, rows, context);
    case kTimerLongOverdue:
      return DecideLongOverdue(timer, rows, context);
    case kTimerClassRun:
      return DecideRunGoesOn(timer, rows, context);
    case kTimerRecompute:
      return DecideRecompute(rows, context);
    default:
      return AlreadySo();
  }
}

}  // namespace

Decision Decide(const CommandView& command, const Rows& rows, const Context& context) {
  if (v1::OpenBusiness c; Parse(command, &c)) return DecideOpen(c, rows, context);
  if (v1::DecideStep c; Parse(command, &c)) return DecideStepCommand(c, rows, context);
  if (v1::WithdrawBusiness c; Parse(command, &c)) return DecideWithdraw(c, rows, context);
  if (v1::OverrideRefusal c; Parse(command, &c)) return DecideOverride(c, rows, context);
  if (v1::NoteAdvice c; Parse(command, &c)) return DecideAdvice(c, context);
  if (v1::AdoptCalendar c; Parse(command, &c)) return DecideAdoptCalendar(c, context);
  if (v1::HubApplied c; Parse(command, &c)) return DecideHubApplied(c, rows, context);
  if (v1::HubAnswered c; Parse(command, &c)) return DecideHubAnswered(c, rows, context);
  if (v1::NoteHubInformed c; Parse(command, &c)) return DecideHubInformed(c, rows, context);
  if (v1::StartClassRun c; Parse(command, &c)) return DecideStartRun(c, rows, context);
  if (v1::ApproveClassRun c; Parse(command, &c)) return DecideApproveRun(c, rows, context);
  if (v1::CancelClassRun c; Parse(command, &c)) return DecideCancelRun(c, rows, context);
  if (v1::ConfirmClassBusiness c; Parse(command, &c)) return DecideConfirmClass(c, rows, context);
  if (v1::ReassignSteps c; Parse(command, &c)) return DecideReassign(c, rows, context);
  if (v1::ConfirmBusiness c; Parse(command, &c)) return DecideConfirm(c, rows, context);
  if (command.type == base::kTimerFired) return DecideTimer(command, rows, context);
  if (command.type == base::kMoveForOutage) {
    return DecideMoveForOutage(command.body, rows, context);
  }
  return base::Refusal{"COMMAND_UNKNOWN",
                       "审批服务不认识此命令。请升级客户端。",
                       "Approvals do not know this command. Upgrade the client.",
                       {}};
}

std::vector<base::Id16> TransferDomain::Outcome(const journal::v1::Commit& commit) const {
  for (const journal::v1::Event& event : commit.events()) {
    if (event.type() == base::EventType<v1::BusinessOpened>()) {
      v1::BusinessOpened opened;
      opened.ParseFromString(event.data());
      return {AsId(opened.business().business_id())};
    }
    if (const auto planned = base::As<v1::ClassRunPlanned>(event)) {
      return {AsId(planned->run().run_id())};
    }
  }
  return {};
}

std::vector<std::string> TransferDomain::Rules() const { return ReactionRules(); }

std::vector<base::DerivedCommand> TransferDomain::Seed() const {
  std::vector<base::DerivedCommand> commands;
  for (const calendar::HolidayCalendar& year : calendar::SeedHolidayCalendars()) {
    v1::AdoptCalendar command;
    *command.mutable_calendar() = calendar::ToProto(year);
    commands.push_back({"transfer.seed_calendar", base::DeriveId({year.version}),
                        base::CommandType<v1::AdoptCalendar>(), command.SerializeAsString()});
  }
  return commands;
}

}  // namespace twinline::transfer

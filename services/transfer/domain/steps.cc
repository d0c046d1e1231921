#include "transfer/domain/steps.h"

#include "platform/calendar/adopted.h"
#include "transfer/domain/rules.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::Context;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

// Each party has ten working days of its own (domain.md 1.6); a death is through all hands within
// ten working days of the proof (1.9), but nobody gets less than the next working day.
types::v1::Deadline StepDeadline(const v1::BusinessFacts& facts, const Rows& rows,
                                 const Context& context) {
  const calendar::WorkingCalendar calendar = LoadCalendar(rows);
  if (facts.kind() == "DEATH") {
    const base::CivilDay opened{facts.opened_on().days()};
    types::v1::Deadline whole =
        calendar::MakeDeadline(calendar, opened, kDeathWorkingDays, kRulesVersion);
    if (whole.due().days() > context.today.days) return whole;
    return calendar::MakeDeadline(calendar, context.today, 1, kRulesVersion);
  }
  return calendar::MakeDeadline(calendar, context.today, kStepWorkingDays, kRulesVersion);
}

}  // namespace

v1::BusinessFacts Advance(v1::BusinessFacts facts, const Rows& rows, const Context& context) {
  facts.set_version(facts.version() + 1);
  facts.set_step(facts.step() + 1);
  facts.set_overdue(false);
  if (facts.step() < static_cast<uint32_t>(facts.steps_size())) {
    *facts.mutable_steps(static_cast<int>(facts.step()))->mutable_deadline() =
        StepDeadline(facts, rows, context);
  } else {
    facts.set_state("APPROVED");
  }
  return facts;
}

void Sign(v1::Step* step, const Context& context, const std::string& outcome,
          const std::string& code) {
  step->set_outcome(outcome);
  step->set_by(context.actor.subject());
  step->set_duty(context.actor.duty());
  step->set_reason_code(code);
  step->set_at_us(context.now.us);
}

Events StepEvents(v1::BusinessFacts facts, const std::string& outcome, const std::string& code,
                  const types::v1::Sealed& text, const Rows& rows, const Context& context) {
  const uint32_t index = facts.step();
  Sign(facts.mutable_steps(static_cast<int>(index)), context, outcome, code);
  v1::StepDecided decided;
  decided.set_step(index);
  decided.set_outcome(outcome);
  decided.set_reason_code(code);
  *decided.mutable_reason_text() = text;
  Events events;
  if (outcome == "REFUSED") {
    facts.set_version(facts.version() + 1);
    facts.set_state("REFUSED");
    *decided.mutable_business() = facts;
    events.push_back(MakeEvent(decided, context.today));
    v1::BusinessRefused refused;
    *refused.mutable_business() = facts;
    events.push_back(MakeEvent(refused, context.today));
    return events;
  }
  facts = Advance(std::move(facts), rows, context);
  *decided.mutable_business() = facts;
  events.push_back(MakeEvent(decided, context.today));
  if (facts.state() == "APPROVED") {
    v1::BusinessApproved approved;
    *approved.mutable_business() = facts;
    events.push_back(MakeEvent(approved, context.today));
  }
  return events;
}

std::string HomeCounty(const v1::BusinessFacts& facts, const Rows& rows) {
  for (const std::string* code : {&facts.to_school_code(), &facts.from_school_code()}) {
    if (const auto school = base::Find<v1::ForeignSchool>(rows, *code)) {
      return school->facts().county();
    }
  }
  return {};
}

std::string CountyOfStep(const v1::Step& step, const v1::BusinessFacts& facts, const Rows& rows) {
  const std::string_view office = step.office();
  if (office.starts_with("bureau:")) return std::string(office.substr(7));
  if (office.starts_with("school:")) {
    if (const auto school = base::Find<v1::ForeignSchool>(rows, office.substr(7))) {
      return school->facts().county();
    }
  }
  return HomeCounty(facts, rows);
}

}  // namespace twinline::transfer

#include "transfer/domain/class_run.h"

#include "platform/calendar/adopted.h"
#include "transfer/domain/class_plan.h"
#include "transfer/domain/refusals.h"
#include "transfer/domain/rules.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

// Of one school at one time; bounds the commit.
constexpr size_t kReassignedMax = 150;

// A run that has not ended and touches the same schools: two at a time would race for classes.
std::optional<v1::ClassRunFacts> RunInProgress(const v1::ClassRunFacts& wanted, const Rows& rows) {
  std::optional<v1::ClassRunFacts> found;
  base::ScanIndex<v1::ClassRunRow>(
      rows, base::TableOf<v1::ClassRunRow>::kOpen, 1'000, [&](const v1::ClassRunRow& row) {
        const v1::ClassRunFacts& run = row.facts();
        const bool apart = !run.school_code().empty() && !wanted.school_code().empty() &&
                           run.school_code() != wanted.school_code();
        if (run.county() == wanted.county() && !apart) found = run;
        return !found;
      });
  return found;
}

std::optional<base::Refusal> CheckScope(const v1::ClassRunFacts& run, const Rows& rows) {
  if (run.kind() != kPromotion && run.kind() != kMerger) return ClassRunKindUnknown(run.kind());
  const auto in_county = [&](const std::string& code) {
    const auto school = base::Find<v1::ForeignSchool>(rows, code);
    return school && !school->facts().closed() && school->facts().county() == run.county();
  };
  if (run.kind() == kMerger) {
    if (!in_county(run.school_code())) return SchoolUnknown(run.school_code());
    const auto to = base::Find<v1::ForeignSchool>(rows, run.successor_code());
    if (!to || to->facts().closed() || !to->facts().successor_code().empty() ||
        run.successor_code() == run.school_code()) {
      return SchoolUnknown(run.successor_code());
    }
  } else if (!run.school_code().empty() && !in_county(run.school_code())) {
    return SchoolUnknown(run.school_code());
  }
  return std::nullopt;
}

template <typename Event>
Events One(v1::ClassRunFacts run, const Context& context) {
  run.set_version(run.version() + 1);
  Event event;
  *event.mutable_run() = std::move(run);
  return {MakeEvent(event, context.today)};
}

bool IsOver(const v1::ClassRunRow& row) { return row.all_started(); }

}  // namespace

v1::ClassRunFacts RunOf(const v1::StartClassRun& command) {
  v1::ClassRunFacts run;
  run.set_kind(command.kind());
  run.set_school_year(command.school_year());
  run.set_school_code(command.school_code());
  run.set_successor_code(command.successor_code());
  run.set_office(command.office());
  // "bureau:<county>"
  run.set_county(command.office().substr(std::min(command.office().size(), size_t{7})));
  return run;
}

Decision DecideStartRun(const v1::StartClassRun& command, const Rows& rows,
                        const Context& context) {
  v1::ClassRunFacts run = RunOf(command);
  if (auto refusal = CheckScope(run, rows)) return *refusal;
  if (const auto other = RunInProgress(run, rows)) return ClassRunInProgress(other->kind());
  const RunPlan plan = PlanRun(run, rows);
  if (plan.digest != command.digest()) return ClassRunPlanChanged();
  if (plan.children == 0) return ClassRunEmpty();
  run.set_run_id(context.NewId("class_run").str());
  run.set_digest(plan.digest);
  run.set_state("PLANNED");
  run.set_planned_by(context.actor.subject());
  return One<v1::ClassRunPlanned>(std::move(run), context);
}

Decision DecideApproveRun(const v1::ApproveClassRun& command, const Rows& rows,
                          const Context& context) {
  const auto row = base::Find<v1::ClassRunRow>(rows, AsId(command.run_id()));
  if (!row || row->facts().state() != "PLANNED") {
    return ClassRunNotPlanned(row ? row->facts().state() : std::string());
  }
  v1::ClassRunFacts run = row->facts();
  if (command.office() != run.office()) return NotYourStep(run.office());
  if (run.planned_by() == context.actor.subject()) return EnterAndAuditSamePerson();
  // What both saw must be what is done.
  if (command.digest() != run.digest() || PlanRun(run, rows).digest != run.digest()) {
    return ClassRunPlanChanged();
  }
  run.set_state("RUNNING");
  run.set_approved_by(context.actor.subject());
  return One<v1::ClassRunApproved>(std::move(run), context);
}

Decision DecideCancelRun(const v1::CancelClassRun& command, const Rows& rows,
                         const Context& context) {
  const auto row = base::Find<v1::ClassRunRow>(rows, AsId(command.run_id()));
  const std::string state = row ? row->facts().state() : std::string();
  if (state != "PLANNED" && state != "RUNNING") return ClassRunNotPlanned(state);
  if (command.office() != row->facts().office()) return NotYourStep(row->facts().office());
  v1::ClassRunFacts run = row->facts();
  run.set_state("CANCELLED");
  return One<v1::ClassRunCancelled>(std::move(run), context);
}

Decision DecideRunGoesOn(const journal::v1::TimerRef& timer, const Rows& rows,
                         const Context& context) {
  const auto row = base::Find<v1::ClassRunRow>(rows, AsId(timer.entity()));
  if (!row || row->facts().state() != "RUNNING" || IsOver(*row)) return AlreadySo();
  v1::ClassRunFacts run = row->facts();
  ClassPlan plan;
  if (!NextClass(run, row->after_school(), row->after_class(), rows, &plan)) {
    // The last class may still be at the registry; then its confirmation ends the run.
    if (run.ended() < run.started()) {
      v1::ClassRunAllStarted event;
      run.set_version(run.version() + 1);
      *event.mutable_run() = std::move(run);
      return Events{MakeEvent(event, context.today)};
    }
    run.set_state("DONE");
    return One<v1::ClassRunFinished>(std::move(run), context);
  }
  plan.facts.set_business_id(context.NewId("class_business").str());
  plan.facts.set_run_id(run.run_id());
  plan.facts.set_state("APPROVED");
  run.set_started(run.started() + 1);
  run.set_version(run.version() + 1);
  v1::ClassBusinessApproved event;
  *event.mutable_business() = std::move(plan.facts);
  *event.mutable_run() = std::move(run);
  return Events{MakeEvent(event, context.today)};
}

Decision DecideConfirmClass(const v1::ConfirmClassBusiness& command, const Rows& rows,
                            const Context& context) {
  const auto row = base::Find<v1::ClassBusinessRow>(rows, AsId(command.business_id()));
  if (!row || row->facts().state() != "APPROVED") return AlreadySo();
  const auto run_row = base::Find<v1::ClassRunRow>(rows, AsId(row->facts().run_id()));
  if (!run_row) return AlreadySo();
  v1::ClassBusinessCompleted event;
  v1::ClassBusinessFacts& facts = *event.mutable_business();
  facts = row->facts();
  facts.set_state("COMPLETED");
  for (const v1::ClassException& left : command.except()) *facts.add_except() = left;
  v1::ClassRunFacts run = run_row->facts();
  run.set_ended(run.ended() + 1);
  run.set_children(run.children() + command.children());
  run.set_excepted(run.excepted() + static_cast<uint32_t>(facts.except_size()));
  run.set_version(run.version() + 1);
  *event.mutable_run() = run;
  Events events{MakeEvent(event, context.today)};
  if (run.state() == "RUNNING" && IsOver(*run_row) && run.ended() == run.started()) {
    run.set_state("DONE");
    Events end = One<v1::ClassRunFinished>(std::move(run), context);
    events.push_back(std::move(end.front()));
  }
  return events;
}

Decision DecideReassign(const v1::ReassignSteps& command, const Rows& rows,
                        const Context& context) {
  const std::string before = "school:" + command.school_code();
  const std::string after = "school:" + command.successor_code();
  const calendar::WorkingCalendar calendar = LoadCalendar(rows);
  Events events;
  base::ScanIndex<v1::BusinessRow>(
      rows, base::TableOf<v1::BusinessRow>::kOpen, 1'000'000, [&](const v1::BusinessRow& row) {
        v1::BusinessFacts facts = row.facts();
        bool touched =
            facts.to_school_code() == command.school_code() && facts.kind().starts_with("TRANSFER");
        if (touched) {
          facts.set_to_school_code(command.successor_code());
          facts.clear_to_class_id();
        }
        for (int i = static_cast<int>(facts.step()); i < facts.steps_size(); ++i) {
          v1::Step* step = facts.mutable_steps(i);
          if (step->office() != before) continue;
          touched = true;
          step->set_office(after);
          if (i != static_cast<int>(facts.step())) continue;
          // The new office has not had its days.
          const uint32_t generation = step->deadline().generation();
          *step->mutable_deadline() =
              calendar::MakeDeadline(calendar, context.today, kStepWorkingDays, kRulesVersion);
          step->mutable_deadline()->set_generation(generation + 1);
          step->set_overdue(false);
          facts.set_overdue(false);
        }
        if (!touched) return true;
        if (facts.opened_by_office() == before) facts.set_opened_by_office(after);
        facts.set_version(facts.version() + 1);
        if (facts.to_school_code() == facts.from_school_code() &&
            facts.kind().starts_with("TRANSFER")) {
          // It would lead where the child is already.
          facts.set_state("WITHDRAWN");
          v1::BusinessWithdrawn event;
          *event.mutable_business() = std::move(facts);
          event.set_reason("SCHOOL_MERGED");
          events.push_back(MakeEvent(event, context.today));
        } else {
          v1::BusinessReassigned event;
          *event.mutable_business() = std::move(facts);
          event.set_school_before(command.school_code());
          event.set_school_after(command.successor_code());
          events.push_back(MakeEvent(event, context.today));
        }
        return events.size() < kReassignedMax;
      });
  if (events.empty()) return AlreadySo();
  return events;
}

}  // namespace twinline::transfer

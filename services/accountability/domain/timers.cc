#include "accountability/domain/timers.h"

#include "accountability/domain/case_change.h"
#include "accountability/domain/duty.h"
#include "accountability/domain/moves.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/tasks.h"
#include "accountability/domain/watches.h"
#include "accountability/tables/tables.h"
#include "platform/calendar/adopted.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

namespace {

bool IsArmed(const v1::Duties& duties) {
  return duties.has_deadline() && duties.outcome().empty() && !duties.overdue();
}

// "No action by X before T": a fact of its own, then the next office is in charge with a clock of
// its own.
Decision DecideLineDue(const journal::v1::TimerRef& timer, Line line, const Rows& rows,
                       const Context& context) {
  const auto row = FindCase(rows, timer.entity());
  if (!row || IsClosed(row->facts().state())) return AlreadySo();
  CaseChange change(rows, context, row->facts());
  v1::Duties& duties = change.Of(line);
  if (!IsArmed(duties) || duties.deadline().generation() != timer.generation() ||
      context.now < calendar::FiresAt(duties.deadline())) {
    return AlreadySo();
  }
  duties.set_overdue(true);
  duties.set_missed(duties.missed() + 1);
  v1::DeadlineMissed missed;
  missed.set_line(line);
  missed.set_office(duties.office());
  missed.set_owner(duties.owner());
  missed.set_task(duties.task());
  *missed.mutable_deadline() = duties.deadline();
  missed.set_fired_at_us(context.now.us);
  const std::string late_office = duties.office();
  change.Emit(std::move(missed));
  change.Alert(BureauOffice(change.facts()), "DEADLINE_MISSED", late_office);
  if (!change.HasRung(line, duties.rung() + 1))
    return change.Take();  // nobody is above the last rung
  change.PlaceLine(line, duties.rung() + 1);
  change.StartTask(line, duties.task());
  v1::Escalated escalated;
  escalated.set_line(line);
  escalated.set_from_office(late_office);
  escalated.set_to_office(duties.office());
  escalated.set_rung(duties.rung());
  change.Emit(std::move(escalated));
  change.Alert(duties.office(), "ESCALATED", late_office);
  return change.Take();
}

// The bureau is asked once whether this is a dropout now; persuading goes on either way.
Decision DecideConfirmDue(const journal::v1::TimerRef& timer, const Rows& rows,
                          const Context& context) {
  const auto row = FindCase(rows, timer.entity());
  if (!row || IsClosed(row->facts().state()) || !row->facts().has_confirm_due() ||
      context.today.days < row->facts().confirm_due().days()) {
    return AlreadySo();
  }
  CaseChange change(rows, context, row->facts());
  change.facts().clear_confirm_due();
  change.EmitChanged("CONFIRM_DUE");
  if (AnyRole(change.facts().state(), kConfirmDropout)) {
    change.Alert(BureauOffice(change.facts()), "CONFIRM_DUE");
  }
  return change.Take();
}

}  // namespace

std::vector<base::Timer> TimersOf(const v1::CaseFacts& facts) {
  std::vector<base::Timer> timers;
  if (IsClosed(facts.state())) return timers;
  const base::Id16 id = AsId(facts.case_id());
  const auto add = [&](const v1::Duties& duties, uint32_t kind) {
    if (!IsArmed(duties)) return;
    timers.push_back(
        {calendar::FiresAt(duties.deadline()), kind, id, duties.deadline().generation()});
  };
  add(facts.government(), kTimerGovernment);
  add(facts.education(), kTimerEducation);
  if (facts.has_confirm_due()) {
    timers.push_back({base::StartOfDay(CivilDay{facts.confirm_due().days()}), kTimerConfirm, id,
                      facts.relapses()});
  }
  return timers;
}

std::optional<base::Timer> TimerOf(const v1::TaskFacts& task) {
  if (task.state() != "OPEN" || task.overdue() || !task.has_deadline()) return std::nullopt;
  return base::Timer{calendar::FiresAt(task.deadline()), kTimerTask, AsId(task.task_id()),
                     task.deadline().generation()};
}

base::Timer TimerOf(const v1::SuspensionWatchRow& watch) {
  return {base::EndOfDay(CivilDay{watch.check_on().days()}), kTimerSuspension,
          AsId(watch.registration_id()), watch.generation()};
}

base::Timer TimerOf(const v1::ArrivalWatchRow& watch) {
  return {base::EndOfDay(CivilDay{watch.check_on().days()}), kTimerArrival,
          AsId(watch.registration_id()), watch.generation()};
}

Decision DecideTimer(const journal::v1::TimerRef& timer, const Rows& rows, const Context& context) {
  switch (timer.kind()) {
    case kTimerGovernment:
      return DecideLineDue(timer, LINE_GOVERNMENT, rows, context);
    case kTimerEducation:
      return DecideLineDue(timer, LINE_EDUCATION, rows, context);
    case kTimerConfirm:
      return DecideConfirmDue(timer, rows, context);
    case kTimerSuspension:
      return DecideSuspensionDue(timer, rows, context);
    case kTimerArrival:
      return DecideArrivalDue(timer, rows, context);
    case kTimerTask:
      return DecideTaskDue(timer, rows, context);
    case kTimerOffice:
      return DecideOfficeReview(timer, rows, context);
    case kTimerRecompute:
      return DecideRecompute(rows, context);
    default:
      return AlreadySo();
  }
}

}  // namespace twinline::accountability

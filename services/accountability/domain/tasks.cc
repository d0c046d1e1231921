#include "accountability/domain/tasks.h"

#include "accountability/domain/case_change.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/rule_set.h"
#include "accountability/tables/tables.h"
#include "platform/calendar/adopted.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr uint32_t kTaskAlert =
    100;  // ordinals of alerts beside those of a case in the same commit

std::string CountyOf(const Rows& rows, const std::string& school_code) {
  const auto school = base::Find<v1::ForeignSchool>(rows, school_code);
  return school ? school->facts().county() : std::string();
}

journal::v1::Event TaskAlert(const v1::TaskFacts& task, const std::string& office,
                             std::string_view kind, uint32_t ordinal, const Context& context) {
  v1::AlertOffered alert = MakeAlert(context, kTaskAlert + ordinal, office, kind,
                                     task.kind() + " " + CivilDay{task.day().days()}.ToString());
  alert.set_child_id(task.child_id());
  alert.set_school_code(task.school_code());
  alert.set_source_class_id(task.class_id());
  return SealAlert(std::move(alert), context);
}

}  // namespace

std::optional<v1::TaskFacts> OpenTask(const Rows& rows, std::string_view registration_id,
                                      const std::string& kind) {
  std::optional<v1::TaskFacts> found;
  base::ScanIndex<v1::TaskRow>(
      rows, base::TableOf<v1::TaskRow>::kByRegistration, 1,
      [&](const v1::TaskRow& row) {
        found = row.facts();
        return false;
      },
      AsId(registration_id), kind);
  return found;
}

journal::v1::Event OpenTaskEvent(v1::TaskFacts task, uint32_t working_days, uint32_t ordinal,
                                 const Rows& rows, const Context& context) {
  task.set_task_id(context.NewId("task", ordinal).str());
  task.set_state("OPEN");
  if (working_days > 0) {
    *task.mutable_deadline() =
        calendar::MakeDeadline(LoadCalendar(rows), context.today, static_cast<int>(working_days),
                               RulesOn(rows, context.today).version());
  }
  v1::TaskOpened event;
  *event.mutable_task() = std::move(task);
  return MakeEvent(event, context.today);
}

void EndAbsenceTasks(const Rows& rows, const Context& context, std::string_view registration_id,
                     Events* events) {
  for (const char* kind : {"CONTACT", "SCHOOL_REPORT"}) {
    auto task = OpenTask(rows, registration_id, kind);
    if (!task) continue;
    v1::TaskEnded event;
    *event.mutable_task() = *std::move(task);
    event.mutable_task()->set_state("ENDED");
    events->push_back(MakeEvent(event, context.today));
  }
}

Decision DecideTaskDue(const journal::v1::TimerRef& timer, const Rows& rows,
                       const Context& context) {
  const auto row = base::Find<v1::TaskRow>(rows, AsId(timer.entity()));
  if (!row || row->facts().state() != "OPEN" || row->facts().overdue() ||
      context.now < calendar::FiresAt(row->facts().deadline())) {
    return AlreadySo();
  }
  v1::TaskMissed event;
  *event.mutable_task() = row->facts();
  event.mutable_task()->set_overdue(true);
  event.set_fired_at_us(context.now.us);
  const std::string county = CountyOf(rows, row->facts().school_code());
  // A school's silence goes to the bureau, the bureau's to the county.
  const std::string above =
      (row->facts().office().starts_with("bureau:") ? "county:" : "bureau:") + county;
  Events events{MakeEvent(event, context.today)};
  if (!county.empty()) events.push_back(TaskAlert(row->facts(), above, "TASK_MISSED", 0, context));
  return events;
}

Decision DecideCompleteTask(const v1::CompleteTaskCommand& command, const Rows& rows,
                            const Context& context) {
  const auto row = base::Find<v1::TaskRow>(rows, AsId(command.task_id()));
  if (!row || row->facts().state() != "OPEN") return TaskUnknown();
  const v1::TaskFacts& task = row->facts();
  // A class's task may be done by its school too; the bureau's never by a school that is a party to
  // it.
  const bool for_class = task.office().starts_with("class:") &&
                         context.actor.office() == "school:" + task.school_code();
  if (context.actor.office() != task.office() && !for_class) {
    return NotYourTask(task.office());
  }
  if (command.note().ciphertext().empty()) return ReasonMandatory();
  v1::TaskEnded event;
  *event.mutable_task() = task;
  event.mutable_task()->set_state("DONE");
  *event.mutable_note() = command.note();
  return Events{MakeEvent(event, context.today)};
}

Decision DecideTwoSchools(const v1::NoteTwoSchoolsCommand& command, const Rows& rows,
                          const Context& context) {
  const std::string county = CountyOf(rows, command.school_code());
  if (county.empty()) return UnknownHere();
  const auto open = OpenTask(rows, command.registration_id(), "TWO_SCHOOLS");
  if (open) return AlreadySo();  // the bureau is at it
  v1::TaskFacts task;
  task.set_kind("TWO_SCHOOLS");
  task.set_office("bureau:" + county);
  task.set_child_id(command.child_id());
  task.set_registration_id(command.registration_id());
  task.set_school_code(command.school_code());
  task.set_other_school_code(command.other_school_code());
  task.mutable_day()->set_days(command.day());
  const uint32_t days = RulesOn(rows, context.today).rules().conflict_days();
  Events events{OpenTaskEvent(task, days, 0, rows, context)};
  events.push_back(TaskAlert(task, task.office(), "CONFLICT", 0, context));
  events.push_back(TaskAlert(task, "school:" + task.school_code(), "CONFLICT", 1, context));
  if (!task.other_school_code().empty()) {
    events.push_back(TaskAlert(task, "school:" + task.other_school_code(), "CONFLICT", 2, context));
  }
  return events;
}

}  // namespace twinline::accountability

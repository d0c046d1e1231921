#include "platform/base/status_macros.h"
#include "registry/domain/evolve.h"
#include "registry/tables/tables.h"

namespace twinline::registry {
namespace {

absl::Status PutWithHistory(const v1::ChildFacts& facts, const std::string& reason,
                            const journal::v1::Event& raw, const base::EventContext& context,
                            base::Rows& rows) {
  const FactsChange change{&facts, &raw, &context};
  TWINLINE_RETURN_IF_ERROR(PutFacts(change, rows));
  v1::HistoryRow history = HistoryOf(facts.child_id(), change);
  history.set_reason(reason);
  base::Put(rows, history);
  return absl::OkStatus();
}

absl::Status SetAlias(const std::string& child_id, const std::string& alias_of, base::Rows& rows) {
  auto child = base::Find<v1::ChildRow>(rows, base::AsId(child_id));
  if (!child) return absl::DataLossError("a merged child was never recorded");
  child->set_alias_of(alias_of);
  base::Put(rows, *child);
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveReported(const v1::DuplicateReported& event, const journal::v1::Event& raw,
                            const base::EventContext& context, base::Rows& rows) {
  v1::DuplicateTaskRow task;
  task.set_task_id(event.task_id());
  task.set_first_child_id(event.first().child_id());
  task.set_second_child_id(event.second().child_id());
  task.set_first_school_code(event.first().school_code());
  task.set_second_school_code(event.second().school_code());
  task.set_ground(event.ground());
  task.set_opened_us(context.recorded.us);
  base::Put(rows, task);
  TWINLINE_RETURN_IF_ERROR(PutWithHistory(event.first(), event.ground(), raw, context, rows));
  return PutWithHistory(event.second(), event.ground(), raw, context, rows);
}

absl::Status EvolveResolved(const v1::DuplicateResolved& event, const journal::v1::Event& raw,
                            const base::EventContext& context, base::Rows& rows) {
  auto task = base::Find<v1::DuplicateTaskRow>(rows, base::AsId(event.task_id()));
  if (!task) return absl::DataLossError("a duplicate task was never opened");
  task->set_outcome(event.outcome());
  task->set_resolved_us(context.recorded.us);
  if (event.outcome() == "MERGED") {
    task->set_survivor_child_id(event.survivor_child_id());
    task->set_alias_child_id(event.alias_child_id());
    task->set_alias_class_id(event.class_before().class_id());
    TWINLINE_RETURN_IF_ERROR(SetAlias(event.alias_child_id(), event.survivor_child_id(), rows));
  } else if (event.outcome() == "UNMERGED") {
    TWINLINE_RETURN_IF_ERROR(SetAlias(event.alias_child_id(), {}, rows));
  }
  base::Put(rows, *task);
  PutClass(event.class_before(), context, rows);
  PutClass(event.class_after(), context, rows);
  TWINLINE_RETURN_IF_ERROR(PutWithHistory(event.survivor(), event.outcome(), raw, context, rows));
  return PutWithHistory(event.alias(), event.outcome(), raw, context, rows);
}

}  // namespace twinline::registry

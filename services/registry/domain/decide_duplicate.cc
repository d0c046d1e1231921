// Ending a duplicate task (domain.md 1.11, A04): merge, "two children", or un-merge. The loser of a
// merge becomes an alias: it keeps its ids and its history, is counted nowhere, and can be brought
// back.
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

bool HasFormalNumber(const Subject& subject) {
  for (const auto& number : subject.child.numbers()) {
    if (number.kind() == "G") return true;
  }
  return false;
}

// The other open task of this child, if any.
std::string OtherOpenTask(const base::Rows& rows, const Subject& subject,
                          const std::string& task_id) {
  std::string other;
  base::ScanIndex<v1::DuplicateTaskRow>(
      rows, base::TableOf<v1::DuplicateTaskRow>::kByChild, 64,
      [&](const v1::DuplicateTaskRow& task) {
        if (task.outcome().empty() && task.task_id() != task_id) other = task.task_id();
        return other.empty();
      },
      base::AsId(subject.child.child_id()));
  return other;
}

v1::ChildFacts Released(const base::Rows& rows, const Subject& subject,
                        const std::string& task_id) {
  v1::ChildFacts facts = NextFacts(subject.registration);
  facts.set_open_duplicate_task(OtherOpenTask(rows, subject, task_id));
  if (facts.open_duplicate_task().empty()) {
    RemoveCode(facts.mutable_problems(), "ID_DUPLICATE");
    RemoveCode(facts.mutable_problems(), "DUPLICATE_WITHOUT_ID");
  }
  return facts;
}

// Survivor: the one the caller named, else the one with a G number, else the older one.
const Subject* ChooseSurvivor(const v1::ResolveDuplicateCommand& command, const Subject& first,
                              const Subject& second) {
  if (!command.survivor_child_id().empty()) {
    if (command.survivor_child_id() == first.child.child_id()) return &first;
    return command.survivor_child_id() == second.child.child_id() ? &second : nullptr;
  }
  if (HasFormalNumber(first) != HasFormalNumber(second)) {
    return HasFormalNumber(first) ? &first : &second;
  }
  return first.child.created_us() <= second.child.created_us() ? &first : &second;
}

base::Decision Merge(const v1::ResolveDuplicateCommand& command, const Subject& first,
                     const Subject& second, const base::Rows& rows, const base::Context& context) {
  for (const Subject* subject : {&first, &second}) {
    if (!subject->facts().pending_business().empty()) {
      return No("BUSINESS_OPEN", "其中一份学籍有在办业务，办结后再合并。",
                "One of the records has an open business: merge after it has ended.",
                {{"business", base::AsId(subject->facts().pending_business()).hex()}});
    }
    if (!subject->child.alias_of().empty()) {
      return No("CHILD_MERGED", "其中一份学籍已并入另一学籍。",
                "One of the records is already merged.");
    }
  }
  const Subject* survivor = ChooseSurvivor(command, first, second);
  if (survivor == nullptr) {
    return No("SURVIVOR_NOT_IN_TASK", "保留的学籍不在本任务内。",
              "The survivor is not part of this task.");
  }
  const Subject& alias = survivor == &first ? second : first;
  v1::DuplicateResolved event;
  event.set_task_id(command.task_id());
  event.set_outcome("MERGED");
  event.set_reason(command.reason());
  event.set_survivor_child_id(survivor->child.child_id());
  event.set_alias_child_id(alias.child.child_id());
  *event.mutable_survivor() = Released(rows, *survivor, command.task_id());
  v1::ChildFacts& gone = *event.mutable_alias();
  gone = Released(rows, alias, command.task_id());
  gone.set_alias_of(survivor->child.child_id());
  if (const auto left = FindClass(rows, gone.class_id())) {
    *event.mutable_class_before() = RosterChanged(*left, -1);
    gone.clear_class_id();
  }
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Unmerge(const v1::ResolveDuplicateCommand& command, const v1::DuplicateTaskRow& task,
                       const base::Rows& rows, const base::Context& context) {
  if (task.outcome() != "MERGED") {
    return No("TASK_NOT_MERGED", "该任务未合并，无可撤销。", "This task was not merged.");
  }
  const auto survivor = FindSubject(rows, task.survivor_child_id());
  const auto alias = FindSubject(rows, task.alias_child_id());
  if (!survivor || !alias)
    return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  v1::DuplicateResolved event;
  event.set_task_id(command.task_id());
  event.set_outcome("UNMERGED");
  event.set_reason(command.reason());
  event.set_survivor_child_id(task.survivor_child_id());
  event.set_alias_child_id(task.alias_child_id());
  *event.mutable_survivor() = NextFacts(survivor->registration);
  v1::ChildFacts& back = *event.mutable_alias();
  back = NextFacts(alias->registration);
  back.clear_alias_of();
  const auto home = FindClass(rows, task.alias_class_id());
  const StatusRule* status = FindStatus(back.status());
  if (home && !home->closed() && status != nullptr && status->on_roster) {
    back.set_class_id(home->class_id());
    *event.mutable_class_after() = RosterChanged(*home, +1);
  }
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace

base::Decision Decide(const v1::ResolveDuplicateCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto task = base::Find<v1::DuplicateTaskRow>(rows, base::AsId(command.task_id()));
  if (!task)
    return No("TASK_UNKNOWN", "没有这项重复学籍任务。", "There is no such duplicate task.");
  if (command.reason().empty()) {
    return No("REASON_MISSING", "请写明认定依据。", "Say on what the decision rests.");
  }
  if (command.outcome() == "UNMERGED") return Unmerge(command, *task, rows, context);
  if (!task->outcome().empty()) {
    return No("TASK_RESOLVED", "该任务已处理。", "The task is already resolved.",
              {{"outcome", task->outcome()}});
  }
  const auto first = FindSubject(rows, task->first_child_id());
  const auto second = FindSubject(rows, task->second_child_id());
  if (!first || !second)
    return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  if (command.outcome() == "MERGED") return Merge(command, *first, *second, rows, context);
  if (command.outcome() != "DIFFERENT_CHILDREN") {
    return No("OUTCOME_UNKNOWN", "处理结果不在代码表内。", "Unknown outcome.");
  }
  v1::DuplicateResolved event;
  event.set_task_id(command.task_id());
  event.set_outcome("DIFFERENT_CHILDREN");
  event.set_reason(command.reason());
  event.set_survivor_child_id(task->first_child_id());
  event.set_alias_child_id(task->second_child_id());
  *event.mutable_survivor() = Released(rows, *first, command.task_id());
  *event.mutable_alias() = Released(rows, *second, command.task_id());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry

// Placement into a class, watch groups, problem flags, alarms.
#include "platform/base/zh_words.h"
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

base::Refusal UnknownChild() {
  return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
}
base::Refusal Merged(const Subject& subject) {
  return No("CHILD_MERGED", "该学籍已并入另一学籍。", "This record was merged into another.",
            {{"survivor", base::AsId(subject.child.alias_of()).hex()}});
}

std::optional<base::Refusal> CheckPlacement(const v1::PlaceChildCommand& command,
                                            const Subject& subject,
                                            const std::optional<v1::ClassFacts>& target) {
  const v1::ChildFacts& facts = subject.facts();
  if (command.class_id().empty()) {
    // D10: only the end states of an approval take a child off a class list.
    return No(
        "CANNOT_LEAVE_CLASS",
        "不得将学生移出班级名单。学生离校须办理转学、休学等审批；辍学学生保留学籍和班级。",
        "A child is not taken off the class list: leaving needs an approval, and a dropout keeps "
        "the registration.");
  }
  if (!target || target->school_code() != facts.school_code()) {
    return No("CLASS_NOT_OF_SCHOOL", "只能编入本校班级；跨校须办理转学审批。",
              "A placement stays within the school: another school needs a transfer.");
  }
  if (target->closed()) return No("CLASS_CLOSED", "该班级已关闭。", "The class is closed.");
  if (target->grade() != facts.grade()) {
    return No("GRADE_DIFFERS", "只能平级调班；留级、跳级须办理审批。",
              "A placement keeps the grade: repeating or skipping needs an approval.",
              {{"grade", std::to_string(facts.grade())}});
  }
  const StatusRule* status = FindStatus(facts.status());
  if (status == nullptr || !status->on_roster) {
    return No("STATUS_NOT_ON_ROSTER",
              "该生当前状态（" + base::ZhWord(facts.status()) + "）不在班级名册，复学后再编班。",
              "In this status the child is on no class list.", {{"status", facts.status()}});
  }
  if (target->class_id() == facts.class_id()) {
    return No("NOTHING_CHANGED", "学生已在该班。", "The child is already in this class.");
  }
  return std::nullopt;
}

}  // namespace

base::Decision Decide(const v1::PlaceChildCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  if (!subject->child.alias_of().empty()) return Merged(*subject);
  const auto target = FindClass(rows, command.class_id());
  if (auto no = CheckPlacement(command, *subject, target)) return *no;
  const base::CivilDay effective =
      command.has_effective() ? base::CivilDay{command.effective().days()} : context.today;
  if (effective > context.today + 60 || effective < context.today - 366) {
    return No("DATE_OUT_OF_RANGE", "调班日期应在过去一年至今后六十天之内。",
              "The date must lie within the last year and the next sixty days.");
  }

  v1::ChildPlaced event;
  v1::ChildFacts& facts = *event.mutable_facts();
  facts = NextFacts(subject->registration);
  if (const auto before = FindClass(rows, facts.class_id())) {
    *event.mutable_class_before() = RosterChanged(*before, -1);
  }
  facts.set_class_id(target->class_id());
  *event.mutable_class_after() = RosterChanged(*target, +1);
  event.set_reason(command.reason());
  return base::Events{base::MakeEvent(event, effective)};
}

base::Decision Decide(const v1::SetWatchGroupsCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  if (!subject->child.alias_of().empty()) return Merged(*subject);
  v1::WatchGroupsChanged event;
  v1::ChildFacts& facts = *event.mutable_facts();
  facts = NextFacts(subject->registration);
  for (const std::string& group : command.add()) {
    if (!KnownWatchGroup(group)) {
      return No("WATCH_GROUP_UNKNOWN", "重点人群类别不在代码表内。", "Unknown watch group.",
                {{"group", group}});
    }
    if (AddCode(facts.mutable_watch_groups(), group)) event.add_added(group);
  }
  for (const std::string& group : command.remove()) {
    if (group == "FORMERLY_REGISTERED_POOR") {
      // It still drives the nutrition and living aid (domain.md 2.10).
      return No("WATCH_GROUP_HISTORICAL", "原建档立卡为历史标识，不得取消。",
                "This flag is history and cannot be removed.");
    }
    if (RemoveCode(facts.mutable_watch_groups(), group)) event.add_removed(group);
  }
  if (event.added().empty() && event.removed().empty()) {
    return No("NOTHING_CHANGED", "没有任何变化。", "Nothing changes.");
  }
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::ClearProblemCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  if (command.reason().empty()) {
    return No("REASON_MISSING", "请写明佐证材料和理由。", "Say what was proved, by which paper.");
  }
  const bool duplicate =
      command.problem() == "ID_DUPLICATE" || command.problem() == "DUPLICATE_WITHOUT_ID";
  if (duplicate && !subject->facts().open_duplicate_task().empty()) {
    return No("DUPLICATE_TASK_OPEN", "重复学籍任务尚未处理，请先认定是否同一学生。",
              "The duplicate task is still open: decide it first.",
              {{"task", base::AsId(subject->facts().open_duplicate_task()).hex()}});
  }
  v1::ProblemsChanged event;
  v1::ChildFacts& facts = *event.mutable_facts();
  facts = NextFacts(subject->registration);
  if (!RemoveCode(facts.mutable_problems(), command.problem())) {
    return No("PROBLEM_NOT_SET", "该生没有这个问题标记。", "The child has no such problem flag.",
              {{"problem", command.problem()}});
  }
  event.add_cleared(command.problem());
  event.set_reason(command.reason());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::AlarmUnlawfulCodeCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (!UnlawfulStatusCode(command.code())) {
    return No("CODE_NOT_UNLAWFUL", "该代码不属于义务教育禁用代码。",
              "This code is not an unlawful one.");
  }
  // The same row of the same file raises one alarm, however often it is sent.
  bool raised = false;
  if (!command.source_row().empty()) {
    base::ScanIndex<v1::AlarmRow>(
        rows, base::TableOf<v1::AlarmRow>::kBySourceRow, 1,
        [&raised](const v1::AlarmRow&) {
          raised = true;
          return false;
        },
        command.source_row());
  }
  if (raised)
    return No("ROW_APPLIED_BEFORE", "该行已报警过。", "This row has raised its alarm before.");
  v1::UnlawfulCodeAlarmed event;
  event.set_child_id(command.child_id());
  event.set_code(command.code());
  event.set_school_code(command.school_code());
  event.set_source(command.source());
  event.set_source_row(command.source_row());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry

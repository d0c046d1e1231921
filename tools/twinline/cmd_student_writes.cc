// twinline students place, correct, watch, clear-problem, resolve. Status and school are not here:
// they change only by an approval (twinline approvals).
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/set_fields.h"
#include "tools/twinline/show_child.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

const std::vector<std::string> kGroups = {
    "LEFT_BEHIND_ONE", "LEFT_BEHIND_BOTH", "ACCOMPANYING",
    "ORPHAN",          "UNSUPPORTED",      "DISABLED",
    "IN_DIFFICULTY",   "POOR_MONITORED",   "FORMERLY_REGISTERED_POOR",
    "LONG_ABSENT",     "RETURNED_ONCE",    "SUSPENSION_ENDING"};

int Changed(Cli& cli, const registry::v1::ChildReply& reply) {
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note("已办理。", "done.");
  PrintChild(cli, reply.child());
  return kOk;
}

struct PlaceOptions {
  ChildRef child;
  ClassRef school_class;
  std::optional<DayArg> day;
  std::string reason;
};

int PlaceBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::PlaceChildRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  if (int code = ResolveClass(cli, options.school_class, request.mutable_class_id())) return code;
  if (options.day) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.day, &day)) return code;
    request.mutable_effective()->set_days(day.days);
  }
  request.set_reason(options.reason);
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.PlaceChild", request, &reply)) return code;
  return Changed(cli, reply);
}

struct CorrectOptions {
  ChildRef child;
  std::vector<std::string> changes;
  std::string reason;
};

int CorrectBody(Cli& cli, const CorrectOptions& options) {
  registry::v1::CorrectChildRequest request;
  for (const std::string& change : options.changes) {
    const size_t equals = change.find('=');
    const std::string name = change.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : change.substr(equals + 1);
    FieldResult result = FieldResult::kBadValue;
    if (equals != std::string::npos) {
      result = SetField(request.mutable_child()->mutable_person(), name, value);
      if (result == FieldResult::kNoSuchField)
        result = SetField(request.mutable_child(), name, value);
    }
    if (result != FieldResult::kSet) {
      return cli.Fail(
          kUsage, "CHANGE_UNREADABLE",
          fmt::format("“{}”：应为 字段=值，如 name=张三、birth_date=2015-03-01、boarding=2",
                      change),
          fmt::format("\"{}\": expected field=value, such as birth_date=2015-03-01 or boarding=2",
                      change));
    }
    request.add_fields(name);
  }
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_reason(options.reason);
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.CorrectChild", request, &reply)) return code;
  return Changed(cli, reply);
}

struct WatchOptions {
  ChildRef child;
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

int WatchBody(Cli& cli, const WatchOptions& options) {
  if (options.add.empty() && options.remove.empty()) {
    return cli.Fail(kUsage, "NOTHING_TO_CHANGE", "用 --add 或 --remove 写明重点人群",
                    "name groups with --add or --remove");
  }
  registry::v1::SetWatchGroupsRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  for (const std::string& group : options.add) request.add_add(group);
  for (const std::string& group : options.remove) request.add_remove(group);
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.SetWatchGroups", request, &reply))
    return code;
  return Changed(cli, reply);
}

struct ClearOptions {
  ChildRef child;
  std::string problem;
  std::string reason;
};

int ClearBody(Cli& cli, const ClearOptions& options) {
  registry::v1::ClearProblemRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_problem(options.problem);
  request.set_reason(options.reason);
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ClearProblem", request, &reply)) return code;
  return Changed(cli, reply);
}

struct SanctionOptions {
  ChildRef child;
  std::optional<DayArg> until;
  bool lift = false;
  std::string document;
};

int SanctionBody(Cli& cli, const SanctionOptions& options) {
  if (options.lift == options.until.has_value()) {
    return cli.Fail(kUsage, "SANCTION_UNCLEAR", "用 --until 写明截止日，或用 --lift 解除处分",
                    "give the last day with --until, or end the sanction with --lift");
  }
  registry::v1::RecordSanctionRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  if (options.until) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.until, &day)) return code;
    request.mutable_until()->set_days(day.days);
  }
  request.set_document(options.document);
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.RecordSanction", request, &reply))
    return code;
  return Changed(cli, reply);
}

struct ResolveOptions {
  base::Id16 task;
  std::string outcome;
  base::Id16 survivor;
  std::string office;
  std::string reason;
};

int ResolveBody(Cli& cli, const ResolveOptions& options) {
  registry::v1::ResolveDuplicateRequest request;
  request.set_task_id(options.task.str());
  request.set_outcome(options.outcome);
  if (!options.survivor.empty()) request.set_survivor_child_id(options.survivor.str());
  request.set_reason(options.reason);
  request.set_office(options.office);
  if (options.office.empty()) {
    if (int code = OwnOffice(cli, request.mutable_office())) return code;
  }
  if (!cli.Confirm(
          fmt::format("结论为“{}”，双方历史都会保留。", Word(Lang::kZh, options.outcome)),
          fmt::format("Outcome: {}. Both histories are kept.", Word(Lang::kEn, options.outcome)))) {
    return cli.NotConfirmed();
  }
  registry::v1::ChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ResolveDuplicate", request, &reply))
    return code;
  return Changed(cli, reply);
}

void AddProblemCommands(CLI::App& students, Cli& cli) {
  auto clear = std::make_shared<ClearOptions>();
  CLI::App* command = Command(students, cli, "clear-problem", "消除问题标记（写明凭证）",
                              "clear a problem flag; say which paper proved it");
  AddChild(command, cli, "child", &clear->child, "学生", "child")->required();
  AddCode(command, cli, "problem", &clear->problem,
          {"ID_INVALID", "ID_DUPLICATE", "ID_MISMATCH", "ID_CHANGED", "DUPLICATE_WITHOUT_ID",
           "NO_ID", "UNDER_AGE"},
          "问题", "problem")
      ->required();
  AddText(command, cli, "--reason", &clear->reason, "依据", "what was proved, by which paper")
      ->required();
  Run(command, cli, clear, ClearBody);

  auto resolve = std::make_shared<ResolveOptions>();
  command = Command(students, cli, "resolve", "处理疑似重复学籍", "resolve a possible duplicate");
  AddId(command, cli, "task", &resolve->task, "任务编号（students duplicates 可查）",
        "task, as students duplicates shows it")
      ->required();
  AddCode(command, cli, "outcome", &resolve->outcome, {"MERGED", "DIFFERENT_CHILDREN", "UNMERGED"},
          "结论", "outcome")
      ->required();
  AddId(command, cli, "--survivor", &resolve->survivor, "保留哪个学生编号，默认正式学籍号优先",
        "which child survives, by default the one with a G number");
  AddOffice(command, cli, "--office", &resolve->office, "作出结论的教育局，默认本机构",
            "deciding bureau");
  AddText(command, cli, "--reason", &resolve->reason, "理由", "reason")->required();
  Run(command, cli, resolve, ResolveBody);
}

}  // namespace

void AddStudentWrites(CLI::App& students, Cli& cli) {
  auto place = std::make_shared<PlaceOptions>();
  CLI::App* command = Command(students, cli, "place", "编入本校同年级的班",
                              "place into a class of the same school and grade");
  AddChild(command, cli, "child", &place->child, "学生", "child")->required();
  AddClass(command, cli, "class", &place->school_class, "班级", "class")->required();
  AddDay(command, cli, "--date", &place->day, "生效日，默认今天",
         "effective day, today by default");
  AddText(command, cli, "--reason", &place->reason, "理由", "reason")->required();
  Run(command, cli, place, PlaceBody);

  auto correct = std::make_shared<CorrectOptions>();
  command = Command(students, cli, "correct", "更正信息（姓名、证件、生日、性别由教育局更正）",
                    "correct data (name, ID, birth date and sex by the bureau)");
  AddChild(command, cli, "child", &correct->child, "学生", "child")->required();
  command
      ->add_option(
          "changes", correct->changes,
          cli.T("字段=值，可多个；值为空表示清除", "field=value, several; an empty value clears"))
      ->required();
  AddText(command, cli, "--reason", &correct->reason, "理由和凭证", "reason and evidence")
      ->required();
  Run(command, cli, correct, CorrectBody);

  auto watch = std::make_shared<WatchOptions>();
  command = Command(students, cli, "watch", "设置重点人群", "set watch groups");
  AddChild(command, cli, "child", &watch->child, "学生", "child")->required();
  std::string groups;
  for (const std::string& group : kGroups)
    groups += fmt::format("\n  {} {}", group, Word(cli.lang(), group));
  command->add_option("--add", watch->add, cli.T("增加", "add") + groups)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(kGroups).description(""));
  command->add_option("--remove", watch->remove, cli.T("移除", "remove"))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(kGroups).description(""));
  Run(command, cli, watch, WatchBody);

  auto sanction = std::make_shared<SanctionOptions>();
  command = Command(students, cli, "sanction", "记录处分期（处分期内不得转学），或解除处分",
                    "record a sanction (no transfer while it runs), or end it");
  AddChild(command, cli, "child", &sanction->child, "学生", "child")->required();
  AddDay(command, cli, "--until", &sanction->until, "处分截止日（含）", "last day, inclusive");
  AddFlag(command, cli, "--lift", &sanction->lift, "解除处分", "end the sanction today");
  AddText(command, cli, "--document", &sanction->document, "决定文号（不写违纪事实）",
          "number of the decision, never what the child did")
      ->required();
  Run(command, cli, sanction, SanctionBody);

  AddProblemCommands(students, cli);
}

}  // namespace twinline::cli

// twinline students list, counts, problems, duplicates, alarms: the county seen in numbers, and
// worklists.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/show_child.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

struct CountOptions {
  std::string office;
};

int CountsBody(Cli& cli, const CountOptions& options) {
  registry::v1::HeadCountsRequest request;
  request.set_office(options.office);
  if (options.office.empty()) {
    if (int code = OwnOffice(cli, request.mutable_office())) return code;
  }
  registry::v1::HeadCountsReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.HeadCounts", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.counts().empty()) {
    cli.Nothing("该机构范围内没有学生。", "no children within this office's reach.");
    return kOk;
  }
  Table table({cli.T("学校", "school"), cli.T("年级", "grade"), cli.T("状态", "status"),
               cli.T("人数", "pupils"), cli.T("女生", "girls"), cli.T("住校", "boarders"),
               cli.T("留守", "left behind"), cli.T("随迁", "accompanying"),
               cli.T("特教", "special"), cli.T("有问题标记", "with problems")});
  for (size_t column = 3; column < 10; ++column) table.AlignRight(column);
  for (const auto& count : reply.counts()) {
    table.Add({cli.names().School(count.school_code()), GradeWord(cli.lang(), count.grade()),
               Word(cli.lang(), count.status()), std::to_string(count.pupils()),
               std::to_string(count.girls()), std::to_string(count.boarders()),
               std::to_string(count.left_behind()), std::to_string(count.accompanying()),
               std::to_string(count.special_education()), std::to_string(count.with_problems())});
  }
  table.Print(cli.out());
  cli.out() << cli.T(fmt::format("在籍 {} 人，在校 {} 人", reply.registered(), reply.in_school()),
                     fmt::format("registered {}, in school {}", reply.registered(),
                                 reply.in_school()))
            << '\n';
  return kOk;
}

struct ListOptions {
  std::string what;
};

// A class: its children. A school: its classes. Nothing: the own office in numbers.
int ListBody(Cli& cli, const ListOptions& options) {
  if (const auto school_class = ParseClass(options.what)) {
    registry::v1::ListClassRequest request;
    if (int code = ResolveClass(cli, *school_class, request.mutable_class_id())) return code;
    registry::v1::ListClassReply reply;
    if (int code = cli.Call("registry.v1.RegistryService.ListClass", request, &reply)) return code;
    if (cli.PrintedJson(reply)) return kOk;
    if (reply.children().empty()) cli.Nothing("这个班没有学生。", "this class has no pupils.");
    PrintChildren(cli, reply.children());
    return kOk;
  }
  const auto office = ParseOffice(options.what);
  if (office && office->starts_with("school:")) {
    registry::v1::ListClassesRequest request;
    request.set_school_code(office->substr(7));
    registry::v1::ListClassesReply reply;
    if (int code = cli.Call("registry.v1.RegistryService.ListClasses", request, &reply))
      return code;
    if (cli.PrintedJson(reply)) return kOk;
    if (reply.classes().empty()) cli.Nothing("这所学校没有班级。", "this school has no classes.");
    Table table({cli.T("班级", "class"), cli.T("学年", "year"), cli.T("人数", "pupils"),
                 cli.T("班级编号", "class id")});
    table.AlignRight(2);
    for (const auto& one : reply.classes()) {
      table.Add({ClassWord(cli.lang(), one.grade(), one.number()),
                 std::to_string(one.school_year()), std::to_string(one.pupils()),
                 Hex(one.class_id())});
    }
    table.Print(cli.out());
    cli.Note("用 students list 学校/年级-班号 列出一个班的学生。",
             "students list SCHOOL/7-3 lists the children of a class.");
    return kOk;
  }
  if (!options.what.empty() && !office) {
    return cli.Fail(kUsage, "PLACE_UNREADABLE", "应为机构代码，或班级如 3141000001/7-3",
                    "expected an office, or a class such as 3141000001/7-3");
  }
  return CountsBody(cli, CountOptions{office.value_or("")});
}

struct ProblemOptions {
  std::string problem;
  std::string school;
  bool without_hukou = false;
  Limit limit;
};

int ProblemsBody(Cli& cli, const ProblemOptions& options) {
  registry::v1::ListProblemsRequest request;
  request.set_problem(options.problem);
  request.set_school_code(options.school);
  request.set_without_hukou(options.without_hukou);
  registry::v1::ChildrenReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListProblems", request, &reply,
                           options.limit, [](const auto& r) { return r.children_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.children().empty()) cli.Nothing("没有问题学籍。", "no problem records.");
  PrintChildren(cli, reply.children());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct DuplicateOptions {
  bool all = false;
  Limit limit;
};

int DuplicatesBody(Cli& cli, const DuplicateOptions& options) {
  registry::v1::ListDuplicatesRequest request;
  request.set_include_resolved(options.all);
  registry::v1::ListDuplicatesReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListDuplicates", request, &reply,
                           options.limit, [](const auto& r) { return r.tasks_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.tasks().empty()) cli.Nothing("没有待核的疑似重复学籍。", "no possible duplicates.");
  Table table({cli.T("任务编号", "task"), cli.T("依据", "ground"), cli.T("甲", "first"),
               cli.T("甲校", "its school"), cli.T("乙", "second"), cli.T("乙校", "its school"),
               cli.T("发现于", "since"), cli.T("结论", "outcome")});
  for (const auto& task : reply.tasks()) {
    table.Add({Hex(task.task_id()), Word(cli.lang(), task.ground()),
               fmt::format("{} {}", task.first().name(), Hex(task.first().child_id())),
               task.first().school_name(),
               fmt::format("{} {}", task.second().name(), Hex(task.second().child_id())),
               task.second().school_name(), MomentShort(task.opened_us()),
               Word(cli.lang(), task.outcome())});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct AlarmOptions {
  Limit limit;
};

int AlarmsBody(Cli& cli, const AlarmOptions& options) {
  registry::v1::ListAlarmsRequest request;
  registry::v1::ListAlarmsReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListAlarms", request, &reply,
                           options.limit, [](const auto& r) { return r.alarms_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.alarms().empty()) {
    cli.Nothing("没有违规状态码（退学、开除等）。", "no unlawful status codes were offered.");
  }
  Table table({cli.T("记录时间", "recorded"), cli.T("学生编号", "child id"),
               cli.T("学校", "school"), cli.T("状态码", "code"), cli.T("来源", "source")});
  for (const auto& alarm : reply.alarms()) {
    table.Add({MomentShort(alarm.recorded_us()), Hex(alarm.child_id()),
               cli.names().School(alarm.school_code()), alarm.code(), alarm.source()});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

}  // namespace

void AddStudentLists(CLI::App& students, Cli& cli) {
  auto list = std::make_shared<ListOptions>();
  CLI::App* command =
      Command(students, cli, "list", "列出：一个班的学生、一所学校的班级，或本机构人数",
              "list a class's children, a school's classes, or the own office in numbers");
  AddText(command, cli, "place", &list->what, "班级（3141000001/7-3）、学校或其他机构",
          "class (3141000001/7-3), school or another office");
  Run(command, cli, list, ListBody);

  auto counts = std::make_shared<CountOptions>();
  command = Command(students, cli, "counts", "学生人数", "head counts");
  AddOffice(command, cli, "office", &counts->office, "机构，默认本机构",
            "office, by default the own one");
  Run(command, cli, counts, CountsBody);

  auto problems = std::make_shared<ProblemOptions>();
  command = Command(students, cli, "problems", "问题学籍清单", "worklist of problem records");
  AddCode(command, cli, "--problem", &problems->problem,
          {"ID_INVALID", "ID_DUPLICATE", "ID_MISMATCH", "ID_CHANGED", "DUPLICATE_WITHOUT_ID",
           "NO_ID", "DEMO_AREA", "UNDER_AGE"},
          "只看一种", "only one kind");
  AddText(command, cli, "--school", &problems->school, "只看这所学校", "only this school");
  AddFlag(command, cli, "--without-hukou", &problems->without_hukou, "只看没有户籍的",
          "only children without a hukou");
  AddLimit(command, cli, &problems->limit);
  Run(command, cli, problems, ProblemsBody);

  auto visits = std::make_shared<ProblemOptions>();
  visits->problem = "NO_ID";
  command = Command(students, cli, "door-visits", "走访名单：没有身份证件的在籍学生",
                    "children for door visits: registered without an ID document");
  AddText(command, cli, "--school", &visits->school, "只看这所学校", "only this school");
  AddFlag(command, cli, "--without-hukou", &visits->without_hukou, "只看未落户的",
          "only those whose hukou is not registered");
  AddLimit(command, cli, &visits->limit);
  Run(command, cli, visits, ProblemsBody);

  auto duplicates = std::make_shared<DuplicateOptions>();
  command = Command(students, cli, "duplicates", "疑似重复学籍", "possible duplicates");
  AddFlag(command, cli, "--all", &duplicates->all, "包括已处理的", "resolved ones too");
  AddLimit(command, cli, &duplicates->limit);
  Run(command, cli, duplicates, DuplicatesBody);

  auto alarms = std::make_shared<AlarmOptions>();
  command = Command(students, cli, "alarms", "导入时出现的违规状态码",
                    "unlawful codes that imports offered");
  AddLimit(command, cli, &alarms->limit);
  Run(command, cli, alarms, AlarmsBody);
}

}  // namespace twinline::cli

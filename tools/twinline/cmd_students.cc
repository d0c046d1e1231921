// twinline students show, find, search, class, as-of, history, reveal.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/show_child.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

struct ChildOptions {
  ChildRef child;
  std::string html;
  Limit limit;
};

int ShowBody(Cli& cli, const ChildOptions& options) {
  registry::v1::ChildView child;
  if (int code = ResolveChild(cli, options.child, &child)) return code;
  if (!options.html.empty()) {
    return PrintTo(cli, options.html, cli.lang(),
                   [&](const Printing& printing) { return ChildForm(printing, child); });
  }
  if (!cli.PrintedJson(child)) PrintChild(cli, child);
  return kOk;
}

int FindBody(Cli& cli, const ChildOptions& options) {
  if (!options.child.id.empty()) return ShowBody(cli, options);
  registry::v1::FindChildRequest request;
  request.set_student_number(options.child.student_number);
  request.set_id_number(options.child.id_number);
  registry::v1::ChildrenReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.FindChild", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.children().empty()) {
    cli.Nothing("管辖范围内没有使用该号码的学生。核对号码，或用 students search 按姓名查。",
                "no child within your reach has this number. Check it, or search by name: students "
                "search.");
  }
  PrintChildren(cli, reply.children());
  return kOk;
}

struct SearchOptions {
  std::string query;
  std::string school;
  Limit limit;
};

int SearchBody(Cli& cli, const SearchOptions& options) {
  registry::v1::SearchChildrenRequest request;
  request.set_query(options.query);
  request.set_school_code(options.school);
  registry::v1::ChildrenReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.SearchChildren", request, &reply,
                           options.limit, [](const auto& r) { return r.children_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.children().empty()) {
    cli.Nothing(
        "没有找到。可用姓名开头、全拼（zhangsan）或首字母（zs）；只能查到管辖范围内的学生。",
        "nobody found. Use the begin of the name, its pinyin (zhangsan) or initials (zs); only "
        "children "
        "within your reach are found.");
  }
  PrintChildren(cli, reply.children());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct ClassOptions {
  ClassRef school_class;
  bool away = false;
  std::optional<DayArg> day;
  std::string known;
};

int ClassBody(Cli& cli, const ClassOptions& options) {
  registry::v1::ListClassRequest request;
  if (int code = ResolveClass(cli, options.school_class, request.mutable_class_id())) return code;
  request.set_include_away(options.away);
  registry::v1::ListClassReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ListClass", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  const auto& facts = reply.class_facts();
  cli.out() << cli.T(fmt::format("{} {}　在册 {} 人，名册第 {} 版",
                                 cli.names().School(facts.school_code()),
                                 ClassWord(Lang::kZh, facts.grade(), facts.number()),
                                 reply.children_size(), facts.roster_version()),
                     fmt::format("{} {}: {} pupils, roster version {}",
                                 cli.names().School(facts.school_code()),
                                 ClassWord(Lang::kEn, facts.grade(), facts.number()),
                                 reply.children_size(), facts.roster_version()))
            << '\n';
  PrintChildren(cli, reply.children());
  if (!reply.away().empty()) {
    cli.out() << '\n'
              << cli.T("属本班、不在名册（休学、送教上门等）：", "of this class, on no roster now:")
              << '\n';
    PrintChildren(cli, reply.away());
  }
  return kOk;
}

int AsOfBody(Cli& cli, const ClassOptions& options) {
  registry::v1::GetClassAsOfRequest request;
  if (int code = ResolveClass(cli, options.school_class, request.mutable_class_id())) return code;
  base::CivilDay day;
  if (int code = cli.Resolve(*options.day, &day)) return code;
  request.mutable_effective_at()->set_days(day.days);
  if (!options.known.empty()) {
    const auto known = ParseMoment(options.known);
    if (!known) {
      return cli.Fail(kUsage, "DATE_UNREADABLE", "--known 应为时刻，如 2026-09-01T08:30",
                      "--known: a moment such as 2026-09-01T08:30");
    }
    request.set_known_at_us(known->us);
  }
  registry::v1::GetClassAsOfReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.GetClassAsOf", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.members().empty()) {
    cli.Nothing("那一天该班没有学生。", "nobody was in this class on that day.");
    return kOk;
  }
  Table table({cli.T("学生编号", "child id"), cli.T("姓名", "name"), cli.T("入班", "joined"),
               cli.T("离班", "left"), cli.T("入班记录于", "joining recorded"),
               cli.T("离班记录于", "leaving recorded")});
  for (const auto& member : reply.members()) {
    table.Add({Hex(member.child_id()), member.name(), Day(member.joined_on()),
               Day(member.left_on()), MomentShort(member.joined_recorded_us()),
               MomentShort(member.left_recorded_us())});
  }
  table.Print(cli.out());
  return kOk;
}

int HistoryBody(Cli& cli, const ChildOptions& options) {
  registry::v1::GetChildHistoryRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  registry::v1::GetChildHistoryReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.GetChildHistory", request, &reply,
                           options.limit, [](const auto& r) { return r.entries_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.entries().empty()) cli.Nothing("没有记录。", "no history.");
  Table table({cli.T("记录时间", "recorded"), cli.T("生效日", "effective"), cli.T("事项", "what"),
               cli.T("状态", "status"), cli.T("学校", "school"), cli.T("经办人", "by"),
               cli.T("机构", "office"), cli.T("说明", "note")});
  for (const auto& entry : reply.entries()) {
    std::string note = entry.reason();
    if (!entry.changed().empty()) {
      note += (note.empty() ? "" : " ") + cli.T("更正：", "changed: ") +
              Words(cli.lang(), entry.changed());
    }
    table.Add({Moment(entry.recorded_us()), Day(entry.effective()), Word(cli.lang(), entry.event()),
               Word(cli.lang(), entry.facts().status()),
               cli.names().School(entry.facts().school_code()), cli.names().Person(entry.actor()),
               cli.names().OfficeShort(entry.actor_office()), note});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct RevealOptions {
  ChildRef child;
  std::vector<std::string> fields = {"id_number", "phone"};
  std::string reason;
};

int RevealBody(Cli& cli, const RevealOptions& options) {
  registry::v1::RevealPersonalRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  for (const std::string& field : options.fields) request.add_fields(field);
  request.set_reason(options.reason);
  registry::v1::RevealPersonalReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.RevealPersonal", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  const auto& person = reply.person();
  Sheet sheet;
  sheet.Add(cli.T("姓名", "name"), person.name());
  sheet.Add(cli.T("曾用名", "former name"), person.former_name());
  sheet.Add(cli.T("证件号码", "ID number"), person.id_number());
  sheet.Add(cli.T("出生日期", "birth date"), Day(person.birth_date()));
  sheet.Add(cli.T("住址", "address"), person.address());
  sheet.Add(cli.T("电话", "telephone"), person.phone());
  sheet.Add(cli.T("健康", "health"), person.health());
  for (const auto& guardian : reply.guardians()) {
    sheet.Add(cli.T("监护人", "guardian"),
              fmt::format("{} {} {} {}", guardian.name(), guardian.relation(), guardian.phone(),
                          guardian.id_number()));
  }
  for (const auto& number : reply.numbers()) {
    sheet.Add(
        Word(cli.lang(), number.kind()),
        fmt::format("{}  {} {}", number.number(), cli.T("自", "from"), Day(number.valid_from())));
  }
  sheet.Add(cli.T("已销毁", "destroyed"), Words(cli.lang(), reply.destroyed()));
  sheet.Add(cli.T("无法读取", "unreadable"), Words(cli.lang(), reply.unreadable()));
  sheet.Print(cli.out());
  cli.Note("本次查看及理由已记入留痕。", "this view and its reason are on record.");
  return kOk;
}

void AddClassCommands(CLI::App& students, Cli& cli) {
  auto of_class = std::make_shared<ClassOptions>();
  CLI::App* command = Command(students, cli, "class", "一个班的学生", "the children of a class");
  AddClass(command, cli, "class", &of_class->school_class, "班级", "class")->required();
  AddFlag(command, cli, "--away", &of_class->away, "同时列出休学、送教等不在名册的学生",
          "also those who are on no roster now");
  Run(command, cli, of_class, ClassBody);

  auto as_of = std::make_shared<ClassOptions>();
  command = Command(students, cli, "as-of", "某一天谁在这个班（可指定当时已知的情况）",
                    "who was in a class on a day, and as known when");
  AddClass(command, cli, "class", &as_of->school_class, "班级", "class")->required();
  AddDay(command, cli, "date", &as_of->day, "日期", "day")->required();
  AddText(command, cli, "--known", &as_of->known, "以此时刻已记录的情况为准",
          "as recorded by this moment");
  Run(command, cli, as_of, AsOfBody);
}

}  // namespace

void AddStudents(CLI::App& app, Cli& cli) {
  CLI::App* students = Family(app, cli, "students", "学生与学籍", "children and registrations");
  auto show = std::make_shared<ChildOptions>();
  CLI::App* command = Command(*students, cli, "show", "一名学生的学籍", "one child's registration");
  AddChild(command, cli, "child", &show->child, "学生", "child")->required();
  AddHtml(command, cli, &show->html);
  Run(command, cli, show, ShowBody);

  auto find = std::make_shared<ChildOptions>();
  command = Command(*students, cli, "find", "按证件号码或学籍号精确查找",
                    "find by exact ID or student number");
  AddChild(command, cli, "number", &find->child, "证件号码或学籍号", "ID or student number")
      ->required();
  Run(command, cli, find, FindBody);

  auto search = std::make_shared<SearchOptions>();
  command = Command(*students, cli, "search", "按姓名、拼音、首字母查找",
                    "search by name, pinyin or initials");
  AddText(command, cli, "query", &search->query, "姓名开头、全拼或首字母",
          "begin of the name, pinyin or initials")
      ->required();
  AddText(command, cli, "--school", &search->school, "只查这所学校（标识码）",
          "only this school (code)");
  AddLimit(command, cli, &search->limit);
  Run(command, cli, search, SearchBody);

  AddClassCommands(*students, cli);

  auto history = std::make_shared<ChildOptions>();
  command = Command(*students, cli, "history", "一名学生的全部变更",
                    "everything that changed about a child");
  AddChild(command, cli, "child", &history->child, "学生", "child")->required();
  AddLimit(command, cli, &history->limit);
  Run(command, cli, history, HistoryBody);

  auto reveal = std::make_shared<RevealOptions>();
  command = Command(*students, cli, "reveal", "查看未遮盖的个人信息（须写明理由，记入留痕）",
                    "see personal data in clear; the reason is recorded");
  AddChild(command, cli, "child", &reveal->child, "学生", "child")->required();
  command
      ->add_option(
          "--fields", reveal->fields,
          cli.T("字段：", "fields: ") +
              "name former_name id_number birth_date address phone health guardians numbers")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->take_all();
  AddText(command, cli, "--reason", &reveal->reason, "理由", "reason")->required();
  Run(command, cli, reveal, RevealBody);

  AddStudentLists(*students, cli);
  AddStudentRegister(*students, cli);
  AddStudentWrites(*students, cli);
  AddStudentFiles(*students, cli);
}

}  // namespace twinline::cli

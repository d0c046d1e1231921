// twinline roll-call show, correct, corrections, sign, resolve, child, streaks, unmarked,
// conflicts.
#include <map>
#include <utility>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/roster.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::cli {
namespace {

struct DayOptions {
  ClassRef school_class;
  std::optional<DayArg> day;
  std::string session;
  std::string child;
  std::string mark;
  std::string reason;
  base::Id16 correction;
  bool second = false;
};

int DayOf(Cli& cli, const DayOptions& options, types::v1::Date* date) {
  base::CivilDay day;
  if (int code = cli.Resolve(options.day.value_or(DayArg{}), &day)) return code;
  date->set_days(day.days);
  return kOk;
}

void PrintSession(Cli& cli, const Roster& roster, std::string_view title,
                  const attendance::v1::SessionView& half) {
  if (!half.taken()) {
    cli.out() << title << cli.T("：未点名\n", ": not taken\n");
    return;
  }
  cli.out() << title
            << cli.T(fmt::format("：{} 于 {} 点名，名册第 {} 版，{}",
                                 cli.names().Person(half.taken_by()),
                                 MomentShort(half.taken_at_us()), half.roster_version(),
                                 half.exceptions().empty() ? "全部到校" : "例外如下"),
                     fmt::format(": taken by {} at {}, roster version {}, {}",
                                 cli.names().Person(half.taken_by()),
                                 MomentShort(half.taken_at_us()), half.roster_version(),
                                 half.exceptions().empty() ? "all present" : "exceptions:"))
            << '\n';
  if (!half.late_reason().empty()) {
    cli.out() << cli.T("补签理由：", "handed in late because: ") << half.late_reason() << '\n';
  }
  Table table({cli.T("姓名", "name"), cli.T("考勤", "mark"), cli.T("迟到分钟", "minutes late"),
               cli.T("原因", "reason"), cli.T("学籍编号", "registration")});
  for (const auto& exception : half.exceptions()) {
    table.Add({roster.NameOf(exception.registration_id()), MarkWord(cli.lang(), exception.code()),
               exception.minutes_late() == 0 ? "" : std::to_string(exception.minutes_late()),
               exception.reason(), Hex(exception.registration_id())});
  }
  table.Print(cli.out());
}

int ShowBody(Cli& cli, const DayOptions& options) {
  Roster roster;
  if (int code = roster.Load(cli, options.school_class)) return code;
  attendance::v1::GetClassDayRequest request;
  request.set_class_id(roster.class_id());
  if (int code = DayOf(cli, options, request.mutable_day())) return code;
  attendance::v1::GetClassDayReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.GetClassDay", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  const std::string day = Day(request.day());
  if (!reply.school_day()) cli.out() << day << cli.T(" 不是教学日\n", " is no school day\n");
  PrintSession(cli, roster, day + cli.T(" 上午", " morning"), reply.morning());
  PrintSession(cli, roster, day + cli.T(" 下午", " afternoon"), reply.afternoon());
  if (reply.has_conflict_morning()) {
    PrintSession(cli, roster, cli.T("上午另一份（待裁定）", "second one of the morning"),
                 reply.conflict_morning());
  }
  if (reply.has_conflict_afternoon()) {
    PrintSession(cli, roster, cli.T("下午另一份（待裁定）", "second one of the afternoon"),
                 reply.conflict_afternoon());
  }
  cli.out() << (reply.judged() ? cli.T("当日考勤已判定。", "the day is judged.")
                               : cli.T("当日考勤尚未判定。", "the day is not judged yet."))
            << '\n';
  return kOk;
}

// "present" or 到校, or any mark by its word.
std::optional<uint32_t> MarkCode(std::string_view text) {
  for (uint32_t code = 0; code <= 5; ++code) {
    if (text == MarkWord(Lang::kZh, code) || text == MarkWord(Lang::kEn, code)) return code;
  }
  static constexpr std::string_view kShort[] = {"present",  "late",     "sick",
                                                "personal", "official", "absent"};
  for (uint32_t code = 0; code < std::size(kShort); ++code) {
    if (text == kShort[code]) return code;
  }
  return std::nullopt;
}

int CorrectBody(Cli& cli, const DayOptions& options) {
  const auto mark = MarkCode(options.mark);
  const auto half = ParseSession(options.session);
  if (!mark || !half) {
    return cli.Fail(
        kUsage, "MARK_UNREADABLE",
        "--to 为 present、late、sick、personal、official、absent 之一，--session 为 am 或 pm",
        "--to is one of present, late, sick, personal, official, absent; --session is am or pm");
  }
  Roster roster;
  if (int code = roster.Load(cli, options.school_class)) return code;
  const registry::v1::ChildView* child = nullptr;
  if (roster.Find(options.child, &child) != Roster::Match::kOne) {
    return cli.Fail(
        kUsage, "CHILD_NOT_IN_CLASS",
        fmt::format("本班没有或不止一名“{}”，请用学生编号。", options.child),
        fmt::format("none or several of this class are \"{}\"; use the child id", options.child));
  }
  attendance::v1::ProposeCorrectionRequest request;
  request.set_class_id(roster.class_id());
  if (int code = DayOf(cli, options, request.mutable_day())) return code;
  request.set_session(*half);
  request.set_registration_id(child->facts().registration_id());
  request.set_code_after(*mark);
  request.set_reason(options.reason);
  attendance::v1::ProposeCorrectionReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.ProposeCorrection", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T(fmt::format("已提出更正 {}，由校长签字后生效：twinline roll-call sign {} {}",
                                 Hex(reply.correction_id()), Hex(request.class_id()),
                                 Hex(reply.correction_id())),
                     fmt::format("proposed {}; it takes effect when the principal signs: twinline "
                                 "roll-call sign {} {}",
                                 Hex(reply.correction_id()), Hex(request.class_id()),
                                 Hex(reply.correction_id())))
            << '\n';
  return kOk;
}

int SignBody(Cli& cli, const DayOptions& options) {
  attendance::v1::SignCorrectionRequest request;
  if (int code = ResolveClass(cli, options.school_class, request.mutable_class_id())) return code;
  request.set_correction_id(options.correction.str());
  attendance::v1::SignCorrectionReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.SignCorrection", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("更正已生效。", "the correction is in effect.");
  return kOk;
}

int ResolveBody(Cli& cli, const DayOptions& options) {
  attendance::v1::ResolveConflictRequest request;
  if (int code = ResolveClass(cli, options.school_class, request.mutable_class_id())) return code;
  if (int code = DayOf(cli, options, request.mutable_day())) return code;
  const auto half = ParseSession(options.session);
  if (!half)
    return cli.Fail(kUsage, "SESSION_UNREADABLE", "--session 应为 am 或 pm", "--session: am or pm");
  request.set_session(*half);
  request.set_second_wins(options.second);
  attendance::v1::ResolveConflictReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.ResolveConflict", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("已裁定。", "decided.");
  return kOk;
}

struct TermOptions {
  ChildRef child;
  std::optional<DayArg> from;
  std::optional<DayArg> to;
};

// Exceptions and days that nobody took (C-5), in order; a day may be both.
void PrintDays(Cli& cli, const attendance::v1::GetChildTermReply& reply) {
  std::map<int32_t, std::pair<std::string, std::string>> days;
  for (const auto& day : reply.exceptions()) {
    days[day.day().days()] = {MarkWord(cli.lang(), day.morning()),
                              MarkWord(cli.lang(), day.afternoon())};
  }
  const std::string not_taken(cli.T("未点名", "not taken"));
  for (const auto& day : reply.not_taken()) {
    auto& [morning, afternoon] = days[day.day().days()];
    if (day.morning()) morning = not_taken;
    if (day.afternoon()) afternoon = not_taken;
  }
  if (days.empty()) {
    cli.Nothing("该时段没有例外，每次点名均到校。", "no exceptions: present at every roll call.");
  }
  Table table({cli.T("日期", "day"), cli.T("上午", "morning"), cli.T("下午", "afternoon")});
  for (const auto& [day, halves] : days) {
    types::v1::Date date;
    date.set_days(day);
    table.Add({Day(date), halves.first, halves.second});
  }
  table.Print(cli.out());
}

int ChildBody(Cli& cli, const TermOptions& options) {
  registry::v1::ChildView child;
  if (int code = ResolveChild(cli, options.child, &child)) return code;
  base::CivilDay from;
  base::CivilDay to;
  constexpr int kWeeks = 12 * 7;
  if (int code = cli.Resolve(options.from.value_or(DayArg{std::nullopt, -kWeeks}), &from))
    return code;
  if (int code = cli.Resolve(options.to.value_or(DayArg{}), &to)) return code;
  attendance::v1::GetChildTermRequest request;
  request.set_child_id(child.child_id());
  request.set_registration_id(child.facts().registration_id());
  request.mutable_from()->set_days(from.days);
  request.mutable_to()->set_days(to.days);
  attendance::v1::GetChildTermReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.GetChildTerm", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  Sheet sheet;
  sheet.Add(cli.T("姓名", "name"), child.name());
  sheet.Add(cli.T("连续缺课", "streak"), cli.T(fmt::format("{} 个教学日", reply.streak_days()),
                                               fmt::format("{} school days", reply.streak_days())));
  sheet.Add(cli.T("最近到校", "last present"), Day(reply.last_present_day()));
  sheet.Add(cli.T("稳定期跟踪", "on probation"), YesNo(cli.lang(), reply.on_watch()));
  sheet.Print(cli.out());
  PrintDays(cli, reply);
  return kOk;
}

struct SchoolOptions {
  std::string school;
  uint32_t min_days = 1;
  Limit limit;
};

int StreaksBody(Cli& cli, const SchoolOptions& options) {
  attendance::v1::ListStreaksRequest request;
  request.set_school_code(options.school);
  request.set_min_days(options.min_days);
  attendance::v1::ListStreaksReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.ListStreaks", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.streaks().empty())
    cli.Nothing("没有连续缺课的学生。", "nobody is absent without reason.");
  Table table({cli.T("教学日", "days"), cli.T("学生编号", "child id"), cli.T("班级", "class"),
               cli.T("首日", "since"), cli.T("最近到校", "last present")});
  table.AlignRight(0);
  for (const auto& streak : reply.streaks()) {
    table.Add({std::to_string(streak.days()), Hex(streak.child_id()),
               cli.names().Class(streak.class_id(), options.school), Day(streak.first_day()),
               Day(streak.last_present_day())});
  }
  table.Print(cli.out());
  return kOk;
}

int UnmarkedBody(Cli& cli, const SchoolOptions&) {
  attendance::v1::ListUnmarkedRequest request;
  attendance::v1::ListUnmarkedReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.ListUnmarked", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.classes().empty())
    cli.Nothing("所有班级都已点名。", "every class has taken its roll calls.");
  Table table({cli.T("学校", "school"), cli.T("班级", "class"), cli.T("未点名天数", "days"),
               cli.T("自", "since"), cli.T("班级编号", "class id")});
  table.AlignRight(2);
  for (const auto& one : reply.classes()) {
    table.Add({cli.names().School(one.school_code()),
               ClassWord(cli.lang(), one.grade(), one.number()), std::to_string(one.days()),
               Day(one.first_day()), Hex(one.class_id())});
  }
  table.Print(cli.out());
  return kOk;
}

int CorrectionsBody(Cli& cli, const SchoolOptions& options) {
  attendance::v1::ListCorrectionsRequest request;
  attendance::v1::ListCorrectionsReply reply;
  if (int code = CallPages(cli, "attendance.v1.AttendanceService.ListCorrections", request, &reply,
                           options.limit, [](const auto& r) { return r.corrections_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.corrections().empty())
    cli.Nothing("没有待校长签字的更正。", "no correction waits for a signature.");
  Table table({cli.T("日期", "day"), cli.T("半天", "session"), cli.T("学校", "school"),
               cli.T("班级", "class"), cli.T("学生编号", "child id"), cli.T("由", "from"),
               cli.T("改为", "to"), cli.T("理由", "reason"), cli.T("提出人", "proposed by"),
               cli.T("班级编号", "class id"), cli.T("更正编号", "correction")});
  for (const auto& one : reply.corrections()) {
    table.Add({Day(one.day()), SessionWord(cli.lang(), one.session()),
               cli.names().School(one.school_code()),
               ClassWord(cli.lang(), one.grade(), one.number()), Hex(one.child_id()),
               MarkWord(cli.lang(), one.code_before()), MarkWord(cli.lang(), one.code_after()),
               one.reason(), cli.names().Person(one.proposed_by()), Hex(one.class_id()),
               Hex(one.correction_id())});
  }
  table.Print(cli.out());
  return kOk;
}

int ConflictsBody(Cli& cli, const SchoolOptions& options) {
  attendance::v1::ListTwoSchoolConflictsRequest request;
  attendance::v1::ListTwoSchoolConflictsReply reply;
  if (int code =
          CallPages(cli, "attendance.v1.AttendanceService.ListTwoSchoolConflicts", request, &reply,
                    options.limit, [](const auto& r) { return r.conflicts_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.conflicts().empty())
    cli.Nothing("没有两校同时到校的学生。", "nobody is present at two schools.");
  Table table({cli.T("日期", "day"), cli.T("半天", "session"), cli.T("学生编号", "child id"),
               cli.T("学校", "school"), cli.T("另一学校", "other school")});
  for (const auto& one : reply.conflicts()) {
    table.Add({Day(one.day()), SessionWord(cli.lang(), one.session()), Hex(one.child_id()),
               cli.names().School(one.school_code()), cli.names().School(one.other_school_code())});
  }
  table.Print(cli.out());
  return kOk;
}

void AddLists(CLI::App& roll_call, Cli& cli) {
  auto child = std::make_shared<TermOptions>();
  CLI::App* command = Command(roll_call, cli, "child", "一名学生一段时间的考勤例外",
                              "one child's exceptions over a time");
  AddChild(command, cli, "child", &child->child, "学生", "child")->required();
  AddDay(command, cli, "--from", &child->from, "自，默认十二周前",
         "from, twelve weeks ago by default");
  AddDay(command, cli, "--to", &child->to, "至，默认今天", "to, today by default");
  Run(command, cli, child, ChildBody);

  auto streaks = std::make_shared<SchoolOptions>();
  command = Command(roll_call, cli, "streaks", "连续缺课的学生", "children absent without reason");
  AddText(command, cli, "school", &streaks->school, "学校标识码", "school code")->required();
  command->add_option("--min", streaks->min_days,
                      cli.T("至少多少教学日", "at least so many school days"));
  Run(command, cli, streaks, StreaksBody);

  auto unmarked = std::make_shared<SchoolOptions>();
  Run(Command(roll_call, cli, "unmarked", "没有点名的班级", "classes that sent nothing"), cli,
      unmarked, UnmarkedBody);

  auto corrections = std::make_shared<SchoolOptions>();
  command = Command(roll_call, cli, "corrections", "待校长签字的更正",
                    "corrections that wait for the principal's signature");
  AddLimit(command, cli, &corrections->limit);
  Run(command, cli, corrections, CorrectionsBody);

  auto conflicts = std::make_shared<SchoolOptions>();
  command = Command(roll_call, cli, "conflicts", "同一半天在两校到校的学生",
                    "children present at two schools");
  AddLimit(command, cli, &conflicts->limit);
  Run(command, cli, conflicts, ConflictsBody);
}

}  // namespace

void AddRollCall(CLI::App& app, Cli& cli) {
  CLI::App* roll_call = Family(app, cli, "roll-call", "点名与考勤", "roll calls and attendance");
  AddRollCallTake(*roll_call, cli);
  auto show = std::make_shared<DayOptions>();
  CLI::App* command = Command(*roll_call, cli, "show", "一个班某日的点名", "a class's day");
  AddClass(command, cli, "class", &show->school_class, "班级", "class")->required();
  AddDay(command, cli, "--date", &show->day, "日期，默认今天", "day, today by default");
  Run(command, cli, show, ShowBody);

  auto correct = std::make_shared<DayOptions>();
  command = Command(*roll_call, cli, "correct", "提出更正往日考勤，校长签字后生效",
                    "propose a correction of an earlier day");
  AddClass(command, cli, "class", &correct->school_class, "班级", "class")->required();
  AddText(command, cli, "child", &correct->child, "姓名或学生编号", "name or child id")->required();
  AddDay(command, cli, "--date", &correct->day, "日期", "day")->required();
  AddText(command, cli, "--session", &correct->session, "am / pm", "am or pm")->required();
  AddText(command, cli, "--to", &correct->mark,
          "更正为：present late sick personal official absent（或中文）",
          "present late sick personal official absent")
      ->required();
  AddText(command, cli, "--reason", &correct->reason, "理由", "reason")->required();
  Run(command, cli, correct, CorrectBody);

  auto sign = std::make_shared<DayOptions>();
  command =
      Command(*roll_call, cli, "sign", "校长签字，使更正生效", "the principal signs a correction");
  AddClass(command, cli, "class", &sign->school_class, "班级", "class")->required();
  AddId(command, cli, "correction", &sign->correction, "更正编号", "correction id")->required();
  Run(command, cli, sign, SignBody);

  auto resolve = std::make_shared<DayOptions>();
  command = Command(*roll_call, cli, "resolve", "两份点名不一致时，校长裁定哪一份有效",
                    "which of two roll calls counts");
  AddClass(command, cli, "class", &resolve->school_class, "班级", "class")->required();
  AddDay(command, cli, "--date", &resolve->day, "日期", "day")->required();
  AddText(command, cli, "--session", &resolve->session, "am / pm", "am or pm")->required();
  AddFlag(command, cli, "--second", &resolve->second, "后一份有效", "the second one counts");
  Run(command, cli, resolve, ResolveBody);

  AddLists(*roll_call, cli);
}

}  // namespace twinline::cli

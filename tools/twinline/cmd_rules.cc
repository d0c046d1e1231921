// twinline rules: what deadlines and absences are counted by: the State Council's days, the school
// calendar, the rule sets. All are adopted as events and take effect from a day; nothing that was
// decided changes.
#include <google/protobuf/util/json_util.h>

#include <sstream>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::cli {
namespace {

constexpr size_t kFileMax = size_t{1} << 20;

struct Options {
  std::string file;
  std::string version;
  std::string source;
  std::string school;
  std::string service;
  std::optional<DayArg> day;
  bool provisional = false;
};

int Unreadable(Cli& cli, const std::string& file, size_t line, const std::string& text) {
  return cli.Fail(kUsage, "CALENDAR_UNREADABLE",
                  fmt::format("{} 第 {} 行“{}”：应为“2026-10-01 放假 国庆节”或“2026-09-27 上班”",
                              file, line, text),
                  fmt::format("{} line {} \"{}\": expected \"2026-10-01 holiday National Day\" or "
                              "\"2026-09-27 workday\"",
                              file, line, text));
}

// One day a line: the day, 放假/holiday or 上班/workday, and the festival. '#' begins a remark.
int ReadHolidays(Cli& cli, const Options& options, calendar::v1::HolidayCalendar* calendar) {
  const auto text = ReadWholeFile(options.file, kFileMax);
  if (!text.ok()) return cli.Fail(text.status());
  std::istringstream lines(*text);
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    if (const size_t remark = line.find('#'); remark != std::string::npos) line.resize(remark);
    std::istringstream words(line);
    std::string day_text, kind, festival;
    if (!(words >> day_text)) continue;
    words >> kind >> festival;
    const auto day = base::CivilDay::Parse(day_text);
    const bool holiday = kind == "放假" || kind == "holiday";
    if (!day || (!holiday && kind != "上班" && kind != "workday")) {
      return Unreadable(cli, options.file, number, line);
    }
    if (calendar->year() == 0) calendar->set_year(day->ymd().year);
    auto* added = calendar->add_days();
    added->set_day(day->days);
    added->set_kind(holiday ? 1 : 2);
    added->set_festival(festival);
  }
  calendar->set_version(options.version);
  calendar->set_source(options.source);
  calendar->set_provisional(options.provisional);
  return kOk;
}

int CalendarBody(Cli& cli, const Options& options) {
  calendar::v1::HolidayCalendar calendar;
  if (int code = ReadHolidays(cli, options, &calendar)) return code;
  transfer::v1::AdoptCalendarRequest approvals;
  *approvals.mutable_calendar() = calendar;
  transfer::v1::AdoptCalendarReply approvals_reply;
  if (int code = cli.Call("transfer.v1.ApprovalService.AdoptCalendar", approvals, &approvals_reply))
    return code;
  accountability::v1::AdoptAccountabilityCalendarRequest cases;
  *cases.mutable_calendar() = calendar;
  accountability::v1::AdoptedReply cases_reply;
  if (int code =
          cli.Call("accountability.v1.AccountabilityService.AdoptCalendar", cases, &cases_reply))
    return code;
  if (cli.PrintedJson(cases_reply)) return kOk;
  cli.Note(fmt::format("审批和控辍均已采用 {} 年安排（{} 天）。未到期的期限已重算。",
                       calendar.year(), calendar.days_size()),
           fmt::format("approvals and cases count by the calendar of {} now ({} days). Open "
                       "deadlines are recomputed.",
                       calendar.year(), calendar.days_size()));
  return kOk;
}

// The message of the file, as JSON with the field names of the proto.
int ReadJson(Cli& cli, const std::string& file, google::protobuf::Message* message) {
  const auto text = ReadWholeFile(file, kFileMax);
  if (!text.ok()) return cli.Fail(text.status());
  const auto parsed = google::protobuf::util::JsonStringToMessage(*text, message);
  if (parsed.ok()) return kOk;
  return cli.Fail(kUsage, "JSON_INVALID",
                  fmt::format("{} 不是合格的 JSON：{}", file, parsed.message().as_string()),
                  fmt::format("{} is not valid JSON: {}", file, parsed.message().as_string()));
}

int SchoolCalendarBody(Cli& cli, const Options& options) {
  attendance::v1::AdoptSchoolCalendarRequest request;
  if (int code = ReadJson(cli, options.file, request.mutable_calendar())) return code;
  request.set_school_code(options.school);
  attendance::v1::AdoptReply reply;
  if (int code = cli.Call("attendance.v1.AttendanceService.AdoptSchoolCalendar", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("已采用校历。", "the school calendar is adopted.");
  return kOk;
}

template <typename Request, typename Reply>
int AdoptRules(Cli& cli, const Options& options, std::string_view method) {
  Request request;
  if (int code = ReadJson(cli, options.file, request.mutable_rules())) return code;
  request.set_version(options.version);
  if (options.day) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.day, &day)) return code;
    request.mutable_valid_from()->set_days(day.days);
  }
  Reply reply;
  if (int code = cli.Call(method, request, &reply)) return code;
  if (!cli.PrintedJson(reply)) {
    cli.Note("已采用。以前的认定和正在计算的期限不变。",
             "adopted. What was decided and deadlines that run stay as they are.");
  }
  return kOk;
}

int AdoptBody(Cli& cli, const Options& options) {
  if (options.service == "attendance") {
    return AdoptRules<attendance::v1::AdoptRuleSetRequest, attendance::v1::AdoptReply>(
        cli, options, "attendance.v1.AttendanceService.AdoptRuleSet");
  }
  return AdoptRules<accountability::v1::AdoptAccountabilityRuleSetRequest,
                    accountability::v1::AdoptedReply>(
      cli, options, "accountability.v1.AccountabilityService.AdoptRuleSet");
}

int ShowBody(Cli& cli, const Options& options) {
  accountability::v1::GetRuleSetRequest request;
  if (options.day) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.day, &day)) return code;
    request.mutable_on()->set_days(day.days);
  }
  accountability::v1::GetRuleSetReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.GetRuleSet", request, &reply)) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T("版本：", "version: ") << reply.version() << '\n'
            << JsonText(reply.rules()) << '\n';
  return kOk;
}

}  // namespace

void AddRules(CLI::App& app, Cli& cli) {
  CLI::App* rules = Family(app, cli, "rules", "规则：节假日安排、校历、期限和缺课标准",
                           "rules: holidays, school calendar, deadlines and absence thresholds");
  auto show = std::make_shared<Options>();
  CLI::App* command = Command(*rules, cli, "show", "某日有效的控辍规则",
                              "the accountability rules in force on a day");
  AddDay(command, cli, "--on", &show->day, "日期，默认今天", "day, today by default");
  Run(command, cli, show, ShowBody);

  auto adopt = std::make_shared<Options>();
  command = Command(*rules, cli, "adopt", "采用一套规则（JSON）", "adopt a rule set (JSON)");
  AddText(command, cli, "file", &adopt->file, "规则文件；以 rules show --json 的 rules 为样本",
          "the file; the rules of rules show --json are a sample")
      ->required()
      ->check(CLI::ExistingFile);
  AddText(command, cli, "--version", &adopt->version, "版本名", "name of the version")->required();
  AddDay(command, cli, "--from", &adopt->day, "生效日，默认自始有效",
         "valid from; from the beginning by default");
  command
      ->add_option(
          "--service", adopt->service,
          cli.T("accountability（控辍）或 attendance（考勤）", "accountability or attendance"))
      ->required()
      ->check(CLI::IsMember({"accountability", "attendance"}));
  Run(command, cli, adopt, AdoptBody);

  auto holidays = std::make_shared<Options>();
  command = Command(*rules, cli, "calendar", "采用国务院节假日安排（审批和控辍同时采用）",
                    "adopt the State Council's calendar, for approvals and cases");
  AddText(command, cli, "file", &holidays->file,
          "每行一天：2026-10-01 放假 国庆节 / 2026-09-27 上班",
          "a day a line: 2026-10-01 holiday / 2026-09-27 workday")
      ->required()
      ->check(CLI::ExistingFile);
  AddText(command, cli, "--version", &holidays->version, "版本名，如 cn-2027-1",
          "name of the version, cn-2027-1")
      ->required();
  AddText(command, cli, "--source", &holidays->source, "依据的通知", "the notice")->required();
  AddFlag(command, cli, "--provisional", &holidays->provisional, "通知尚未公布",
          "the notice is not out yet");
  Run(command, cli, holidays, CalendarBody);

  auto school = std::make_shared<Options>();
  command =
      Command(*rules, cli, "school-calendar", "采用校历（JSON）", "adopt a school calendar (JSON)");
  AddText(command, cli, "file", &school->file, "校历文件", "the file")
      ->required()
      ->check(CLI::ExistingFile);
  AddText(command, cli, "--school", &school->school, "学校代码，默认全县",
          "school code; the whole county by default");
  Run(command, cli, school, SchoolCalendarBody);
}

}  // namespace twinline::cli

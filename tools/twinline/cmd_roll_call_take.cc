// twinline roll-call take: a class's roll call by exception. Whoever is not named is present, so
// the command shows what it is about to say before it says it.
#include <array>
#include <charconv>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/roster.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::cli {
namespace {

struct Kind {
  const char* option;
  uint32_t code;  // twinline.attendance.v1.Exception.code
};
constexpr std::array<Kind, 6> kKinds = {{{"--late", 1},
                                         {"--sick", 2},
                                         {"--personal", 3},
                                         {"--official", 4},
                                         {"--absent", 5},
                                         {"--guest", 6}}};
constexpr uint32_t kLate = 1;
constexpr uint32_t kGuest = 6;

struct TakeOptions {
  ClassRef school_class;
  std::optional<DayArg> day;
  std::string session;
  std::array<std::vector<std::string>, kKinds.size()> named;
  std::string reason;
  std::string late_reason;
};

int NotInClass(Cli& cli, const std::string& text, bool several) {
  if (several) {
    return cli.Fail(
        kUsage, "CHILD_NOT_UNIQUE", fmt::format("本班有几名“{}”，请用学生编号。", text),
        fmt::format("several children of this class are \"{}\"; name one by its id", text));
  }
  return cli.Fail(
      kUsage, "CHILD_NOT_IN_CLASS",
      fmt::format("本班没有“{}”。可用全名、学生编号或其前六位以上；借读学生用 --guest 加学籍编号。",
                  text),
      fmt::format(
          "\"{}\" is not of this class. Use the full name, the child id or six digits of it; for a "
          "guest, --guest with the registration id",
          text));
}

int AddException(Cli& cli, const Roster& roster, const TakeOptions& options, uint32_t code,
                 std::string text, attendance::v1::SubmitRollCallRequest* request) {
  uint32_t minutes = 0;
  if (const size_t equals = text.find('='); code == kLate && equals != std::string::npos) {
    const auto [end, error] =
        std::from_chars(text.data() + equals + 1, text.data() + text.size(), minutes);
    if (error != std::errc() || end != text.data() + text.size()) {
      return cli.Fail(kUsage, "MINUTES_UNREADABLE", fmt::format("“{}”：应为 学生=分钟", text),
                      fmt::format("\"{}\": expected CHILD=MINUTES", text));
    }
    text.resize(equals);
  }
  auto* exception = request->add_exceptions();
  exception->set_code(code);
  exception->set_minutes_late(minutes);
  exception->set_reason(options.reason);
  const registry::v1::ChildView* child = nullptr;
  const Roster::Match match = roster.Find(text, &child);
  if (match == Roster::Match::kOne) {
    exception->set_registration_id(child->facts().registration_id());
    return kOk;
  }
  const auto guest = code == kGuest ? ParseId(text) : std::nullopt;
  if (!guest) return NotInClass(cli, text, match == Roster::Match::kSeveral);
  exception->set_registration_id(guest->str());
  return kOk;
}

// Which half-day is meant when none is named: the one of the server's clock.
int SessionOf(Cli& cli, const std::string& text, types::v1::Session* half) {
  constexpr int64_t kNoonUs = 12LL * 3600 * 1'000'000;
  if (!text.empty()) {
    const auto parsed = ParseSession(text);
    if (!parsed) {
      return cli.Fail(kUsage, "SESSION_UNREADABLE", "--session 应为 am 或 pm（上午、下午）",
                      "--session: am or pm");
    }
    *half = *parsed;
    return kOk;
  }
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  const auto now = session->NowUs();
  if (!now.ok()) return cli.Fail(now.status());
  const base::Timestamp start = base::StartOfDay(base::DayOf(base::Timestamp{*now}));
  *half = *now - start.us < kNoonUs ? types::v1::SESSION_MORNING : types::v1::SESSION_AFTERNOON;
  return kOk;
}

void ShowPlan(Cli& cli, const Roster& roster,
              const attendance::v1::SubmitRollCallRequest& request) {
  const int named = request.exceptions_size();
  Table table({cli.T("姓名", "name"), cli.T("考勤", "mark"), cli.T("迟到分钟", "minutes late")});
  int guests = 0;
  for (const auto& exception : request.exceptions()) {
    guests += exception.code() == kGuest ? 1 : 0;
    table.Add({roster.NameOf(exception.registration_id()), MarkWord(cli.lang(), exception.code()),
               exception.minutes_late() == 0 ? "" : std::to_string(exception.minutes_late())});
  }
  table.Print(cli.err());
  const int others = roster.list().children_size() - (named - guests);
  cli.Note(fmt::format("{} {}：登记 {} 人，其余 {} 人到校。", Days(request.day().days()),
                       SessionWord(Lang::kZh, request.session()), named, others),
           fmt::format("{} {}: {} named, the other {} present.", Days(request.day().days()),
                       SessionWord(Lang::kEn, request.session()), named, others));
}

int TakeBody(Cli& cli, const TakeOptions& options) {
  Roster roster;
  if (int code = roster.Load(cli, options.school_class)) return code;
  attendance::v1::SubmitRollCallRequest request;
  base::CivilDay day;
  if (int code = cli.Resolve(options.day.value_or(DayArg{}), &day)) return code;
  types::v1::Session half = types::v1::SESSION_UNSPECIFIED;
  if (int code = SessionOf(cli, options.session, &half)) return code;
  request.set_class_id(roster.class_id());
  request.mutable_day()->set_days(day.days);
  request.set_session(half);
  request.set_roster_version(roster.version());
  for (size_t i = 0; i < kKinds.size(); ++i) {
    for (const std::string& text : options.named[i]) {
      if (int code = AddException(cli, roster, options, kKinds[i].code, text, &request))
        return code;
    }
  }
  if (!cli.globals.json) ShowPlan(cli, roster, request);
  if (!cli.Confirm("提交点名。", "Hand in the roll call.")) return cli.NotConfirmed();
  attendance::v1::SubmitRollCallReply reply;
  if (options.late_reason.empty()) {
    if (int code = cli.Call("attendance.v1.AttendanceService.SubmitRollCall", request, &reply))
      return code;
  } else {
    attendance::v1::SignLateRollCallRequest late;
    *late.mutable_roll_call() = request;
    late.set_reason(options.late_reason);
    if (int code = cli.Call("attendance.v1.AttendanceService.SignLateRollCall", late, &reply))
      return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T("已点名。", "taken.");
  if (reply.judged())
    cli.out() << cli.T("本班当日考勤已判定。", " The day of this class is judged.");
  if (reply.conflict()) {
    cli.out() << cli.T("此前已有他人点名，两份并存，待校长裁定。",
                       " Somebody else had taken it: both are kept until the principal decides.");
  }
  if (reply.crossed() > 0) {
    cli.out() << cli.T(
        fmt::format("有 {} 名学生连续缺课达标。", reply.crossed()),
        fmt::format(" {} children crossed a threshold of absence.", reply.crossed()));
  }
  cli.out() << '\n';
  return kOk;
}

}  // namespace

void AddRollCallTake(CLI::App& roll_call, Cli& cli) {
  auto options = std::make_shared<TakeOptions>();
  CLI::App* command = Command(roll_call, cli, "take", "点名：只写例外，其余为到校",
                              "take a roll call: name the exceptions, all others are present");
  AddClass(command, cli, "class", &options->school_class, "班级", "class")->required();
  AddDay(command, cli, "--date", &options->day, "日期，默认今天", "day, today by default");
  AddText(command, cli, "--session", &options->session, "am 上午 / pm 下午，默认按当前时间",
          "am or pm, by the clock without it");
  for (size_t i = 0; i < kKinds.size(); ++i) {
    command
        ->add_option(
            kKinds[i].option, options->named[i],
            MarkWord(cli.lang(), kKinds[i].code) +
                cli.T("：姓名或学生编号，逗号分隔", ": names or child ids, with commas") +
                (kKinds[i].code == kLate ? cli.T("，可写 张三=15（分钟）", ", NAME=15 for minutes")
                                         : ""))
        ->delimiter(',')
        ->allow_extra_args(false);
  }
  AddText(command, cli, "--reason", &options->reason, "例外的原因（加密保存）",
          "reason of the exceptions, sealed at rest");
  AddText(command, cli, "--signed-late", &options->late_reason, "校长补签已判定日期的点名：理由",
          "the principal signs a roll call of a judged day: the reason");
  Run(command, cli, options, TakeBody);
}

}  // namespace twinline::cli

// twinline clock: the time of a demonstration. In a real installation the server has no such RPC
//
#include "fmt/format.h"
#include "platform/base/time.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "twinline/demo/v1/demo_clock.pb.h"

namespace twinline::cli {
namespace {

struct ClockOptions {
  std::string to;
};

int Clock(Cli& cli, std::string_view method, google::protobuf::Message& request,
          google::protobuf::Message* reply) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  const rpc::CallResult result = session->CallPublic(method, request, reply);
  if (absl::IsUnimplemented(result.status)) {
    return cli.Fail(kRefused, "CLOCK_NOT_DRIVEN",
                    "该环境的时钟不可推进：只有演示环境的可推进时钟可以（R-06）。",
                    "the clock of this installation cannot be moved; only a driven clock of a "
                    "demonstration can (R-06)");
  }
  return result.ok() ? static_cast<int>(kOk) : cli.Fail(result);
}

int ShowBody(Cli& cli, const ClockOptions&) {
  demo::v1::GetTimeRequest request;
  demo::v1::GetTimeReply reply;
  if (int code = Clock(cli, "demo.v1.DemoClock.GetTime", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << Moment(reply.now_unix_us()) << '\n';
  return kOk;
}

int AdvanceBody(Cli& cli, const ClockOptions& options) {
  const auto moment = ParseMoment(options.to);
  demo::v1::AdvanceToRequest request;
  if (moment) {
    request.set_to_unix_us(moment->us);
  } else {
    // "tomorrow" and the like count from the demonstration's own day.
    const auto day = ParseDay(options.to);
    if (!day) {
      return cli.Fail(kUsage, "DATE_UNREADABLE",
                      "应为日期或时刻，如 2026-09-01 或 2026-09-01T08:30",
                      "expected a date or a moment, 2026-09-01 or 2026-09-01T08:30");
    }
    demo::v1::GetTimeRequest now;
    demo::v1::GetTimeReply time;
    if (int code = Clock(cli, "demo.v1.DemoClock.GetTime", now, &time)) return code;
    const base::CivilDay today = base::DayOf(base::Timestamp{time.now_unix_us()});
    request.set_to_unix_us(base::StartOfDay(day->On(today)).us);
  }
  demo::v1::AdvanceToReply reply;
  if (int code = Clock(cli, "demo.v1.DemoClock.AdvanceTo", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T(fmt::format("演示时间推进到 {}，途中有 {} 个时点到期。",
                                 Moment(reply.now_unix_us()), reply.steps()),
                     fmt::format("the demonstration is at {}; {} moments were due on the way",
                                 Moment(reply.now_unix_us()), reply.steps()))
            << '\n';
  return kOk;
}

}  // namespace

void AddClock(CLI::App& app, Cli& cli) {
  CLI::App* clock = Family(app, cli, "clock", "演示环境的时钟", "the clock of a demonstration");
  auto options = std::make_shared<ClockOptions>();
  Run(Command(*clock, cli, "show", "显示当前演示时间", "show the demonstration's time"), cli,
      options, ShowBody);
  CLI::App* advance =
      Command(*clock, cli, "advance", "推进到某日或某时，途中到期事项依次发生",
              "move to a day or moment; what falls due on the way happens in order");
  AddText(advance, cli, "to", &options->to, "日期或时刻", "date or moment")->required();
  Run(advance, cli, options, AdvanceBody);
}

}  // namespace twinline::cli

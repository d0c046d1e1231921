// twinline admin clock: who vouches for the server's clock, which shards judge no deadline, and the
// word of a person that the clock is right.
#include "fmt/format.h"
#include "platform/base/time.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/parse.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "twinline/operation/v1/operation.pb.h"

namespace twinline::cli {
namespace {

struct AdminClockOptions {
  std::string confirm;  // what the caller's own clock shows
};

std::string VouchedBy(const Cli& cli, const operation::v1::ClockReply& reply) {
  if (reply.vouched_by() == "NTP") {
    return fmt::format("{} ±{} ms", cli.T("时间同步服务（NTP）", "a time service (NTP)"),
                       (reply.max_error_us() + 999) / 1'000);
  }
  if (reply.vouched_by() == "OPERATOR") return cli.T("管理员已确认", "an operator");
  return cli.T("无（须用 --confirm 确认后才判定期限）",
               "nobody; --confirm it, or no deadline is judged after an outage");
}

int Print(Cli& cli, const operation::v1::ClockReply& reply) {
  if (cli.PrintedJson(reply)) return kOk;
  Sheet sheet;
  sheet.Add(cli.T("服务器时间", "server's clock"), Moment(reply.now_unix_us()));
  sheet.Add(cli.T("时钟依据", "vouched for by"), VouchedBy(cli, reply));
  if (reply.steps() > 0) {
    sheet.Add(cli.T("启动后被拨动", "set since the start"), std::to_string(reply.steps()));
  }
  sheet.Print(cli.out());
  Table table({cli.T("日志", "journal"), cli.T("服务", "serves"), cli.T("说明", "why not")});
  for (const auto& shard : reply.shards()) {
    std::string state = cli.T("正常", "yes");
    if (!shard.serving()) state = cli.T("否", "no");
    if (!shard.notice().empty()) state = cli.T("暂不判定期限", "judges no deadline");
    table.Add({shard.journal(), state, shard.serving() ? shard.notice() : shard.reason()});
  }
  table.Print(cli.out());
  return kOk;
}

int ClockBody(Cli& cli, const AdminClockOptions& options) {
  operation::v1::ClockReply reply;
  if (options.confirm.empty()) {
    operation::v1::GetClockRequest request;
    if (int code = cli.Call("operation.v1.OperationService.GetClock", request, &reply)) return code;
    return Print(cli, reply);
  }
  const auto seen = ParseMoment(options.confirm);
  if (!seen) {
    return cli.Fail(kUsage, "DATE_UNREADABLE", "应为时刻，如 2026-09-10T08:03",
                    "expected a moment such as 2026-09-10T08:03");
  }
  operation::v1::ConfirmClockRequest request;
  request.set_seen_unix_us(seen->us);
  if (int code = cli.Call("operation.v1.OperationService.ConfirmClock", request, &reply))
    return code;
  cli.Note(
      "已确认并记录在案。停用期间的期限先行顺延，然后才判定逾期。",
      "confirmed and recorded. Deadlines that overlap an outage are moved first, then judged.");
  return Print(cli, reply);
}

}  // namespace

void AddAdminClock(CLI::App& admin, Cli& cli) {
  auto options = std::make_shared<AdminClockOptions>();
  CLI::App* command = Command(admin, cli, "clock", "服务器时钟是否可信；停机后由管理员确认",
                              "whether the server's clock is trusted; confirm it after an outage");
  AddText(command, cli, "--confirm", &options->confirm,
          "您自己的钟表所示北京时间，如 2026-09-10T08:03",
          "what your own clock shows, UTC+8: 2026-09-10T08:03");
  Run(command, cli, options, ClockBody);
}

}  // namespace twinline::cli

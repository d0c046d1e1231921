// twinline class-run plan, start, approve, show, cancel: promotion, graduation, merging a school.
#include "fmt/format.h"
#include "platform/base/hash.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/transfer/v1/transfer_classes.pb.h"

namespace twinline::cli {
namespace {

namespace tv1 = transfer::v1;

struct RunOptions {
  std::string kind;
  uint32_t year = 0;
  std::string school;
  std::string successor;
  std::string digest;
  base::Id16 run;
};

std::string Bytes(std::string_view hex) { return base::FromHex(hex).value_or(std::string()); }

tv1::ClassRunScope ScopeOf(const RunOptions& options) {
  tv1::ClassRunScope scope;
  scope.set_kind(options.kind);
  scope.set_school_year(options.year);
  scope.set_school_code(options.school);
  scope.set_successor_code(options.successor);
  return scope;
}

template <typename Lines>
void PrintExceptions(Cli& cli, const Lines& lines) {
  if (lines.empty()) return;
  Table table({cli.T("学生", "child"), cli.T("缘由", "reason"), cli.T("处理", "what")});
  for (const tv1::PlannedException& line : lines) {
    table.Add({Hex(line.child_id()), Word(cli.lang(), line.reason()),
               line.goes_along() ? cli.T("随班办理，请关注", "goes along, look at it")
                                 : cli.T("不随班办理，待逐人处理", "left out, needs a decision")});
  }
  table.Print(cli.out());
}

int PlanBody(Cli& cli, const RunOptions& options) {
  tv1::PlanClassRunRequest request;
  *request.mutable_scope() = ScopeOf(options);
  tv1::PlanClassRunReply reply;
  if (int code = cli.Call("transfer.v1.ClassBusinessService.PlanClassRun", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  Table table({cli.T("学校", "school"), cli.T("班级", "class"), cli.T("办理", "action"),
               cli.T("去向", "to"), cli.T("人数", "pupils"), cli.T("例外", "left out")});
  for (const tv1::PlannedClass& line : reply.classes()) {
    table.Add({line.school_code(), fmt::format("{}-{}", line.grade(), line.number()),
               Word(cli.lang(), line.blocked().empty() ? line.action() : line.blocked()),
               line.to_school_code(), std::to_string(line.children()),
               std::to_string(line.excepted())});
  }
  table.Print(cli.out());
  PrintExceptions(cli, reply.exceptions());
  const std::string digest = Hex(reply.digest());
  cli.out() << (cli.lang() == Lang::kZh
                    ? fmt::format("共 {} 人随班办理，{} 人例外。方案摘要 {}\n", reply.children(),
                                  reply.excepted(), digest)
                    : fmt::format("{} pupils go along, {} are left out. Digest of this plan: {}\n",
                                  reply.children(), reply.excepted(), digest));
  return kOk;
}

int ShowRun(Cli& cli, const tv1::ClassRunReply& reply) {
  if (cli.PrintedJson(reply)) return kOk;
  const tv1::ClassRunFacts& run = reply.run();
  Sheet sheet;
  sheet.Add(cli.T("批次", "run"), Hex(run.run_id()));
  sheet.Add(cli.T("种类", "kind"), Word(cli.lang(), run.kind()));
  sheet.Add(cli.T("学年", "school year"), std::to_string(run.school_year()));
  sheet.Add(cli.T("状态", "state"), Word(cli.lang(), run.state()));
  sheet.Add(cli.T("班级", "classes"), fmt::format("{} / {}", run.ended(), run.started()));
  sheet.Add(cli.T("已办学生", "pupils done"), std::to_string(run.children()));
  sheet.Add(cli.T("例外", "left out"), std::to_string(run.excepted()));
  sheet.Add(cli.T("方案摘要", "digest"), Hex(run.digest()));
  sheet.Print(cli.out());
  PrintExceptions(cli, reply.exceptions());
  return kOk;
}

template <typename Request>
int Send(Cli& cli, const char* method, Request& request) {
  tv1::ClassRunReply reply;
  if (int code = cli.Call(method, request, &reply)) return code;
  return ShowRun(cli, reply);
}

int StartBody(Cli& cli, const RunOptions& options) {
  tv1::StartClassRunRequest request;
  *request.mutable_scope() = ScopeOf(options);
  request.set_digest(Bytes(options.digest));
  return Send(cli, "transfer.v1.ClassBusinessService.StartClassRun", request);
}

int ApproveBody(Cli& cli, const RunOptions& options) {
  tv1::ApproveClassRunRequest request;
  request.set_run_id(options.run.str());
  request.set_digest(Bytes(options.digest));
  return Send(cli, "transfer.v1.ClassBusinessService.ApproveClassRun", request);
}

int CancelBody(Cli& cli, const RunOptions& options) {
  tv1::CancelClassRunRequest request;
  request.set_run_id(options.run.str());
  return Send(cli, "transfer.v1.ClassBusinessService.CancelClassRun", request);
}

int ShowBody(Cli& cli, const RunOptions& options) {
  tv1::GetClassRunRequest request;
  if (!options.run.empty()) request.set_run_id(options.run.str());
  return Send(cli, "transfer.v1.ClassBusinessService.GetClassRun", request);
}

void AddScope(CLI::App* command, Cli& cli, const std::shared_ptr<RunOptions>& options) {
  AddCode(command, cli, "--kind", &options->kind, {"PROMOTION", "MERGER"}, "种类", "kind")
      ->required();
  command
      ->add_option("--year", options->year,
                   cli.T("即将结束的学年，以起始年份表示", "the school year that ends"))
      ->required()
      ->check(CLI::Range(2000, 2100));
  AddText(command, cli, "--school", &options->school, "只办这所学校；并校时为撤并学校",
          "only this school; of a merger the one that closes");
  AddText(command, cli, "--successor", &options->successor, "并校时的承接学校",
          "of a merger: who takes over");
}

void AddDigest(CLI::App* command, Cli& cli, const std::shared_ptr<RunOptions>& options) {
  AddText(command, cli, "--digest", &options->digest, "所核对方案的摘要",
          "digest of the plan that you looked at")
      ->required();
}

}  // namespace

void AddClassRuns(CLI::App& app, Cli& cli) {
  CLI::App* runs = Family(app, cli, "class-run", "按班批量办理：升级、毕业、学校合并",
                          "whole classes: promotion, graduation, merging a school");
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = Command(*runs, cli, "plan", "预演：现在办理会怎样，不留任何更改",
                              "a dry run: what would happen now, without a change");
  AddScope(command, cli, options);
  Run(command, cli, options, PlanBody);

  options = std::make_shared<RunOptions>();
  command = Command(*runs, cli, "start", "按所核对的方案提交，待另一人审批",
                    "put the plan before a second person");
  AddScope(command, cli, options);
  AddDigest(command, cli, options);
  Run(command, cli, options, StartBody);

  options = std::make_shared<RunOptions>();
  command = Command(*runs, cli, "approve", "另一人核对同一方案后批准，逐班办理",
                    "a second person approves the same plan; class after class follows");
  AddId(command, cli, "run", &options->run, "批次编号", "run id")->required();
  AddDigest(command, cli, options);
  Run(command, cli, options, ApproveBody);

  options = std::make_shared<RunOptions>();
  command = Command(*runs, cli, "show", "办理进度和例外学生，默认最近一批",
                    "how far it is and who was left out; by default the newest");
  AddId(command, cli, "run", &options->run, "批次编号", "run id");
  Run(command, cli, options, ShowBody);

  options = std::make_shared<RunOptions>();
  command = Command(*runs, cli, "cancel", "撤销未批准或停止在办的批次，已办班级不变",
                    "cancel or stop a run; what is done stays done");
  AddId(command, cli, "run", &options->run, "批次编号", "run id")->required();
  Run(command, cli, options, CancelBody);
}

}  // namespace twinline::cli

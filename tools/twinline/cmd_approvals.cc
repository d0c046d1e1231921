// twinline approvals list, show, approve, refuse, withdraw, override, why, evidence, advice.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/show_business.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::cli {
namespace {

using transfer::v1::BusinessReply;

struct ListOptions {
  std::string office;
  std::string state;
  bool overdue = false;
  std::optional<ChildRef> child;
  Limit limit;
};

int ListBody(Cli& cli, const ListOptions& options) {
  transfer::v1::ListBusinessesRequest request;
  request.set_office(options.office);
  request.set_state(options.state);
  request.set_overdue_only(options.overdue);
  if (options.child) {
    if (int code = ResolveChildId(cli, *options.child, request.mutable_child_id())) return code;
  }
  transfer::v1::ListBusinessesReply reply;
  if (int code = CallPages(cli, "transfer.v1.ApprovalService.ListBusinesses", request, &reply,
                           options.limit, [](const auto& r) { return r.businesses_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.businesses().empty()) {
    cli.Nothing("没有待办的审批。用 --state 查看已办结的，或用 --office 查看其他机构。",
                "nothing waits here. See finished ones with --state, other offices with --office.");
  }
  PrintBusinesses(cli, reply.businesses());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct BusinessOptions {
  base::Id16 business;
  uint32_t step = UINT32_MAX;
  std::string code;
  std::string reason;
  std::string html;
};

int Get(Cli& cli, const base::Id16& business, transfer::v1::GetBusinessReply* reply) {
  transfer::v1::GetBusinessRequest request;
  request.set_business_id(business.str());
  return cli.Call("transfer.v1.ApprovalService.GetBusiness", request, reply);
}

int ShowBody(Cli& cli, const BusinessOptions& options) {
  transfer::v1::GetBusinessReply reply;
  if (int code = Get(cli, options.business, &reply)) return code;
  if (!options.html.empty()) {
    const auto& business = reply.business();
    registry::v1::ChildView child;
    const bool not_here_yet = business.state() != "COMPLETED" &&
                              business.to_school_code() != business.from_school_code() &&
                              WorksOnlyAt(cli, "school:" + business.to_school_code());
    const auto* seen = not_here_yet ? nullptr : ChildToPrint(cli, reply.child_id(), &child);
    return PrintTo(cli, options.html, cli.lang(),
                   [&](const Printing& printing) { return BusinessForm(printing, reply, seen); });
  }
  if (cli.PrintedJson(reply)) return kOk;
  PrintBusiness(cli, reply.business());
  Sheet sheet;
  sheet.Add(cli.T("申请人", "applicant"), reply.applicant());
  sheet.Add(cli.T("提请注意", "warnings"), Words(cli.lang(), reply.warnings()));
  for (const auto& file : reply.evidence()) {
    sheet.Add(Word(cli.lang(), file.kind()),
              fmt::format(
                  "{} {} {} {}", file.file_name(), Word(cli.lang(), file.hospital_level()),
                  cli.T(fmt::format("{} 字节", file.size()), fmt::format("{} bytes", file.size())),
                  Hex(file.digest())));
  }
  sheet.Print(cli.out());
  Table table({cli.T("时间", "at"), cli.T("事项", "what"), cli.T("环节", "step"),
               cli.T("经办人", "by"), cli.T("机构", "office"), cli.T("说明", "code")});
  for (const auto& line : reply.history()) {
    table.Add({Moment(line.at_us()), Word(cli.lang(), line.what(), "business"),
               std::to_string(line.step()), cli.names().Person(line.by()),
               cli.names().OfficeShort(line.office()), Word(cli.lang(), line.code())});
  }
  cli.out() << '\n';
  table.Print(cli.out());
  return kOk;
}

// The step that the caller decides is the one that they saw: shown first, and sent along.
int Decide(Cli& cli, const BusinessOptions& options, bool approve) {
  uint32_t step = options.step;
  if (step == UINT32_MAX) {
    transfer::v1::GetBusinessReply seen;
    if (int code = Get(cli, options.business, &seen)) return code;
    step = seen.business().step();
    if (!cli.globals.json && !cli.globals.yes) PrintBusiness(cli, seen.business());
    if (!cli.Confirm(approve ? "同意当前环节。" : "不同意当前环节。",
                     approve ? "Approve the current step." : "Refuse the current step.")) {
      return cli.NotConfirmed();
    }
  }
  transfer::v1::DecideStepRequest request;
  request.set_business_id(options.business.str());
  request.set_step(step);
  request.set_approve(approve);
  request.set_reason_code(options.code);
  request.set_reason_text(options.reason);
  BusinessReply reply;
  if (int code = cli.Call("transfer.v1.ApprovalService.DecideStep", request, &reply)) return code;
  return ShowBusinessReply(cli, reply, approve ? "已同意。" : "已不同意。",
                           approve ? "approved." : "refused.");
}

int ApproveBody(Cli& cli, const BusinessOptions& options) { return Decide(cli, options, true); }
int RefuseBody(Cli& cli, const BusinessOptions& options) { return Decide(cli, options, false); }

int WithdrawBody(Cli& cli, const BusinessOptions& options) {
  transfer::v1::WithdrawBusinessRequest request;
  request.set_business_id(options.business.str());
  request.set_reason(options.reason);
  BusinessReply reply;
  if (int code = cli.Call("transfer.v1.ApprovalService.WithdrawBusiness", request, &reply))
    return code;
  return ShowBusinessReply(cli, reply, "已撤回。", "withdrawn.");
}

int OverrideBody(Cli& cli, const BusinessOptions& options) {
  transfer::v1::OverrideRefusalRequest request;
  request.set_business_id(options.business.str());
  request.set_reason(options.reason);
  BusinessReply reply;
  if (int code = cli.Call("transfer.v1.TransferService.OverrideRefusal", request, &reply))
    return code;
  return ShowBusinessReply(cli, reply, "已责令接收。", "the refusal is overridden.");
}

struct WhyOptions {
  std::optional<DayArg> start;
  uint32_t days = 10;
};

int WhyBody(Cli& cli, const WhyOptions& options) {
  base::CivilDay start;
  if (int code = cli.Resolve(*options.start, &start)) return code;
  transfer::v1::ExplainDeadlineRequest request;
  request.mutable_start()->set_days(start.days);
  request.set_working_days(options.days);
  transfer::v1::ExplainDeadlineReply reply;
  if (int code = cli.Call("transfer.v1.ApprovalService.ExplainDeadline", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  const auto& deadline = reply.deadline();
  Sheet sheet;
  sheet.Add(cli.T("起算日", "start"), Day(deadline.start()));
  sheet.Add(cli.T("期限", "due"), DeadlineText(cli.lang(), deadline));
  sheet.Add(cli.T("日历版本", "calendar"), deadline.calendar_version());
  sheet.Print(cli.out());
  Table table({cli.T("跳过", "skipped"), cli.T("原因", "because")});
  for (const auto& skipped : deadline.skipped()) {
    table.Add(
        {Day(skipped.day()), cli.lang() == Lang::kZh ? skipped.reason_zh() : skipped.reason_en()});
  }
  table.Print(cli.out());
  cli.out() << (cli.lang() == Lang::kZh ? reply.explanation_zh() : reply.explanation_en()) << '\n';
  return kOk;
}

struct EvidenceOptions {
  base::Id16 business;
  std::string digest;
  std::string reason;
  std::string out;
};

int EvidenceBody(Cli& cli, const EvidenceOptions& options) {
  transfer::v1::GetEvidenceRequest request;
  request.set_business_id(options.business.str());
  request.set_digest(options.digest);
  request.set_reason(options.reason);
  transfer::v1::GetEvidenceReply reply;
  if (int code = cli.Call("transfer.v1.ApprovalService.GetEvidence", request, &reply)) return code;
  Download file(options.out);
  if (!file.Write(reply.content()) || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", options.out),
                    fmt::format("cannot write {}", options.out));
  }
  cli.Note(fmt::format("已保存 {}（{}）", options.out, reply.type()),
           fmt::format("saved {} ({})", options.out, reply.type()));
  return kOk;
}

void AddDecisions(CLI::App& approvals, Cli& cli) {
  auto approve = std::make_shared<BusinessOptions>();
  CLI::App* command =
      Command(approvals, cli, "approve", "同意当前环节", "approve the current step");
  AddId(command, cli, "business", &approve->business, "业务编号", "business id")->required();
  command->add_option("--step", approve->step,
                      cli.T("您看到的环节序号；不填则先显示再确认",
                            "the step you saw; without it, it is shown first"));
  AddText(command, cli, "--reason", &approve->reason, "意见", "opinion");
  Run(command, cli, approve, ApproveBody);

  auto refuse = std::make_shared<BusinessOptions>();
  command = Command(approvals, cli, "refuse", "不同意当前环节（须有理由）",
                    "refuse the current step, with a reason");
  AddId(command, cli, "business", &refuse->business, "业务编号", "business id")->required();
  command->add_option("--step", refuse->step, cli.T("您看到的环节序号", "the step you saw"));
  AddCode(command, cli, "--code", &refuse->code,
          {"NO_SEAT", "OUT_OF_ZONE", "EVIDENCE_INSUFFICIENT", "EVIDENCE_FALSE", "IDENTITY_MISMATCH",
           "NOT_ELIGIBLE", "OTHER"},
          "理由", "reason code")
      ->required();
  AddText(command, cli, "--reason", &refuse->reason, "说明", "explanation");
  Run(command, cli, refuse, RefuseBody);

  auto withdraw = std::make_shared<BusinessOptions>();
  command = Command(approvals, cli, "withdraw", "撤回本校发起的申请",
                    "withdraw an application of the own school");
  AddId(command, cli, "business", &withdraw->business, "业务编号", "business id")->required();
  AddText(command, cli, "--reason", &withdraw->reason, "理由", "reason")->required();
  Run(command, cli, withdraw, WithdrawBody);

  auto over = std::make_shared<BusinessOptions>();
  command = Command(approvals, cli, "override", "教育局责令服务区学校接收被拒学生",
                    "the bureau overrides a school's refusal of a zoned child");
  AddId(command, cli, "business", &over->business, "业务编号", "business id")->required();
  AddText(command, cli, "--reason", &over->reason, "理由", "reason")->required();
  Run(command, cli, over, OverrideBody);
}

}  // namespace

void AddApprovals(CLI::App& app, Cli& cli) {
  CLI::App* approvals = Family(app, cli, "approvals", "学籍异动审批：转学、休学、复学等",
                               "approvals: transfer, suspension, resumption and the like");
  AddApprovalStarts(*approvals, cli);
  auto list = std::make_shared<ListOptions>();
  CLI::App* command = Command(*approvals, cli, "list", "等待本机构办理的审批，逾期在前",
                              "what waits for the own office, overdue first");
  AddOffice(command, cli, "--office", &list->office, "机构，默认本机构",
            "office, by default the own one");
  AddCode(command, cli, "--state", &list->state,
          {"OPEN", "APPROVED", "COMPLETED", "REFUSED", "WITHDRAWN", "NEEDS_ATTENTION"},
          "状态，默认办理中", "state, open by default", "business");
  AddFlag(command, cli, "--overdue", &list->overdue, "只看逾期", "only overdue ones");
  command->add_option_function<std::string>(
      "--child",
      [list, &cli](const std::string& text) {
        list->child = ParseChild(text);
        if (!list->child)
          BadValue("--child", text, cli.T("应为学生编号、学籍号或证件号码", "expected a child"));
      },
      cli.T("只看这名学生", "only this child"));
  AddLimit(command, cli, &list->limit);
  Run(command, cli, list, ListBody);

  auto show = std::make_shared<BusinessOptions>();
  command = Command(*approvals, cli, "show", "一项审批的全部情况", "everything about one approval");
  AddId(command, cli, "business", &show->business, "业务编号", "business id")->required();
  AddHtml(command, cli, &show->html);
  Run(command, cli, show, ShowBody);

  AddDecisions(*approvals, cli);

  auto why = std::make_shared<WhyOptions>();
  command = Command(*approvals, cli, "why", "期限为何是这一天：起算日加若干工作日",
                    "why this date: a start and a number of working days");
  AddDay(command, cli, "start", &why->start, "起算日", "start")->required();
  command->add_option("days", why->days, cli.T("工作日数", "working days"))
      ->required()
      ->check(CLI::Range(1, 250));
  Run(command, cli, why, WhyBody);

  auto evidence = std::make_shared<EvidenceOptions>();
  command = Command(*approvals, cli, "evidence", "取出一份证明材料（须写明理由，记入留痕）",
                    "fetch one evidence file; the reason is recorded");
  AddId(command, cli, "business", &evidence->business, "业务编号", "business id")->required();
  AddRead<std::string>(command, "digest", &evidence->digest, ParseDigest,
                       cli.T("材料摘要（show 可查）", "its digest, as show prints it"),
                       cli.T("应为 64 位十六进制", "expected 64 hex digits"))
      ->required();
  AddText(command, cli, "--reason", &evidence->reason, "理由", "reason")->required();
  AddText(command, cli, "--out", &evidence->out, "保存到", "file to write")->required();
  Run(command, cli, evidence, EvidenceBody);
}

}  // namespace twinline::cli

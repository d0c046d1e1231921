// twinline cases paper issue, serve, void: formal papers in the order of the chain (domain.md 2.7).
#include <algorithm>

#include "fmt/format.h"
#include "tools/twinline/case_acts.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

struct PaperOptions {
  ActOptions act;
  base::Id16 paper;
  std::string html;
};

int IssueBody(Cli& cli, const PaperOptions& options) {
  av1::CaseActRequest common;
  av1::GetCaseReply seen;
  if (int code = FillAct(cli, options.act, &common, &seen)) return code;
  av1::IssuePaperRequest request;
  request.set_child_id(common.child_id());
  request.set_case_id(common.case_id());
  request.set_kind(options.act.code);
  if (common.has_on()) *request.mutable_return_by() = common.on();
  request.set_addressee(options.act.met);
  av1::IssuePaperReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.IssuePaper", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T(fmt::format("已发出 {}，文书编号 {}", reply.paper().title(),
                                 Hex(reply.paper().paper_id())),
                     fmt::format("issued {}, paper id {}", reply.paper().title(),
                                 Hex(reply.paper().paper_id())))
            << '\n';
  if (!reply.paper().missing_steps().empty()) {
    cli.out() << cli.T("此前尚缺：", "steps that were left out: ")
              << Words(cli.lang(), reply.paper().missing_steps()) << '\n';
  }
  return kOk;
}

int ServeBody(Cli& cli, const PaperOptions& options) {
  av1::ServePaperRequest request;
  if (int code = ResolveChildId(cli, options.act.child, request.mutable_child_id())) return code;
  request.set_paper_id(options.paper.str());
  base::CivilDay day;
  if (int code = cli.Resolve(options.act.day.value_or(DayArg{}), &day)) return code;
  request.mutable_served_on()->set_days(day.days);
  request.set_method(options.act.code);
  if (int code = UploadCaseEvidence(cli, request.child_id(), options.act.evidence,
                                    request.mutable_evidence())) {
    return code;
  }
  av1::PaperReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.ServePaper", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("已登记送达。", "the service is recorded.");
  return kOk;
}

int VoidBody(Cli& cli, const PaperOptions& options) {
  av1::VoidPaperRequest request;
  if (int code = ResolveChildId(cli, options.act.child, request.mutable_child_id())) return code;
  request.set_paper_id(options.paper.str());
  request.set_reason(options.act.note);
  av1::PaperReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.VoidPaper", request, &reply))
    return code;
  if (!cli.PrintedJson(reply))
    cli.Note("文书已作废，文号不再使用。", "the paper is void; its number is not used again.");
  return kOk;
}

int PrintBody(Cli& cli, const PaperOptions& options) {
  av1::GetCaseReply reply;
  if (int code = GetCase(cli, options.act.child, &reply)) return code;
  const auto paper = std::find_if(
      reply.papers().begin(), reply.papers().end(),
      [&](const av1::PaperView& one) { return one.paper_id() == options.paper.str(); });
  if (paper == reply.papers().end()) {
    return cli.Fail(kRefused, "PAPER_UNKNOWN", "本案没有这份文书，用 cases show 核对文书编号。",
                    "this case has no such paper; cases show lists their ids");
  }
  if (paper->kind() == "COURT") {
    return cli.Fail(kRefused, "PAPER_NOT_PRINTED",
                    "向法院提交的申请书或起诉状由承办人员按法院要求制作，系统只登记文号和送达。",
                    "what is filed with a court is written as the court wants it; only its number "
                    "and service are recorded here");
  }
  registry::v1::ChildView child;
  const auto* seen = ChildToPrint(cli, reply.child_id(), &child);
  if (!paper->missing_steps().empty()) {
    cli.Note("注意，此前尚缺：" + Words(Lang::kZh, paper->missing_steps()),
             "note, steps that were left out: " + Words(Lang::kEn, paper->missing_steps()));
  }
  return PrintTo(cli, options.html, Lang::kZh, [&](const Printing& printing) {
    return PaperSheets(printing, reply, *paper, seen);
  });
}

}  // namespace

void AddCasePapers(CLI::App& cases, Cli& cli) {
  CLI::App* papers = Family(cases, cli, "paper", "文书：发出、打印、送达、作废",
                            "papers: issue, print, serve, void");
  auto issue = std::make_shared<PaperOptions>();
  CLI::App* command =
      Command(*papers, cli, "issue", "发出文书，文号连续", "issue a paper with a number in order");
  AddChild(command, cli, "child", &issue->act.child, "学生", "child")->required();
  AddCode(command, cli, "kind", &issue->act.code,
          {"PERSUADE_NOTICE", "RETURN_BY_DATE", "ORDER", "COURT"}, "种类", "kind")
      ->required();
  AddDay(command, cli, "--return-by", &issue->act.day, "限期返校日", "return by");
  AddText(command, cli, "--to", &issue->act.met, "受送达人", "addressee");
  Run(command, cli, issue, IssueBody);

  auto print = std::make_shared<PaperOptions>();
  command = Command(*papers, cli, "print", "打印文书和送达回证（中文，A4）",
                    "the paper and its service receipt, in Chinese, on A4");
  AddChild(command, cli, "child", &print->act.child, "学生", "child")->required();
  AddId(command, cli, "paper", &print->paper, "文书编号", "paper id")->required();
  AddHtml(command, cli, &print->html)->required();
  Run(command, cli, print, PrintBody);

  auto serve = std::make_shared<PaperOptions>();
  command = Command(*papers, cli, "serve", "登记送达回证", "record the service receipt");
  AddChild(command, cli, "child", &serve->act.child, "学生", "child")->required();
  AddId(command, cli, "paper", &serve->paper, "文书编号", "paper id")->required();
  AddCode(command, cli, "--method", &serve->act.code,
          {"IN_PERSON", "LEFT_AT_HOME", "POST", "NOTICE_BOARD"}, "方式", "method")
      ->required();
  AddDay(command, cli, "--date", &serve->act.day, "送达日，默认今天", "day, today by default");
  command->add_option("--evidence", serve->act.evidence, cli.T("送达回证照片", "the receipt"))
      ->allow_extra_args(false);
  Run(command, cli, serve, ServeBody);

  auto cancel = std::make_shared<PaperOptions>();
  command = Command(*papers, cli, "void", "作废文书", "void a paper");
  AddChild(command, cli, "child", &cancel->act.child, "学生", "child")->required();
  AddId(command, cli, "paper", &cancel->paper, "文书编号", "paper id")->required();
  AddText(command, cli, "--reason", &cancel->act.note, "理由", "reason")->required();
  Run(command, cli, cancel, VoidBody);
}

}  // namespace twinline::cli

// twinline cases open, persuade, returned, elsewhere, confirm, place, end, take-over, deny,
// township, sign, override, false-alarm. What may be done in which state by whom is the
// server's rule table; `cases show` says what it allows now.
#include "fmt/format.h"
#include "tools/twinline/case_acts.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

int Acted(Cli& cli, const av1::CaseReply& reply) {
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note("已办理。", "done.");
  PrintCase(cli, reply.case_facts());
  return kOk;
}

// An act whose request is the common part alone.
int Act(Cli& cli, const ActOptions& options, std::string_view method) {
  av1::CaseActRequest request;
  av1::GetCaseReply seen;
  if (int code = FillAct(cli, options, &request, &seen)) return code;
  av1::CaseReply reply;
  if (int code = cli.Call(method, request, &reply)) return code;
  return Acted(cli, reply);
}

// An act that adds something to the common part.
template <typename Request, typename Fill>
int ActWith(Cli& cli, const ActOptions& options, std::string_view method, Fill fill) {
  Request request;
  av1::GetCaseReply seen;
  if (int code = FillAct(cli, options, request.mutable_act(), &seen)) return code;
  if (int code = fill(&request, seen)) return code;
  av1::CaseReply reply;
  if (int code = cli.Call(method, request, &reply)) return code;
  return Acted(cli, reply);
}

int OpenBody(Cli& cli, const ActOptions& options) {
  av1::OpenCaseRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_reason(options.note);
  av1::CaseReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.OpenCase", request, &reply))
    return code;
  return Acted(cli, reply);
}

int PersuadeBody(Cli& cli, const ActOptions& options) {
  av1::CaseActRequest common;
  av1::GetCaseReply seen;
  if (int code = FillAct(cli, options, &common, &seen)) return code;
  av1::RecordPersuasionRequest request;
  request.set_child_id(common.child_id());
  request.set_case_id(common.case_id());
  if (common.has_on()) *request.mutable_on() = common.on();
  request.set_method(options.code);
  request.set_result(options.result);
  request.set_place(options.place);
  request.set_met(options.met);
  request.set_said(options.said);
  *request.mutable_evidence() = common.evidence();
  for (const std::string& one : options.sensitive) request.add_sensitive(one);
  av1::CaseReply reply;
  if (int code =
          cli.Call("accountability.v1.AccountabilityService.RecordPersuasion", request, &reply))
    return code;
  return Acted(cli, reply);
}

int ReturnedBody(Cli& cli, const ActOptions& options) {
  return Act(cli, options, "accountability.v1.AccountabilityService.ReportReturn");
}

int TakeOverBody(Cli& cli, const ActOptions& options) {
  return Act(cli, options, "accountability.v1.AccountabilityService.TakeOver");
}

int ElsewhereBody(Cli& cli, const ActOptions& options) {
  return Act(cli, options,
             options.proved ? "accountability.v1.AccountabilityService.ProveElsewhere"
                            : "accountability.v1.AccountabilityService.ClaimElsewhere");
}

int ConfirmBody(Cli& cli, const ActOptions& options) {
  if (!cli.Confirm("确认辍学，学籍保留，劝返继续。",
                   "Confirm the dropout; the registration is kept and persuading goes on.")) {
    return cli.NotConfirmed();
  }
  return ActWith<av1::ConfirmDropoutRequest>(
      cli, options, "accountability.v1.AccountabilityService.ConfirmDropout",
      [&](auto* request, const auto&) {
        request->set_reason_code(options.code);
        return 0;
      });
}

int PlacementBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::ProposePlacementRequest>(
      cli, options, "accountability.v1.AccountabilityService.ProposePlacement",
      [&](auto* request, const auto&) {
        request->set_placement(options.code);
        return 0;
      });
}

int EndBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::ProposeEndRequest>(cli, options,
                                         "accountability.v1.AccountabilityService.ProposeEnd",
                                         [&](auto* request, const auto&) {
                                           request->set_ground(options.code);
                                           return 0;
                                         });
}

int DenyBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::DenyResponsibilityRequest>(
      cli, options, "accountability.v1.AccountabilityService.DenyResponsibility",
      [&](auto* request, const auto&) {
        request->set_evidence_type(options.code);
        return 0;
      });
}

int TownshipBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::DecideTownshipRequest>(
      cli, options, "accountability.v1.AccountabilityService.DecideTownship",
      [&](auto* request, const auto&) {
        request->set_township(options.township);
        return 0;
      });
}

// The outcome that the signer saw is part of what is signed.
int OutcomeOf(Cli& cli, const ActOptions& options, const av1::GetCaseReply& seen,
              std::string* outcome) {
  *outcome =
      options.code.empty() ? std::string(ClosingOutcome(seen.case_facts().state())) : options.code;
  if (outcome->empty()) {
    return cli.Fail(
        kRefused, "NOT_READY_TO_CLOSE",
        fmt::format("案件处于“{}”，还没有可签的结论。", Word(Lang::kZh, seen.case_facts().state())),
        fmt::format("the case is \"{}\"; there is no outcome to sign yet",
                    Word(Lang::kEn, seen.case_facts().state())));
  }
  if (!cli.globals.json && !cli.globals.yes) PrintCase(cli, seen.case_facts());
  return cli.Confirm(fmt::format("以“{}”签字。", Word(Lang::kZh, *outcome)),
                     fmt::format("Sign \"{}\".", Word(Lang::kEn, *outcome)))
             ? static_cast<int>(kOk)
             : cli.NotConfirmed();
}

int SignBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::SignCloseRequest>(
      cli, options, "accountability.v1.AccountabilityService.SignClose",
      [&](auto* request, const auto& seen) {
        return OutcomeOf(cli, options, seen, request->mutable_outcome());
      });
}

int OverrideBody(Cli& cli, const ActOptions& options) {
  return ActWith<av1::OverrideCloseRequest>(
      cli, options, "accountability.v1.AccountabilityService.OverrideClose",
      [&](auto* request, const auto& seen) {
        return OutcomeOf(cli, options, seen, request->mutable_outcome());
      });
}

int FalseAlarmBody(Cli& cli, const ActOptions& options) {
  if (!options.agree && !options.reject)
    return Act(cli, options, "accountability.v1.AccountabilityService.ProposeFalseAlarm");
  return ActWith<av1::SignFalseAlarmRequest>(
      cli, options, "accountability.v1.AccountabilityService.SignFalseAlarm",
      [&](auto* request, const auto&) {
        request->set_agree(options.agree);
        return 0;
      });
}

CLI::App* ActCommand(CLI::App& cases, Cli& cli, const std::string& name, ActOptions* options,
                     std::string_view zh, std::string_view en) {
  CLI::App* command = Command(cases, cli, name, zh, en);
  AddChild(command, cli, "child", &options->child, "学生", "child")->required();
  AddText(command, cli, "--note", &options->note, "说明（加密保存）", "note, sealed at rest");
  AddDay(command, cli, "--date", &options->day, "事实发生日，默认今天",
         "when it happened, today by default");
  command
      ->add_option("--evidence", options->evidence,
                   cli.T("材料文件，可多次", "evidence file, repeatable"))
      ->allow_extra_args(false);
  return command;
}

CLI::App* Add(CLI::App& cases, Cli& cli, const std::string& name,
              std::shared_ptr<ActOptions> options, int (*body)(Cli&, const ActOptions&),
              std::string_view zh, std::string_view en) {
  CLI::App* command = ActCommand(cases, cli, name, options.get(), zh, en);
  Run(command, cli, std::move(options), body);
  return command;
}

void AddResponsibility(CLI::App& cases, Cli& cli) {
  Add(cases, cli, "take-over", std::make_shared<ActOptions>(), TakeOverBody, "乡镇认领",
      "the township takes the case over");
  auto deny = std::make_shared<ActOptions>();
  AddCode(Add(cases, cli, "deny", deny, DenyBody, "乡镇提出不属本辖区（裁定前仍负责）",
              "the township says the child is not its own"),
          cli, "--because", &deny->code,
          {"HUKOU_MOVED", "RESIDENCE_MOVED", "NEVER_RESIDED", "ENROLLED_ELSEWHERE"}, "依据",
          "evidence")
      ->required();
  auto township = std::make_shared<ActOptions>();
  AddText(Add(cases, cli, "township", township, TownshipBody, "教育局裁定责任乡镇",
              "the bureau decides the township"),
          cli, "township", &township->township, "乡镇代码九位", "township, nine digits")
      ->required();
}

void AddClosing(CLI::App& cases, Cli& cli) {
  const std::vector<std::string> outcomes = {"CLOSED_RETURN", "CLOSED_TRANSFER", "CLOSED_PLACED",
                                             "CLOSED_END"};
  auto sign = std::make_shared<ActOptions>();
  AddCode(Add(cases, cli, "sign", sign, SignBody, "本线签字销号；两线都签才销号",
              "this line's closing signature; the second closes"),
          cli, "--outcome", &sign->code, outcomes, "结论，默认按案件状态",
          "outcome, by the case's state without it");
  auto over = std::make_shared<ActOptions>();
  AddCode(Add(cases, cli, "override", over, OverrideBody, "局长裁定销号，记录理由",
              "close against a missing signature"),
          cli, "--outcome", &over->code, outcomes, "结论", "outcome");
  auto alarm = std::make_shared<ActOptions>();
  CLI::App* command = Add(
      cases, cli, "false-alarm", alarm, FalseAlarmBody,
      "误报：教育线提出，政府线 --agree 或 --reject",
      "false alarm: proposed by the education line, signed by the other with --agree or --reject");
  auto* agree = command->add_flag("--agree", alarm->agree,
                                  cli.T("政府线同意，销号", "the government line agrees"));
  command
      ->add_flag("--reject", alarm->reject,
                 cli.T("政府线不同意", "the government line does not agree"))
      ->excludes(agree);
}

}  // namespace

void AddCaseActs(CLI::App& cases, Cli& cli) {
  auto open = std::make_shared<ActOptions>();
  CLI::App* command =
      Command(cases, cli, "open", "人工立案", "add a case that no threshold has opened");
  AddChild(command, cli, "child", &open->child, "学生", "child")->required();
  AddText(command, cli, "--reason", &open->note, "理由", "reason")->required();
  Run(command, cli, open, OpenBody);

  auto persuade = std::make_shared<ActOptions>();
  command = ActCommand(cases, cli, "persuade", persuade.get(), "记录一次劝返",
                       "record one attempt to bring the child back");
  AddCode(command, cli, "--method", &persuade->code,
          {"PHONE", "HOME_VISIT", "GROUP_VISIT", "PRINCIPAL_TALK", "JOINT_VISIT"}, "方式", "method")
      ->required();
  AddCode(command, cli, "--result", &persuade->result,
          {"AGREED_TO_RETURN", "REFUSED", "NOT_FOUND", "GUARDIAN_UNREACHABLE", "ELSEWHERE_CLAIMED",
           "ILL"},
          "结果", "result", "result")
      ->required();
  AddText(command, cli, "--met", &persuade->met, "见到谁", "whom")->required();
  AddText(command, cli, "--said", &persuade->said, "谈了什么", "what was said")->required();
  AddText(command, cli, "--place", &persuade->place, "地点", "place");
  command
      ->add_option(
          "--sensitive", persuade->sensitive,
          cli.T("涉及健康、宗教、案件时不向乡镇村显示：", "hidden from township and village: ") +
              "HEALTH RELIGION CASE_INVOLVED")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"HEALTH", "RELIGION", "CASE_INVOLVED"}).description(""));
  Run(command, cli, persuade, PersuadeBody);

  Add(cases, cli, "returned", std::make_shared<ActOptions>(), ReturnedBody,
      "报告已返校，进入稳定期", "the child is back; probation begins");
  auto elsewhere = std::make_shared<ActOptions>();
  AddFlag(Add(cases, cli, "elsewhere", elsewhere, ElsewhereBody,
              "在外就读：无证明仅记录；教育局持证明用 --proved",
              "studies elsewhere: noted; with --proved by the bureau that holds the proof"),
          cli, "--proved", &elsewhere->proved, "已取得学籍证明", "proved");
  auto confirm = std::make_shared<ActOptions>();
  AddText(Add(cases, cli, "confirm", confirm, ConfirmBody, "教育局确认辍学（保留学籍）",
              "the bureau confirms a dropout"),
          cli, "--because", &confirm->code, "辍学原因，如 厌学、家庭贫困、外出务工",
          "reason of the dropout (domain words)")
      ->required();
  auto placement = std::make_shared<ActOptions>();
  AddCode(Add(cases, cli, "place", placement, PlacementBody, "提出安置（审批须已办结）",
              "a placement whose approval is done"),
          cli, "--as", &placement->code,
          {"HOME_TEACHING", "SPECIAL_SCHOOL", "SPECIALIZED_SCHOOL", "SUSPENSION"}, "安置方式",
          "placement")
      ->required();
  auto end = std::make_shared<ActOptions>();
  AddCode(Add(cases, cli, "end", end, EndBody, "提出结案：死亡、出国、学段结束", "propose the end"),
          cli, "--ground", &end->code, {"DECEASED", "ABROAD", "STAGE_END"}, "依据", "ground")
      ->required();
  AddResponsibility(cases, cli);
  AddClosing(cases, cli);
  AddCasePapers(cases, cli);
}

}  // namespace twinline::cli

// twinline cases list, show, counts, undecided, evidence.
#include "fmt/format.h"
#include "tools/twinline/case_acts.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

const std::vector<std::string> kStates = {
    "WATCH",        "SUSPECTED",     "PERSUADING",      "RETURNED",      "TRANSFERRED",
    "PLACED",       "ORDERED",       "LITIGATION",      "CONFIRMED",     "FALSE_ALARM_PROPOSED",
    "END_PROPOSED", "CLOSED_RETURN", "CLOSED_TRANSFER", "CLOSED_PLACED", "CLOSED_FALSE_ALARM",
    "CLOSED_END",   "CLOSED_MERGED"};

struct ListOptions {
  std::string office;
  std::string township;
  std::string school;
  std::string state;
  bool closed = false;
  bool undecided = false;
  Limit limit;
};

// "2026-09-15 !" when the line's deadline has passed.
std::string Due(const av1::Duties& duties) {
  return Day(duties.deadline().due()) + (duties.overdue() ? " !" : "");
}

int ListBody(Cli& cli, const ListOptions& options) {
  av1::ListCasesRequest request;
  request.set_office(options.office);
  request.set_township(options.township);
  request.set_school_code(options.school);
  request.set_state(options.state);
  request.set_open_only(!options.closed && !options.state.starts_with("CLOSED_"));
  request.set_undecided_only(options.undecided);
  av1::ListCasesReply reply;
  if (int code = CallPages(cli, "accountability.v1.AccountabilityService.ListCases", request,
                           &reply, options.limit, [](const auto& r) { return r.cases_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.cases().empty()) {
    cli.Nothing(
        "没有符合条件的案件。可用 --closed 包括已销号的，或用 --office、--school 换一个机构。",
        "no such cases. --closed includes closed ones; --office and --school look elsewhere.");
  }
  Table table({cli.T("学生编号", "child id"), cli.T("状态", "state"), cli.T("学校", "school"),
               cli.T("责任乡镇", "township"), cli.T("缺课", "absent"),
               cli.T("政府线期限", "government due"), cli.T("教育线期限", "education due"),
               cli.T("劝返", "persuaded"), cli.T("立案日", "opened")});
  table.AlignRight(4).AlignRight(7);
  for (const auto& line : reply.cases()) {
    const auto& facts = line.case_facts();
    table.Add({Hex(line.child_id()), Word(cli.lang(), facts.state()),
               cli.names().School(facts.school_code()), cli.names().Area(facts.township()),
               std::to_string(facts.absent_days()), Due(facts.government()), Due(facts.education()),
               std::to_string(facts.persuasions()), Day(facts.opened_on())});
  }
  table.Print(cli.out());
  if (!table.empty()) cli.Note("（! 表示已逾期）", "(! means overdue)");
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

struct ShowOptions {
  ChildRef child;
  std::string digest;
  std::string reason;
  std::string out;
  std::string html;
};

std::string Told(Cli& cli, const av1::TimelineEntry& entry) {
  std::string text = Word(cli.lang(), entry.code());
  const auto add = [&](std::string_view zh, std::string_view en, const std::string& value) {
    if (value.empty()) return;
    if (!text.empty()) text += cli.T("；", "; ");
    text += cli.T(zh, en) + value;
  };
  add("结果：", "result: ", Word(cli.lang(), entry.result(), "result"));
  add("地点：", "place: ", entry.place());
  add("见到：", "met: ", entry.met());
  add("谈话：", "said: ", entry.said());
  add("原因：", "reason: ", Word(cli.lang(), entry.reason_code()));
  add("说明：", "note: ", entry.note());
  add("转至：", "to: ", cli.names().OfficeShort(entry.to_office()));
  if (entry.restricted())
    add("（部分内容不向本机构显示）", "(part of it is not shown to this office)", " ");
  if (entry.destroyed()) add("（已销毁）", "(destroyed)", " ");
  return text;
}

int ShowBody(Cli& cli, const ShowOptions& options) {
  av1::GetCaseReply reply;
  if (int code = GetCase(cli, options.child, &reply)) return code;
  if (!options.html.empty()) {
    registry::v1::ChildView child;
    const auto* seen = ChildToPrint(cli, reply.child_id(), &child);
    return PrintTo(cli, options.html, cli.lang(),
                   [&](const Printing& printing) { return CaseForm(printing, reply, seen); });
  }
  if (cli.PrintedJson(reply)) return kOk;
  PrintCase(cli, reply.case_facts());
  Table timeline({"#", cli.T("时间", "at"), cli.T("事项", "what"), cli.T("线", "line"),
                  cli.T("机构", "office"), cli.T("人员", "person"), cli.T("内容", "content")});
  timeline.AlignRight(0);
  for (const auto& entry : reply.timeline()) {
    timeline.Add({std::to_string(entry.number()), MomentShort(entry.at_us()),
                  Word(cli.lang(), entry.what(), "case"), LineWord(cli.lang(), entry.line()),
                  cli.names().OfficeShort(entry.office()), cli.names().Person(entry.by()),
                  Told(cli, entry)});
  }
  cli.out() << '\n';
  timeline.Print(cli.out());
  Table papers({cli.T("文号", "paper"), cli.T("种类", "kind"), cli.T("发出", "issued"),
                cli.T("限期", "return by"), cli.T("送达", "served"),
                cli.T("文书编号", "paper id")});
  for (const auto& paper : reply.papers()) {
    papers.Add(
        {paper.title() + (paper.voided() ? cli.T("（作废）", " (void)") : ""),
         Word(cli.lang(), paper.kind()), Day(paper.issued_on()), Day(paper.return_by()),
         fmt::format("{} {}", Day(paper.served_on()), Word(cli.lang(), paper.served_method())),
         Hex(paper.paper_id())});
  }
  if (!papers.empty()) cli.out() << '\n';
  papers.Print(cli.out());
  if (!reply.possible_actions().empty()) {
    cli.out() << '\n'
              << cli.T("您现在可以：", "you may now: ")
              << Words(cli.lang(), reply.possible_actions()) << '\n';
  }
  return kOk;
}

int EvidenceBody(Cli& cli, const ShowOptions& options) {
  av1::GetCaseEvidenceRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_digest(options.digest);
  request.set_reason(options.reason);
  av1::GetCaseEvidenceReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.GetEvidence", request, &reply))
    return code;
  Download file(options.out);
  if (!file.Write(reply.content()) || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", options.out),
                    fmt::format("cannot write {}", options.out));
  }
  cli.Note(fmt::format("已保存 {}", options.out), fmt::format("saved {}", options.out));
  return kOk;
}

struct CountOptions {
  std::string office;
};

int CountsBody(Cli& cli, const CountOptions& options) {
  av1::CaseCountsRequest request;
  request.set_office(options.office);
  av1::CaseCountsReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.CaseCounts", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.counts().empty()) cli.Nothing("没有案件。", "no cases.");
  Table table({cli.T("学段", "stage"), cli.T("状态", "state"), cli.T("件数", "cases")});
  table.AlignRight(2);
  for (const auto& count : reply.counts()) {
    table.Add({Word(cli.lang(), count.stage()), Word(cli.lang(), count.state()),
               std::to_string(count.cases())});
  }
  table.Print(cli.out());
  return kOk;
}

int UndecidedBody(Cli& cli, const ListOptions& options) {
  av1::ListReassignRequest request;
  av1::ListReassignReply reply;
  if (int code = CallPages(cli, "accountability.v1.AccountabilityService.ListReassign", request,
                           &reply, options.limit, [](const auto& r) { return r.cases_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.cases().empty()) cli.Nothing("没有等待裁定的案件。", "no case waits for a decision.");
  Table table({cli.T("学生编号", "child id"), cli.T("状态", "state"), cli.T("学校", "school"),
               cli.T("责任乡镇", "township"), cli.T("原因", "why")});
  for (const auto& line : reply.cases()) {
    table.Add({Hex(line.child_id()), Word(cli.lang(), line.case_facts().state()),
               cli.names().School(line.case_facts().school_code()),
               cli.names().Area(line.case_facts().township()), Words(cli.lang(), line.why())});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

}  // namespace

void AddCases(CLI::App& app, Cli& cli) {
  CLI::App* cases = Family(app, cli, "cases", "控辍保学案件", "dropout cases on two lines");
  auto list = std::make_shared<ListOptions>();
  CLI::App* command =
      Command(*cases, cli, "list", "管辖范围内的案件；--office 只看某机构负责的，逾期在前",
              "cases within reach; with --office those of one office, overdue first");
  AddOffice(command, cli, "--office", &list->office, "由这个机构负责", "this office is in charge");
  AddText(command, cli, "--township", &list->township, "责任或知会乡镇代码",
          "responsible or informed township");
  AddText(command, cli, "--school", &list->school, "学校标识码", "school code");
  AddCode(command, cli, "--state", &list->state, kStates, "状态", "state");
  AddFlag(command, cli, "--closed", &list->closed, "包括已销号", "closed ones too");
  AddFlag(command, cli, "--undecided", &list->undecided, "只看等待裁定的",
          "only those that wait for a decision");
  AddLimit(command, cli, &list->limit);
  Run(command, cli, list, ListBody);

  auto show = std::make_shared<ShowOptions>();
  command = Command(*cases, cli, "show", "一名学生的案件全过程",
                    "one child's case with its whole history");
  AddChild(command, cli, "child", &show->child, "学生", "child")->required();
  AddHtml(command, cli, &show->html);
  Run(command, cli, show, ShowBody);

  auto counts = std::make_shared<CountOptions>();
  command = Command(*cases, cli, "counts", "各状态件数，小学初中分列",
                    "numbers by state, primary and junior apart");
  AddOffice(command, cli, "office", &counts->office, "机构，默认本机构",
            "office, by default the own one");
  Run(command, cli, counts, CountsBody);

  auto undecided = std::make_shared<ListOptions>();
  command = Command(*cases, cli, "undecided", "等待裁定的案件：无人在岗、乡镇否认、学段结束",
                    "cases that wait for a decision");
  AddLimit(command, cli, &undecided->limit);
  Run(command, cli, undecided, UndecidedBody);

  AddCaseActs(*cases, cli);
  AddCaseAlerts(*cases, cli);

  auto evidence = std::make_shared<ShowOptions>();
  command = Command(*cases, cli, "evidence", "取出一份案件材料（须写明理由，记入留痕）",
                    "fetch one evidence file; the reason is recorded");
  AddChild(command, cli, "child", &evidence->child, "学生", "child")->required();
  AddRead<std::string>(command, "digest", &evidence->digest, ParseDigest,
                       cli.T("材料摘要", "digest"),
                       cli.T("应为 64 位十六进制", "expected 64 hex digits"))
      ->required();
  AddText(command, cli, "--reason", &evidence->reason, "理由", "reason")->required();
  AddText(command, cli, "--out", &evidence->out, "保存到", "file to write")->required();
  Run(command, cli, evidence, EvidenceBody);
}

}  // namespace twinline::cli

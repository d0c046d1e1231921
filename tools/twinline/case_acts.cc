// Looking a case up before acting on it, and showing how it stands.
#include "tools/twinline/case_acts.h"

#include <array>
#include <utility>

#include "fmt/format.h"
#include "tools/twinline/files.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr size_t kEvidenceMax = size_t{2} << 20;

void PrintLine(Cli& cli, Table& table, const accountability::v1::Duties& duties) {
  std::string owner = duties.owner().empty() ? cli.T("无人在岗", "nobody on duty")
                                             : cli.names().Person(duties.owner());
  std::string due = DeadlineText(cli.lang(), duties.deadline());
  if (duties.overdue()) due += cli.T(" 已逾期", " overdue");
  std::string outcome = Word(cli.lang(), duties.outcome());
  if (!duties.signed_by().empty()) {
    outcome +=
        fmt::format(" {} {}", Day(duties.signed_on()), cli.names().Person(duties.signed_by()));
  }
  table.Add({LineWord(cli.lang(), duties.line()), cli.names().OfficeShort(duties.office()),
             std::move(owner), Word(cli.lang(), duties.task()), std::move(due),
             std::to_string(duties.missed()), std::move(outcome)});
}

}  // namespace

int UploadCaseEvidence(Cli& cli, const std::string& child_id, const std::vector<std::string>& files,
                       google::protobuf::RepeatedPtrField<std::string>* digests) {
  for (const std::string& file : files) {
    auto content = ReadWholeFile(file, kEvidenceMax);
    if (!content.ok()) return cli.Fail(content.status());
    accountability::v1::UploadCaseEvidenceRequest request;
    request.set_child_id(child_id);
    request.set_content(*std::move(content));
    accountability::v1::UploadCaseEvidenceReply reply;
    if (int code =
            cli.Call("accountability.v1.AccountabilityService.UploadEvidence", request, &reply))
      return code;
    *digests->Add() = reply.digest();
  }
  return kOk;
}

int GetCase(Cli& cli, const ChildRef& ref, accountability::v1::GetCaseReply* reply) {
  accountability::v1::GetCaseRequest request;
  if (int code = ResolveChildId(cli, ref, request.mutable_child_id())) return code;
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  constexpr std::string_view kMethod = "accountability.v1.AccountabilityService.GetCase";
  const rpc::CallResult by_child = session->Call(kMethod, request, reply);
  if (by_child.ok()) return kOk;
  if (ref.id.empty() || ExitCodeOf(by_child.status.code()) != kRefused) return cli.Fail(by_child);
  request.clear_child_id();
  request.set_case_id(ref.id.str());
  return session->Call(kMethod, request, reply).ok() ? static_cast<int>(kOk) : cli.Fail(by_child);
}

int FillAct(Cli& cli, const ActOptions& options, accountability::v1::CaseActRequest* act,
            accountability::v1::GetCaseReply* seen) {
  if (int code = GetCase(cli, options.child, seen)) return code;
  act->set_child_id(seen->case_facts().child_id());
  act->set_case_id(seen->case_facts().case_id());
  act->set_note(options.note);
  if (options.day) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.day, &day)) return code;
    act->mutable_on()->set_days(day.days);
  }
  return UploadCaseEvidence(cli, act->child_id(), options.evidence, act->mutable_evidence());
}

std::string_view ClosingOutcome(std::string_view state) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kClosing = {
      {{"RETURNED", "CLOSED_RETURN"},
       {"TRANSFERRED", "CLOSED_TRANSFER"},
       {"PLACED", "CLOSED_PLACED"},
       {"END_PROPOSED", "CLOSED_END"}}};
  for (const auto& [from, to] : kClosing) {
    if (state == from) return to;
  }
  return {};
}

void PrintCase(Cli& cli, const accountability::v1::CaseFacts& facts) {
  const Lang lang = cli.lang();
  Sheet sheet;
  sheet.Add(cli.T("案件", "case"), Hex(facts.case_id()));
  sheet.Add(cli.T("学生编号", "child id"), Hex(facts.child_id()));
  sheet.Add(cli.T("状态", "state"), Word(lang, facts.state()));
  sheet.Add(cli.T("立案依据", "ground"), Word(lang, facts.ground()));
  sheet.Add(cli.T("立案日", "opened"), Day(facts.opened_on()));
  sheet.Add(cli.T("缺课", "absent"),
            cli.T(fmt::format("{} 个教学日，自 {}，最近到校 {}", facts.absent_days(),
                              Day(facts.first_absent()), Day(facts.last_present())),
                  fmt::format("{} school days since {}, last present {}", facts.absent_days(),
                              Day(facts.first_absent()), Day(facts.last_present()))));
  sheet.Add(cli.T("学校", "school"), cli.names().School(facts.school_code()));
  sheet.Add(cli.T("班级", "class"), cli.names().Class(facts.class_id(), facts.school_code()));
  sheet.Add(cli.T("责任乡镇", "township"), cli.names().Area(facts.township()));
  sheet.Add(cli.T("知会乡镇", "informed township"), cli.names().Area(facts.copy_township()));
  sheet.Add(cli.T("劝返次数", "persuasions"), std::to_string(facts.persuasions()));
  if (facts.relapses() > 0)
    sheet.Add(cli.T("再次失学", "relapses"), std::to_string(facts.relapses()));
  sheet.Add(cli.T("返校日", "returned"), Day(facts.returned_on()));
  if (facts.probation_days() > 0)
    sheet.Add(cli.T("稳定期已到校", "probation days"), std::to_string(facts.probation_days()));
  sheet.Add(cli.T("确认辍学", "confirmed"), Day(facts.confirmed_on()));
  sheet.Add(cli.T("安置", "placement"), Word(lang, facts.placement()));
  sheet.Add(cli.T("待裁定", "decision needed"), Word(lang, facts.decision_needed()));
  sheet.Add(cli.T("结案依据", "end"), Word(lang, facts.end_ground()));
  sheet.Add(cli.T("已发文书", "papers"), Words(lang, facts.papers()));
  if (facts.elsewhere_claimed())
    sheet.Add(cli.T("注", "note"),
              cli.T("称在外就读，尚无证明", "schooling elsewhere is claimed, not proved"));
  sheet.Print(cli.out());
  Table table({cli.T("线", "line"), cli.T("责任机构", "office"), cli.T("责任人", "person"),
               cli.T("任务", "task"), cli.T("期限", "due"), cli.T("逾期次数", "missed"),
               cli.T("结论", "outcome")});
  table.AlignRight(5);
  if (facts.has_government()) PrintLine(cli, table, facts.government());
  if (facts.has_education()) PrintLine(cli, table, facts.education());
  if (!table.empty()) cli.out() << '\n';
  table.Print(cli.out());
}

}  // namespace twinline::cli

// Sheets and tables of businesses.
#include "tools/twinline/show_business.h"

#include "fmt/format.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr std::string_view kPlace = "business";

std::string WaitsFor(Cli& cli, const transfer::v1::BusinessFacts& business) {
  if (business.state() != "OPEN" || static_cast<int>(business.step()) >= business.steps_size()) {
    return {};
  }
  const auto& step = business.steps(static_cast<int>(business.step()));
  std::string office = cli.names().OfficeShort(step.office());
  if (!step.or_office().empty()) {
    office += cli.T(" 或 ", " or ") + cli.names().OfficeShort(step.or_office());
  }
  return office;
}

}  // namespace

void PrintBusiness(Cli& cli, const transfer::v1::BusinessFacts& business) {
  const Lang lang = cli.lang();
  Sheet sheet;
  sheet.Add(cli.T("业务", "business"),
            fmt::format("{} {}", Word(lang, business.kind()), Hex(business.business_id())));
  sheet.Add(cli.T("状态", "state"),
            Word(lang, business.state(), kPlace) +
                (business.overdue() ? cli.T("（已逾期）", " (overdue)") : std::string()));
  sheet.Add(cli.T("学生编号", "child id"), Hex(business.child_id()));
  sheet.Add(cli.T("依据", "ground"), Word(lang, business.ground()));
  if (!business.from_school_code().empty()) {
    sheet.Add(cli.T("转出校", "from"), cli.names().Office("school:" + business.from_school_code()));
  }
  if (!business.to_school_code().empty()) {
    sheet.Add(cli.T("转入校", "to"), cli.names().Office("school:" + business.to_school_code()));
  }
  sheet.Add(cli.T("年级", "grade"), GradeWord(lang, business.grade()));
  sheet.Add(cli.T("对方省份", "other province"), business.other_province());
  sheet.Add(cli.T("办结后状态", "status after"), Word(lang, business.status_after()));
  sheet.Add(cli.T("生效日", "effective"), Day(business.effective()));
  sheet.Add(cli.T("休学至", "suspended until"), Day(business.suspended_until()));
  sheet.Add(cli.T("发起", "opened"),
            fmt::format("{} {}", Day(business.opened_on()),
                        cli.names().OfficeShort(business.opened_by_office())));
  sheet.Print(cli.out());
  Table table({"", cli.T("环节", "step"), cli.T("机构", "office"), cli.T("期限", "due"),
               cli.T("结果", "outcome"), cli.T("经办人", "by"), cli.T("时间", "at"),
               cli.T("理由", "reason")});
  for (int i = 0; i < business.steps_size(); ++i) {
    const auto& step = business.steps(i);
    const bool current = business.state() == "OPEN" && static_cast<uint32_t>(i) == business.step();
    std::string office = cli.names().OfficeShort(step.office());
    if (!step.or_office().empty()) {
      office += cli.T(" 或 ", " or ") + cli.names().OfficeShort(step.or_office());
    }
    std::string outcome = Word(lang, step.outcome());
    if (outcome.empty() && current) outcome = cli.T("待办", "waiting");
    if (step.overdue()) outcome += cli.T("（逾期）", " (overdue)");
    table.Add({(current ? ">" : " ") + std::to_string(i), Word(lang, step.kind()), office,
               DeadlineText(lang, step.deadline()), outcome, cli.names().Person(step.by()),
               MomentShort(step.at_us()), Word(lang, step.reason_code())});
  }
  if (!table.empty()) cli.out() << '\n';
  table.Print(cli.out());
}

void PrintBusinesses(Cli& cli,
                     const google::protobuf::RepeatedPtrField<transfer::v1::BusinessLine>& lines) {
  Table table({cli.T("业务编号", "business"), cli.T("种类", "kind"), cli.T("学生编号", "child id"),
               cli.T("状态", "state"), cli.T("环节", "step"), cli.T("等待", "waits for"),
               cli.T("期限", "due"), cli.T("发起日", "opened")});
  for (const auto& line : lines) {
    const auto& business = line.business();
    std::string step;
    std::string due;
    if (business.state() == "OPEN" && static_cast<int>(business.step()) < business.steps_size()) {
      const auto& current = business.steps(static_cast<int>(business.step()));
      step = Word(cli.lang(), current.kind());
      due = Day(current.deadline().due());
    }
    if (business.overdue()) due += cli.T(" 逾期", " overdue");
    table.Add({Hex(business.business_id()), Word(cli.lang(), business.kind()), Hex(line.child_id()),
               Word(cli.lang(), business.state(), kPlace), step, WaitsFor(cli, business), due,
               Day(business.opened_on())});
  }
  table.Print(cli.out());
}

int ShowBusinessReply(Cli& cli, const transfer::v1::BusinessReply& reply, std::string_view zh,
                      std::string_view en) {
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note(zh, en);
  PrintBusiness(cli, reply.business());
  if (!reply.warnings().empty()) {
    cli.out() << cli.T("提请注意：", "note: ") << Words(cli.lang(), reply.warnings()) << '\n';
  }
  return kOk;
}

}  // namespace twinline::cli

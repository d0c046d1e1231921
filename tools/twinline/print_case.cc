// The form of one case: one child, both lines, everything that was done (一生一案).
#include "fmt/format.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

std::vector<std::string> LineRow(const Printing& printing, const av1::Duties& duties) {
  const Lang lang = printing.lang;
  std::string due = DeadlineText(lang, duties.deadline());
  if (duties.overdue()) due += printing.T("，已逾期", ", overdue");
  std::string outcome = Word(lang, duties.outcome());
  if (!duties.signed_by().empty()) {
    outcome +=
        fmt::format(" {} {}", printing.names->Person(duties.signed_by()), Day(duties.signed_on()));
  }
  return {LineWord(lang, duties.line()),
          Signatory(printing, duties.office()),
          duties.owner().empty() ? printing.T("无人在岗", "nobody on duty")
                                 : printing.names->Person(duties.owner()),
          Word(lang, duties.task()),
          due,
          std::to_string(duties.missed()),
          outcome};
}

// What was said and seen; of what this office may not see it says so.
std::string Content(const Printing& printing, const av1::TimelineEntry& entry) {
  const Lang lang = printing.lang;
  std::string text = Word(lang, entry.code());
  for (const std::string& part :
       {Word(lang, entry.result(), "result"), Word(lang, entry.reason_code()), entry.said(),
        entry.note(),
        entry.to_office().empty() ? std::string() : Signatory(printing, entry.to_office())}) {
    if (part.empty()) continue;
    if (!text.empty()) text += printing.T("；", "; ");
    text += part;
  }
  if (entry.restricted())
    text += printing.T("（部分内容不向本机构显示）", " (part is not shown to this office)");
  if (entry.destroyed()) text += printing.T("（已销毁）", " (destroyed)");
  return text;
}

void AddHistory(const Printing& printing, const av1::GetCaseReply& reply, PrintPage* page) {
  const Lang lang = printing.lang;
  std::vector<std::vector<std::string>> persuasions;
  std::vector<std::vector<std::string>> others;
  for (const auto& entry : reply.timeline()) {
    const std::string by = printing.names->Person(entry.by());
    if (entry.what() == "PERSUADED") {
      persuasions.push_back(
          {std::to_string(persuasions.size() + 1),
           entry.effective().days() != 0 ? Day(entry.effective())
                                         : MomentShort(entry.at_us()).substr(0, 10),
           Word(lang, entry.code()), entry.place(), entry.met(),
           entry.restricted() ? printing.T("（不向本机构显示）", "(not shown)") : entry.said(),
           Word(lang, entry.result(), "result"), by});
    } else {
      others.push_back({MomentShort(entry.at_us()), Word(lang, entry.what(), "case"),
                        LineWord(lang, entry.line()), Signatory(printing, entry.office()), by,
                        Content(printing, entry)});
    }
  }
  if (!persuasions.empty()) page->Part(printing.T("劝返记录", "Persuasions"));
  page->Table(
      {printing.T("次", "no."), printing.T("日期", "date"), printing.T("方式", "method"),
       printing.T("地点", "place"), printing.T("见到何人", "met"), printing.T("谈话内容", "said"),
       printing.T("结果", "result"), printing.T("劝返人", "by")},
      persuasions);
  page->Part(printing.T("办理经过", "History"));
  page->Table(
      {printing.T("时间", "at"), printing.T("事项", "what"), printing.T("线", "line"),
       printing.T("机构", "office"), printing.T("人员", "person"), printing.T("内容", "content")},
      others);
}

void AddPapers(const Printing& printing, const av1::GetCaseReply& reply, PrintPage* page) {
  const Lang lang = printing.lang;
  std::vector<std::vector<std::string>> papers;
  for (const auto& paper : reply.papers()) {
    papers.push_back(
        {paper.title() + (paper.voided() ? printing.T("（作废）", " (void)") : std::string()),
         Word(lang, paper.kind()), Signatory(printing, paper.issuer()), Day(paper.issued_on()),
         Day(paper.return_by()),
         fmt::format("{} {}", Day(paper.served_on()), Word(lang, paper.served_method())),
         Words(lang, paper.missing_steps())});
  }
  if (!papers.empty()) page->Part(printing.T("文书", "Papers"));
  page->Table(
      {printing.T("文号", "number"), printing.T("种类", "kind"), printing.T("发文机关", "issuer"),
       printing.T("发出", "issued"), printing.T("限期", "return by"), printing.T("送达", "served"),
       printing.T("此前尚缺", "left out before")},
      papers);
}

}  // namespace

std::string CaseForm(const Printing& printing, const av1::GetCaseReply& reply,
                     const registry::v1::ChildView* child) {
  const Lang lang = printing.lang;
  const auto& facts = reply.case_facts();
  const std::string title =
      printing.T("控辍保学个案登记表（一生一案）", "Case of one child who stopped coming");
  PrintPage page(FrameOf(printing, title, printing.names->School(facts.school_code())));
  page.Title(title);
  page.Number(printing.T("案件编号：", "No. ") + Hex(facts.case_id()));
  page.Part(printing.T("学生与案情", "Child and case"));
  const auto village =
      facts.village().empty() ? std::string() : " " + printing.names->Area(facts.village());
  page.Form({
      {printing.T("学生姓名", "child"), child == nullptr ? std::string() : child->name()},
      {printing.T("性别", "sex"),
       child == nullptr ? std::string() : SexWord(lang, child->facts().sex())},
      {printing.T("证件号码", "ID number"), child == nullptr ? std::string() : child->id_masked()},
      {printing.T("学籍状态", "registration"),
       child == nullptr ? std::string() : Word(lang, child->facts().status())},
      {printing.T("学校", "school"), printing.names->School(facts.school_code())},
      {printing.T("班级", "class"), printing.names->Class(facts.class_id(), facts.school_code())},
      {printing.T("案件状态", "state"), Word(lang, facts.state())},
      {printing.T("立案依据", "ground"), Word(lang, facts.ground())},
      {printing.T("立案日期", "opened"), Day(facts.opened_on())},
      {printing.T("最后到校", "last present"), Day(facts.last_present())},
      {printing.T("首次缺课", "first absent"), Day(facts.first_absent())},
      {printing.T("缺课", "absent"),
       printing.T(fmt::format("{} 个教学日", facts.absent_days()),
                  fmt::format("{} school days", facts.absent_days()))},
      {printing.T("责任乡镇", "township"), printing.names->Area(facts.township()) + village},
      {printing.T("知会乡镇", "informed"), printing.names->Area(facts.copy_township())},
      {printing.T("劝返次数", "persuasions"), std::to_string(facts.persuasions())},
      {printing.T("再次失学", "relapses"), std::to_string(facts.relapses())},
      {printing.T("返校日期", "returned"), Day(facts.returned_on())},
      {printing.T("确认辍学", "confirmed"), Day(facts.confirmed_on())},
      {printing.T("安置方式", "placement"), Word(lang, facts.placement())},
      {printing.T("待裁定事项", "to be decided"), Word(lang, facts.decision_needed())},
  });
  page.Part(printing.T("双线责任", "Both lines"));
  std::vector<std::vector<std::string>> lines;
  if (facts.has_government()) lines.push_back(LineRow(printing, facts.government()));
  if (facts.has_education()) lines.push_back(LineRow(printing, facts.education()));
  page.Table({printing.T("线", "line"), printing.T("责任机构", "office"),
              printing.T("责任人", "person"), printing.T("任务", "task"), printing.T("期限", "due"),
              printing.T("逾期次数", "missed"), printing.T("结论", "outcome")},
             lines);
  AddHistory(printing, reply, &page);
  AddPapers(printing, reply, &page);
  page.Section(printing.T("签署", "Signatures"));
  const std::string signature =
      printing.T("责任人（签字）：　　　　　　（盖章）　　　　年　　月　　日",
                 "signature:               (seal)           date:");
  page.Opinion(printing.T("政府线", "government line"), "", signature);
  page.Opinion(printing.T("教育线", "education line"), "", signature);
  page.Remark(printing.T("本表含未成年人个人信息，只限办案使用，不得张贴、转发；查看已由系统记录。",
                         "Personal data of a minor: for this case only, never to be posted or "
                         "passed on. Looking at it was recorded."));
  return page.Html();
}

}  // namespace twinline::cli

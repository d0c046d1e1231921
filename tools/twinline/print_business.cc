// The form of one approval: who asked for what, and a box for the opinion of each office.
#include "fmt/format.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

std::string StepSays(const Printing& printing, const transfer::v1::Step& step, bool current) {
  const Lang lang = printing.lang;
  std::string text;
  if (step.outcome() == "REFUSED") {
    text = printing.T("不同意。理由：", "Refused. Reason: ") + Word(lang, step.reason_code());
  } else if (!step.outcome().empty()) {
    text = step.kind() == "APPLY" ? printing.T("申请材料齐全，予以提交。", "Applied.")
                                  : printing.T("同意。", "Approved.");
  } else if (current) {
    text = printing.T("（待办理）", "(waiting)");
  }
  if (step.deadline().due().days() != 0) {
    text += printing.T("\n办理期限：", "\nDue: ") + DeadlineText(lang, step.deadline());
    if (step.overdue()) text += printing.T("，已逾期", ", overdue");
  }
  return text;
}

std::string StepSignature(const Printing& printing, const transfer::v1::Step& step) {
  if (step.at_us() == 0) {
    return printing.T("经办人：　　　　　　（盖章）　　　　年　　月　　日",
                      "by:               (seal)           date:");
  }
  return fmt::format("{}{}　{}{}", printing.T("经办人：", "by: "),
                     printing.names->Person(step.by()), printing.T("（盖章）　", "(seal)  "),
                     MomentShort(step.at_us()));
}

std::string SchoolOf(const Printing& printing, const std::string& code) {
  if (code.empty()) return {};
  const std::string name = printing.names->School(code);
  return name == code ? code : fmt::format("{}（{}）", name, code);
}

std::string GuardiansOf(const registry::v1::ChildView* child) {
  std::string text;
  if (child == nullptr) return text;
  for (const auto& guardian : child->guardians()) {
    if (!text.empty()) text += "、";
    text += guardian.name() + " " + guardian.relation();
  }
  return text;
}

}  // namespace

std::string BusinessForm(const Printing& printing, const transfer::v1::GetBusinessReply& reply,
                         const registry::v1::ChildView* child) {
  const Lang lang = printing.lang;
  const auto& business = reply.business();
  const std::string title =
      printing.T(fmt::format("学籍异动审批表（{}）", Word(lang, business.kind())),
                 fmt::format("Approval: {}", Word(lang, business.kind())));
  PrintPage page(FrameOf(printing, title, Signatory(printing, business.opened_by_office())));
  page.Title(title);
  page.Number(printing.T("业务编号：", "No. ") + Hex(business.business_id()));
  page.Part(printing.T("申请", "Application"));
  page.Form({
      {printing.T("学生姓名", "child"), child == nullptr ? std::string() : child->name()},
      {printing.T("性别", "sex"),
       child == nullptr ? std::string() : SexWord(lang, child->facts().sex())},
      {printing.T("证件号码", "ID number"), child == nullptr ? std::string() : child->id_masked()},
      {printing.T("学籍号", "student number"), child == nullptr || child->numbers().empty()
                                                   ? std::string()
                                                   : child->numbers(0).number_masked()},
      {printing.T("年级", "grade"), GradeWord(lang, business.grade())},
      {printing.T("监护人", "guardians"), GuardiansOf(child)},
      {printing.T("转出学校", "from"), SchoolOf(printing, business.from_school_code())},
      {printing.T("转入学校", "to"), SchoolOf(printing, business.to_school_code())},
      {printing.T("申请理由", "ground"), Word(lang, business.ground())},
      {printing.T("申请人", "applicant"), reply.applicant()},
      {printing.T("申请日期", "opened"), Day(business.opened_on())},
      {printing.T("生效日期", "effective"), Day(business.effective())},
      {printing.T("休学至", "suspended until"), Day(business.suspended_until())},
      {printing.T("办理状态", "state"),
       Word(lang, business.state(), "business") +
           (business.overdue() ? printing.T("（已逾期）", " (overdue)") : std::string())},
      {printing.T("提请注意", "warnings"), Words(lang, reply.warnings())},
  });
  std::vector<std::vector<std::string>> evidence;
  for (const auto& file : reply.evidence()) {
    evidence.push_back({std::to_string(evidence.size() + 1), Word(lang, file.kind()),
                        file.file_name(), Word(lang, file.hospital_level()),
                        Hex(file.digest()).substr(0, 16)});
  }
  if (!evidence.empty()) page.Part(printing.T("证明材料", "Evidence"));
  page.Table(
      {printing.T("序号", "no."), printing.T("种类", "kind"), printing.T("文件", "file"),
       printing.T("医院等级", "hospital"), printing.T("摘要（前16位）", "digest (first 16)")},
      evidence);
  page.Part(printing.T("审批意见", "Opinions"));
  for (int i = 0; i < business.steps_size(); ++i) {
    const auto& step = business.steps(i);
    const bool current = business.state() == "OPEN" && static_cast<uint32_t>(i) == business.step();
    std::string who = Signatory(printing, step.office());
    if (!step.or_office().empty()) {
      who += printing.T(" 或 ", " or ") + Signatory(printing, step.or_office());
    }
    page.Opinion(fmt::format("{}\n{}", who, Word(lang, step.kind())),
                 StepSays(printing, step, current), StepSignature(printing, step));
  }
  page.Remark(printing.T("审批以系统记录为准，期限按工作日计算；证件号码、学籍号按规定遮盖。",
                         "The record in the system decides; deadlines are in working days; numbers "
                         "are masked as the rules say."));
  return page.Html();
}

}  // namespace twinline::cli

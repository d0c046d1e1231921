// The registration sheet of one child (学生学籍基本信息表).
#include "fmt/format.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

std::string Where(const Printing& printing, const std::string& township,
                  const std::string& village) {
  std::string text = printing.names->Area(township);
  if (!village.empty()) text += (text.empty() ? "" : " ") + printing.names->Area(village);
  return text;
}

std::string Numbers(const Printing& printing, const registry::v1::ChildView& child) {
  std::string text;
  for (const auto& number : child.numbers()) {
    if (!text.empty()) text += printing.T("；", "; ");
    text += fmt::format("{} {}", Word(printing.lang, number.kind()), number.number_masked());
  }
  return text;
}

}  // namespace

std::string ChildForm(const Printing& printing, const registry::v1::ChildView& child) {
  const Lang lang = printing.lang;
  const auto& facts = child.facts();
  const std::string school = child.school_name().empty()
                                 ? printing.names->School(facts.school_code())
                                 : child.school_name();
  PrintPage page(
      FrameOf(printing, printing.T("学生学籍基本信息表", "Registration of one child"), school));
  page.Title(printing.T("学生学籍基本信息表", "Registration of one child"));
  const std::string school_class =
      child.class_name().empty() ? GradeWord(lang, facts.grade()) : child.class_name();
  page.Form({
      {printing.T("姓名", "name"),
       child.erased() ? printing.T("（个人信息已销毁）", "(destroyed)") : child.name()},
      {printing.T("性别", "sex"), SexWord(lang, facts.sex())},
      {printing.T("证件类型", "ID document"), Word(lang, child.id_kind())},
      {printing.T("证件号码", "ID number"), child.id_masked()},
      {printing.T("学籍号", "student number"), Numbers(printing, child)},
      {printing.T("学籍状态", "status"), Word(lang, facts.status())},
      {printing.T("就读方式", "boarding"), BoardingWord(lang, facts.boarding())},
      {printing.T("学校", "school"), school},
      {printing.T("学校标识码", "school code"), facts.school_code()},
      {printing.T("年级班级", "class"), school_class},
      {printing.T("随班就读", "special education"), YesNo(lang, facts.special_education())},
      {printing.T("入学日期", "entered"), Day(child.entered_on())},
      {printing.T("入学方式", "kind of entry"), Word(lang, child.entry_kind())},
      {printing.T("户籍地", "hukou"),
       Where(printing, facts.hukou_township(), facts.hukou_village())},
      {printing.T("现住地", "residence"),
       Where(printing, facts.residence_township(), facts.residence_village())},
      {printing.T("联系电话", "telephone"), child.phone_masked()},
      {printing.T("休学至", "suspended until"), Day(facts.suspended_until())},
      {printing.T("重点人群", "watch groups"), Words(lang, facts.watch_groups())},
      {printing.T("问题标记", "problems"), Words(lang, facts.problems())},
      {printing.T("在办业务", "open business"),
       facts.pending_business().empty() ? printing.T("无", "none") : Hex(facts.pending_business())},
  });
  page.Section(printing.T("监护人", "Guardians"));
  std::vector<std::vector<std::string>> guardians;
  for (const auto& guardian : child.guardians()) {
    guardians.push_back({guardian.name(), guardian.relation(),
                         YesNo(lang, guardian.legal_guardian()), guardian.phone_masked()});
  }
  if (guardians.empty()) guardians.push_back({" ", " ", " ", " "});
  page.Table({printing.T("姓名", "name"), printing.T("关系", "relation"),
              printing.T("法定监护人", "legal guardian"), printing.T("联系电话", "telephone")},
             guardians);
  page.Section(printing.T("核对", "Checked"));
  page.Opinion(printing.T("学校核对", "school"),
               printing.T("以上信息与户籍、证件及在校情况核对：□ 一致　□ 不一致（说明）：",
                          "compared with documents and the child at school: [ ] agrees  [ ] "
                          "differs, namely:"),
               printing.T("学籍管理员：　　　　　　　　学校（盖章）　　　　　年　　月　　日",
                          "registrar:                    school (seal)            date:"));
  page.Opinion(printing.T("监护人确认", "guardian"),
               printing.T("本人已核对以上信息。", "I have checked this sheet."),
               printing.T("监护人（签字）：　　　　　　　　　年　　月　　日",
                          "signature:                date:"));
  page.Remark(printing.T("证件号码、学籍号、电话按规定遮盖；查看已由系统记录。学籍编号：",
                         "Numbers are masked as the rules say. Looking at this registration was "
                         "recorded. Registration id: ") +
              Hex(facts.registration_id()));
  return page.Html();
}

}  // namespace twinline::cli

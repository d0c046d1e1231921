// Sheets and tables of children.
#include "tools/twinline/show_child.h"

#include "fmt/format.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

void AddPlace(Cli& cli, Sheet& sheet, const registry::v1::ChildFacts& facts) {
  const auto where = [&](const std::string& village, const std::string& township) {
    const std::string& code = village.empty() ? township : village;
    const std::string name = cli.names().Area(code);
    return name == code ? code : fmt::format("{} {}", name, code);
  };
  sheet.Add(cli.T("户籍地", "hukou"), where(facts.hukou_village(), facts.hukou_township()));
  sheet.Add(cli.T("居住地", "residence"),
            where(facts.residence_village(), facts.residence_township()));
}

void AddOpenMatters(Cli& cli, Sheet& sheet, const registry::v1::ChildFacts& facts) {
  const Lang lang = cli.lang();
  sheet.Add(cli.T("重点人群", "watch groups"), Words(lang, facts.watch_groups()));
  sheet.Add(cli.T("问题标记", "problems"), Words(lang, facts.problems()));
  sheet.Add(cli.T("在办业务", "open business"), Hex(facts.pending_business()));
  if (!facts.pending_school_code().empty()) {
    sheet.Add(cli.T("转学对方学校", "other school"),
              cli.names().Office("school:" + facts.pending_school_code()));
  }
  sheet.Add(cli.T("休学至", "suspended until"), Day(facts.suspended_until()));
  sheet.Add(cli.T("处分期至", "sanction until"), Day(facts.sanction_until()));
  sheet.Add(cli.T("疑似重复待核", "duplicate task"), Hex(facts.open_duplicate_task()));
  sheet.Add(cli.T("已并入", "merged into"), Hex(facts.alias_of()));
}

}  // namespace

void PrintChild(Cli& cli, const registry::v1::ChildView& child) {
  const Lang lang = cli.lang();
  const auto& facts = child.facts();
  Sheet sheet;
  sheet.Add(cli.T("姓名", "name"), child.name());
  sheet.Add(cli.T("学生编号", "child id"), Hex(child.child_id()));
  sheet.Add(cli.T("学籍编号", "registration"), Hex(facts.registration_id()));
  sheet.Add(cli.T("学籍状态", "status"), Word(lang, facts.status()));
  sheet.Add(cli.T("学校", "school"),
            child.school_name().empty()
                ? facts.school_code()
                : fmt::format("{} {}", child.school_name(), facts.school_code()));
  sheet.Add(cli.T("班级", "class"),
            child.class_name().empty() ? GradeWord(lang, facts.grade()) : child.class_name());
  sheet.Add(cli.T("性别", "sex"), SexWord(lang, facts.sex()));
  sheet.Add(cli.T("证件", "ID"),
            child.id_kind().empty()
                ? std::string()
                : fmt::format("{} {}", Word(lang, child.id_kind()), child.id_masked()));
  for (const auto& number : child.numbers()) {
    sheet.Add(Word(lang, number.kind()),
              fmt::format("{}  {} {}", number.number_masked(), cli.T("自", "from"),
                          Day(number.valid_from())));
  }
  sheet.Add(cli.T("电话", "telephone"), child.phone_masked());
  sheet.Add(cli.T("入学", "entered"),
            fmt::format("{} {}", Day(child.entered_on()), Word(lang, child.entry_kind())));
  sheet.Add(cli.T("就读方式", "boarding"), BoardingWord(lang, facts.boarding()));
  if (facts.special_education())
    sheet.Add(cli.T("随班就读", "special education"), YesNo(lang, true));
  AddPlace(cli, sheet, facts);
  AddOpenMatters(cli, sheet, facts);
  for (const auto& guardian : child.guardians()) {
    sheet.Add(
        cli.T("监护人", "guardian"),
        fmt::format("{} {} {}", guardian.name(), guardian.relation(), guardian.phone_masked()));
  }
  if (child.erased()) sheet.Add(cli.T("个人信息", "personal data"), cli.T("已销毁", "destroyed"));
  sheet.Print(cli.out());
}

void PrintChildren(Cli& cli,
                   const google::protobuf::RepeatedPtrField<registry::v1::ChildView>& children) {
  Table table({cli.T("学生编号", "child id"), cli.T("姓名", "name"), cli.T("性别", "sex"),
               cli.T("学校", "school"), cli.T("班级", "class"), cli.T("状态", "status"),
               cli.T("证件", "ID"), cli.T("标记", "flags")});
  for (const auto& child : children) {
    const auto& facts = child.facts();
    std::string flags = Words(cli.lang(), facts.problems());
    if (!facts.pending_business().empty()) {
      if (!flags.empty()) flags += cli.T("、", ", ");
      flags += cli.T("有在办业务", "open business");
    }
    table.Add(
        {Hex(child.child_id()), child.name(), SexWord(cli.lang(), facts.sex()),
         child.school_name().empty() ? facts.school_code() : child.school_name(),
         child.class_name().empty() ? GradeWord(cli.lang(), facts.grade()) : child.class_name(),
         Word(cli.lang(), facts.status()), child.id_masked(), flags});
  }
  table.Print(cli.out());
}

}  // namespace twinline::cli

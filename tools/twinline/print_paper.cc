// The papers of a case as they are served, and their service receipt (送达回证). Which office
// issues which, and in what order: domain.md 2.7. The statutes are quoted by article: Compulsory
// Education Act art. 5, 13, 58; Minors Protection Act art. 17, 28. Of an order the addressee is
// told how to contest it (Administrative Reconsideration Act art. 20, 24; Administrative Litigation
// Act art. 46).
#include <algorithm>
#include <string>

#include "fmt/format.h"
#include "tools/twinline/print.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

constexpr std::string_view kBlank = "　　　　　　";
constexpr size_t kCountyDigits = 6;

std::string OrBlank(const std::string& text) { return text.empty() ? std::string(kBlank) : text; }

// What every paper says of the child, from the case as it was when the paper was issued.
struct Facts {
  std::string issuer;
  std::string addressee;
  std::string child;  // 学生王小明（学籍号 G41****1234，灵宝市第一小学七年级3班）
  std::string absence;  // 自2026年9月7日起未到校上课，经3次劝返仍未返校
  std::string return_by;
};

uint32_t PersuasionsBefore(const av1::GetCaseReply& reply, const av1::PaperView& paper) {
  return static_cast<uint32_t>(std::count_if(
      reply.timeline().begin(), reply.timeline().end(), [&](const av1::TimelineEntry& entry) {
        return entry.what() == "PERSUADED" &&
               (entry.effective().days() == 0 ||
                entry.effective().days() <= paper.issued_on().days());
      }));
}

Facts FactsOf(const Printing& printing, const av1::GetCaseReply& reply, const av1::PaperView& paper,
              const registry::v1::ChildView* child) {
  const auto& facts = reply.case_facts();
  Facts text;
  text.issuer = Signatory(printing, paper.issuer());
  text.addressee = OrBlank(paper.addressee());
  const std::string place = printing.names->School(facts.school_code()) +
                            printing.names->Class(facts.class_id(), facts.school_code());
  const std::string number = child == nullptr || child->numbers().empty()
                                 ? std::string()
                                 : "学籍号" + child->numbers(0).number_masked() + "，";
  text.child =
      fmt::format("学生{}（{}{}）", child == nullptr ? std::string(kBlank) : OrBlank(child->name()),
                  number, place);
  // A child that went away again after this paper has another first day of absence now.
  const bool known =
      facts.first_absent().days() != 0 && facts.first_absent().days() <= paper.issued_on().days();
  text.absence = fmt::format("自{}起未到校上课",
                             known ? DayZh(facts.first_absent()) : DayZh(types::v1::Date()));
  if (const uint32_t times = PersuasionsBefore(reply, paper); times > 0) {
    text.absence += fmt::format("，经{}次劝返仍未返校", times);
  }
  text.return_by = DayZh(paper.return_by());
  return text;
}

constexpr std::string_view kGuardiansDuty =
    "《中华人民共和国义务教育法》第五条规定，适龄儿童、少年的父母或者其他法定监护人应当依法保证"
    "其按时入学接受并完成义务教育";

void PersuadeNotice(const Facts& facts, PrintPage* page) {
  page->Paragraph(fmt::format("您监护的{}{}。", facts.child, facts.absence));
  page->Paragraph(
      fmt::format("{}。《中华人民共和国未成年人保护法》第二十八条规定，学校应当对尚未完成义务教育"
                  "的辍学未成年学生进行登记并劝返复学。",
                  kGuardiansDuty));
  page->Paragraph(
      fmt::format("请您于{}前（含当日）将该生送回学校，继续接受义务教育。该生的学籍和座位为其保留。"
                  "确有疾病等特殊情况的，请持有关证明到校说明，依法办理休学等手续；学习或生活有困难"
                  "的，学校将给予帮助。",
                  facts.return_by));
  page->Paragraph("逾期未返校的，我校将依法书面报告教育行政部门和乡镇人民政府（街道办事处）。");
  page->Paragraph("特此通知。");
}

void ReturnByDate(const Facts& facts, PrintPage* page) {
  page->Paragraph(fmt::format("经查，你监护的{}{}。", facts.child, facts.absence));
  page->Paragraph(fmt::format(
      "{}；第十三条规定，乡镇人民政府组织和督促适龄儿童、少年入学，采取措施防止适龄儿童、"
      "少年辍学。",
      kGuardiansDuty));
  page->Paragraph(
      fmt::format("现通知你于{}前（含当日）将该生送回学校接受义务教育。确有困难的，"
                  "请及时向本机关或者学校说明，本机关将会同学校帮助解决。",
                  facts.return_by));
  page->Paragraph(
      "无正当理由逾期不送的，本机关将依照《中华人民共和国义务教育法》第五十八条的规定，给予批评教育"
      "，"
      "责令限期改正。");
  page->Paragraph("特此通知。");
}

void Order(const Printing& printing, const Facts& facts, const av1::PaperView& paper,
           PrintPage* page) {
  const std::string office = paper.issuer().substr(paper.issuer().find(':') + 1);
  const std::string code = office.substr(0, kCountyDigits);
  const std::string county = printing.names->Area(code);
  page->Paragraph(fmt::format("经查，你监护的{}{}。你无正当理由未依法送该生入学接受义务教育。",
                              facts.child, facts.absence));
  page->Paragraph(fmt::format(
      "{}。《中华人民共和国未成年人保护法》第十七条规定，未成年人的父母或者其他监护人不得放任或者"
      "迫使应当接受义务教育的未成年人失学、辍学。你的行为违反了上述规定。",
      kGuardiansDuty));
  page->Paragraph(
      fmt::format("依照《中华人民共和国义务教育法》第五十八条的规定，现责令你于{}前（含当日）改正，"
                  "将该生送回学校接受义务教育。",
                  facts.return_by));
  page->Paragraph(fmt::format(
      "如不服本通知，可以自收到本通知书之日起六十日内依法向{}"
      "申请行政复议，也可以自收到本通知书之日起"
      "六个月内依法向人民法院提起行政诉讼。复议、诉讼期间不停止本通知的执行，法律另有规定的除外。",
      county == code ? std::string("县级人民政府") : county + "人民政府"));
}

std::string Tick(const std::string& method, std::string_view code) {
  return fmt::format("{} {}", method == code ? "☑" : "□", Word(Lang::kZh, code));
}

void Receipt(const Facts& facts, const av1::PaperView& paper, PrintPage* page) {
  page->NewSheet();
  page->Title("送达回证");
  std::string methods;
  for (const char* code : {"IN_PERSON", "LEFT_AT_HOME", "POST", "NOTICE_BOARD"}) {
    methods += (methods.empty() ? "" : "　") + Tick(paper.served_method(), code);
  }
  page->Opinion("送达机关", facts.issuer, "");
  page->Opinion("文书名称及文号", Word(Lang::kZh, paper.kind()) + "　" + paper.title(), "");
  page->Opinion("受送达人", facts.addressee, "与学生关系：　　　　　　联系电话：　　　　　　　　");
  page->Opinion("送达地点", "", "");
  page->Opinion("送达方式", methods, "");
  page->Opinion("送达时间",
                paper.served_on().days() == 0 ? "　　　　年　　月　　日　　时　　分"
                                              : DayZh(paper.served_on()),
                "");
  page->Opinion("受送达人签收", "", "签名（盖章、捺印）：　　　　　　　年　　月　　日");
  page->Opinion("代收人", "与受送达人关系及代收理由：", "签名：　　　　　　　　　年　　月　　日");
  page->Opinion("送达人", "", "签名（二人）：　　　　　　　　　　　　　年　　月　　日");
  page->Opinion("见证人", "留置送达时，由基层组织或者所在单位代表见证：",
                "签名：　　　　　　　　　年　　月　　日");
  page->Opinion("备注", "拒收事由：", "");
  page->Remark("送达后请将本回证拍照，在系统中登记送达（cases paper serve），原件归入个案档案。");
}

std::string_view TitleOf(std::string_view kind) {
  if (kind == "RETURN_BY_DATE") return "限期返校通知书";
  if (kind == "ORDER") return "责令送被监护人接受义务教育通知书";
  return "义务教育劝返通知书";
}

}  // namespace

std::string PaperSheets(const Printing& printing, const av1::GetCaseReply& reply,
                        const av1::PaperView& paper, const registry::v1::ChildView* child) {
  const Facts facts = FactsOf(printing, reply, paper, child);
  PageFrame frame = FrameOf(printing, paper.title(), facts.issuer);
  if (paper.voided()) frame.watermark = printing.demo ? "作废（演示数据）" : "作废";
  PrintPage page(std::move(frame));
  page.Title(facts.issuer);
  page.Title(TitleOf(paper.kind()));
  page.Number(paper.title());
  page.Addressee(facts.addressee + "：");
  if (paper.kind() == "RETURN_BY_DATE") {
    ReturnByDate(facts, &page);
  } else if (paper.kind() == "ORDER") {
    Order(printing, facts, paper, &page);
  } else {
    PersuadeNotice(facts, &page);
  }
  page.Paragraph("联系人：　　　　　　　　联系电话：");
  page.Closing("");
  page.Closing(facts.issuer + "（盖章）");
  page.Closing(DayZh(paper.issued_on()));
  Receipt(facts, paper, &page);
  return page.Html();
}

}  // namespace twinline::cli

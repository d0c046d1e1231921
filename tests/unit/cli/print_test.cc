// What is printed says what the facts say, lets nothing through as markup, needs nothing beside the
// file, and comes out of a browser as A4.
#include "tools/twinline/print.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "platform/base/civil.h"
#include "tests/support/temp_dir.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;
using testing::Test;

types::v1::Date On(int year, int month, int day) {
  types::v1::Date date;
  date.set_days(base::CivilDay::FromYmd(year, month, day).days);
  return date;
}

class PrintTest : public Test {
 protected:
  PrintTest() {
    printing_.names = &names_;
    printing_.at = "2026-09-28 10:15";
    printing_.by = "王芳";

    child_.set_name("李小明");
    child_.set_id_kind("1");
    child_.set_id_masked("411282********1234");
    child_.set_phone_masked("138****0000");
    child_.set_school_name("灵宝市第一小学");
    child_.set_class_name("七年级3班");
    *child_.mutable_entered_on() = On(2026, 9, 1);
    auto* number = child_.add_numbers();
    number->set_kind("G");
    number->set_number_masked("G411282********1234");
    auto* guardian = child_.add_guardians();
    guardian->set_name("李建国");
    guardian->set_relation("父亲");
    guardian->set_phone_masked("139****1111");
    child_.mutable_facts()->set_status("ACTIVE");
    child_.mutable_facts()->set_school_code("2141128201");

    auto& facts = *case_.mutable_case_facts();
    facts.set_state("PERSUADING");
    facts.set_school_code("2141128201");
    facts.set_township("411282103");
    *facts.mutable_first_absent() = On(2026, 9, 7);
    facts.mutable_government()->set_line(types::v1::LINE_GOVERNMENT);
    facts.mutable_education()->set_line(types::v1::LINE_EDUCATION);
    facts.mutable_government()->set_office("township:411282103");
    facts.mutable_education()->set_office("school:2141128201");
    auto* told = case_.add_timeline();
    told->set_what("PERSUADED");
    *told->mutable_effective() = On(2026, 9, 15);
    told->set_code("HOME_VISIT");
    told->set_met("奶奶");
    told->set_said("孩子厌学");
    told->set_result("REFUSED");

    auto& paper = *case_.add_papers();
    paper.set_kind("PERSUADE_NOTICE");
    paper.set_title("义劝通字〔2026〕第3号");
    paper.set_issuer("school:2141128201");
    paper.set_addressee("李建国");
    *paper.mutable_issued_on() = On(2026, 9, 16);
    *paper.mutable_return_by() = On(2026, 9, 23);
  }

  accountability::v1::PaperView& paper() { return *case_.mutable_papers(0); }
  std::string Paper() const { return PaperSheets(printing_, case_, case_.papers(0), &child_); }

  // In the order given: what stands behind must be found behind.
  static void ExpectInOrder(const std::string& html, std::initializer_list<const char*> parts) {
    size_t at = 0;
    for (const char* part : parts) {
      const size_t found = html.find(part, at);
      EXPECT_NE(found, std::string::npos) << part;
      if (found != std::string::npos) at = found;
    }
  }

  Names names_{nullptr, Lang::kZh};  // without a server: codes instead of names
  Printing printing_;
  registry::v1::ChildView child_;
  accountability::v1::GetCaseReply case_;
};

TEST_F(PrintTest, ChildHasItsFieldsMasked) {
  ExpectInOrder(ChildForm(printing_, child_),
                {"size: A4 portrait", "灵宝市第一小学", "2026", "王芳", "学生学籍基本信息表",
                 "李小明", "411282********1234", "G411282********1234", "2026-09-01", "138****0000",
                 "李建国", "父亲", "学校（盖章）"});
}

TEST_F(PrintTest, AnErasedChildIsSaidToBeErased) {
  child_.set_erased(true);
  child_.clear_name();
  EXPECT_NE(ChildForm(printing_, child_).find("个人信息已销毁"), std::string::npos);
}

TEST_F(PrintTest, ApprovalHasABoxForEveryStep) {
  transfer::v1::GetBusinessReply reply;
  auto& business = *reply.mutable_business();
  business.set_kind("TRANSFER_IN_COUNTY");
  business.set_state("OPEN");
  business.set_ground("RESIDENCE_MOVED");
  business.set_step(1);
  auto* first = business.add_steps();
  first->set_kind("APPLY");
  first->set_office("school:2141128202");
  first->set_outcome("DONE");
  first->set_at_us(1'790'000'000'000'000);
  auto* second = business.add_steps();
  second->set_kind("SENDING_SCHOOL");
  second->set_office("school:2141128201");
  *second->mutable_deadline()->mutable_due() = On(2026, 10, 20);
  second = business.add_steps();
  second->set_kind("BUREAU");
  second->set_office("bureau:411282");
  second->set_outcome("REFUSED");
  second->set_reason_code("NO_SEAT");
  reply.set_applicant("李建国");
  const std::string html = BusinessForm(printing_, reply, &child_);
  ExpectInOrder(html, {"学籍异动审批表（县内转学）", "李小明", "李建国", "school:2141128202",
                       "予以提交", "经办人：", "school:2141128201", "（待办理）", "2026-10-20",
                       "bureau:411282", "不同意。理由："});
  // Who may not see the child gets a form without the name, not a form without the field.
  const std::string unseen = BusinessForm(printing_, reply, nullptr);
  EXPECT_EQ(unseen.find("李小明"), std::string::npos);
  EXPECT_NE(unseen.find("学生姓名"), std::string::npos);
}

TEST_F(PrintTest, CaseHasBothLinesPersuasionsAndPapers) {
  ExpectInOrder(CaseForm(printing_, case_, &child_),
                {"一生一案", "李小明", "双线责任", "政府线", "township:411282103", "教育线",
                 "劝返记录", "2026-09-15", "家访", "奶奶", "孩子厌学", "拒绝返校", "文书",
                 "义劝通字〔2026〕第3号", "签署"});
}

TEST_F(PrintTest, PartsAreNumberedWithoutGaps) {
  ExpectInOrder(CaseForm(printing_, case_, &child_),
                {"一、学生与案情", "二、双线责任", "三、劝返记录", "四、办理经过", "五、文书"});
  case_.clear_timeline();
  ExpectInOrder(CaseForm(printing_, case_, &child_),
                {"一、学生与案情", "二、双线责任", "三、办理经过", "四、文书"});
}

TEST_F(PrintTest, WhatAnOfficeMayNotSeeIsNotOnItsPaper) {
  auto* told = case_.mutable_timeline(0);
  told->set_restricted(true);
  told->clear_said();
  EXPECT_NE(CaseForm(printing_, case_, &child_).find("（不向本机构显示）"), std::string::npos);
}

TEST_F(PrintTest, NoticeToReturnHasNumberAddresseeGroundTermAndReceipt) {
  ExpectInOrder(Paper(), {"义务教育劝返通知书",
                          "义劝通字〔2026〕第3号",
                          "李建国：",
                          "学生李小明",
                          "自2026年9月7日起未到校上课",
                          "经1次劝返",
                          "义务教育法》第五条",
                          "未成年人保护法》第二十八条",
                          "2026年9月23日前",
                          "特此通知",
                          "（盖章）",
                          "2026年9月16日",
                          "class=\"sheet\"",
                          "送达回证",
                          "义劝通字〔2026〕第3号",
                          "李建国",
                          "□ 当面送达",
                          "受送达人签收",
                          "送达人",
                          "见证人"});
}

TEST_F(PrintTest, ServiceThatIsRecordedIsTicked) {
  paper().set_served_method("LEFT_AT_HOME");
  *paper().mutable_served_on() = On(2026, 9, 17);
  ExpectInOrder(Paper(), {"□ 当面送达", "☑ 留置送达", "2026年9月17日"});
}

TEST_F(PrintTest, EachKindOfPaperHasItsOwnGround) {
  paper().set_kind("RETURN_BY_DATE");
  paper().set_issuer("township:411282103");
  ExpectInOrder(Paper(), {"限期返校通知书", "第五条", "第十三条", "第五十八条", "特此通知"});
  paper().set_kind("ORDER");
  ExpectInOrder(Paper(),
                {"责令送被监护人接受义务教育通知书", "未成年人保护法》第十七条", "第五十八条",
                 "责令你于2026年9月23日前", "六十日内", "行政复议", "六个月内", "行政诉讼"});
}

// A later absence of the same case is not what an earlier paper was about.
TEST_F(PrintTest, WhatCameAfterThePaperIsNotOnIt) {
  *case_.mutable_case_facts()->mutable_first_absent() = On(2026, 11, 2);
  *case_.mutable_timeline(0)->mutable_effective() = On(2026, 10, 30);
  const std::string html = Paper();
  EXPECT_EQ(html.find("11月2日"), std::string::npos);
  EXPECT_EQ(html.find("次劝返"), std::string::npos);
  EXPECT_NE(html.find("自　　年　　月　　日起未到校上课"), std::string::npos);
}

TEST_F(PrintTest, VoidAndInventedPapersSaySoAcrossThePage) {
  EXPECT_EQ(Paper().find("class=\"watermark\""), std::string::npos);
  printing_.demo = true;
  EXPECT_NE(Paper().find("class=\"watermark\">演示数据"), std::string::npos);
  paper().set_voided(true);
  EXPECT_NE(Paper().find("class=\"watermark\">作废"), std::string::npos);
}

// Names, notes and offices come from people; none of it may become markup or style.
TEST_F(PrintTest, NothingFromOutsideBecomesMarkup) {
  const std::string evil =
      "</style></title><script>alert(1)</script><img src=x onerror='y'>\"; } body { a & b \x01";
  child_.set_name(evil);
  child_.set_school_name(evil);
  child_.mutable_guardians(0)->set_name(evil);
  printing_.by = evil;
  paper().set_addressee(evil);
  paper().set_issuer(evil);
  paper().set_title(evil);
  transfer::v1::GetBusinessReply approval;
  approval.set_applicant(evil);
  approval.add_evidence()->set_file_name(evil);
  case_.mutable_timeline(0)->set_said(evil);
  case_.mutable_case_facts()->set_school_code(evil);
  for (const std::string& html : {ChildForm(printing_, child_), CaseForm(printing_, case_, &child_),
                                  Paper(), BusinessForm(printing_, approval, &child_)}) {
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("<img"), std::string::npos);
    EXPECT_EQ(html.find("onerror='"), std::string::npos);
    EXPECT_EQ(html.find("\"; } body"), std::string::npos);
    EXPECT_EQ(html.find('\x01'), std::string::npos);
    EXPECT_EQ(html.find("</style>"), html.rfind("</style>"));
    EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
    EXPECT_NE(html.find("a &amp; b"), std::string::npos);
  }
}

TEST_F(PrintTest, APageNeedsNothingBesideIt) {
  for (const std::string& html :
       {ChildForm(printing_, child_), CaseForm(printing_, case_, &child_), Paper(),
        BusinessForm(printing_, transfer::v1::GetBusinessReply(), &child_)}) {
    for (const char* part :
         {"http:", "https:", "//", "url(", "src=", "href=", "@import", "<link", "<script"}) {
      EXPECT_EQ(html.find(part), std::string::npos) << part;
    }
    EXPECT_NE(html.find("Noto Serif CJK SC"), std::string::npos);
  }
}

TEST_F(PrintTest, FormsSpeakEnglish) {
  printing_.lang = Lang::kEn;
  Names english(nullptr, Lang::kEn);
  printing_.names = &english;
  ExpectInOrder(ChildForm(printing_, child_),
                {"lang=\"en\"", "page ", "Registration of one child"});
}

// A browser prints the papers of a case on A4: the letter and, on a sheet of its own, the receipt.
TEST_F(PrintTest, ABrowserPrintsA4) {
  paper().set_kind("ORDER");  // the longest
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) GTEST_SKIP() << "no chromium here";
  test_support::TempDir directory;
  const fs::path page = fs::path(directory.path()) / "paper.html";
  const fs::path pdf = fs::path(directory.path()) / "paper.pdf";
  std::ofstream(page) << Paper();
  const std::string command = "chromium --headless --no-sandbox --disable-gpu --user-data-dir='" +
                              std::string(directory.path()) +
                              "/profile' --no-pdf-header-footer --print-to-pdf='" + pdf.string() +
                              "' 'file://" + page.string() + "' >/dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(pdf, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  const std::regex box(R"(/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\])");
  int pages = 0;
  for (std::sregex_iterator it(content.begin(), content.end(), box), end; it != end; ++it) {
    ++pages;
    EXPECT_NEAR(std::stod((*it)[1]), 595.3, 1);  // 210 mm in points
    EXPECT_NEAR(std::stod((*it)[2]), 841.9, 1);  // 297 mm
  }
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace twinline::cli

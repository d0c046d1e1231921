// Which township answers for a child (D14), and the chain of papers (D15).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kTownOffice[] = "township:411282103";
constexpr char kBureau[] = "bureau:411282";

TEST(D14, ATownshipThatDeniesStaysInChargeUntilTheBureauDecides) {
  County county;
  county.Cross("SUSPECTED", 5);
  v1::AnswerAlertCommand answer;
  answer.set_role(ROLE_TOWNSHIP_OFFICIAL);
  answer.set_alert_id(county.Alerts(kTownOffice)[0].alert_id());
  answer.set_answer("DENIED");
  EXPECT_EQ(county.Do(answer, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal,
            "EVIDENCE_TYPE_UNKNOWN");
  answer.set_evidence_type("RESIDENCE_MOVED");
  EXPECT_EQ(county.Do(answer, county.Person(ROLE_PRINCIPAL)).refusal, "NOT_YOUR_ALERT");
  const Result denied = county.Do(answer, county.Person(ROLE_TOWNSHIP_OFFICIAL));
  EXPECT_EQ(denied.refusal, "");
  EXPECT_TRUE(denied.Has<v1::ResponsibilityDenied>());
  EXPECT_THAT(denied.Alerted("TOWNSHIP_DENIED"), UnorderedElementsAre(kBureau));
  EXPECT_EQ(county.Case().township(), County::kTown);
  EXPECT_TRUE(county.GoTo(Day(9, 17)).Has<v1::DeadlineMissed>()) << "its clock ran on";

  v1::ActOnCaseCommand decide;
  decide.set_action(std::string(kDecideTownship));
  decide.set_township(std::string(County::kOtherTown));
  *decide.mutable_note() = SealedText("实际居住地");
  EXPECT_EQ(county.Act(decide, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "NOT_YOUR_ACTION");
  EXPECT_EQ(county.Act(decide, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Case().township(), County::kOtherTown);
  EXPECT_EQ(county.Case().copy_township(), County::kTown) << "both remain on the case";
  EXPECT_EQ(county.Case().village(), County::kOtherVillage);
  EXPECT_EQ(county.Case().decision_needed(), "");
  // A later correction of places does not undo what the bureau decided.
  county.child().set_grade(8);
  registry::v1::ChildPlaced placed;
  *placed.mutable_facts() = county.child();
  county.Publish(placed, "registry/0");
  EXPECT_EQ(county.Case().township(), County::kOtherTown);
}

TEST(D14, AcceptingTakesTheCaseOverWithoutWinningTime) {
  County county;
  county.Cross("SUSPECTED", 5);
  const int32_t due = county.Case().government().deadline().due().days();
  v1::AnswerAlertCommand answer;
  answer.set_role(ROLE_TOWNSHIP_OFFICIAL);
  answer.set_alert_id(county.Alerts(kTownOffice)[0].alert_id());
  answer.set_answer("SEEN");
  EXPECT_EQ(county.Do(answer, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "");
  answer.set_answer("ACCEPTED");
  EXPECT_EQ(county.Do(answer, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Case().government().owner(), county.Person(ROLE_TOWNSHIP_OFFICIAL).id.bytes());
  EXPECT_EQ(county.Case().government().deadline().due().days(), due);
  EXPECT_EQ(county.Do(answer, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal,
            "ALERT_ALREADY_ANSWERED");
}

TEST(D15, PapersHaveNumbersWarnOfMissingStepsAndLockTheCourt) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.Persuade(county.Person(ROLE_CLASS_TEACHER));
  EXPECT_EQ(county.Issue(kIssueCourt, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "COURT_LOCKED");
  const Result order = county.Issue(kIssueOrder, county.Person(ROLE_TOWNSHIP_HEAD));
  ASSERT_THAT(order.All<v1::PaperIssued>(), SizeIs(1));
  const v1::PaperIssued paper = order.All<v1::PaperIssued>()[0];
  EXPECT_THAT(paper.missing_steps(),
              testing::ElementsAre("PERSUASION_2", "PERSUADE_NOTICE", "RETURN_BY_DATE"));
  EXPECT_EQ(paper.title(), "义责令字〔2026〕第1号");
  EXPECT_EQ(county.Case().state(), kOrdered);
  EXPECT_EQ(county.Issue(kIssueOrder, county.Person(ROLE_TOWNSHIP_HEAD))
                .All<v1::PaperIssued>()[0]
                .number(),
            2u);
  EXPECT_EQ(county.Issue(kIssuePersuadeNotice, county.Person(ROLE_PRINCIPAL))
                .All<v1::PaperIssued>()[0]
                .title(),
            "义劝通字〔2026〕第1号");
  EXPECT_EQ(county.Issue(kIssueCourt, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "");
  EXPECT_EQ(county.Case().state(), kLitigation);

  v1::ServePaperCommand serve;
  serve.set_paper_id(paper.paper_id());
  serve.set_child_id(county.child().child_id());
  serve.set_method("BY_RUMOUR");
  EXPECT_EQ(county.Do(serve, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "CODE_UNKNOWN");
  serve.set_method("IN_PERSON");
  EXPECT_EQ(county.Do(serve, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Do(serve, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal,
            "PAPER_ALREADY_SERVED");
}

TEST(D15, AVoidedPaperKeepsItsNumberAndLeavesTheChain) {
  County county;
  county.Cross("SUSPECTED", 5);
  const Result order = county.Issue(kIssueOrder, county.Person(ROLE_TOWNSHIP_HEAD));
  v1::VoidPaperCommand void_it;
  void_it.set_paper_id(order.All<v1::PaperIssued>()[0].paper_id());
  void_it.set_child_id(county.child().child_id());
  *void_it.mutable_reason() = SealedText("监护人姓名有误");
  EXPECT_EQ(county.Do(void_it, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "");
  EXPECT_THAT(county.Case().papers(), IsEmpty());
  EXPECT_EQ(county.Issue(kIssueCourt, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "COURT_LOCKED");
  EXPECT_EQ(county.Issue(kIssueOrder, county.Person(ROLE_TOWNSHIP_HEAD))
                .All<v1::PaperIssued>()[0]
                .number(),
            2u);
}

}  // namespace
}  // namespace twinline::accountability

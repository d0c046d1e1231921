// RPCs that no scenario needs, each called once with its effect: places and people, flags of a
// child, papers of a case, webhooks of an office.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/base/keys.h"
#include "tests/support/county_case.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace cv1 = accountability::v1;
namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

constexpr size_t kPupil = 0;

class SeldomCalled : public testing::Test {
 protected:
  template <typename Request>
  std::string Registry(const std::string& rpc, Request request, google::protobuf::Message* reply,
                       const base::Id16& who) {
    return county_.api()
        .Call("twinline.registry.v1.RegistryService." + rpc, request, reply, who)
        .code();
  }
  template <typename Request>
  std::string Case(const std::string& rpc, Request request, google::protobuf::Message* reply,
                   const base::Id16& who) {
    return county_.api().Call(CountyCase::Rpc(rpc), request, reply, who).code();
  }
  const base::Id16& Bureau() { return county_.loaded().bureau_official; }

  RunningCounty county_;
};

TEST_F(SeldomCalled, places_people_and_the_end_of_a_duty) {
  county_.GoTo(0, 9);
  rv1::ListAreasRequest areas;
  areas.set_parent("411282");
  rv1::ListAreasReply townships;
  ASSERT_EQ(Registry("ListAreas", areas, &townships, county_.Teacher(0)), "OK");
  EXPECT_EQ(townships.areas_size(), 2);
  rv1::ListSchoolsRequest schools;
  schools.set_area("411282103");
  rv1::ListSchoolsReply of_township;
  ASSERT_EQ(Registry("ListSchools", schools, &of_township, county_.Township(0)), "OK");
  EXPECT_EQ(of_township.schools_size(), 2);
  rv1::ListStaffRequest staff;
  staff.set_office("school:" + county_.county().schools[kPrimaryTwo].code);
  rv1::ListStaffReply people;
  ASSERT_EQ(Registry("ListStaff", staff, &people, county_.Principal(kPrimaryTwo)), "OK");
  EXPECT_EQ(people.staff_size(), 3) << "principal, registrar, class teacher";

  rv1::ListDutiesRequest held;
  held.set_staff_id(county_.Registrar(kPrimaryTwo).str());
  rv1::ListDutiesReply duties;
  ASSERT_EQ(Registry("ListDuties", held, &duties, Bureau()), "OK");
  ASSERT_EQ(duties.duties_size(), 1);
  rv1::EndDutyRequest end;
  end.set_duty_id(duties.duties(0).duty().duty_id());
  end.mutable_to()->set_days(county_.days()[0].days);
  end.set_reason("调离");
  end.set_office(staff.office());
  rv1::RecordedReply recorded;
  EXPECT_EQ(Registry("EndDuty", end, &recorded, county_.Principal(kPrimaryOne)),
            "PERMISSION_SCOPE");
  ASSERT_EQ(Registry("EndDuty", end, &recorded, county_.Principal(kPrimaryTwo)), "OK");
  // The last day is inclusive: rights end with it.
  rv1::ListExportsRequest exports;
  exports.set_office(staff.office());
  rv1::ListExportsReply listed;
  EXPECT_EQ(Registry("ListExports", exports, &listed, county_.Registrar(kPrimaryTwo)), "OK");
  county_.GoTo(1, 9);
  EXPECT_EQ(Registry("ListExports", exports, &listed, county_.Registrar(kPrimaryTwo)),
            "PERMISSION_ROLE");
}

TEST_F(SeldomCalled, flags_of_a_child_and_advice_to_leave) {
  county_.GoTo(0, 9);
  const std::string child = county_.loaded().children[kPupil].str();
  rv1::SetWatchGroupsRequest groups;
  groups.set_child_id(child);
  groups.add_add("LEFT_BEHIND_BOTH");
  rv1::ChildReply reply;
  ASSERT_EQ(Registry("SetWatchGroups", groups, &reply, county_.Teacher(0)), "OK");
  EXPECT_EQ(reply.child().facts().watch_groups(0), "LEFT_BEHIND_BOTH");
  rv1::ClearProblemRequest clear;
  clear.set_child_id(child);
  clear.set_problem("ID_INVALID");
  clear.set_reason("户口簿核对无误");
  EXPECT_EQ(Registry("ClearProblem", clear, &reply, Bureau()), "PROBLEM_NOT_SET");

  tv1::NoteAdviceRequest advice;
  advice.set_child_id(child);
  advice.set_school_code(county_.county().schools[kPrimaryOne].code);
  advice.set_text("建议家长转学");
  tv1::NoteAdviceReply noted;
  county_.api().Must("twinline.transfer.v1.TransferService.NoteAdvice", advice, &noted,
                     county_.Registrar(kPrimaryOne));
  for (const base::Id16& reader : {Bureau(), county_.loaded().auditor}) {
    tv1::ListAdviceRequest list;
    tv1::ListAdviceReply lines;
    county_.api().Must("twinline.transfer.v1.ApprovalService.ListAdvice", list, &lines, reader);
    ASSERT_EQ(lines.advice_size(), 1);
    EXPECT_EQ(lines.advice(0).child_id(), child);
    EXPECT_EQ(lines.advice(0).by(), county_.Registrar(kPrimaryOne).str());
  }
}

TEST_F(SeldomCalled, a_case_taken_over_with_papers_and_evidence) {
  CountyCase open(&county_, kPupil);
  for (int day = 0; day < 3; ++day) county_.PlayDay(day, {kPupil});
  ASSERT_EQ(open.Reaches("SUSPECTED"), "SUSPECTED");
  const std::string office = "township:" + open.Facts().township();
  const base::Id16 head = county_.loaded().township_head.at(office);
  cv1::ListAlertsRequest list;
  cv1::ListAlertsReply alerts;
  ASSERT_EQ(Case("ListAlerts", list, &alerts, open.Official()), "OK");
  ASSERT_GT(alerts.alerts_size(), 0);
  cv1::AcknowledgeAlertRequest seen;
  seen.set_alert_id(alerts.alerts(0).alert_id());
  cv1::AlertReply answered;
  EXPECT_EQ(Case("AcknowledgeAlert", seen, &answered, open.Official()), "OK");
  seen.set_alert_id(std::string(16, 'x'));
  EXPECT_EQ(Case("AcknowledgeAlert", seen, &answered, open.Official()), "ALERT_UNKNOWN");
  EXPECT_EQ(open.Act("TakeOver", open.Official()), "OK");
  EXPECT_EQ(open.Facts().government().owner(), open.Official().str());

  cv1::IssuePaperRequest issue;
  open.Name(&issue);
  issue.set_kind("ORDER");
  issue.set_addressee("家长");
  cv1::IssuePaperReply issued;
  EXPECT_EQ(Case("IssuePaper", issue, &issued, head), "RETURN_BY_MANDATORY");
  issue.mutable_return_by()->set_days(county_.days()[8].days);
  ASSERT_EQ(Case("IssuePaper", issue, &issued, head), "OK");
  EXPECT_NE(issued.paper().title().find("义责令字"), std::string::npos);
  EXPECT_GT(issued.paper().missing_steps_size(), 0) << "no persuasion was tried (D15)";
  cv1::ServePaperRequest serve;
  serve.set_child_id(issue.child_id());
  serve.set_paper_id(issued.paper().paper_id());
  serve.mutable_served_on()->set_days(county_.days()[2].days);
  serve.set_method("IN_PERSON");
  cv1::PaperReply done;
  EXPECT_EQ(Case("ServePaper", serve, &done, head), "OK");
  cv1::VoidPaperRequest void_it;
  void_it.set_child_id(issue.child_id());
  void_it.set_paper_id(issued.paper().paper_id());
  void_it.set_reason("监护人姓名有误");
  EXPECT_EQ(Case("VoidPaper", void_it, &done, head), "OK");
  EXPECT_EQ(Case("VoidPaper", void_it, &done, head), "PAPER_VOID");

  cv1::UploadCaseEvidenceRequest upload;
  upload.set_child_id(issue.child_id());
  upload.set_content("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n");
  cv1::UploadCaseEvidenceReply stored;
  EXPECT_EQ(Case("UploadEvidence", upload, &stored, county_.loaded().auditor), "PERMISSION_ROLE");
  ASSERT_EQ(Case("UploadEvidence", upload, &stored, head), "OK");
  cv1::GetCaseEvidenceRequest get;
  get.set_child_id(issue.child_id());
  get.set_digest(std::string(32, 'x'));
  get.set_reason("核对");
  cv1::GetCaseEvidenceReply got;
  EXPECT_EQ(Case("GetEvidence", get, &got, head), "EVIDENCE_UNKNOWN");
}

TEST_F(SeldomCalled, rules_and_webhooks) {
  county_.GoTo(0, 9);
  cv1::GetRuleSetRequest rules;
  cv1::GetRuleSetReply in_force;
  ASSERT_EQ(Case("GetRuleSet", rules, &in_force, county_.Teacher(0)), "OK");
  EXPECT_FALSE(in_force.version().empty());
  const base::Id16 principal = county_.Principal(kPrimaryOne);
  cv1::RegisterWebhookRequest hook;
  hook.set_office("school:" + county_.county().schools[kPrimaryOne].code);
  hook.set_url("http://127.0.0.1:1/");
  hook.set_secret("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
  cv1::WebhookReply registered;
  ASSERT_EQ(Case("RegisterWebhook", hook, &registered, principal), "OK");
  cv1::RotateWebhookSecretRequest rotate;
  rotate.set_office(hook.office());
  rotate.set_webhook_id(registered.webhook_id());
  rotate.set_secret("MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
  cv1::WebhookReply changed;
  EXPECT_EQ(Case("RotateWebhookSecret", rotate, &changed, principal), "OK");
  cv1::ListWebhooksRequest list;
  list.set_office(hook.office());
  cv1::ListWebhooksReply hooks;
  ASSERT_EQ(Case("ListWebhooks", list, &hooks, principal), "OK");
  ASSERT_EQ(hooks.webhooks_size(), 1);
  EXPECT_EQ(hooks.webhooks(0).url(), hook.url());
  cv1::RemoveWebhookRequest remove;
  remove.set_office(hook.office());
  remove.set_webhook_id(std::string(16, 'x'));
  EXPECT_EQ(Case("RemoveWebhook", remove, &changed, principal), "WEBHOOK_UNKNOWN");
  remove.set_webhook_id(registered.webhook_id());
  EXPECT_EQ(Case("RemoveWebhook", remove, &changed, principal), "OK");
}

}  // namespace
}  // namespace twinline::test

// Whole classes through gRPC and the real process (R-59, N14): a dry run without a trace, two
// persons and one digest, a kill in the middle, each class once, and the child that never reports
// at the junior school (D06).
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/hub_process.h"
#include "tests/support/running_county.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"
#include "twinline/transfer/v1/transfer_classes.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

class ClassRuns : public testing::Test {
 protected:
  static void SetUpTestSuite() { county_ = new RunningCounty(); }
  static void TearDownTestSuite() {
    delete county_;
    county_ = nullptr;
  }

  rv1::ChildFacts Facts(const std::string& child) {
    rv1::GetChildRequest request;
    request.set_child_id(child);
    rv1::ChildReply reply;
    county_->api().Must("twinline.registry.v1.RegistryService.GetChild", request, &reply,
                        county_->loaded().bureau_official);
    return reply.child().facts();
  }
  static tv1::ClassRunScope Promotion() {
    tv1::ClassRunScope scope;
    scope.set_kind("PROMOTION");
    scope.set_school_year(2026);
    return scope;
  }
  tv1::PlanClassRunReply Plan() {
    tv1::PlanClassRunRequest request;
    *request.mutable_scope() = Promotion();
    tv1::PlanClassRunReply reply;
    county_->api().Must("twinline.transfer.v1.ClassBusinessService.PlanClassRun", request, &reply,
                        county_->loaded().bureau_official);
    return reply;
  }
  rpc::CallResult Start(const std::string& digest, tv1::ClassRunReply* reply) {
    tv1::StartClassRunRequest request;
    *request.mutable_scope() = Promotion();
    request.set_digest(digest);
    return county_->api().Call("twinline.transfer.v1.ClassBusinessService.StartClassRun", request,
                               reply, county_->loaded().bureau_official);
  }
  rpc::CallResult Approve(const tv1::ClassRunFacts& run, const base::Id16& who,
                          tv1::ClassRunReply* reply) {
    tv1::ApproveClassRunRequest request;
    request.set_run_id(run.run_id());
    request.set_digest(run.digest());
    return county_->api().Call("twinline.transfer.v1.ClassBusinessService.ApproveClassRun", request,
                               reply, who);
  }
  // Two runs may be planned in the same moment of a driven clock: the id says which one.
  tv1::ClassRunReply Run(const std::string& run_id = {}) {
    tv1::GetClassRunRequest request;
    request.set_run_id(run_id);
    tv1::ClassRunReply reply;
    county_->api().Must("twinline.transfer.v1.ClassBusinessService.GetClassRun", request, &reply,
                        county_->loaded().bureau_official);
    return reply;
  }
  // A pupil of grade 6 at primary one, whose paired school is the junior.
  std::string SixthGrader() {
    rv1::RecordClassRequest room;
    room.set_school_code(county_->county().schools[kPrimaryOne].code);
    room.mutable_class_facts()->set_school_code(room.school_code());
    room.mutable_class_facts()->set_grade(6);
    room.mutable_class_facts()->set_number(1);
    room.mutable_class_facts()->set_school_year(2026);
    rv1::RecordedReply recorded;
    county_->api().Must("twinline.registry.v1.RegistryService.RecordClass", room, &recorded,
                        county_->Registrar(kPrimaryOne));
    rv1::RegisterChildRequest registration;
    rv1::ChildInput* input = registration.mutable_child();
    input->mutable_person()->set_name("六年级生");
    input->mutable_person()->set_id_kind("NONE");
    input->mutable_person()->mutable_birth_date()->set_days(
        base::CivilDay::FromYmd(2014, 5, 5).days);
    input->mutable_person()->set_sex(2);
    input->set_school_code(room.school_code());
    input->set_class_id(recorded.id());
    input->set_grade(6);
    // Not where the primary school is.
    input->set_hukou_township("411282105");
    input->set_residence_township("411282105");
    input->set_entry_kind("NORMAL");
    rv1::RegisterChildReply registered;
    county_->api().Must("twinline.registry.v1.RegistryService.RegisterChild", registration,
                        &registered, county_->Registrar(kPrimaryOne));
    return registered.child_id();
  }

  static RunningCounty* county_;
};

RunningCounty* ClassRuns::county_ = nullptr;

TEST_F(ClassRuns, promotion_from_the_dry_run_to_the_child_that_never_reports) {
  county_->GoTo(1, 9);
  const std::string six = SixthGrader();
  const std::string busy = county_->loaded().children[0].str();
  const std::string other = county_->loaded().children[1].str();
  tv1::StartTransferRequest transfer;
  transfer.set_child_id(busy);
  transfer.set_registration_id(county_->loaded().registrations[0].str());
  transfer.set_to_school_code(county_->county().schools[kPrimaryTwo].code);
  transfer.set_grade(4);
  transfer.set_ground("RESIDENCE_MOVED");
  transfer.set_applicant("家长");
  tv1::BusinessReply opened;
  county_->api().Must("twinline.transfer.v1.TransferService.StartTransfer", transfer, &opened,
                      county_->Registrar(kPrimaryTwo));

  // N14: the dry run changes nothing, and lists who is left out.
  ASSERT_TRUE(Eventually([&] { return Plan().classes_size() == 5; }));
  const tv1::PlanClassRunReply plan = Plan();
  EXPECT_EQ(plan.digest(), Plan().digest());
  EXPECT_EQ(plan.children(), 24u);
  ASSERT_EQ(plan.exceptions_size(), 1);
  EXPECT_EQ(plan.exceptions(0).child_id(), busy);
  EXPECT_EQ(plan.exceptions(0).reason(), "BUSINESS_IN_PROGRESS");
  EXPECT_EQ(Facts(other).grade(), 4u);

  tv1::ClassRunReply reply;
  EXPECT_EQ(Start("another plan", &reply).code(), "CLASS_RUN_PLAN_CHANGED");
  ASSERT_TRUE(Start(plan.digest(), &reply).ok());
  const tv1::ClassRunFacts run = reply.run();
  EXPECT_EQ(Approve(run, county_->loaded().bureau_official, &reply).code(),
            "ENTER_AND_AUDIT_SAME_PERSON");
  ASSERT_TRUE(Approve(run, county_->loaded().bureau_director, &reply).ok());
  county_->KillAndRestart();  // in the middle of it, or just behind
  ASSERT_TRUE(Eventually([&] { return Run().run().state() == "DONE"; }));
  EXPECT_EQ(Run().run().started(), 5u);
  EXPECT_EQ(Run().run().ended(), 5u);
  EXPECT_EQ(Run().run().children(), 24u);
  EXPECT_EQ(Run().run().excepted(), 1u);

  EXPECT_EQ(Facts(other).grade(), 5u);
  EXPECT_EQ(Facts(other).school_code(), county_->county().schools[kPrimaryOne].code);
  EXPECT_NE(Facts(other).class_id(), county_->loaded().classes[0].str());
  EXPECT_EQ(Facts(busy).grade(), 4u);
  EXPECT_EQ(Facts(busy).class_id(), county_->loaded().classes[0].str());
  EXPECT_EQ(Facts(six).grade(), 7u);
  EXPECT_EQ(Facts(six).school_code(), county_->county().schools[kJunior].code);
  EXPECT_EQ(Facts(six).status(), "ACTIVE");

  // Once more: nobody goes up twice; whom the transfer kept out may follow when it has ended.
  EXPECT_EQ(Plan().children(), 0u);
  EXPECT_EQ(Start(Plan().digest(), &reply).code(), "CLASS_RUN_EMPTY");
  tv1::WithdrawBusinessRequest withdraw;
  withdraw.set_business_id(opened.business().business_id());
  withdraw.set_reason("家长撤回");
  county_->api().Must("twinline.transfer.v1.ApprovalService.WithdrawBusiness", withdraw, &opened,
                      county_->Registrar(kPrimaryTwo));
  ASSERT_TRUE(Eventually([&] { return Plan().children() == 1; }));
  ASSERT_TRUE(Start(Plan().digest(), &reply).ok());
  const std::string second = reply.run().run_id();
  ASSERT_TRUE(Approve(reply.run(), county_->loaded().bureau_director, &reply).ok());
  ASSERT_TRUE(Eventually([&] { return Run(second).run().state() == "DONE"; }));
  EXPECT_EQ(Facts(busy).class_id(), Facts(other).class_id()) << "into the class of its class";

  // D06: on the third school day nobody has seen the child at the junior school.
  county_->GoTo(8, 9);
  accountability::v1::GetCaseRequest request;
  request.set_child_id(six);
  accountability::v1::GetCaseReply found;
  ASSERT_TRUE(Eventually([&] {
    return county_->api()
        .Call("twinline.accountability.v1.AccountabilityService.GetCase", request, &found,
              county_->loaded().bureau_official)
        .ok();
  }));
  EXPECT_EQ(found.case_facts().ground(), "TERM_START_NO_SHOW");
  EXPECT_EQ(found.case_facts().school_code(), county_->county().schools[kJunior].code);
  EXPECT_EQ(found.case_facts().township(), "411282105");
  // The township of the primary school that the child left is told too.
  accountability::v1::ListAlertsRequest inbox;
  inbox.set_office("township:411282103");
  inbox.mutable_page()->set_size(200);
  EXPECT_TRUE(Eventually([&] {
    accountability::v1::ListAlertsReply alerts;
    county_->api().Must("twinline.accountability.v1.AccountabilityService.ListAlerts", inbox,
                        &alerts, county_->Township(0));
    return std::any_of(alerts.alerts().begin(), alerts.alerts().end(),
                       [&](const auto& alert) { return alert.child_id() == six; });
  }));
}

}  // namespace
}  // namespace twinline::test

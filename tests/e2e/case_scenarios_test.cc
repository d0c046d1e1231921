// Cases once more through gRPC, against a real process: claims without proof, suspensions that are
// not resumed, dropouts that cannot be made to vanish, townships that deny. Scenarios of domain.md
// part 8; what a case needs from its first day to its last is in accountability_test.cc.
#include <gtest/gtest.h>

#include "tests/support/county_case.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace cv1 = accountability::v1;
namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

constexpr size_t kPupil = 0;  // of primary one, class 4-1

class CaseScenario : public testing::Test {
 protected:
  // Seen on the first day, then missing for five.
  void Suspect() {
    county_.PlayDay(0, {});
    for (int day = 1; day <= 5; ++day) county_.PlayDay(day, {kPupil});
    ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  }
  std::string Upload(const base::Id16& who) {
    cv1::UploadCaseEvidenceRequest request;
    request.set_child_id(county_.loaded().children[kPupil].str());
    request.set_content("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n");
    cv1::UploadCaseEvidenceReply reply;
    county_.api().Must(CountyCase::Rpc("UploadEvidence"), request, &reply, who);
    return reply.digest();
  }
  template <typename Request>
  std::string Call(const std::string& rpc, Request request, const base::Id16& who) {
    cv1::CaseReply reply;
    return county_.api().Call(CountyCase::Rpc(rpc), request, &reply, who).code();
  }
  rv1::ChildFacts Registration() {
    rv1::GetChildRequest request;
    request.set_child_id(county_.loaded().children[kPupil].str());
    rv1::ChildReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.GetChild", request, &reply,
                       county_.loaded().bureau_official);
    return reply.child().facts();
  }

  RunningCounty county_;
  CountyCase case_{&county_, kPupil};
};

TEST_F(CaseScenario, D07_studying_elsewhere_stays_open_until_it_is_proved) {
  Suspect();
  EXPECT_EQ(case_.Act("ClaimElsewhere", county_.Registrar(kPrimaryOne)), "OK");
  EXPECT_EQ(case_.State(), "SUSPECTED");
  EXPECT_TRUE(case_.Facts().elsewhere_claimed());
  EXPECT_EQ(case_.SignClose("CLOSED_TRANSFER", county_.Principal(kPrimaryOne)),
            "ACTION_NOT_POSSIBLE");
  cv1::CaseActRequest proof;
  case_.Name(&proof);
  EXPECT_EQ(Call("ProveElsewhere", proof, county_.loaded().bureau_official), "EVIDENCE_MANDATORY");
  proof.add_evidence(Upload(county_.loaded().bureau_official));
  EXPECT_EQ(Call("ProveElsewhere", proof, county_.Principal(kPrimaryOne)), "PERMISSION_ROLE");
  EXPECT_EQ(Call("ProveElsewhere", proof, county_.loaded().bureau_official), "OK");
  EXPECT_EQ(case_.State(), "TRANSFERRED");
}

TEST_F(CaseScenario, D08_a_suspension_that_is_not_resumed_is_suspected_never_withdrawn) {
  county_.PlayDay(0, {});
  county_.GoTo(1, 9);
  tv1::StartSuspensionRequest request;
  request.set_child_id(county_.loaded().children[kPupil].str());
  request.set_registration_id(county_.loaded().registrations[kPupil].str());
  request.mutable_from()->set_days(county_.days()[1].days);
  request.mutable_until()->set_days(county_.days()[4].days);
  request.set_ground("ILLNESS");
  request.set_applicant("家长");
  tv1::BusinessReply business;
  county_.api().Must("twinline.transfer.v1.StatusService.StartSuspension", request, &business,
                     county_.Registrar(kPrimaryOne));
  for (const base::Id16& who : {county_.Principal(kPrimaryOne), county_.loaded().bureau_official}) {
    tv1::DecideStepRequest decide;
    decide.set_business_id(business.business().business_id());
    decide.set_step(business.business().step());
    decide.set_approve(true);
    county_.api().Must("twinline.transfer.v1.ApprovalService.DecideStep", decide, &business, who);
  }
  ASSERT_TRUE(CountyCase::Until([&] { return Registration().status() == "SUSPENDED"; }));
  // Day 5 is the first school day after it; ten more, and nobody has come or asked for more time.
  county_.GoTo(14, 19);
  EXPECT_EQ(case_.State(), "");
  county_.GoTo(16, 8);
  ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  EXPECT_EQ(case_.Facts().ground(), "RESUMPTION_OVERDUE");
  EXPECT_EQ(Registration().status(), "SUSPENDED") << "kept, not withdrawn";
  const std::string township = "township:" + case_.Facts().township();
  const std::string school = "school:" + county_.county().schools[kPrimaryOne].code;
  EXPECT_TRUE(CountyCase::Until([&] {
    return case_.Alerts(township, "CASE_OPENED", case_.Official()) == 1 &&
           case_.Alerts(school, "CASE_OPENED", county_.Principal(kPrimaryOne)) == 1;
  }));
}

TEST_F(CaseScenario, D10_a_confirmed_dropout_cannot_be_made_to_vanish) {
  Suspect();
  cv1::ConfirmDropoutRequest confirm;
  case_.Name(confirm.mutable_act());
  confirm.set_reason_code("WORK");
  EXPECT_EQ(Call("ConfirmDropout", confirm, county_.loaded().bureau_official), "CONFIRM_TOO_EARLY");
  int day = 6;
  for (std::string code = "CONFIRM_TOO_EARLY"; code == "CONFIRM_TOO_EARLY" && day < 45; ++day) {
    county_.PlayDay(day, {kPupil});
    code = Call("ConfirmDropout", confirm, county_.loaded().bureau_official);
    if (code != "CONFIRM_TOO_EARLY") {
      EXPECT_EQ(code, "OK");
    }
  }
  ASSERT_EQ(case_.State(), "CONFIRMED");

  // Off the class list, off the register, out of the case: nobody can.
  rv1::PlaceChildRequest out;
  out.set_child_id(county_.loaded().children[kPupil].str());
  out.set_reason("不来上学");
  rv1::ChildReply placed;
  EXPECT_FALSE(county_.api()
                   .Call("twinline.registry.v1.RegistryService.PlaceChild", out, &placed,
                         county_.Registrar(kPrimaryOne))
                   .ok());
  for (const char* kind : {"DROPOUT", "EXPELLED", "DELETED"}) {
    tv1::StartStatusChangeRequest change;
    change.set_child_id(county_.loaded().children[kPupil].str());
    change.set_registration_id(county_.loaded().registrations[kPupil].str());
    change.set_kind(kind);
    change.mutable_effective()->set_days(county_.days()[static_cast<size_t>(day)].days);
    tv1::BusinessReply reply;
    EXPECT_EQ(county_.api()
                  .Call("twinline.transfer.v1.StatusService.StartStatusChange", change, &reply,
                        county_.Registrar(kPrimaryOne))
                  .code(),
              "BUSINESS_KIND_UNKNOWN")
        << kind;
  }
  cv1::OverrideCloseRequest close;
  case_.Name(close.mutable_act());
  close.mutable_act()->set_note("清理");
  close.set_outcome("DELETED");
  EXPECT_EQ(Call("OverrideClose", close, county_.loaded().bureau_director), "CODE_UNKNOWN");
  EXPECT_EQ(case_.State(), "CONFIRMED");
  EXPECT_EQ(Registration().class_id(), county_.loaded().classes[0].bytes());
}

TEST_F(CaseScenario, D14_a_township_that_denies_answers_until_the_bureau_has_decided) {
  Suspect();
  const std::string township = case_.Facts().township();
  const base::Id16 official = case_.Official();
  cv1::DenyResponsibilityRequest deny;
  case_.Name(deny.mutable_act());
  deny.mutable_act()->set_note("全家已搬走");
  EXPECT_EQ(Call("DenyResponsibility", deny, official), "EVIDENCE_TYPE_UNKNOWN");
  deny.set_evidence_type("RESIDENCE_MOVED");
  EXPECT_EQ(Call("DenyResponsibility", deny, county_.Principal(kPrimaryOne)), "PERMISSION_ROLE");
  EXPECT_EQ(Call("DenyResponsibility", deny, official), "OK");
  EXPECT_EQ(case_.Facts().township(), township);
  EXPECT_EQ(case_.Facts().decision_needed(), "TOWNSHIP_DENIED");
  cv1::DecideTownshipRequest decide;
  case_.Name(decide.mutable_act());
  decide.mutable_act()->set_note("实际居住地在豫灵镇");
  const std::string other = "411282105";
  ASSERT_NE(township, other);
  decide.set_township(other);
  EXPECT_EQ(Call("DecideTownship", decide, official), "PERMISSION_ROLE");
  EXPECT_EQ(Call("DecideTownship", decide, county_.loaded().bureau_official), "OK");
  EXPECT_EQ(case_.Facts().township(), other);
  EXPECT_EQ(case_.Facts().copy_township(), township) << "both remain on the case";
  EXPECT_EQ(case_.Facts().decision_needed(), "");
}

}  // namespace
}  // namespace twinline::test

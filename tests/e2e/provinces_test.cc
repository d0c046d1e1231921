// Across provinces, both ways, through the hub's process and the real twinlined: the other province
// is silent, refuses, repeats itself, answers late; either side is killed in the middle. One
// effect.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/base/hash.h"
#include "tests/support/hub_process.h"
#include "tests/support/running_county.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;
using nlohmann::json;

class Provinces : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    hub_ = new HubProcess("silent");
    county_ = new RunningCounty(hub_->config());
  }
  static void TearDownTestSuite() {
    delete county_;
    delete hub_;
    county_ = nullptr;
    hub_ = nullptr;
  }

  const base::Id16& Bureau() { return county_->loaded().bureau_official; }

  // The newest business of a child; empty when there is none yet.
  tv1::BusinessFacts Business(const std::string& child) {
    tv1::ListBusinessesRequest request;
    request.set_child_id(child);
    tv1::ListBusinessesReply reply;
    county_->api().Must("twinline.transfer.v1.ApprovalService.ListBusinesses", request, &reply,
                        Bureau());
    EXPECT_LE(reply.businesses_size(), 1) << "one effect";
    return reply.businesses_size() == 0 ? tv1::BusinessFacts() : reply.businesses(0).business();
  }

  void Decide(const std::string& child, const base::Id16& who, bool approve = true) {
    const tv1::BusinessFacts facts = Business(child);
    tv1::DecideStepRequest request;
    request.set_business_id(facts.business_id());
    request.set_step(facts.step());
    request.set_approve(approve);
    if (!approve) request.set_reason_code("EVIDENCE_FALSE");
    tv1::BusinessReply reply;
    county_->api().Must("twinline.transfer.v1.ApprovalService.DecideStep", request, &reply, who);
  }

  rv1::ChildFacts Facts(const std::string& child) {
    rv1::GetChildRequest request;
    request.set_child_id(child);
    rv1::ChildReply reply;
    county_->api().Must("twinline.registry.v1.RegistryService.GetChild", request, &reply, Bureau());
    return reply.child().facts();
  }

  // How often a line stands in the history of the child's business.
  long Lines(const std::string& child, const std::string& what) {
    tv1::GetBusinessRequest request;
    request.set_business_id(Business(child).business_id());
    tv1::GetBusinessReply reply;
    county_->api().Must("twinline.transfer.v1.ApprovalService.GetBusiness", request, &reply,
                        Bureau());
    return std::count_if(reply.history().begin(), reply.history().end(),
                         [&](const auto& line) { return line.what() == what; });
  }

  // Messages of a kind that the hub has heard, each once however often it was sent.
  static std::vector<json> Heard(const std::string& kind, const std::string& field,
                                 const std::string& value) {
    std::vector<json> found;
    for (const json& message : hub_->Heard()) {
      if (message.value("kind", "") == kind && message.value(field, "") == value) {
        found.push_back(message);
      }
    }
    return found;
  }

  static void Apply(const std::string& application, const std::string& number) {
    hub_->Say({{"message_id", "say-" + application},
               {"kind", "APPLICATION"},
               {"application_id", application},
               {"province", "61"},
               {"school_code", "2161000001"},
               {"grade", 4},
               {"id_number", number}});
  }

  static void Answer(const std::string& application, const std::string& outcome,
                     const std::string& message_id) {
    hub_->Say({{"message_id", message_id},
               {"kind", "ANSWER"},
               {"application_id", application},
               {"outcome", outcome}});
  }

  static HubProcess* hub_;
  static RunningCounty* county_;
};

HubProcess* Provinces::hub_ = nullptr;
RunningCounty* Provinces::county_ = nullptr;

TEST_F(Provinces, a_child_leaves_and_is_gone_only_when_the_other_province_confirms) {
  county_->GoTo(1, 9);
  const std::string child = county_->loaded().children[0].str();
  const std::string school = county_->county().schools[kPrimaryOne].code;
  Apply("out-1", county_->county().pupils[0].id_number);
  // Killed while it is being decided, or before, or after: one business.
  county_->KillAndRestart();
  ASSERT_TRUE(Eventually([&] { return !Business(child).business_id().empty(); }));
  EXPECT_EQ(Business(child).kind(), "TRANSFER_OUT_PROVINCE");
  // The hub forgets that it was taken and says it again.
  Apply("out-1", county_->county().pupils[0].id_number);
  ASSERT_TRUE(Eventually([&] { return hub_->Inbox().empty(); }));
  Decide(child, county_->Principal(kPrimaryOne));
  hub_->Kill();
  Decide(child, Bureau());
  hub_->Start();
  ASSERT_TRUE(Eventually([&] { return !Heard("RELEASED", "application_id", "out-1").empty(); }));
  EXPECT_EQ(Facts(child).school_code(), school) << "released is not gone";
  EXPECT_EQ(Facts(child).status(), "ACTIVE");
  // Confirmed, twice by the same message and once more by another.
  Answer("out-1", "DONE", "done-1");
  county_->KillAndRestart();
  Answer("out-1", "DONE", "done-1");
  Answer("out-1", "DONE", "done-2");
  ASSERT_TRUE(Eventually([&] { return Business(child).state() == "COMPLETED"; }));
  EXPECT_EQ(Facts(child).status(), "TRANSFERRED_OUT");
  EXPECT_EQ(Facts(child).school_code(), "");
  EXPECT_EQ(Facts(child).class_id(), "");
  ASSERT_TRUE(Eventually([&] { return hub_->Inbox().empty(); }));
  ASSERT_TRUE(Eventually([&] { return !Heard("COMPLETED", "application_id", "out-1").empty(); }));
  EXPECT_EQ(Heard("RELEASED", "application_id", "out-1").size(), 1u);
  EXPECT_EQ(Heard("COMPLETED", "application_id", "out-1").size(), 1u);
  EXPECT_EQ(Lines(child, "HUB_DONE"), 1);
  EXPECT_EQ(Lines(child, "COMPLETED"), 1);
}

TEST_F(Provinces, unknown_busy_and_refused_children_are_answered_with_the_national_codes) {
  county_->GoTo(2, 9);
  Apply("out-2", "11010120150101001X");
  ASSERT_TRUE(Eventually([&] { return !Heard("REFUSED", "application_id", "out-2").empty(); }));
  EXPECT_EQ(Heard("REFUSED", "application_id", "out-2")[0].value("code", ""), "2001");

  const std::string child = county_->loaded().children[1].str();
  Apply("out-3", county_->county().pupils[1].id_number);
  ASSERT_TRUE(Eventually([&] { return Business(child).state() == "OPEN"; }));
  Apply("out-4", county_->county().pupils[1].id_number);
  ASSERT_TRUE(Eventually([&] { return !Heard("REFUSED", "application_id", "out-4").empty(); }));
  EXPECT_EQ(Heard("REFUSED", "application_id", "out-4")[0].value("code", ""), "2002");

  Decide(child, county_->Principal(kPrimaryOne), /*approve=*/false);
  ASSERT_TRUE(Eventually([&] { return !Heard("REFUSED", "application_id", "out-3").empty(); }));
  EXPECT_EQ(Facts(child).school_code(), county_->county().schools[kPrimaryOne].code);
}

TEST_F(Provinces, they_withdraw_and_a_late_confirmation_moves_nobody) {
  county_->GoTo(3, 9);
  const std::string child = county_->loaded().children[2].str();
  Apply("out-5", county_->county().pupils[2].id_number);
  ASSERT_TRUE(Eventually([&] { return Business(child).state() == "OPEN"; }));
  Answer("out-5", "WITHDRAWN", "back-5");
  ASSERT_TRUE(Eventually([&] { return Business(child).state() == "WITHDRAWN"; }));
  Answer("out-5", "DONE", "late-5");
  ASSERT_TRUE(Eventually([&] { return hub_->Inbox().empty(); }));
  EXPECT_EQ(Business(child).state(), "WITHDRAWN");
  EXPECT_EQ(Lines(child, "HUB_DONE"), 1) << "on record";
  EXPECT_EQ(Facts(child).status(), "ACTIVE");
}

// Last: it lets two months pass.
TEST_F(Provinces, T04_the_other_side_is_silent_and_silence_is_never_consent) {
  county_->GoTo(4, 9);
  rv1::RegisterChildRequest registration;
  rv1::ChildInput* input = registration.mutable_child();
  input->mutable_person()->set_name("外省生");
  input->mutable_person()->set_id_kind("NONE");
  input->mutable_person()->mutable_birth_date()->set_days(base::CivilDay::FromYmd(2016, 5, 5).days);
  input->mutable_person()->set_sex(1);
  input->set_school_code(county_->county().schools[kPrimaryTwo].code);
  input->set_class_id(county_->loaded().classes[1].str());
  input->set_grade(4);
  input->set_hukou_township("411282103");
  input->set_residence_township("411282103");
  input->set_entry_kind("TRANSFER_OUTSIDE");
  rv1::RegisterChildReply registered;
  county_->api().Must("twinline.registry.v1.RegistryService.RegisterChild", registration,
                      &registered, county_->Registrar(kPrimaryTwo));
  const std::string child = registered.child_id();

  tv1::StartTransferRequest start;
  start.set_child_id(child);
  start.set_registration_id(registered.registration_id());
  start.set_to_school_code(input->school_code());
  start.set_grade(4);
  start.set_ground("MIGRANT_WORKER");
  start.set_applicant("家长");
  start.set_other_province("61");
  start.set_student_number("G610102201605050012");
  tv1::BusinessReply started;
  ASSERT_TRUE(Eventually([&] {
    return county_->api()
        .Call("twinline.transfer.v1.TransferService.StartTransfer", start, &started,
              county_->Registrar(kPrimaryTwo))
        .ok();
  }));
  Decide(child, county_->Principal(kPrimaryTwo));
  Decide(child, Bureau());
  const std::string id = base::ToHex(Business(child).business_id());
  ASSERT_TRUE(Eventually([&] { return !Heard("APPLICATION", "business_id", id).empty(); }));
  EXPECT_EQ(Heard("APPLICATION", "business_id", id)[0].value("student_number", ""),
            "G610102201605050012");
  // Either side dies meanwhile; it is not asked for twice.
  hub_->Kill();
  county_->KillAndRestart();
  hub_->Start();

  county_->GoTo(18, 9);  // more than ten working days
  EXPECT_TRUE(Business(child).overdue());
  EXPECT_EQ(Lines(child, "OVERDUE"), 1);
  EXPECT_EQ(Business(child).state(), "OPEN");
  EXPECT_EQ(Facts(child).status(), "TRANSFER_PENDING");
  EXPECT_EQ(Facts(child).class_id(), county_->loaded().classes[1].str()) << "it attends school B";

  county_->GoTo(55, 9);  // more than forty
  EXPECT_EQ(Lines(child, "LONG_OVERDUE"), 1);
  EXPECT_EQ(Business(child).state(), "OPEN");
  EXPECT_EQ(Facts(child).status(), "TRANSFER_PENDING");

  // The yes counts when it comes; without pulling the file it is not done.
  hub_->Say({{"message_id", "yes"}, {"kind", "ANSWER"}, {"business_id", id}, {"outcome", "DONE"}});
  ASSERT_TRUE(Eventually([&] {
    const tv1::BusinessFacts facts = Business(child);
    return facts.steps(static_cast<int>(facts.step())).kind() == "PULL_FILE";
  }));
  EXPECT_EQ(Facts(child).status(), "TRANSFER_PENDING");
  Decide(child, county_->Registrar(kPrimaryTwo));
  ASSERT_TRUE(Eventually([&] { return Business(child).state() == "COMPLETED"; }));
  EXPECT_EQ(Facts(child).status(), "ACTIVE");
  ASSERT_TRUE(Eventually([&] { return !Heard("PULLED", "business_id", id).empty(); }));
  EXPECT_EQ(Heard("APPLICATION", "business_id", id).size(), 1u);
}

}  // namespace
}  // namespace twinline::test

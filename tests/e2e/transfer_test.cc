// Transfers once more through gRPC, against a real process: rights, the race, the freeze, the whole
// way to the new school.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/support/running_county.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

class TransferChain : public testing::Test {
 protected:
  static void SetUpTestSuite() { county_ = new RunningCounty(); }
  static void TearDownTestSuite() {
    delete county_;
    county_ = nullptr;
  }

  tv1::StartTransferRequest Application(size_t pupil, size_t to_school, size_t to_class) {
    tv1::StartTransferRequest request;
    request.set_child_id(county_->loaded().children[pupil].str());
    request.set_registration_id(county_->loaded().registrations[pupil].str());
    request.set_to_school_code(county_->county().schools[to_school].code);
    request.set_to_class_id(county_->loaded().classes[to_class].str());
    request.set_grade(county_->county().classes[to_class].grade);
    request.set_ground("RESIDENCE_MOVED");
    request.set_applicant("家长");
    return request;
  }

  rpc::CallResult Start(tv1::StartTransferRequest request, size_t school,
                        tv1::BusinessReply* reply) {
    return county_->api().Call("twinline.transfer.v1.TransferService.StartTransfer", request, reply,
                               county_->Registrar(school));
  }

  rpc::CallResult Decide(const tv1::BusinessFacts& facts, const base::Id16& who,
                         tv1::BusinessReply* reply) {
    tv1::DecideStepRequest request;
    request.set_business_id(facts.business_id());
    request.set_step(facts.step());
    request.set_approve(true);
    return county_->api().Call("twinline.transfer.v1.ApprovalService.DecideStep", request, reply,
                               who);
  }

  rv1::ChildFacts Facts(size_t pupil, const base::Id16& who) {
    rv1::GetChildRequest request;
    request.set_child_id(county_->loaded().children[pupil].str());
    rv1::ChildReply reply;
    county_->api().Must("twinline.registry.v1.RegistryService.GetChild", request, &reply, who);
    return reply.child().facts();
  }

  // Reads of the business until it has left state APPROVED: the registry reacts within
  // milliseconds.
  std::string Settled(const std::string& business_id) {
    tv1::GetBusinessReply reply;
    const int64_t give_up = base::MonotonicUs() + 20'000'000;
    do {
      tv1::GetBusinessRequest request;
      request.set_business_id(business_id);
      county_->api().Must("twinline.transfer.v1.ApprovalService.GetBusiness", request, &reply,
                          county_->loaded().bureau_official);
    } while (reply.business().state() == "APPROVED" && base::MonotonicUs() < give_up);
    return reply.business().state();
  }

  static RunningCounty* county_;
};

RunningCounty* TransferChain::county_ = nullptr;

TEST_F(TransferChain, one_school_eight_times_in_the_same_moment_exactly_one_wins) {
  county_->GoTo(1, 9);
  // The same child is asked for from several threads with different request ids. Two schools:
  // T01 in short_cases_test.cc.
  std::atomic<int> won{0}, busy{0};
  std::vector<std::thread> racers;
  for (int i = 0; i < 8; ++i) {
    racers.emplace_back([&] {
      tv1::BusinessReply reply;
      const rpc::CallResult result = Start(Application(0, kPrimaryTwo, 1), kPrimaryTwo, &reply);
      if (result.ok()) ++won;
      if (result.code() == "BUSINESS_IN_PROGRESS") ++busy;
    });
  }
  for (std::thread& racer : racers) racer.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(busy, 7);
}

TEST_F(TransferChain, T02_the_sending_school_cannot_start_it) {
  county_->GoTo(1, 9, 30);
  tv1::BusinessReply reply;
  // The registrar of the present school names another school: outside the duty's reach.
  const rpc::CallResult result = Start(Application(1, kPrimaryTwo, 1), kPrimaryOne, &reply);
  EXPECT_EQ(result.code(), "PERMISSION_SCOPE");
  ASSERT_TRUE(result.refusal);
  EXPECT_FALSE(result.refusal->zh.empty());
}

TEST_F(TransferChain, T02_advice_to_leave_is_seen_by_bureau_and_auditor) {
  tv1::NoteAdviceRequest note;
  note.set_child_id(county_->loaded().children[1].str());
  note.set_school_code(county_->county().schools[kPrimaryOne].code);
  note.set_text("建议转学");
  tv1::NoteAdviceReply noted;
  county_->api().Must("twinline.transfer.v1.TransferService.NoteAdvice", note, &noted,
                      county_->Registrar(kPrimaryOne));
  for (const base::Id16& reader : {county_->loaded().bureau_official, county_->loaded().auditor}) {
    tv1::ListAdviceRequest request;
    tv1::ListAdviceReply reply;
    county_->api().Must("twinline.transfer.v1.ApprovalService.ListAdvice", request, &reply, reader);
    ASSERT_EQ(reply.advice_size(), 1);
    EXPECT_EQ(reply.advice(0).child_id(), note.child_id());
    EXPECT_EQ(reply.advice(0).school_code(), note.school_code());
  }
  tv1::ListAdviceRequest request;
  tv1::ListAdviceReply reply;
  EXPECT_EQ(county_->api()
                .Call("twinline.transfer.v1.ApprovalService.ListAdvice", request, &reply,
                      county_->Registrar(kPrimaryOne))
                .code(),
            "PERMISSION_ROLE");
}

TEST_F(TransferChain,
       T10_a_sanction_recorded_by_the_school_blocks_the_transfer_until_its_last_day) {
  county_->GoTo(1, 9, 40);
  const base::CivilDay until = county_->days()[1] + 60;
  rv1::RecordSanctionRequest sanction;
  sanction.set_child_id(county_->loaded().children[4].str());
  sanction.mutable_until()->set_days(until.days);
  sanction.set_document("灵一小处〔2026〕3号");
  rv1::ChildReply recorded;
  const std::string rpc = "twinline.registry.v1.RegistryService.RecordSanction";
  EXPECT_EQ(county_->api().Call(rpc, sanction, &recorded, county_->Registrar(kPrimaryTwo)).code(),
            "PERMISSION_SCOPE");
  sanction.clear_write();
  county_->api().Must(rpc, sanction, &recorded, county_->Principal(kPrimaryOne));
  EXPECT_EQ(recorded.child().facts().sanction_until().days(), until.days);

  // Transfer hears of it by the journal, within milliseconds. The grade is wrong on purpose, so
  // that nothing is opened meanwhile: of the two refusals the sanction comes first.
  tv1::StartTransferRequest request = Application(4, kPrimaryTwo, 1);
  request.set_grade(3);
  tv1::BusinessReply reply;
  rpc::CallResult result = Start(request, kPrimaryTwo, &reply);
  const int64_t give_up = base::MonotonicUs() + 20'000'000;
  while (result.code() == "TRANSFER_GRADE_DIFFERS" && base::MonotonicUs() < give_up) {
    request.clear_write();
    result = Start(request, kPrimaryTwo, &reply);
  }
  EXPECT_EQ(result.code(), "TRANSFER_UNDER_SANCTION");
  ASSERT_TRUE(result.refusal);
  EXPECT_NE(result.refusal->zh.find(until.ToString()), std::string::npos) << result.refusal->zh;
}

TEST_F(TransferChain, from_the_application_to_the_new_school_with_one_current_school_throughout) {
  county_->GoTo(1, 10);
  tv1::BusinessReply reply;
  const rpc::CallResult started = Start(Application(2, kPrimaryTwo, 1), kPrimaryTwo, &reply);
  ASSERT_TRUE(started.ok()) << started.code();
  const std::string business = reply.business().business_id();
  EXPECT_EQ(Facts(2, county_->loaded().bureau_official).school_code(),
            county_->county().schools[kPrimaryOne].code);
  // The same person who entered it may not audit it; the wrong party may not act.
  EXPECT_EQ(Decide(reply.business(), county_->Principal(kPrimaryOne), &reply).code(),
            "NOT_YOUR_STEP");
  for (const base::Id16& party : {county_->Principal(kPrimaryTwo), county_->Principal(kPrimaryOne),
                                  county_->loaded().bureau_official}) {
    const rpc::CallResult decided = Decide(reply.business(), party, &reply);
    ASSERT_TRUE(decided.ok()) << decided.code();
  }
  EXPECT_EQ(Settled(business), "COMPLETED");
  const rv1::ChildFacts facts = Facts(2, county_->loaded().bureau_official);
  EXPECT_EQ(facts.school_code(), county_->county().schools[kPrimaryTwo].code);
  EXPECT_EQ(facts.status(), "ACTIVE");
  EXPECT_TRUE(facts.pending_school_code().empty());
}

TEST_F(TransferChain, a_repeated_request_has_one_effect_and_another_body_is_refused) {
  county_->GoTo(1, 11);
  tv1::StartTransferRequest request = Application(3, kPrimaryTwo, 1);
  request.mutable_write()->set_request_id(rpc::NewRequestId(county_->api().now_us()).str());
  tv1::BusinessReply first, second, third;
  ASSERT_TRUE(Start(request, kPrimaryTwo, &first).ok());
  ASSERT_TRUE(Start(request, kPrimaryTwo, &second).ok());
  EXPECT_EQ(first.business().business_id(), second.business().business_id());
  request.set_ground("MIGRANT_WORKER");
  EXPECT_EQ(Start(request, kPrimaryTwo, &third).code(), "REQUEST_ID_REUSED");
}

TEST_F(TransferChain, T06_why_this_date) {
  tv1::ExplainDeadlineRequest request;
  request.mutable_start()->set_days(base::CivilDay::FromYmd(2025, 9, 29).days);
  request.set_working_days(10);
  tv1::ExplainDeadlineReply reply;
  county_->api().Must("twinline.transfer.v1.ApprovalService.ExplainDeadline", request, &reply,
                      county_->loaded().bureau_official);
  EXPECT_EQ(base::CivilDay{reply.deadline().due().days()}.ToString(), "2025-10-20");
  EXPECT_NE(reply.explanation_zh().find("国庆"), std::string::npos);
}

}  // namespace
}  // namespace twinline::test

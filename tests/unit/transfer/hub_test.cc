// Across provinces, both ways, at the domain: what the hub says early, late, twice or never.
#include "tests/unit/transfer/transfer_fixture.h"

namespace twinline::transfer {
namespace {

class HubTest : public TransferTest {
 protected:
  static types::v1::SearchToken Token(const std::string& number) {
    types::v1::SearchToken token;
    token.set_pepper_version(1);
    token.set_token(Id("token-" + number).str());
    return token;
  }

  // A pupil of school A whose number the other province knows.
  void Numbered(const std::string& name, const std::string& number) {
    registry::v1::ChildRegistered event;
    *event.mutable_facts() = Facts(name, kA, 4);
    *event.add_numbers()->mutable_token() = Token(number);
    *event.mutable_person()->mutable_id_token() = Token("id-" + number);
    FollowRegistry(event);
  }

  v1::HubApplied Application(const std::string& id, const std::string& number) {
    v1::HubApplied command;
    command.set_application_id(id);
    command.set_province("61");
    command.set_school_code("2161000001");
    command.set_grade(4);
    *command.add_numbers() = Token(number);
    return command;
  }

  std::string Hears(const std::string& application, const std::string& outcome) {
    v1::HubAnswered command;
    command.set_application_id(application);
    command.set_outcome(outcome);
    return Submit(command, Service());
  }

  // Kinds of what the hub must be told, in order.
  std::vector<std::string> Waiting() const {
    std::vector<std::string> kinds;
    base::ScanIndex<v1::HubMessageRow>(rows_, base::TableOf<v1::HubMessageRow>::kInOrder, 100,
                                       [&](const v1::HubMessageRow& row) {
                                         kinds.push_back(row.kind());
                                         return true;
                                       });
    return kinds;
  }

  // The registry did what was approved, as its own rules say.
  void RegistryMoves(const std::string& name) {
    registry::v1::RegistrationMoved event;
    *event.mutable_facts() = Facts(name, "", 4);
    event.mutable_facts()->set_status("TRANSFERRED_OUT");
    event.set_business_id(Business(name).business_id());
    FollowRegistry(event);
  }
};

TEST_F(HubTest, a_child_leaves_only_when_the_other_province_confirms) {
  Numbered("y", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  ASSERT_EQ(Business("y").kind(), "TRANSFER_OUT_PROVINCE");
  EXPECT_EQ(Business("y").from_school_code(), kA);
  EXPECT_EQ(Business("y").steps(0).office(), "school:2141128201");
  // A file that is pulled before it is released changes nothing, and is on record.
  EXPECT_EQ(Hears("app-1", "DONE"), "");
  EXPECT_EQ(Business("y").step(), 0u);
  ASSERT_EQ(All<v1::HubAnswerIgnored>().size(), 1u);
  EXPECT_EQ(Hears("app-1", "DONE"), "ALREADY_SO");
}

TEST_F(HubTest, our_two_steps_then_released_then_pulled_then_gone) {
  Numbered("y", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  EXPECT_TRUE(Waiting().empty());
  ASSERT_EQ(Step("y", prin_a_), "");
  ASSERT_EQ(Step("y", bureau_), "");
  EXPECT_EQ(Business("y").steps(2).kind(), "HUB_CONFIRM");
  EXPECT_EQ(Waiting(), std::vector<std::string>{"RELEASED"});
  EXPECT_EQ(Business("y").state(), "OPEN");
  ASSERT_EQ(Hears("app-1", "DONE"), "");
  EXPECT_EQ(Business("y").state(), "APPROVED");
  RegistryMoves("y");
  EXPECT_EQ(Business("y").state(), "COMPLETED");
  EXPECT_EQ(Waiting(), (std::vector<std::string>{"RELEASED", "COMPLETED"}));
  // Said twice: one effect.
  EXPECT_EQ(Hears("app-1", "DONE"), "ALREADY_SO");
  EXPECT_EQ(Submit(Application("app-1", "G1"), Service()), "ALREADY_SO");
}

TEST_F(HubTest, each_of_our_steps_has_ten_working_days_and_silence_is_never_consent) {
  At("2025-09-29");
  Numbered("y", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  EXPECT_EQ(base::CivilDay{Business("y").steps(0).deadline().due().days()}.ToString(),
            "2025-10-20");
  At("2025-10-21");
  ASSERT_EQ(FireDueTimers(), 1);
  EXPECT_EQ(All<v1::StepOverdue>()[0].escalated_to(), "bureau:411282");
  ASSERT_EQ(Step("y", prin_a_), "");
  ASSERT_EQ(Step("y", bureau_), "");
  // Ten of the hub's own, from the release; then the city, and the bureau is told.
  EXPECT_EQ(base::CivilDay{Business("y").steps(2).deadline().due().days()}.ToString(),
            "2025-11-04");
  At("2025-11-05");
  ASSERT_EQ(FireDueTimers(), 1);
  EXPECT_EQ(All<v1::StepOverdue>()[1].escalated_to(), "city:4112");
  ASSERT_EQ(All<v1::StepOverdue>()[1].informed_size(), 1);
  EXPECT_EQ(All<v1::StepOverdue>()[1].informed(0), "bureau:411282");
  At("2026-03-01");
  FireDueTimers();
  EXPECT_EQ(Business("y").state(), "OPEN");
  EXPECT_EQ(All<v1::BusinessLongOverdue>().size(), 1u);
}

TEST_F(HubTest, the_hub_is_told_the_national_code_when_we_cannot_begin) {
  struct Case {
    std::string number, code, detail;
  };
  Numbered("y", "G1");
  Numbered("busy", "G2");
  Numbered("wrong", "G3");
  Numbered("suspended", "G4");
  ASSERT_EQ(Submit(Transfer("busy", kB), reg_b_), "");
  auto facts = Facts("wrong", kA, 4);
  facts.add_problems("ID_INVALID");
  Publish(facts);
  facts = Facts("suspended", kA, 4);
  facts.set_status("SUSPENDED");
  Publish(facts);
  int n = 0;
  for (const Case& expected :
       {Case{"G9", "2001", "CHILD_UNKNOWN"}, Case{"G2", "2002", "BUSINESS_IN_PROGRESS"},
        Case{"G3", "2003", "PROBLEM_RECORD"}, Case{"G4", "", "TRANSFER_WHILE_SUSPENDED"}}) {
    const std::string id = "app-" + std::to_string(++n);
    ASSERT_EQ(Submit(Application(id, expected.number), Service()), "");
    const auto refused = All<v1::HubApplicationRefused>().back();
    EXPECT_EQ(refused.application_id(), id);
    EXPECT_EQ(refused.code(), expected.code);
    EXPECT_EQ(refused.detail(), expected.detail);
    EXPECT_EQ(Submit(Application(id, expected.number), Service()), "ALREADY_SO");
  }
  EXPECT_EQ(Waiting(), std::vector<std::string>(4, "REFUSED"));
}

TEST_F(HubTest, two_children_with_one_number_are_a_problem_record) {
  Numbered("y", "G1");
  Numbered("z", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  EXPECT_EQ(All<v1::HubApplicationRefused>()[0].code(), "2003");
}

TEST_F(HubTest, our_refusal_goes_to_the_hub_and_frees_the_child) {
  Numbered("y", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  ASSERT_EQ(Step("y", prin_a_, "REFUSED", "EVIDENCE_FALSE"), "");
  EXPECT_EQ(Waiting(), std::vector<std::string>{"REFUSED"});
  EXPECT_EQ(Submit(Transfer("y", kB), reg_b_), "");
}

TEST_F(HubTest, they_take_their_application_back_and_an_answer_after_that_is_only_noted) {
  Numbered("y", "G1");
  ASSERT_EQ(Submit(Application("app-1", "G1"), Service()), "");
  ASSERT_EQ(Step("y", prin_a_), "");
  ASSERT_EQ(Hears("app-1", "WITHDRAWN"), "");
  EXPECT_EQ(Business("y").state(), "WITHDRAWN");
  EXPECT_EQ(Hears("app-1", "WITHDRAWN"), "ALREADY_SO");
  ASSERT_EQ(Hears("app-1", "DONE"), "");
  EXPECT_EQ(Business("y").state(), "WITHDRAWN");
  EXPECT_EQ(All<v1::HubAnswerIgnored>().size(), 1u);
  EXPECT_TRUE(Waiting().empty());
}

TEST_F(HubTest, we_withdraw_while_they_consider_and_their_late_yes_changes_nothing) {
  registry::v1::ChildRegistered incoming;
  *incoming.mutable_facts() = Facts("y", kB, 4);
  incoming.mutable_facts()->set_status("TRANSFER_PENDING");
  FollowRegistry(incoming);
  v1::OpenBusiness open = Transfer("y", kB);
  open.set_other_province("61");
  ASSERT_EQ(Submit(open, reg_b_), "");
  ASSERT_EQ(Step("y", prin_b_), "");
  ASSERT_EQ(Step("y", bureau_), "");
  const std::string id = Business("y").business_id();
  v1::WithdrawBusiness withdraw;
  withdraw.set_business_id(id);
  withdraw.set_office(reg_b_.office);
  ASSERT_EQ(Submit(withdraw, reg_b_), "");
  EXPECT_EQ(Waiting(), (std::vector<std::string>{"APPLICATION", "WITHDRAWAL"}));
  v1::HubAnswered late;
  late.set_business_id(id);
  late.set_outcome("DONE");
  ASSERT_EQ(Submit(late, Service()), "");
  EXPECT_EQ(Submit(late, Service()), "ALREADY_SO");
  EXPECT_EQ(Business("y").state(), "WITHDRAWN");
  // Taken by the hub once, and told no more.
  for (int i = 0; i < 2; ++i) {
    std::string message;
    base::ScanIndex<v1::HubMessageRow>(rows_, base::TableOf<v1::HubMessageRow>::kInOrder, 1,
                                       [&](const v1::HubMessageRow& row) {
                                         message = row.message_id();
                                         return false;
                                       });
    v1::NoteHubInformed informed;
    informed.set_message_id(message);
    ASSERT_EQ(Submit(informed, Service()), "");
    EXPECT_EQ(Submit(informed, Service()), "ALREADY_SO");
  }
  EXPECT_TRUE(Waiting().empty());
}

TEST_F(HubTest, the_first_of_two_different_answers_counts_and_the_approvers_see_the_second) {
  registry::v1::ChildRegistered incoming;
  *incoming.mutable_facts() = Facts("y", kB, 4);
  incoming.mutable_facts()->set_status("TRANSFER_PENDING");
  FollowRegistry(incoming);
  v1::OpenBusiness open = Transfer("y", kB);
  open.set_other_province("61");
  ASSERT_EQ(Submit(open, reg_b_), "");
  ASSERT_EQ(Step("y", prin_b_), "");
  ASSERT_EQ(Step("y", bureau_), "");
  v1::HubAnswered answer;
  answer.set_business_id(Business("y").business_id());
  for (const char* outcome : {"DONE", "REFUSED"}) {
    answer.set_outcome(outcome);
    ASSERT_EQ(Submit(answer, Service()), "");
  }
  EXPECT_EQ(Business("y").steps(static_cast<int>(Business("y").step())).kind(), "PULL_FILE");
  const auto row = base::Find<v1::BusinessRow>(rows_, base::AsId(answer.business_id()));
  ASSERT_EQ(row->warnings_size(), 1);
  EXPECT_EQ(row->warnings(0), "HUB_CONTRADICTED");
}

}  // namespace
}  // namespace twinline::transfer

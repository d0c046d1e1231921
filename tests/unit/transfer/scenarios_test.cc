// The transfer scenarios of domain.md part 8 at the domain.
#include <map>
#include <set>

#include "tests/unit/transfer/transfer_fixture.h"
#include "transfer/domain/rules.h"

namespace twinline::transfer {
namespace {

TEST_F(TransferTest, T01_second_transfer_of_the_same_child_is_refused_with_who_and_when) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  EXPECT_EQ(Submit(Transfer("x", kC), reg_c_), "BUSINESS_IN_PROGRESS");
  std::map<std::string, std::string> facts(refusal_.details.begin(), refusal_.details.end());
  EXPECT_EQ(facts["opened_by"], "school:2141128202");
  EXPECT_EQ(facts["opened_on"], "2025-09-29");
}

TEST_F(TransferTest, T01_the_lock_is_free_again_after_withdrawal) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  v1::WithdrawBusiness withdraw;
  withdraw.set_business_id(Business("x").business_id());
  withdraw.set_office(reg_c_.office);
  EXPECT_EQ(Submit(withdraw, reg_c_), "NOT_WITHDRAWABLE");
  withdraw.set_office(reg_b_.office);
  ASSERT_EQ(Submit(withdraw, reg_b_), "");
  EXPECT_EQ(Submit(Transfer("x", kC), reg_c_), "");
}

TEST_F(TransferTest, T02_the_sending_school_cannot_start_a_transfer_and_its_advice_is_noted) {
  v1::OpenBusiness push = Transfer("x", kB);
  push.set_office(reg_a_.office);
  EXPECT_EQ(Submit(push, reg_a_), "TRANSFER_NOT_RECEIVING_SIDE");
  v1::NoteAdvice advice;
  advice.set_child_id(Id("child-x").str());
  advice.set_school_code(kA);
  ASSERT_EQ(Submit(advice, reg_a_), "");
  ASSERT_EQ(All<v1::AdviceNoted>().size(), 1u);
  EXPECT_EQ(All<v1::AdviceNoted>()[0].kind(), "ADVICE");
}

TEST_F(TransferTest,
       T03_a_refusal_needs_a_reason_and_the_bureau_can_override_it_for_a_zoned_child) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  EXPECT_EQ(Step("x", prin_b_, "REFUSED"), "REFUSAL_REASON_MANDATORY");
  EXPECT_EQ(Step("x", prin_b_, "REFUSED", "NO_REGISTRATION_YET"), "REFUSAL_REASON_MANDATORY");
  ASSERT_EQ(Step("x", prin_b_, "REFUSED", "NO_SEAT"), "");
  EXPECT_EQ(Business("x").state(), "REFUSED");
  v1::OverrideRefusal override_command;
  override_command.set_business_id(Business("x").business_id());
  override_command.set_office(bureau_far_.office);
  EXPECT_EQ(Submit(override_command, bureau_far_), "NOT_YOUR_STEP");
  override_command.set_office(bureau_.office);
  // By another business it may have come to that school meanwhile.
  Publish(Facts("x", kB, 4));
  EXPECT_EQ(Submit(override_command, bureau_), "TRANSFER_SAME_SCHOOL");
  Publish(Facts("x", kA, 4));
  ASSERT_EQ(Submit(override_command, bureau_), "");
  EXPECT_EQ(Business("x").state(), "OPEN");
  EXPECT_EQ(Business("x").steps(1).kind(), "SENDING_SCHOOL");
  EXPECT_EQ(Business("x").step(), 1u);
}

TEST_F(TransferTest, T04_silence_of_another_province_is_overdue_and_never_consent) {
  registry::v1::ChildRegistered incoming;
  *incoming.mutable_facts() = Facts("y", kB, 4);
  incoming.mutable_facts()->set_status("TRANSFER_PENDING");
  FollowRegistry(incoming);
  v1::OpenBusiness open = Transfer("y", kB);
  open.set_other_province("61");
  ASSERT_EQ(Submit(open, reg_b_), "");
  ASSERT_EQ(Business("y").kind(), "TRANSFER_CROSS_PROVINCE");
  ASSERT_EQ(Step("y", prin_b_), "");
  ASSERT_EQ(Step("y", bureau_), "");
  ASSERT_EQ(Business("y").steps(2).office(), "hub:61");
  // Ten working days from 29 September end on 20 October; nothing fires on that day.
  At("2025-10-20", 23, 59);
  EXPECT_EQ(FireDueTimers(), 0);
  At("2025-10-21", 0, 0);
  EXPECT_EQ(FireDueTimers(), 1);
  EXPECT_TRUE(Business("y").overdue());
  EXPECT_EQ(Business("y").state(), "OPEN");
  ASSERT_EQ(All<v1::StepOverdue>().size(), 1u);
  EXPECT_EQ(All<v1::StepOverdue>()[0].escalated_to(), "city:4112");
  // 40 working days after opening: the provincial help list, still open.
  At("2026-01-05");
  FireDueTimers();
  ASSERT_EQ(All<v1::BusinessLongOverdue>().size(), 1u);
  EXPECT_EQ(All<v1::BusinessLongOverdue>()[0].escalated_to(), "province:41");
  EXPECT_EQ(Business("y").state(), "OPEN");
  EXPECT_TRUE(All<v1::BusinessApproved>().empty());
  // The answer still counts when it comes, and without pulling the file it is not done.
  v1::HubAnswered answer;
  answer.set_business_id(Business("y").business_id());
  answer.set_outcome("DONE");
  ASSERT_EQ(Submit(answer, Service()), "");
  EXPECT_EQ(Business("y").steps(3).kind(), "PULL_FILE");
  EXPECT_EQ(Business("y").state(), "OPEN");
  ASSERT_EQ(Step("y", reg_b_), "");
  EXPECT_EQ(Business("y").state(), "APPROVED");
}

TEST_F(TransferTest, T06_ten_working_days_over_the_national_day_holiday_and_why) {
  At("2025-09-29");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  const types::v1::Deadline deadline = Business("x").steps(0).deadline();
  EXPECT_EQ(base::CivilDay{deadline.due().days()}.ToString(), "2025-10-20");
  EXPECT_EQ(deadline.working_days(), 10u);
  bool names_the_holiday = false;
  for (const auto& skipped : deadline.skipped()) {
    names_the_holiday |= skipped.reason_zh().find("国庆") != std::string::npos;
  }
  EXPECT_TRUE(names_the_holiday);
}

TEST_F(TransferTest, T06_a_changed_calendar_moves_open_deadlines_by_an_event) {
  At("2025-09-29");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  // A correction of the year: Saturday 11 October is no make-up workday after all.
  const auto row = base::Find<v1::CalendarRow>(rows_, 2025);
  v1::AdoptCalendar adopt;
  ASSERT_TRUE(adopt.mutable_calendar()->ParseFromString(row->content()));
  adopt.mutable_calendar()->set_version("cn-2025-2");
  auto* days = adopt.mutable_calendar()->mutable_days();
  for (int i = 0; i < days->size(); ++i) {
    if (days->Get(i).day() == Day("2025-10-11").days) days->DeleteSubrange(i, 1);
  }
  ASSERT_EQ(Submit(adopt, bureau_), "");
  FireDueTimers();
  EXPECT_EQ(base::CivilDay{Business("x").steps(0).deadline().due().days()}.ToString(),
            "2025-10-21");
  EXPECT_EQ(Business("x").steps(0).deadline().generation(), 1u);
  ASSERT_EQ(All<v1::DeadlineMoved>().size(), 1u);
  EXPECT_EQ(All<v1::DeadlineMoved>()[0].reason(), "CALENDAR");
  At("2025-10-21", 0, 0);
  EXPECT_EQ(FireDueTimers(), 0);
  At("2025-10-22", 0, 0);
  EXPECT_EQ(FireDueTimers(), 1);
}

TEST_F(TransferTest, T07_no_new_transfer_from_15_July_to_14_August_and_open_ones_go_on) {
  At("2026-07-14", 23, 59);
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  Child("z", kA, 4);
  At("2026-07-15", 0, 0);
  EXPECT_EQ(Submit(Transfer("z", kB), reg_b_), "TRANSFER_FROZEN_SUMMER");
  EXPECT_EQ(Step("x", prin_b_), "");
  At("2026-08-14", 23, 59);
  EXPECT_EQ(Submit(Transfer("z", kB), reg_b_), "TRANSFER_FROZEN_SUMMER");
  At("2026-08-15", 0, 0);
  EXPECT_EQ(Submit(Transfer("z", kB), reg_b_), "");
}

TEST_F(TransferTest, T09_a_suspended_child_resumes_first) {
  registry::v1::ChildFacts facts = Facts("x", kA, 4);
  facts.set_status("SUSPENDED");
  facts.mutable_suspended_until()->set_days(Day("2026-01-31").days);
  Publish(facts);
  EXPECT_EQ(Submit(Transfer("x", kB), reg_b_), "TRANSFER_WHILE_SUSPENDED");
  EXPECT_NE(refusal_.zh.find("复学"), std::string::npos);
}

TEST_F(TransferTest, T10_a_sanctioned_child_waits_and_the_end_date_is_shown) {
  registry::v1::ChildFacts facts = Facts("x", kA, 4);
  facts.mutable_sanction_until()->set_days(Day("2025-12-31").days);
  registry::v1::SanctionRecorded sanction;
  *sanction.mutable_facts() = facts;
  FollowRegistry(sanction);
  EXPECT_EQ(Submit(Transfer("x", kB), reg_b_), "TRANSFER_UNDER_SANCTION");
  EXPECT_NE(refusal_.zh.find("2025-12-31"), std::string::npos);
  At("2026-01-01");
  EXPECT_EQ(Submit(Transfer("x", kB), reg_b_), "");
}

TEST_F(TransferTest, T11_the_grade_stays_the_same) {
  EXPECT_EQ(Submit(Transfer("x", kB, 3), reg_b_), "TRANSFER_GRADE_DIFFERS");
  registry::v1::ChildFacts facts = Facts("x", kA, 4);
  facts.set_special_education(true);
  Publish(facts);
  EXPECT_EQ(Submit(Transfer("x", kB, 3), reg_b_), "TRANSFER_GRADE_DIFFERS");
  v1::OpenBusiness with_opinion = Transfer("x", kB, 3);
  with_opinion.set_committee_opinion(true);
  EXPECT_EQ(Submit(with_opinion, reg_b_), "");
}

TEST_F(TransferTest, T12_an_unresolved_problem_blocks_the_transfer_and_nothing_else) {
  registry::v1::ChildFacts facts = Facts("x", kA, 4);
  facts.add_problems("ID_DUPLICATE");
  facts.set_open_duplicate_task(Id("cleaning task").str());
  Publish(facts);
  EXPECT_EQ(Submit(Transfer("x", kB), reg_b_), "PROBLEM_RECORD");
  EXPECT_NE(refusal_.zh.find("2003"), std::string::npos);
  EXPECT_EQ(refusal_.details,
            (std::vector<std::pair<std::string, std::string>>{{"problems", "ID_DUPLICATE"},
                                                              {"task", Id("cleaning task").hex()}}))
      << "the link to the cleaning task";
  v1::OpenBusiness suspension = Status("SUSPENSION", "x", kA);
  suspension.mutable_suspended_until()->set_days(base::DayOf(now_).days + 120);
  EXPECT_EQ(Submit(suspension, reg_a_), "");
}

TEST_F(TransferTest, a_transfer_in_the_county_runs_through_three_parties_and_the_registry) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  EXPECT_EQ(Step("x", prin_a_), "NOT_YOUR_STEP");
  ASSERT_EQ(Step("x", prin_b_), "");
  ASSERT_EQ(Step("x", prin_a_), "");
  ASSERT_EQ(Step("x", bureau_), "");
  const v1::BusinessFacts approved = Business("x");
  EXPECT_EQ(approved.state(), "APPROVED");
  EXPECT_EQ(Submit(Transfer("x", kC), reg_c_), "BUSINESS_IN_PROGRESS");
  registry::v1::RegistrationMoved moved;
  *moved.mutable_facts() = Facts("x", kB, 4);
  moved.set_business_id(approved.business_id());
  FollowRegistry(moved);
  EXPECT_EQ(Business("x").state(), "COMPLETED");
  EXPECT_EQ(Submit(Transfer("x", kC), reg_c_), "");
}

TEST_F(TransferTest, the_registrys_no_is_shown_and_the_lock_stays_until_somebody_acts) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  ASSERT_EQ(Step("x", prin_b_), "");
  ASSERT_EQ(Step("x", prin_a_), "");
  ASSERT_EQ(Step("x", bureau_), "");
  registry::v1::MoveRefused refused;
  refused.set_business_id(Business("x").business_id());
  refused.set_code("CHILD_DECEASED");
  FollowRegistry(refused);
  EXPECT_EQ(Business("x").state(), "NEEDS_ATTENTION");
  EXPECT_EQ(Submit(Transfer("x", kC), reg_c_), "BUSINESS_IN_PROGRESS");
}

TEST_F(TransferTest, enter_and_audit_are_different_people_whatever_their_roles) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  Person both = reg_b_;
  both.role = types::v1::ROLE_PRINCIPAL;
  EXPECT_EQ(Step("x", both), "ENTER_AND_AUDIT_SAME_PERSON");
  EXPECT_EQ(Step("x", prin_b_), "");
}

TEST_F(TransferTest, a_step_that_somebody_else_decided_meanwhile_is_not_decided_twice) {
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  v1::DecideStep stale;
  stale.set_business_id(Business("x").business_id());
  stale.set_office(prin_b_.office);
  stale.set_role(prin_b_.role);
  stale.set_step(0);
  stale.set_outcome("DONE");
  ASSERT_EQ(Submit(stale, prin_b_), "");
  EXPECT_EQ(Submit(stale, prin_b_), "STEP_CHANGED");
}

TEST_F(TransferTest, cross_county_asks_both_bureaus_and_each_has_its_own_ten_days) {
  ASSERT_EQ(Submit(Transfer("x", kFar), reg_far_), "");
  ASSERT_EQ(Business("x").kind(), "TRANSFER_CROSS_COUNTY");
  ASSERT_EQ(Step("x", prin_far_), "");
  At("2025-10-13");
  ASSERT_EQ(Step("x", bureau_far_), "");
  EXPECT_EQ(Business("x").steps(2).deadline().start().days(), Day("2025-10-13").days);
  ASSERT_EQ(Step("x", prin_a_), "");
  ASSERT_EQ(Step("x", bureau_), "");
  EXPECT_EQ(Business("x").state(), "APPROVED");
}

TEST_F(TransferTest, a_suspension_is_never_the_schools_own_decision_and_shows_its_flags) {
  v1::OpenBusiness open = Status("SUSPENSION", "x", kA);
  EXPECT_EQ(Submit(open, reg_a_), "SUSPENSION_TERM");
  open.mutable_suspended_until()->set_days(base::DayOf(now_).days + 500);
  EXPECT_EQ(Submit(open, reg_a_), "SUSPENSION_TERM");
  open.mutable_suspended_until()->set_days(base::DayOf(now_).days + 120);
  ASSERT_EQ(Submit(open, reg_a_), "");
  const auto row = base::Find<v1::BusinessRow>(rows_, base::AsId(Business("x").business_id()));
  ASSERT_EQ(row->warnings_size(), 1);
  EXPECT_EQ(row->warnings(0), "NO_HOSPITAL_DIAGNOSIS");
  ASSERT_EQ(Step("x", prin_a_), "");
  EXPECT_EQ(Business("x").state(), "OPEN");
  EXPECT_EQ(Step("x", prin_a_), "NOT_YOUR_STEP");
  ASSERT_EQ(Step("x", township_), "");  // Act art. 11: township government or county department
  EXPECT_EQ(Business("x").state(), "APPROVED");
}

TEST_F(TransferTest, unlawful_kinds_do_not_exist) {
  for (const char* kind : {"退学", "EXPULSION", "WITHDRAWAL", "REPEAT"}) {
    EXPECT_EQ(Submit(Status(kind, "x", kA), reg_a_), "BUSINESS_KIND_UNKNOWN");
  }
}

TEST_F(TransferTest, other_refusals_name_what_is_missing) {
  EXPECT_EQ(Submit(Transfer("nobody", kB), reg_b_), "CHILD_UNKNOWN");
  EXPECT_EQ(Submit(Transfer("x", kA), reg_a_), "TRANSFER_SAME_SCHOOL");
  v1::OpenBusiness no_ground = Transfer("x", kB);
  no_ground.set_ground("WE_WANT_HIM_GONE");
  EXPECT_EQ(Submit(no_ground, reg_b_), "TRANSFER_GROUND_MISSING");
  v1::OpenBusiness no_class = Transfer("x", kB);
  no_class.set_to_class_id(Id("class").str());
  EXPECT_EQ(Submit(no_class, reg_b_), "CLASS_NOT_OF_SCHOOL");
  EXPECT_EQ(Submit(Transfer("x", "2141129999"), reg_b_), "SCHOOL_UNKNOWN");
  EXPECT_EQ(Submit(Status("DEATH", "x", kA), reg_a_), "EVIDENCE_MISSING");
  EXPECT_EQ(Submit(Status("RESUMPTION", "x", kA), reg_a_), "STATUS_NOT_ALLOWED");
  v1::OpenBusiness no_date = Status("ABROAD", "x", kA);
  no_date.clear_effective();
  EXPECT_EQ(Submit(no_date, reg_a_), "DATE_MISSING");
}

TEST_F(TransferTest, a_child_that_comes_back_from_wherever_it_was_is_resumed) {
  int n = 0;
  for (const char* status :
       {"SUSPENDED", "ABROAD", "DROPOUT", "MISSING", "HOME_TEACH", "SPECIALIZED", "REG_ABSENT"}) {
    const std::string child = "back-" + std::to_string(n++);
    registry::v1::ChildRegistered registered;
    *registered.mutable_facts() = Facts(child, kA, 4);
    registered.mutable_facts()->set_status(status);
    FollowRegistry(registered);
    EXPECT_EQ(Submit(Status("RESUMPTION", child, kA), reg_a_), "") << status;
  }
  EXPECT_EQ(Submit(Status("RESUMPTION", "x", kA), reg_a_), "STATUS_NOT_ALLOWED");
}

TEST_F(TransferTest, a_death_is_through_all_hands_within_ten_working_days_of_the_proof) {
  At("2025-11-03");
  v1::OpenBusiness death = Status("DEATH", "x", kA);
  death.add_evidence()->set_kind("DEATH_PROOF");
  ASSERT_EQ(Submit(death, reg_a_), "");
  EXPECT_EQ(base::CivilDay{Business("x").steps(0).deadline().due().days()}.ToString(),
            "2025-11-17");
  At("2025-11-12");
  ASSERT_EQ(Step("x", prin_a_), "");
  EXPECT_EQ(base::CivilDay{Business("x").steps(1).deadline().due().days()}.ToString(), "2025-11-17")
      << "the bureau has what the school left";
}

TEST_F(TransferTest, a_late_school_leaves_the_bureau_one_working_day_for_a_death) {
  At("2025-11-03");
  v1::OpenBusiness death = Status("DEATH", "x", kA);
  death.add_evidence()->set_kind("DEATH_PROOF");
  ASSERT_EQ(Submit(death, reg_a_), "");
  At("2025-11-20");
  FireDueTimers();
  ASSERT_EQ(Step("x", prin_a_), "");
  EXPECT_EQ(base::CivilDay{Business("x").steps(1).deadline().due().days()}.ToString(),
            "2025-11-21");
}

// Every row of the rule table is walked to its end by its own parties.
TEST_F(TransferTest, every_kind_of_business_reaches_its_end) {
  std::set<std::string> walked;
  int n = 0;
  for (const BusinessRule& rule : BusinessRules()) {
    const std::string child = "walk-" + std::to_string(n++);
    registry::v1::ChildRegistered registered;
    *registered.mutable_facts() = Facts(child, kA, 4);
    const bool transfer = rule.kind.starts_with("TRANSFER");
    const bool province = rule.kind == "TRANSFER_CROSS_PROVINCE";
    const std::string_view before = rule.status_before;
    registered.mutable_facts()->set_status(
        before == "*" ? "ACTIVE" : std::string(before.substr(0, before.find(' '))));
    if (province) registered.mutable_facts()->set_school_code(kB);
    FollowRegistry(registered);
    const bool far = rule.kind == "TRANSFER_CROSS_COUNTY";
    const bool out = rule.kind == "TRANSFER_OUT_PROVINCE";
    v1::OpenBusiness open =
        transfer ? Transfer(child, far ? kFar : kB) : Status(std::string(rule.kind), child, kA);
    if (province) open.set_other_province("61");
    if (out) {
      open.set_kind("TRANSFER_OUT_PROVINCE");
      open.set_to_school_code("2161000001");
      open.set_other_province("61");
      open.set_office("hub:61");
    }
    if (rule.kind == "SUSPENSION")
      open.mutable_suspended_until()->set_days(base::DayOf(now_).days + 100);
    if (rule.kind == "DEATH") open.add_evidence()->set_kind("DEATH_PROOF");
    ASSERT_EQ(Submit(open, transfer ? (far ? reg_far_ : reg_b_) : reg_a_), "") << rule.kind;
    ASSERT_EQ(Business(child).steps_size(), static_cast<int>(rule.steps.size())) << rule.kind;
    for (size_t step = 0; step < rule.steps.size(); ++step) {
      if (rule.steps[step].party == Party::kHub) {
        v1::HubAnswered answer;
        answer.set_business_id(Business(child).business_id());
        answer.set_outcome("DONE");
        ASSERT_EQ(Submit(answer, Service()), "");
        continue;
      }
      Person person;
      for (const Person& candidate : {prin_a_, prin_b_, prin_far_, bureau_, bureau_far_, reg_b_}) {
        const auto& roles = rule.steps[step].roles;
        if (candidate.office == Business(child).steps(static_cast<int>(step)).office() &&
            std::find(roles.begin(), roles.end(), candidate.role) != roles.end()) {
          person = candidate;
        }
      }
      ASSERT_EQ(Step(child, person), "") << rule.kind << " step " << step;
    }
    EXPECT_EQ(Business(child).state(), "APPROVED") << rule.kind;
    EXPECT_EQ(Business(child).status_after(), rule.status_after);
    walked.insert(std::string(rule.kind));
  }
  EXPECT_EQ(walked.size(), BusinessRules().size());
}

}  // namespace
}  // namespace twinline::transfer

// Class businesses (R-59, N14, T14) at the domain: one plan for the dry run, two persons and the
// run; who is left out and why; the race with a transfer, both ways.
#include <algorithm>

#include "tests/unit/transfer/transfer_fixture.h"
#include "transfer/domain/class_plan.h"
#include "transfer/domain/class_run.h"
#include "twinline/accountability/v1/accountability_events.pb.h"

namespace twinline::transfer {
namespace {

class ClassRunTest : public TransferTest {
 protected:
  static constexpr const char* kJunior = "3141128201";
  const Person second_{"bureau-2", "bureau:411282", types::v1::ROLE_BUREAU_DIRECTOR};

  void SetUp() override {
    TransferTest::SetUp();
    At("2026-07-08");
    School(kJunior, "JUNIOR");
    School(kA, "PRIMARY", kJunior);
    Room("4-1", kA, 4);
    Room("6-1", kA, 6);
    Room("9-1", kJunior, 9);
    for (const auto& [name, room, school, grade] :
         {std::tuple("p1", "4-1", kA, 4u), std::tuple("p2", "4-1", kA, 4u),
          std::tuple("s1", "6-1", kA, 6u), std::tuple("s2", "6-1", kA, 6u),
          std::tuple("g1", "9-1", kJunior, 9u)}) {
      Pupil(name, room, school, grade);
    }
  }

  void School(const std::string& code, const std::string& kind, const std::string& junior = {},
              const std::string& successor = {}, bool closed = false) {
    registry::v1::SchoolRecorded event;
    event.mutable_school()->set_school_code(code);
    event.mutable_school()->set_county("411282");
    event.mutable_school()->set_kind(kind);
    event.mutable_school()->set_junior_school_code(junior);
    event.mutable_school()->set_successor_code(successor);
    event.mutable_school()->set_closed(closed);
    FollowRegistry(event);
  }
  void Room(const std::string& name, const std::string& school, uint32_t grade) {
    registry::v1::ClassRecorded event;
    event.mutable_class_facts()->set_class_id(Id(name).str());
    event.mutable_class_facts()->set_school_code(school);
    event.mutable_class_facts()->set_grade(grade);
    event.mutable_class_facts()->set_number(1);
    event.mutable_class_facts()->set_school_year(2025);
    FollowRegistry(event);
  }
  registry::v1::ChildFacts PupilFacts(const std::string& name, const std::string& room,
                                      const std::string& school, uint32_t grade) {
    registry::v1::ChildFacts facts = Facts(name, school, grade);
    if (!room.empty()) facts.set_class_id(Id(room).str());
    return facts;
  }
  void Pupil(const std::string& name, const std::string& room, const std::string& school,
             uint32_t grade) {
    registry::v1::ChildRegistered event;
    *event.mutable_facts() = PupilFacts(name, room, school, grade);
    FollowRegistry(event);
  }
  void OpenCase(const std::string& name) {
    accountability::v1::CaseOpened event;
    event.mutable_case_facts()->set_child_id(Id("child-" + name).str());
    event.mutable_case_facts()->set_case_id(Id("case-" + name).str());
    event.mutable_case_facts()->set_state("PERSUADING");
    FollowRegistry(event);
  }

  v1::StartClassRun Promotion() {
    v1::StartClassRun command;
    command.set_kind("PROMOTION");
    command.set_school_year(2025);
    command.set_office("bureau:411282");
    command.set_digest(PlanRun(RunOf(command), rows_).digest);
    return command;
  }
  std::string Approve(const Person& person) {
    v1::ApproveClassRun command;
    command.set_run_id(Run().run_id());
    command.set_digest(Run().digest());
    command.set_office(person.office);
    return Submit(command, person);
  }
  v1::ClassRunFacts Run() const {
    v1::ClassRunFacts newest;
    base::ScanIndex<v1::ClassRunRow>(
        rows_, base::TableOf<v1::ClassRunRow>::kByOffice, 100,
        [&](const v1::ClassRunRow& row) {
          newest = row.facts();
          return true;
        },
        "bureau:411282");
    return newest;
  }
  // The registry does all that is asked, as its own rules say it.
  void RegistryDoes(const v1::ClassBusinessFacts& business, const std::string& refuses = {}) {
    registry::v1::ClassPromoted event;
    event.set_business_id(business.business_id());
    event.set_action(business.action());
    registry::v1::ClassFacts* left = event.add_classes();
    left->set_class_id(business.class_id());
    left->set_school_code(business.school_code());
    left->set_grade(business.grade());
    left->set_school_year(business.school_year());
    left->set_closed(business.except().empty() && refuses.empty());
    for (const v1::ClassMember& member : business.members()) {
      if (member.child_id() == Id("child-" + refuses).str()) {
        event.add_except()->set_child_id(member.child_id());
        continue;
      }
      const auto row = base::Find<v1::ForeignChild>(rows_, base::AsId(member.registration_id()));
      registry::v1::ChildFacts facts = row->facts();
      facts.set_school_code(business.to_school_code());
      facts.set_grade(business.to_grade());
      facts.clear_class_id();
      if (business.action() == "GRADUATE") facts.set_status("GRADUATED");
      *event.add_children() = facts;
    }
    FollowRegistry(event);
  }
  std::vector<v1::ClassBusinessFacts> Approved() const {
    std::vector<v1::ClassBusinessFacts> all;
    for (const auto& event : All<v1::ClassBusinessApproved>()) all.push_back(event.business());
    return all;
  }
  const v1::ClassBusinessFacts Of(const std::string& action) const {
    for (const auto& business : Approved()) {
      if (business.action() == action) return business;
    }
    return {};
  }
  static std::vector<std::string> Reasons(const RunPlan& plan) {
    std::vector<std::string> reasons;
    for (const ClassPlan& planned : plan.classes) {
      for (const auto& left : planned.facts.except()) reasons.push_back(left.reason());
    }
    std::sort(reasons.begin(), reasons.end());
    return reasons;
  }
};

TEST_F(ClassRunTest, promotion_takes_two_persons_and_one_plan_and_does_each_class_once) {
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  EXPECT_EQ(Run().state(), "PLANNED");
  EXPECT_EQ(Approve(bureau_), "ENTER_AND_AUDIT_SAME_PERSON");
  ASSERT_EQ(Approve(second_), "");
  EXPECT_EQ(FireDueTimers(), 4);  // three classes, and one look more
  ASSERT_EQ(Approved().size(), 3u);
  EXPECT_EQ(Of("PROMOTE").to_grade(), 5u);
  EXPECT_EQ(Of("TO_JUNIOR").to_school_code(), kJunior);
  EXPECT_EQ(Of("TO_JUNIOR").to_grade(), 7u);
  EXPECT_EQ(Of("GRADUATE").members_size(), 1);
  EXPECT_EQ(Run().state(), "RUNNING");
  for (const auto& business : Approved()) RegistryDoes(business);
  EXPECT_EQ(Run().state(), "DONE");
  EXPECT_EQ(Run().children(), 5u);
  // Once more: nobody is left, nobody goes up twice (N14).
  EXPECT_EQ(Submit(Promotion(), bureau_), "CLASS_RUN_EMPTY");
}

TEST_F(ClassRunTest, N14_what_changed_since_the_dry_run_must_be_looked_at_again) {
  const v1::StartClassRun seen = Promotion();
  Pupil("late", "4-1", kA, 4);
  EXPECT_EQ(Submit(seen, bureau_), "CLASS_RUN_PLAN_CHANGED");
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  Pupil("later", "4-1", kA, 4);
  EXPECT_EQ(Approve(second_), "CLASS_RUN_PLAN_CHANGED");
  EXPECT_EQ(Submit(Promotion(), bureau_), "CLASS_RUN_IN_PROGRESS");
  v1::CancelClassRun cancel;
  cancel.set_run_id(Run().run_id());
  cancel.set_office("bureau:411282");
  ASSERT_EQ(Submit(cancel, second_), "");
  EXPECT_EQ(Submit(Promotion(), bureau_), "");
}

TEST_F(ClassRunTest, a_transfer_that_was_first_keeps_its_child_out_and_the_next_run_takes_it) {
  ASSERT_EQ(Submit(Transfer("p1", kB), reg_b_), "");
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  const auto business = Of("PROMOTE");
  ASSERT_EQ(business.except_size(), 1);
  EXPECT_EQ(business.except(0).child_id(), Id("child-p1").str());
  EXPECT_EQ(business.except(0).reason(), "BUSINESS_IN_PROGRESS");
  EXPECT_EQ(business.except(0).business_id(), Business("p1").business_id());
  for (const auto& approved : Approved()) RegistryDoes(approved);
  // The transfer is taken back; the child still sits in the old class.
  v1::WithdrawBusiness withdraw;
  withdraw.set_business_id(Business("p1").business_id());
  withdraw.set_office(reg_b_.office);
  ASSERT_EQ(Submit(withdraw, reg_b_), "");
  At("2026-07-09");
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  ASSERT_EQ(Approved().size(), 4u);
  EXPECT_EQ(Approved()[3].members(0).child_id(), Id("child-p1").str());
}

TEST_F(ClassRunTest, a_class_business_that_was_first_keeps_the_transfer_out_until_it_ended) {
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  EXPECT_EQ(Submit(Transfer("p1", kB), reg_b_), "BUSINESS_IN_PROGRESS");
  std::map<std::string, std::string> told(refusal_.details.begin(), refusal_.details.end());
  EXPECT_EQ(told["opened_by"], "bureau:411282");
  EXPECT_EQ(told["opened_on"], "2026-07-08");
  for (const auto& business : Approved()) RegistryDoes(business);
  EXPECT_EQ(Submit(Transfer("p1", kB), reg_b_), "TRANSFER_GRADE_DIFFERS") << "it went up";
  EXPECT_EQ(Submit(Transfer("p1", kB, 5), reg_b_), "");
}

TEST_F(ClassRunTest, K7_a_stage_end_closes_no_case_in_silence_and_within_the_school_it_goes_along) {
  OpenCase("s1");
  OpenCase("g1");
  OpenCase("p1");
  auto gone = PupilFacts("s2", "6-1", kA, 6);
  gone.set_status("DROPOUT");
  Publish(gone);
  const RunPlan plan = PlanRun(RunOf(Promotion()), rows_);
  EXPECT_EQ(Reasons(plan), (std::vector<std::string>{"NOT_IN_SCHOOL", "OPEN_CASE", "OPEN_CASE"}));
  EXPECT_EQ(plan.children, 2u);
  bool noted = false;
  for (const ClassPlan& planned : plan.classes) {
    for (const auto& line : planned.facts.noted()) {
      noted |= line.child_id() == Id("child-p1").str() && line.reason() == "OPEN_CASE";
    }
  }
  EXPECT_TRUE(noted);
}

TEST_F(ClassRunTest, who_is_lawfully_elsewhere_goes_up_with_its_class_and_a_suspended_child_waits) {
  auto home = PupilFacts("p1", "", kA, 4);
  home.set_status("HOME_TEACH");
  Publish(home);
  auto suspended = PupilFacts("p2", "", kA, 4);
  suspended.set_status("SUSPENDED");
  Publish(suspended);
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  const auto business = Of("PROMOTE");
  ASSERT_EQ(business.members_size(), 1);
  EXPECT_EQ(business.members(0).child_id(), Id("child-p1").str());
  ASSERT_EQ(business.except_size(), 1);
  EXPECT_EQ(business.except(0).reason(), "SUSPENDED");
}

TEST_F(ClassRunTest, N14_a_wrong_length_of_schooling_stops_the_school_and_no_pair_stops_the_class) {
  School(kA, "PRIMARY");  // no paired junior school
  Room("7-9", kB, 7);
  School(kB, "PRIMARY", kJunior);
  Room("5-9", kB, 5);
  Pupil("b1", "7-9", kB, 7);
  Pupil("b2", "5-9", kB, 5);
  const RunPlan plan = PlanRun(RunOf(Promotion()), rows_);
  std::vector<std::string> blocked;
  for (const ClassPlan& planned : plan.classes) {
    if (!planned.blocked.empty()) blocked.push_back(planned.blocked);
  }
  std::sort(blocked.begin(), blocked.end());
  EXPECT_EQ(blocked, (std::vector<std::string>{"NO_PAIRED_JUNIOR", "SCHOOL_STAGE_MISMATCH",
                                               "SCHOOL_STAGE_MISMATCH"}));
  EXPECT_EQ(plan.children, 3u);
}

TEST_F(ClassRunTest, whom_the_registry_leaves_out_is_listed_and_free_again) {
  ASSERT_EQ(Submit(Promotion(), bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  for (const auto& business : Approved()) RegistryDoes(business, "p2");
  EXPECT_EQ(Run().state(), "DONE");
  EXPECT_EQ(Run().children(), 4u);
  EXPECT_EQ(Run().excepted(), 1u);
  EXPECT_EQ(Submit(Transfer("p2", kB), reg_b_), "");
}

TEST_F(ClassRunTest, T14_a_merged_school_hands_its_steps_to_the_successor) {
  // One child leaves A for far away, one comes to A; then A is merged into B.
  School(kB, "PRIMARY", kJunior);
  Child("comes", kC, 4);
  At("2026-03-02");
  ASSERT_EQ(Submit(Transfer("p1", kFar), reg_far_), "");
  ASSERT_EQ(Step("p1", prin_far_), "");
  ASSERT_EQ(Step("p1", bureau_far_), "");
  ASSERT_EQ(Submit(Transfer("comes", kA), reg_a_), "");
  At("2026-03-10");
  v1::StartClassRun merger;
  merger.set_kind("MERGER");
  merger.set_school_year(2025);
  merger.set_school_code(kA);
  merger.set_successor_code(kB);
  merger.set_office("bureau:411282");
  merger.set_digest(PlanRun(RunOf(merger), rows_).digest);
  ASSERT_EQ(Submit(merger, bureau_), "");
  ASSERT_EQ(Approve(second_), "");
  FireDueTimers();
  ASSERT_EQ(Approved().size(), 2u);
  for (const auto& business : Approved()) {
    EXPECT_EQ(business.action(), "MERGE");
    EXPECT_EQ(business.to_school_code(), kB);
    EXPECT_EQ(business.to_grade(), business.grade());
    RegistryDoes(business);
  }
  EXPECT_EQ(Run().state(), "DONE");
  School(kA, "PRIMARY", kJunior, kB);  // the registry's reaction
  // The sending step is the successor's now, with ten days of its own.
  EXPECT_EQ(Business("p1").steps(2).office(), "school:2141128202");
  EXPECT_EQ(base::CivilDay{Business("p1").steps(2).deadline().due().days()}.ToString(),
            "2026-03-24");
  EXPECT_EQ(Step("p1", prin_a_), "NOT_YOUR_STEP");
  ASSERT_EQ(Step("p1", prin_b_), "");
  EXPECT_EQ(Business("comes").to_school_code(), kB);
  EXPECT_EQ(Step("comes", prin_b_), "");
  EXPECT_EQ(Submit(Transfer("x", kA), reg_a_), "SCHOOL_UNKNOWN") << "it receives nobody any more";
}

}  // namespace
}  // namespace twinline::transfer

// The scenarios of domain.md 8 and the case rules K-1 to K-8, each named by its id.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kTownOffice[] = "township:411282103";
constexpr char kOtherTownOffice[] = "township:411282102";
constexpr char kSchoolOffice[] = "school:3141000001";
constexpr char kBureau[] = "bureau:411282";

TEST(K1, AThresholdOpensTheCaseByItselfOnBothLinesAtOnce) {
  County county;
  const Result result = county.Cross("SUSPECTED", 5);
  ASSERT_THAT(result.All<v1::CaseOpened>(), SizeIs(1));
  const v1::CaseFacts facts = county.Case();
  EXPECT_EQ(facts.state(), kSuspected);
  EXPECT_EQ(facts.ground(), "THRESHOLD");
  EXPECT_EQ(facts.government().office(), "village:411282103201");
  EXPECT_EQ(facts.government().owner(), county.Person(ROLE_VILLAGE_OFFICIAL).id.bytes());
  EXPECT_EQ(facts.government().task(), "VISIT");
  EXPECT_EQ(facts.education().owner(), county.Person(ROLE_CLASS_TEACHER).id.bytes());
  // Monday 14 September and two working days.
  EXPECT_EQ(facts.government().deadline().due().days(), Day(9, 16).days);
  EXPECT_EQ(facts.government().deadline().rule_version(), "default-2026");
  EXPECT_THAT(result.Alerted("CASE_OPENED"),
              UnorderedElementsAre(kTownOffice, kOtherTownOffice, kSchoolOffice, kBureau));
}

TEST(K1, APersonMayAddButNotSuppress) {
  County county;
  v1::OpenCaseCommand open;
  open.set_role(ROLE_REGISTRAR);
  open.set_child_id(county.child().child_id());
  EXPECT_EQ(county.Do(open, county.Person(ROLE_REGISTRAR)).refusal, "REASON_MANDATORY");
  *open.mutable_note() = SealedText("村里说孩子去了外地");
  EXPECT_EQ(county.Do(open, county.Person(ROLE_REGISTRAR)).refusal, "");
  EXPECT_EQ(county.Case().ground(), "MANUAL");
  EXPECT_EQ(county.Do(open, county.Person(ROLE_REGISTRAR)).refusal, "CASE_ALREADY_OPEN");
  // A false alarm needs a reason and the other line's signature.
  EXPECT_EQ(county.Act(kSignFalseAlarm, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal,
            "ACTION_NOT_POSSIBLE");
  EXPECT_EQ(county.Act(kProposeFalseAlarm, county.Person(ROLE_REGISTRAR)).refusal, "");
  EXPECT_EQ(county.Act(kSignFalseAlarm, county.Person(ROLE_PRINCIPAL)).refusal, "NOT_YOUR_ACTION");
  EXPECT_EQ(county.Act(kSignFalseAlarm, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Case().state(), kClosedFalseAlarm);
}

TEST(C1, ContactAndReportAreTasksOfTheEducationLineAndEndWithTheStreak) {
  County county;
  EXPECT_THAT(county.Cross("CONTACT", 1).All<v1::AlertOffered>(), IsEmpty());
  const Result report = county.Cross("SCHOOL_REPORT", 3);
  EXPECT_THAT(report.Alerted("SCHOOL_REPORT"), UnorderedElementsAre(kSchoolOffice));
  EXPECT_FALSE(county.HasCase());
  const Result late = county.GoTo(Day(9, 16));
  EXPECT_THAT(late.All<v1::TaskMissed>(), SizeIs(1));
  EXPECT_THAT(late.Alerted("TASK_MISSED"), UnorderedElementsAre(kBureau));
  attendance::v1::StreakEnded ended;
  ended.set_registration_id(county.child().registration_id());
  EXPECT_THAT(county.Publish(ended).All<v1::TaskEnded>(), SizeIs(2));
}

TEST(D04, PresentAtTwoSchoolsIsABureauTaskOfThreeWorkingDays) {
  County county;
  attendance::v1::PresentAtTwoSchools conflict;
  conflict.set_child_id(county.child().child_id());
  conflict.set_registration_id(county.child().registration_id());
  conflict.set_school_code(std::string(County::kJunior));
  conflict.set_other_school_code(std::string(County::kJuniorB));
  conflict.set_day(county.today().days);
  conflict.set_session(1);
  const Result result = county.Publish(conflict);
  ASSERT_THAT(result.All<v1::TaskOpened>(), SizeIs(1));
  const v1::TaskFacts task = result.All<v1::TaskOpened>()[0].task();
  EXPECT_EQ(task.office(), kBureau);
  EXPECT_EQ(task.deadline().due().days(), Day(9, 17).days);
  EXPECT_FALSE(county.HasCase());
  EXPECT_EQ(county.Publish(conflict).refusal, "ALREADY_SO");
  EXPECT_THAT(county.GoTo(Day(9, 18)).Alerted("TASK_MISSED"),
              UnorderedElementsAre("county:411282"));
  v1::CompleteTaskCommand done;
  done.set_task_id(task.task_id());
  *done.mutable_note() = SealedText("核实在乙校就读");
  EXPECT_EQ(county.Do(done, county.Person(ROLE_PRINCIPAL)).refusal, "NOT_YOUR_TASK")
      << "a party cannot decide";
  EXPECT_EQ(county.Do(done, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Do(done, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "TASK_UNKNOWN");
}

TEST(D05, AnUnmarkedClassAlarmsThePrincipalThenTheBureauAndMakesNoCase) {
  County county;
  attendance::v1::ClassUnmarked unmarked;
  unmarked.set_class_id(county.class_id().str());
  unmarked.set_school_code(std::string(County::kJunior));
  unmarked.set_days(1);
  unmarked.set_level(1);
  EXPECT_THAT(county.Publish(unmarked).Alerted("CLASS_UNMARKED"),
              UnorderedElementsAre(kSchoolOffice));
  unmarked.set_days(3);
  unmarked.set_level(2);
  EXPECT_THAT(county.Publish(unmarked).Alerted("CLASS_UNMARKED"), UnorderedElementsAre(kBureau));
  EXPECT_FALSE(county.HasCase());
}

TEST(D06, ATermStartNoShowOpensAtTheJuniorAndTellsThePrimaryTownship) {
  County county;
  // The child came from a primary school in the other township.
  registry::v1::SchoolRecorded primary;
  primary.mutable_school()->set_school_code("2141000009");
  primary.mutable_school()->set_township("411282109");
  primary.mutable_school()->set_county("411282");
  county.Publish(primary, "registry/0");
  county.child().set_school_code("2141000009");
  county.Move(County::kJunior, county.class_id());
  const Result result = county.Cross("TERM_START_NO_SHOW", 3);
  EXPECT_EQ(county.Case().ground(), "TERM_START_NO_SHOW");
  EXPECT_EQ(county.Case().school_code(), County::kJunior);
  EXPECT_THAT(result.Alerted("CASE_OPENED"), Contains("township:411282109"));
  // Two days later the other threshold is crossed too: the same case, no second alarm.
  const Result later = county.Cross("SUSPECTED", 5);
  EXPECT_EQ(county.Case().absent_days(), 5u);
  EXPECT_THAT(later.All<v1::AlertOffered>(), IsEmpty());
}

// From the promotion itself: nobody needs to have taken a roll call.
TEST(D06, APromotedChildThatNeverComesIsACaseAtTheJuniorOnTheThirdSchoolDay) {
  County county;
  county.GoTo(Day(7, 10, 2027));  // the summer's run; the new year's days are not adopted yet
  registry::v1::SchoolRecorded primary;
  primary.mutable_school()->set_school_code("2141000009");
  primary.mutable_school()->set_township("411282109");
  primary.mutable_school()->set_county("411282");
  county.Publish(primary, "registry/0");
  county.child().set_school_code("2141000009");
  registry::v1::ClassPromoted promoted;
  promoted.set_business_id(base::DeriveId({"class business"}).str());
  promoted.set_action("TO_JUNIOR");
  promoted.set_from_school_code("2141000009");
  promoted.set_to_school_code(std::string(County::kJunior));
  registry::v1::ChildFacts facts = county.child();
  facts.set_school_code(std::string(County::kJunior));
  facts.clear_class_id();
  *promoted.add_children() = facts;
  const Result watched = county.Publish(promoted, "registry/0");
  EXPECT_TRUE(watched.Has<v1::ArrivalWatched>());
  EXPECT_FALSE(county.GoTo(Day(8, 31, 2027)).Has<v1::CaseOpened>()) << "nobody can come in summer";
  const Result opened = county.GoTo(Day(9, 6, 2027));
  ASSERT_TRUE(opened.Has<v1::CaseOpened>());
  EXPECT_EQ(county.Case().ground(), "TERM_START_NO_SHOW");
  EXPECT_EQ(county.Case().school_code(), County::kJunior);
  EXPECT_THAT(opened.Alerted("CASE_OPENED"), Contains("township:411282109"));
}

TEST(Promotion, AnOpenCaseFollowsItsChildIntoTheNewClass) {
  County county;
  county.BringTo(kPersuading);
  registry::v1::ClassPromoted promoted;
  promoted.set_business_id(base::DeriveId({"class business"}).str());
  promoted.set_action("PROMOTE");
  registry::v1::ChildFacts facts = county.child();
  facts.set_grade(8);
  facts.set_class_id(base::DeriveId({"class 8-3"}).str());
  *promoted.add_children() = facts;
  const Result moved = county.Publish(promoted, "registry/0");
  EXPECT_TRUE(moved.Has<v1::CaseReassigned>());
  EXPECT_EQ(county.Case().grade(), 8u);
  EXPECT_EQ(county.Case().class_id(), facts.class_id());
  EXPECT_EQ(county.Case().state(), kPersuading) << "a promotion closes nothing";
  EXPECT_FALSE(moved.Has<v1::ArrivalWatched>()) << "within the school nobody has to arrive";
}

TEST(D07, StudyingElsewhereStaysOpenUntilProvedOrTransferred) {
  County county;
  county.Cross("SUSPECTED", 5);
  EXPECT_EQ(county.Act(kClaimElsewhere, county.Person(ROLE_REGISTRAR)).refusal, "");
  EXPECT_TRUE(county.Case().elsewhere_claimed());
  EXPECT_EQ(county.Case().state(), kSuspected);
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedTransfer).refusal,
            "ACTION_NOT_POSSIBLE");
  EXPECT_TRUE(county.GoTo(Day(9, 17)).Has<v1::DeadlineMissed>());  // no clock stopped

  v1::ActOnCaseCommand proof;
  proof.set_action(std::string(kProveElsewhere));
  EXPECT_EQ(county.Act(proof, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "EVIDENCE_MANDATORY");
  proof.add_evidence("digest");
  EXPECT_EQ(county.Act(proof, county.Person(ROLE_REGISTRAR)).refusal, "NOT_YOUR_ACTION");
  EXPECT_EQ(county.Act(proof, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Case().state(), kTransferred);
}

TEST(K5, ATransferAnswersTheCaseBothLinesStillSignAndItMustArrive) {
  County county;
  county.Cross("SUSPECTED", 5);
  const Id16 new_class = base::DeriveId({"class at B"});
  const Result moved = county.Move(County::kJuniorB, new_class);
  EXPECT_TRUE(moved.Has<v1::CaseReassigned>());
  EXPECT_EQ(county.Case().education().rung(), 2u)
      << "no teacher or principal there: the bureau at once";
  transfer::v1::BusinessCompleted completed;
  completed.mutable_business()->set_kind("TRANSFER_IN_COUNTY");
  completed.mutable_business()->set_child_id(county.child().child_id());
  completed.mutable_business()->set_registration_id(county.child().registration_id());
  completed.mutable_business()->set_to_school_code(std::string(County::kJuniorB));
  completed.mutable_business()->set_business_id(base::DeriveId({"business"}).str());
  EXPECT_TRUE(county.Publish(completed, "transfer/0").Has<v1::ArrivalWatched>());
  EXPECT_EQ(county.Case().state(), kTransferred);
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_OFFICIAL), kClosedTransfer).refusal,
            "");
  EXPECT_EQ(county.Case().state(), kTransferred) << "one signature is not enough";
  // Ten school days at the new school without being seen: the answer did not hold.
  const Result gone = county.GoTo(Day(9, 30));
  ASSERT_TRUE(gone.Has<v1::WatchEnded>());
  EXPECT_EQ(county.Case().state(), kPersuading);
  EXPECT_EQ(county.Case().government().outcome(), "");
}

TEST(K5, AChildSeenAtTheNewSchoolEndsTheWatch) {
  County county;
  const Id16 new_class = base::DeriveId({"class at B"});
  county.Move(County::kJuniorB, new_class);
  transfer::v1::BusinessCompleted completed;
  completed.mutable_business()->set_kind("TRANSFER_IN_COUNTY");
  completed.mutable_business()->set_child_id(county.child().child_id());
  completed.mutable_business()->set_registration_id(county.child().registration_id());
  completed.mutable_business()->set_to_school_code(std::string(County::kJuniorB));
  county.Publish(completed, "transfer/0");
  county.GoTo(Day(9, 15));
  attendance::v1::RollCallTaken roll_call;  // nobody is missing
  roll_call.set_class_id(new_class.str());
  roll_call.set_day(county.today().days);
  roll_call.set_roster_version(2);
  county.Publish(roll_call);
  const Result seen = county.GoTo(Day(10, 20));
  ASSERT_THAT(seen.All<v1::WatchEnded>(), SizeIs(1));
  EXPECT_EQ(seen.All<v1::WatchEnded>()[0].reason(), "SEEN");
  EXPECT_FALSE(county.HasCase());
}

TEST(T04, AnOverdueTransferOpensACaseUnlessTheChildIsSeenAsAGuest) {
  transfer::v1::BusinessLongOverdue overdue;
  County seen;
  attendance::v1::RollCallTaken guest;
  guest.set_class_id(base::DeriveId({"class at B"}).str());
  guest.set_day(seen.today().days);
  guest.add_exceptions()->set_registration_id(seen.child().registration_id());
  guest.mutable_exceptions(0)->set_code(6);
  seen.Publish(guest);
  overdue.mutable_business()->set_kind("TRANSFER_IN_COUNTY");
  overdue.mutable_business()->set_child_id(seen.child().child_id());
  overdue.mutable_business()->set_registration_id(seen.child().registration_id());
  overdue.mutable_business()->set_to_school_code(std::string(County::kJuniorB));
  EXPECT_THAT(seen.Publish(overdue, "transfer/0").Alerted("TRANSFER_OVERDUE"),
              UnorderedElementsAre(kBureau));
  EXPECT_FALSE(seen.HasCase());
  County unseen;
  unseen.Publish(overdue, "transfer/0");
  EXPECT_EQ(unseen.Case().ground(), "TRANSFER_NOT_ARRIVED");
}

TEST(A12, AnUnlawfulCodeOfAnImportAlertsTheBureauAndOpensNoCase) {
  County county;
  registry::v1::UnlawfulCodeAlarmed alarm;
  alarm.set_child_id(county.child().child_id());
  alarm.set_code("14");
  alarm.set_school_code(std::string(County::kJuniorB));
  const Result result = county.Publish(alarm, "registry/0");
  EXPECT_THAT(result.Alerted("UNLAWFUL_CODE"), UnorderedElementsAre(kBureau));
  ASSERT_THAT(result.All<v1::AlertOffered>(), SizeIs(1));
  const v1::AlertOffered alert = result.All<v1::AlertOffered>()[0];
  EXPECT_EQ(alert.summary(), "14");
  EXPECT_EQ(alert.child_id(), county.child().child_id());
  EXPECT_FALSE(county.HasCase());
  // A row that names no recorded child is alerted as well.
  alarm.clear_child_id();
  EXPECT_THAT(county.Publish(alarm, "registry/0").Alerted("UNLAWFUL_CODE"),
              UnorderedElementsAre(kBureau));
}

TEST(D08, ASuspendedChildNotBackTenSchoolDaysAfterTheFirstIsSuspectedNotWithdrawn) {
  County county;
  const Result watched = county.Status("SUSPENDED", Day(1, 31, 2027));
  ASSERT_THAT(watched.All<v1::SuspensionWatched>(), SizeIs(1));
  // The first school day is Monday 22 February; ten more end on Monday 8 March.
  EXPECT_EQ(watched.All<v1::SuspensionWatched>()[0].check_on().days(), Day(3, 8, 2027).days);
  EXPECT_THAT(county.GoTo(Day(3, 8, 2027), 23).All<v1::CaseOpened>(), IsEmpty());
  const Result due = county.GoTo(Day(3, 9, 2027));
  ASSERT_THAT(due.All<v1::CaseOpened>(), SizeIs(1));
  EXPECT_EQ(county.Case().ground(), "RESUMPTION_OVERDUE");
  EXPECT_THAT(due.Alerted("CASE_OPENED"), Contains(kTownOffice));
  EXPECT_THAT(due.Alerted("CASE_OPENED"), Contains(kSchoolOffice));
}

TEST(D08, ResumedOrExtendedOpensNothing) {
  County resumed;
  resumed.Status("SUSPENDED", Day(1, 31, 2027));
  EXPECT_TRUE(resumed.Status("ACTIVE").Has<v1::WatchEnded>());
  EXPECT_THAT(resumed.GoTo(Day(5, 1, 2027)).All<v1::CaseOpened>(), IsEmpty());
  County extended;
  extended.Status("SUSPENDED", Day(1, 31, 2027));
  EXPECT_TRUE(extended.Status("SUSPENDED", Day(6, 1, 2027)).Has<v1::SuspensionWatched>());
  EXPECT_THAT(extended.GoTo(Day(3, 20, 2027)).All<v1::CaseOpened>(), IsEmpty());
}

TEST(D10, AConfirmedDropoutCannotBeMadeToVanish) {
  County county;
  county.BringTo(kConfirmed);
  for (const char* action : {"DELETE", "REMOVE", "WITHDRAW", "CLOSE"}) {
    EXPECT_EQ(county.Act(action, county.Person(ROLE_REGISTRAR)).refusal, "ACTION_NOT_POSSIBLE");
    EXPECT_EQ(county.Act(action, county.Person(ROLE_BUREAU_OFFICIAL)).refusal,
              "ACTION_NOT_POSSIBLE");
  }
  EXPECT_EQ(county.Act(kOverrideClose, county.Person(ROLE_BUREAU_DIRECTOR), "DELETED").refusal,
            "CODE_UNKNOWN");
  // The registration is kept: nothing was asked of the registry, the case goes on.
  EXPECT_EQ(county.child().status(), "ACTIVE");
  EXPECT_EQ(county.Case().state(), kConfirmed);
  EXPECT_GT(county.Case().confirmed_on().days(), 0);
}

TEST(D10, ADropoutIsNotConfirmedBeforeTwentySchoolDaysAndAMonth) {
  County county;
  county.Cross("SUSPECTED", 5);
  EXPECT_EQ(county.Act(kConfirmDropout, county.Person(ROLE_BUREAU_OFFICIAL)).refusal,
            "CONFIRM_TOO_EARLY");
  // Opened on 14 September: one month is 14 October, twenty school days end on 19 October (holiday
  // between).
  EXPECT_THAT(county.GoTo(Day(10, 16)).Alerted("CONFIRM_DUE"), IsEmpty());
  EXPECT_EQ(county.Act(kConfirmDropout, county.Person(ROLE_BUREAU_OFFICIAL)).refusal,
            "CONFIRM_TOO_EARLY");
  EXPECT_THAT(county.GoTo(Day(10, 19)).Alerted("CONFIRM_DUE"), UnorderedElementsAre(kBureau));
  EXPECT_EQ(county.Act(kConfirmDropout, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "");
}

}  // namespace
}  // namespace twinline::accountability

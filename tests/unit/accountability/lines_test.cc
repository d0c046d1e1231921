// Two lines, their clocks and their ends: K-2, K-4, K-6 to K-8, R-18, R-22, R-26.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accountability/domain/alert_content.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/rule_set.h"
#include "platform/base/hash.h"
#include "platform/calendar/adopted.h"
#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::vector<std::string> Rungs(const Result& result, Line line) {
  std::vector<std::string> offices;
  for (const auto& event : result.All<v1::Escalated>()) {
    if (event.line() == line) offices.push_back(event.to_office());
  }
  return offices;
}

TEST(Escalation, EachDeadlineFiresOnceNeverEarlyUpToTheLastRung) {
  County county;
  county.Cross("SUSPECTED", 5);  // Monday 14 September; village and teacher have two working days
  EXPECT_THAT(county.GoTo(Day(9, 16), 23).All<v1::DeadlineMissed>(), IsEmpty())
      << "the day ends at 24:00";
  const Result first = county.GoTo(Day(9, 17), 0);
  EXPECT_THAT(first.All<v1::DeadlineMissed>(), SizeIs(2));
  EXPECT_THAT(Rungs(first, LINE_GOVERNMENT), ElementsAre("township:411282103"));
  EXPECT_THAT(Rungs(first, LINE_EDUCATION), ElementsAre("school:3141000001"));
  EXPECT_THAT(first.Alerted("ESCALATED"), Contains("township:411282103"));
  EXPECT_THAT(first.Alerted("DEADLINE_MISSED"), ElementsAre("bureau:411282", "bureau:411282"));
  const v1::DeadlineMissed missed = first.All<v1::DeadlineMissed>()[0];
  EXPECT_EQ(missed.deadline().due().days(), Day(9, 16).days);
  EXPECT_EQ(base::DayOf(base::Timestamp{missed.fired_at_us()}), Day(9, 17));
  EXPECT_EQ(missed.deadline().rule_version(), "default-2026");

  const Result rest = county.GoTo(Day(12, 31));
  EXPECT_THAT(Rungs(rest, LINE_GOVERNMENT), ElementsAre("county:411282"));
  EXPECT_THAT(Rungs(rest, LINE_EDUCATION), ElementsAre("bureau:411282"));
  EXPECT_THAT(rest.All<v1::DeadlineMissed>(), SizeIs(4))
      << "two rungs on each line, the last one too";
  EXPECT_TRUE(county.Case().government().overdue());
  EXPECT_EQ(county.Case().government().missed(), 3u);
  EXPECT_THAT(county.GoTo(Day(6, 30, 2027)).All<v1::DeadlineMissed>(), IsEmpty());
}

TEST(Escalation, AnActRestartsOneClockAndTheOtherRunsOn) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.GoTo(Day(9, 15));
  EXPECT_EQ(county.Persuade(county.Person(ROLE_CLASS_TEACHER)).refusal, "");
  EXPECT_EQ(county.Case().state(), kPersuading);
  EXPECT_EQ(county.Case().education().deadline().due().days(),
            Day(9, 21).days);  // the make-up Sunday counts
  const Result missed = county.GoTo(Day(9, 18));
  ASSERT_THAT(missed.All<v1::DeadlineMissed>(), SizeIs(1));
  EXPECT_EQ(missed.All<v1::DeadlineMissed>()[0].line(), LINE_GOVERNMENT);
  EXPECT_EQ(missed.All<v1::DeadlineMissed>()[0].owner(),
            county.Person(ROLE_VILLAGE_OFFICIAL).id.bytes());
}

TEST(R26, AVacantOfficeStartsTheNextRungAtOnceAndIsAFinding) {
  County county;
  county.Vacate(ROLE_VILLAGE_OFFICIAL);
  const Result opened = county.Cross("SUSPECTED", 5);
  ASSERT_THAT(opened.All<v1::OwnerVacant>(), SizeIs(1));
  EXPECT_EQ(opened.All<v1::OwnerVacant>()[0].office(), "village:411282103201");
  EXPECT_EQ(opened.All<v1::OwnerVacant>()[0].roster_office(), "township:411282103");
  EXPECT_EQ(county.Case().government().office(), "township:411282103");
  EXPECT_EQ(county.Case().government().rung(), 1u);
}

TEST(R26, WithNobodyAnywhereTheCaseStillHasAnOfficeAndADeadline) {
  County county;
  for (const Role role :
       {ROLE_VILLAGE_OFFICIAL, ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD, ROLE_COUNTY_HEAD}) {
    county.Vacate(role);
  }
  EXPECT_THAT(county.Cross("SUSPECTED", 5).All<v1::OwnerVacant>(), SizeIs(3));
  EXPECT_EQ(county.Case().government().office(), "county:411282");
  EXPECT_EQ(county.Case().government().owner(), "");
}

TEST(K2, AnotherPersonOnDutyIsAnEventAndAVacancyMovesTheCaseUp) {
  County county;
  county.Cross("SUSPECTED", 5);
  Staff teacher = county.Person(ROLE_CLASS_TEACHER);
  teacher.id = base::DeriveId({"new teacher"});
  teacher.duty = base::DeriveId({"new duty"});
  const int32_t due = county.Case().education().deadline().due().days();
  county.Vacate(ROLE_CLASS_TEACHER);
  EXPECT_EQ(county.Case().education().office(), "school:3141000001")
      << "nobody there: the principal at once";
  EXPECT_GE(county.Case().education().deadline().due().days(), due);
  county.Appoint(teacher);
  EXPECT_EQ(county.Case().education().office(), "school:3141000001") << "what went up stays up";
  const Staff head = county.Vacate(ROLE_TOWNSHIP_HEAD);
  (void)head;
  EXPECT_EQ(county.Case().government().office(), "village:411282103201") << "not its office";
}

TEST(K2, AMovedChildChangesSchoolAndClockByEvent) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.GoTo(Day(9, 16));
  const Id16 other_class = base::DeriveId({"class 7-4"});
  registry::v1::ChildPlaced placed;
  county.child().set_class_id(other_class.str());
  *placed.mutable_facts() = county.child();
  const Result same_school = county.Publish(placed, "registry/0");
  ASSERT_THAT(same_school.All<v1::CaseReassigned>(), SizeIs(1));
  EXPECT_EQ(same_school.All<v1::CaseReassigned>()[0].cause(), "PLACED");
  county.child().set_hukou_township(std::string(County::kOtherTown));
  county.child().set_hukou_village(std::string(County::kOtherVillage));
  registry::v1::ChildCorrected corrected;
  *corrected.mutable_facts() = county.child();
  corrected.add_changed("hukou_township");
  const Result moved = county.Publish(corrected, "registry/0");
  ASSERT_THAT(moved.All<v1::CaseReassigned>(), SizeIs(1));
  EXPECT_EQ(moved.All<v1::CaseReassigned>()[0].township_before(), County::kTown);
  EXPECT_EQ(county.Case().township(), County::kOtherTown);
  EXPECT_EQ(county.Case().government().deadline().start().days(), Day(9, 16).days);
  // What does not concern places leaves the case alone.
  registry::v1::ChildCorrected renamed;
  *renamed.mutable_facts() = county.child();
  renamed.add_changed("name");
  EXPECT_THAT(county.Publish(renamed, "registry/0").events, IsEmpty());
}

TEST(K4, ReturnedNeedsTenPresentDaysInARowAndBothSignatures) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.Persuade(county.Person(ROLE_CLASS_TEACHER), "AGREED_TO_RETURN");
  const Result returned = county.Act(kReportReturn, county.Person(ROLE_CLASS_TEACHER));
  ASSERT_THAT(returned.All<v1::ProbationStarted>(), SizeIs(1));
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedReturn).refusal,
            "PROBATION_NOT_PASSED");
  county.PassProbation();
  EXPECT_EQ(county.Case().probation_days(), 10u);
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedTransfer).refusal,
            "OUTCOME_DIFFERS");
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedReturn).refusal, "");
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_BUREAU_OFFICIAL), kClosedReturn).refusal,
            "LINE_ALREADY_SIGNED");
  EXPECT_EQ(county.Case().state(), kReturned);
  const Result closed =
      county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_OFFICIAL), kClosedReturn);
  ASSERT_THAT(closed.All<v1::CaseClosed>(), SizeIs(1));
  EXPECT_FALSE(closed.All<v1::CaseClosed>()[0].override());
  EXPECT_EQ(county.Case().state(), kClosedReturn);
  EXPECT_THAT(county.GoTo(Day(6, 1, 2027)).events, IsEmpty()) << "no clock of a closed case runs";
}

TEST(K4, OnePersonWithTwoDutiesCannotSignForBothLines) {
  County county;
  county.BringTo(kTransferred);
  const Staff principal = county.Person(ROLE_PRINCIPAL);
  Staff second = county.Person(ROLE_TOWNSHIP_OFFICIAL);
  second.id = principal.id;
  EXPECT_EQ(county.Act(kSignClose, principal, kClosedTransfer).refusal, "");
  EXPECT_EQ(county.Act(kSignClose, second, kClosedTransfer).refusal, "SIGNED_OTHER_LINE");
  EXPECT_EQ(county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_OFFICIAL), kClosedTransfer).refusal,
            "");
  EXPECT_EQ(county.Case().state(), kClosedTransfer);
}

TEST(K4, OneUnexplainedAbsenceInTheProbationResetsToPersuading) {
  County county;
  county.BringTo(kReturned);
  for (int i = 0; i < 3; ++i) {
    county.GoTo(county.today() + 1, 18);
    county.Verdict(true);
  }
  county.Verdict(true);  // the same day again does not count twice
  EXPECT_EQ(county.Case().probation_days(), 3u);
  county.GoTo(county.today() + 1, 18);
  const Result absent = county.Verdict(false);
  EXPECT_THAT(absent.All<v1::ProbationEnded>(), SizeIs(1));
  EXPECT_THAT(absent.Alerted("RELAPSED"), Contains("township:411282103"));
  EXPECT_EQ(county.Case().state(), kPersuading);
  EXPECT_EQ(county.Case().probation_days(), 0u);
}

TEST(K4, AClosedReturnReopensTheSameCaseWithItsRelapseCounter) {
  County county;
  county.BringTo(kReturned);
  county.PassProbation();
  county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedReturn);
  county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_HEAD), kClosedReturn);
  const std::string id = county.Case().case_id();
  county.GoTo(Day(11, 16));
  const Result again = county.Cross("SUSPECTED", 5);
  EXPECT_TRUE(again.Has<v1::CaseReopened>());
  EXPECT_FALSE(again.Has<v1::CaseOpened>());
  EXPECT_EQ(county.Case().case_id(), id);
  EXPECT_EQ(county.Case().relapses(), 1u);
  EXPECT_EQ(county.Case().persuasions(), 0u);
  EXPECT_THAT(again.Alerted("CASE_REOPENED"), Contains("bureau:411282"));
  EXPECT_THAT(county.GoTo(Day(11, 20)).All<v1::DeadlineMissed>(), SizeIs(2))
      << "its own clocks run";
}

TEST(K4, TheDeadlineOfAProbationSpansItsSchoolDays) {
  County county;
  county.GoTo(Day(9, 28));
  county.BringTo(kReturned);  // the October holiday lies between
  EXPECT_THAT(county.GoTo(Day(10, 20)).All<v1::DeadlineMissed>(), IsEmpty())
      << "nobody is late while it lasts";
}

TEST(K6, APlacementNeedsItsApproval) {
  County county;
  county.Cross("SUSPECTED", 5);
  EXPECT_EQ(county.Act(kProposePlacement, county.Person(ROLE_PRINCIPAL), "SUSPENSION").refusal,
            "PLACEMENT_NOT_APPROVED");
  EXPECT_EQ(county.Act(kProposePlacement, county.Person(ROLE_PRINCIPAL), "WORKING").refusal,
            "CODE_UNKNOWN");
  county.Status("SUSPENDED", Day(8, 31, 2027));
  EXPECT_EQ(county.Act(kProposePlacement, county.Person(ROLE_PRINCIPAL), "SUSPENSION").refusal, "");
  EXPECT_EQ(county.Case().state(), kPlaced);
  county.Act(kSignClose, county.Person(ROLE_PRINCIPAL), kClosedPlaced);
  county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_OFFICIAL), kClosedPlaced);
  EXPECT_EQ(county.Case().state(), kClosedPlaced);
}

TEST(K7, GraduationClosesNothingAndAsksTheBureau) {
  County county;
  county.Cross("SUSPECTED", 5);
  const Result graduated = county.Status("GRADUATED");
  EXPECT_THAT(graduated.Alerted("STAGE_END"), UnorderedElementsAre("bureau:411282"));
  EXPECT_EQ(county.Case().state(), kSuspected);
  EXPECT_EQ(county.Case().decision_needed(), "STAGE_END");
}

TEST(K8, TheEndOfTheStageIsItsOwnOutcomeWithBothSignatures) {
  County county;
  county.Cross("SUSPECTED", 5);
  EXPECT_EQ(county.Act(kProposeEnd, county.Person(ROLE_BUREAU_OFFICIAL), "STAGE_END").refusal,
            "END_NOT_SHOWN");
  EXPECT_EQ(county.Act(kProposeEnd, county.Person(ROLE_BUREAU_OFFICIAL), "DECEASED").refusal,
            "END_NOT_SHOWN");
  county.Status("GRADUATED");
  EXPECT_EQ(county.Act(kProposeEnd, county.Person(ROLE_BUREAU_OFFICIAL), "STAGE_END").refusal, "");
  county.Act(kSignClose, county.Person(ROLE_BUREAU_DIRECTOR), kClosedEnd);
  EXPECT_EQ(county.Case().state(), kEndProposed);
  county.Act(kSignClose, county.Person(ROLE_TOWNSHIP_HEAD), kClosedEnd);
  EXPECT_EQ(county.Case().state(), kClosedEnd);
  EXPECT_EQ(county.Case().end_ground(), "STAGE_END");
}

TEST(Override, OnlyTheDirectorWithAReasonAndItShows) {
  County county;
  county.BringTo(kReturned);
  EXPECT_EQ(county.Act(kOverrideClose, county.Person(ROLE_BUREAU_OFFICIAL), kClosedReturn).refusal,
            "NOT_YOUR_ACTION");
  v1::ActOnCaseCommand silent;
  silent.set_action(std::string(kOverrideClose));
  silent.set_code(std::string(kClosedReturn));
  EXPECT_EQ(county.Act(silent, county.Person(ROLE_BUREAU_DIRECTOR)).refusal, "REASON_MANDATORY");
  const Result closed =
      county.Act(kOverrideClose, county.Person(ROLE_BUREAU_DIRECTOR), kClosedReturn);
  ASSERT_THAT(closed.All<v1::CaseClosed>(), SizeIs(1));
  EXPECT_TRUE(closed.All<v1::CaseClosed>()[0].override());
}

// a duty whose last day is known beforehand. Nobody sends an event on that day.
TEST(Duties, TheOwnerChangesOnTheDayAfterTheLastAndAVacancyMovesTheLineOn) {
  County county;
  county.Cross("SUSPECTED", 5);
  const std::string teacher = county.Case().education().owner();
  ASSERT_EQ(teacher, county.Person(ROLE_CLASS_TEACHER).id.bytes());
  registry::v1::DutyEnded ended;
  ended.mutable_duty()->set_duty_id(county.Person(ROLE_CLASS_TEACHER).duty.str());
  ended.mutable_duty()->set_staff_id(teacher);
  ended.mutable_duty()->set_role(ROLE_CLASS_TEACHER);
  ended.mutable_duty()->set_office(ClassOffice(county.class_id().bytes()));
  ended.mutable_duty()->mutable_from()->set_days(Day(8, 1).days);
  ended.mutable_duty()->mutable_to()->set_days(Day(9, 15).days);
  const Result noted = county.Publish(ended, "registry/0");
  EXPECT_TRUE(noted.Has<v1::OfficeReviewPlanned>());
  EXPECT_EQ(county.Case().education().owner(), teacher) << "still on duty";
  county.GoTo(Day(9, 15), 23);
  EXPECT_EQ(county.Case().education().owner(), teacher);
  const Result changed = county.GoTo(Day(9, 16), 1);
  EXPECT_TRUE(changed.Has<v1::CaseReassigned>());
  EXPECT_TRUE(changed.Has<v1::OwnerVacant>());
  EXPECT_EQ(county.Case().education().owner(), county.Person(ROLE_PRINCIPAL).id.bytes());
  EXPECT_EQ(county.Case().education().rung(), 1u);
}

TEST(Duties, ASuccessorWhoBeginsOnADayToComeIsInChargeFromThatDay) {
  County county;
  county.Cross("SUSPECTED", 5);
  const Staff old = county.Person(ROLE_CLASS_TEACHER);
  registry::v1::DutyEnded ended;
  ended.mutable_duty()->set_duty_id(old.duty.str());
  ended.mutable_duty()->set_staff_id(old.id.str());
  ended.mutable_duty()->set_role(ROLE_CLASS_TEACHER);
  ended.mutable_duty()->set_office(old.office);
  ended.mutable_duty()->mutable_from()->set_days(Day(8, 1).days);
  ended.mutable_duty()->mutable_to()->set_days(Day(9, 15).days);
  registry::v1::DutyStarted started;
  const Id16 successor = base::DeriveId({"successor"});
  started.mutable_duty()->set_duty_id(base::DeriveId({"next duty"}).str());
  started.mutable_duty()->set_staff_id(successor.str());
  started.mutable_duty()->set_role(ROLE_CLASS_TEACHER);
  started.mutable_duty()->set_office(old.office);
  started.mutable_duty()->mutable_from()->set_days(Day(9, 16).days);
  county.Publish(started, "registry/0");
  county.Publish(ended, "registry/0");
  EXPECT_EQ(county.Case().education().owner(), old.id.bytes());
  EXPECT_FALSE(county.GoTo(Day(9, 16), 1).Has<v1::OwnerVacant>());
  EXPECT_EQ(county.Case().education().owner(), successor.bytes());
  EXPECT_EQ(county.Case().education().rung(), 0u);
}

// More cases than one commit takes: a job that goes on by itself.
TEST(Duties, AnOfficeWithManyCasesIsReviewedInSeveralCommits) {
  County county;
  constexpr int kCases = 130;
  for (int i = 0; i < kCases; ++i) {
    registry::v1::ChildRegistered registered;
    *registered.mutable_facts() = county.child();
    registered.mutable_facts()->set_child_id(base::DeriveId({"child", std::to_string(i)}).str());
    registered.mutable_facts()->set_registration_id(
        base::DeriveId({"registration", std::to_string(i)}).str());
    county.Publish(registered, "registry/0");
    attendance::v1::StreakCrossed crossed;
    crossed.set_child_id(registered.facts().child_id());
    crossed.set_registration_id(registered.facts().registration_id());
    crossed.set_class_id(registered.facts().class_id());
    crossed.set_school_code(registered.facts().school_code());
    crossed.set_threshold("SUSPECTED");
    crossed.set_days(5);
    crossed.set_first_day(Day(9, 7).days);
    crossed.set_last_day(Day(9, 11).days);
    county.Publish(crossed);
  }
  const Result first = [&] {
    registry::v1::DutyEnded ended;
    const Staff gone = county.Person(ROLE_CLASS_TEACHER);
    ended.mutable_duty()->set_duty_id(gone.duty.str());
    ended.mutable_duty()->set_staff_id(gone.id.str());
    ended.mutable_duty()->set_role(ROLE_CLASS_TEACHER);
    ended.mutable_duty()->set_office(gone.office);
    ended.mutable_duty()->mutable_from()->set_days(Day(8, 1).days);
    ended.mutable_duty()->mutable_to()->set_days(Day(9, 11).days);
    return county.Publish(ended, "registry/0");
  }();
  EXPECT_EQ(first.All<v1::CaseReassigned>().size(), 60u);
  ASSERT_TRUE(first.Has<v1::OfficeReviewPlanned>());
  const Result rest = county.GoTo(county.today(), 9);
  EXPECT_EQ(rest.All<v1::CaseReassigned>().size(), 70u);
  EXPECT_EQ(rest.All<v1::OfficeReviewed>().size(), 2u);
}

}  // namespace
}  // namespace twinline::accountability

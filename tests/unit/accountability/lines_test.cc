// Two lines, their clocks and their ends: K-2, K-4, K-6 to K-8, R-18, R-22, R-26.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accountability/domain/alert_content.h"
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

TEST(R18, AChangedCalendarMovesOpenDeadlinesButUnfiresNothing) {
  County county;
  county.GoTo(Day(9, 28));
  county.Cross("SUSPECTED", 5);  // Monday; due Wednesday 30 September
  ASSERT_EQ(county.Case().government().deadline().due().days(), Day(9, 30).days);
  county.Persuade(county.Person(ROLE_CLASS_TEACHER));  // five working days: across the holiday
  const int32_t before = county.Case().education().deadline().due().days();
  county.GoTo(Day(10, 1));  // the village's deadline has fired
  v1::AdoptCalendarCommand adopt;
  for (const base::DerivedCommand& seed : AccountabilityDomain().Seed()) {
    if (seed.type != base::CommandType<v1::AdoptCalendarCommand>()) continue;
    v1::AdoptCalendarCommand year;
    year.ParseFromString(seed.body);
    if (year.calendar().year() == 2026) adopt = year;
  }
  // One more day off: Friday 9 October.
  adopt.mutable_calendar()->set_version("cn-2026-test");
  for (int i = 0; i < adopt.calendar().days_size(); ++i) {
    if (adopt.calendar().days(i).day() <= Day(10, 9).days) continue;
    calendar::v1::HolidayDay* day = adopt.mutable_calendar()->add_days();
    day->set_day(Day(10, 9).days);
    day->set_kind(1);
    day->set_festival("national_day");
    for (int j = adopt.calendar().days_size() - 1; j > i; --j)
      adopt.mutable_calendar()->mutable_days()->SwapElements(j, j - 1);
    break;
  }
  ASSERT_EQ(county.Do(adopt, county.Person(ROLE_BUREAU_DIRECTOR)).refusal, "");
  const Result moved = county.GoTo(Day(10, 1), 9);
  ASSERT_THAT(moved.All<v1::CaseDeadlinesRecomputed>(),
              Contains(testing::Property(&v1::CaseDeadlinesRecomputed::more, false)));
  const auto events = moved.All<v1::CaseDeadlineMoved>();
  ASSERT_THAT(events,
              SizeIs(2));  // the teacher's and the township's, which is the village's next rung
  EXPECT_GT(county.Case().education().deadline().due().days(), before);
  EXPECT_EQ(county.Case().education().deadline().calendar_version(), "cn-2026-test");
  EXPECT_EQ(county.Case().government().missed(), 1u) << "what has fired stays";
  // The old date passes without a word, the new one counts.
  EXPECT_THAT(county.GoTo(CivilDay{before} + 1).All<v1::DeadlineMissed>(), SizeIs(0));
}

TEST(R62, ARuleSetCountsFromItsDayAndChangesNoRunningDeadline) {
  County county;
  county.Cross("SUSPECTED", 5);
  const v1::CaseFacts before = county.Case();
  v1::AdoptRuleSetCommand adopt;
  adopt.set_version("lingbao-1");
  adopt.set_valid_from(Day(9, 1).days);
  *adopt.mutable_rules() = DefaultRules();
  adopt.mutable_rules()->set_township_by("RESIDENCE");
  for (auto& rung : *adopt.mutable_rules()->mutable_education()) rung.set_days(9);
  EXPECT_EQ(county.Do(adopt, county.Person(ROLE_BUREAU_DIRECTOR)).refusal, "");
  EXPECT_EQ(county.Case().education().deadline().due().days(),
            before.education().deadline().due().days());
  county.Act(kOverrideClose, county.Person(ROLE_BUREAU_DIRECTOR), kClosedFalseAlarm);
  county.Cross("SUSPECTED", 6);
  EXPECT_EQ(county.Case().rule_version(), "lingbao-1");
  EXPECT_EQ(county.Case().township(), County::kOtherTown);
  EXPECT_EQ(county.Case().relapses(), 0u) << "a false alarm is no relapse";
  adopt.mutable_rules()->clear_government();
  EXPECT_EQ(county.Do(adopt, county.Person(ROLE_BUREAU_DIRECTOR)).refusal, "RULE_SET_INVALID");
}

TEST(A04, MergedChildrenKeepOneOpenCase) {
  County county;
  county.Cross("SUSPECTED", 5);
  registry::v1::DuplicateResolved merged;
  merged.set_outcome("MERGED");
  merged.set_alias_child_id(county.child().child_id());
  const Id16 survivor = base::DeriveId({"survivor"});
  merged.set_survivor_child_id(survivor.str());
  *merged.mutable_survivor() = county.child();
  merged.mutable_survivor()->set_child_id(survivor.str());
  merged.mutable_survivor()->set_registration_id(base::DeriveId({"other registration"}).str());
  *merged.mutable_alias() = county.child();
  merged.mutable_alias()->set_alias_of(survivor.str());
  const std::string id = county.Case().case_id();
  ASSERT_THAT(county.Publish(merged, "registry/0").All<v1::CaseReassigned>(), SizeIs(1));
  county.child().set_child_id(survivor.str());
  EXPECT_EQ(county.Case().case_id(), id);
  EXPECT_EQ(county.Case().child_id(), survivor.bytes());
}

TEST(R28, AnAlertBecomesAnIntentForEachReceiverAndItsOutcomeAFact) {
  County county;
  v1::ChangeWebhookCommand change;
  change.set_action("REGISTERED");
  change.set_office("township:411282103");
  change.set_url("http://example.org/hook");
  change.set_key_id(base::DeriveId({"secret 1"}).str());
  EXPECT_EQ(county.Do(change, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "WEBHOOK_INVALID");
  change.set_url("https://example.org/hook");
  const Result registered = county.Do(change, county.Person(ROLE_TOWNSHIP_HEAD));
  ASSERT_THAT(registered.All<v1::WebhookChanged>(), SizeIs(1));
  const std::string webhook = registered.All<v1::WebhookChanged>()[0].webhook().webhook_id();
  county.Cross("SUSPECTED", 5);
  const v1::AlertRow alert = county.Alerts("township:411282103")[0];
  const auto delivery = [&] {
    return *base::Find<v1::DeliveryRow>(county.rows(), base::AsId(alert.alert_id()),
                                        base::AsId(webhook));
  };
  EXPECT_EQ(delivery().state(), "PENDING");

  v1::NoteDeliveryCommand note;
  note.set_alert_id(alert.alert_id());
  note.set_webhook_id(webhook);
  note.set_attempts(8);
  note.set_last_error("HTTP 503");
  county.Do(note, {});
  EXPECT_EQ(delivery().state(), "UNDELIVERABLE");
  EXPECT_EQ(county.Do(note, {}).refusal, "ALREADY_SO") << "an outcome is recorded once";
  v1::ResendDeliveryCommand resend;
  resend.set_alert_id(alert.alert_id());
  resend.set_webhook_id(webhook);
  EXPECT_EQ(county.Do(resend, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "");
  EXPECT_EQ(delivery().state(), "PENDING");
  note.set_delivered(true);
  county.Do(note, {});
  EXPECT_EQ(delivery().state(), "DELIVERED");

  // Two secrets are valid while the receiver changes over.
  change.set_action("ROTATED");
  change.set_webhook_id(webhook);
  change.set_key_id(base::DeriveId({"secret 2"}).str());
  county.Do(change, county.Person(ROLE_TOWNSHIP_HEAD));
  change.set_key_id(base::DeriveId({"secret 3"}).str());
  county.Do(change, county.Person(ROLE_TOWNSHIP_HEAD));
  const auto row = base::Find<v1::WebhookRow>(county.rows(), base::AsId(webhook));
  EXPECT_THAT(row->facts().key_id(),
              ElementsAre(base::DeriveId({"secret 3"}).str(), base::DeriveId({"secret 2"}).str()));
}

TEST(R36, WhatLeavesTheHouseHasNoChildInItAndItsDigestIsFixed) {
  County county;
  const Result opened = county.Cross("SUSPECTED", 5);
  for (const v1::AlertOffered& alert : opened.All<v1::AlertOffered>()) {
    const std::string content = AlertContent(alert);
    EXPECT_EQ(content.find(base::ToHex(county.child().child_id())), std::string::npos);
    EXPECT_EQ(content.find(base::ToHex(county.child().registration_id())), std::string::npos);
    EXPECT_EQ(alert.content_digest(), AlertContentDigest(alert));
    EXPECT_NE(content.find("\"summary\":\"SUSPECTED THRESHOLD\""), std::string::npos) << content;
  }
}

TEST(N10, NoAlertToATownshipTellsOfHealthOrPlacement) {
  County county;
  county.BringTo(kPlaced);  // home teaching: a severe disability
  for (const std::string office : {"township:411282103", "township:411282102"}) {
    for (const v1::AlertRow& alert : county.Alerts(office)) {
      EXPECT_EQ(alert.summary().find("HOME_TEACHING"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace twinline::accountability

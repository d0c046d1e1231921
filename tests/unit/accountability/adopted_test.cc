// What is adopted by event, merged children (A04), receivers of alerts (R-28, R-36,
// N10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accountability/domain/alert_content.h"
#include "accountability/domain/rule_set.h"
#include "platform/base/hash.h"
#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

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

TEST(R18, ACalendarThatMovesManyCasesStaysWithinTheLimitOfACommit) {
  County county;
  county.GoTo(Day(9, 28));
  for (int i = 0; i < 150; ++i) {
    county.AnotherChild("child " + std::to_string(i));
    county.Cross("SUSPECTED", 5);
  }
  v1::AdoptCalendarCommand adopt;
  adopt.mutable_calendar()->set_year(2026);
  adopt.mutable_calendar()->set_version("cn-2026-test");
  for (const int day : {29, 30}) {
    calendar::v1::HolidayDay* off = adopt.mutable_calendar()->add_days();
    off->set_day(Day(9, day).days);
    off->set_kind(1);
    off->set_festival("national_day");
  }
  ASSERT_EQ(county.Do(adopt, county.Person(ROLE_BUREAU_DIRECTOR)).refusal, "");
  size_t in_commit = 0;
  size_t largest = 0;
  const Result moved = county.GoTo(Day(9, 28), 9);
  for (const journal::v1::Event& event : moved.events) {
    in_commit += event.ByteSizeLong();
    if (event.type() != base::EventType<v1::CaseDeadlinesRecomputed>()) continue;
    largest = std::max(largest, in_commit);
    in_commit = 0;
  }
  EXPECT_THAT(moved.All<v1::CaseDeadlineMoved>(), SizeIs(300));
  EXPECT_LT(largest, size_t{128} << 10) << "a commit above 256 KiB halts the shard (R-29)";
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

// Whom an event is about and how it reads, from descriptors alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/domain/class_lists.h"
#include "audit/domain/commit_scan.h"
#include "audit/domain/event_catalog.h"
#include "audit/domain/labels.h"
#include "audit/domain/show.h"
#include "audit/domain/subjects.h"
#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::audit_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

base::Id16 Id(std::string_view name) { return base::DeriveId({name}); }

template <typename Event>
audit::Subjects SubjectsOf(const Event& event) {
  audit::Subjects subjects;
  EXPECT_TRUE(audit::FindSubjects(base::EventType<Event>(), event.SerializeAsString(), &subjects));
  return subjects;
}

registry::v1::ChildFacts Facts(const std::string& child, const std::string& status = "ACTIVE") {
  registry::v1::ChildFacts facts;
  facts.set_child_id(Id(child).str());
  facts.set_registration_id(Id(child + "'s registration").str());
  facts.set_status(status);
  facts.set_school_code("2141000001");
  return facts;
}

TEST(EventCatalogTest, EveryEventHasALabelInChinese) {
  for (const auto& [number, type] : audit::EventTypes()) {
    EXPECT_FALSE(audit::LabelOf(number).zh.empty())
        << type->full_name() << " (" << number
        << "): add a line to services/audit/domain/labels.cc";
  }
  EXPECT_GT(audit::EventTypes().size(), 100U);
  EXPECT_EQ(audit::EventTypeByName("RollCallTaken"), 3001U);
  EXPECT_EQ(audit::EventTypeByName("twinline.audit.v1.AccessNoted"), 9201U);
  EXPECT_EQ(audit::EventTypeByName("Nothing"), std::nullopt);
}

TEST(SubjectsTest, ChildOfFactsAndItsRegistration) {
  registry::v1::ChildRegistered event;
  *event.mutable_facts() = Facts("X");
  const audit::Subjects subjects = SubjectsOf(event);
  EXPECT_THAT(subjects.children, ElementsAre(Id("X")));
  EXPECT_THAT(subjects.learned, ElementsAre(Pair(Id("X's registration"), Id("X"))));
}

TEST(SubjectsTest, ExceptionsOfARollCallNameRegistrations) {
  attendance::v1::RollCallTaken event;
  event.set_class_id(Id("class").str());
  event.add_exceptions()->set_registration_id(Id("r1").str());
  event.add_exceptions()->set_registration_id(Id("r2").str());
  event.add_verdicts()->set_registration_id(Id("r3").str());
  const audit::Subjects subjects = SubjectsOf(event);
  EXPECT_THAT(subjects.children, IsEmpty());
  EXPECT_THAT(subjects.links, ElementsAre(Id("r1"), Id("r2"), Id("r3")));
  EXPECT_THAT(subjects.learned, IsEmpty());
}

TEST(SubjectsTest, TwoChildrenOfADuplicateAndDeepNesting) {
  registry::v1::DuplicateResolved event;
  event.set_survivor_child_id(Id("X").str());
  event.set_alias_child_id(Id("Y").str());
  *event.mutable_survivor() = Facts("X");
  *event.mutable_alias() = Facts("Y");
  event.mutable_alias()->set_alias_of(Id("X").str());
  const audit::Subjects subjects = SubjectsOf(event);
  EXPECT_THAT(subjects.children, ElementsAre(Id("X"), Id("Y"), Id("X"), Id("Y"), Id("X")));
  EXPECT_THAT(subjects.learned, ElementsAre(Pair(Id("X's registration"), Id("X")),
                                            Pair(Id("Y's registration"), Id("Y"))));
  attendance::v1::RollCallConflict nested;
  nested.mutable_second()->add_exceptions()->set_registration_id(Id("r1").str());
  EXPECT_THAT(SubjectsOf(nested).links, ElementsAre(Id("r1")));
}

TEST(SubjectsTest, CasesAndAlertsLeadToTheirChild) {
  accountability::v1::CaseOpened opened;
  opened.mutable_case_facts()->set_case_id(Id("case").str());
  opened.mutable_case_facts()->set_child_id(Id("X").str());
  opened.mutable_case_facts()->set_registration_id(Id("r").str());
  EXPECT_THAT(SubjectsOf(opened).learned,
              UnorderedElementsAre(Pair(Id("case"), Id("X")), Pair(Id("r"), Id("X"))));
  accountability::v1::OwnerVacant vacant;
  vacant.set_case_id(Id("case").str());
  EXPECT_THAT(SubjectsOf(vacant).links, ElementsAre(Id("case")));
}

TEST(SubjectsTest, AccessEntriesNameEveryChildThatWasShown) {
  audit::v1::AccessNoted event;
  event.add_child_id(Id("X").str());
  event.add_child_id(Id("Y").str());
  EXPECT_THAT(SubjectsOf(event).children, ElementsAre(Id("X"), Id("Y")));
}

TEST(SubjectsTest, DamagedAndUnknownBytes) {
  audit::Subjects subjects;
  EXPECT_TRUE(audit::FindSubjects(99'999, "anything", &subjects));
  EXPECT_FALSE(audit::FindSubjects(1011, "\x0a\xff", &subjects));
  EXPECT_FALSE(audit::FindSubjects(1011, std::string("\x0a\x05 abc", 6), &subjects));
  // A field of 15 bytes is no id.
  audit::v1::AccessNoted event;
  event.add_child_id(std::string(15, 'x'));
  EXPECT_THAT(SubjectsOf(event).children, IsEmpty());
}

TEST(CommitScanTest, ReadsWhatAParserReads) {
  journal::v1::Commit commit;
  commit.set_request_id(std::string(16, 'r'));
  commit.set_rpc(1501);
  commit.mutable_actor()->set_subject(Id("teacher").str());
  commit.mutable_actor()->set_session(77);
  commit.mutable_actor()->set_office("school:2141000001");
  for (const uint32_t type : {3001U, 3003U}) {
    journal::v1::Event* event = commit.add_events();
    event->set_type(type);
    event->set_data("data of " + std::to_string(type));
    event->set_effective_date(-5);
  }
  const std::string bytes = commit.SerializeAsString();
  audit::ScannedCommit scanned;
  ASSERT_TRUE(audit::ScanCommit(bytes, &scanned));
  EXPECT_EQ(scanned.subject, Id("teacher").bytes());
  ASSERT_EQ(scanned.events.size(), 2U);
  EXPECT_EQ(scanned.events[0].type, 3001U);
  EXPECT_EQ(scanned.events[1].data, "data of 3003");
  ASSERT_TRUE(audit::ScanCommit("", &scanned));
  EXPECT_TRUE(scanned.events.empty());
  EXPECT_FALSE(audit::ScanCommit(std::string_view(bytes).substr(0, bytes.size() - 3), &scanned));
}

TEST(ClassListsTest, OnTheListFromOneVersionToAnother) {
  registry::v1::ChildPlaced placed;
  *placed.mutable_facts() = Facts("X");
  placed.mutable_class_before()->set_class_id(Id("7-1").str());
  placed.mutable_class_before()->set_roster_version(9);
  placed.mutable_class_after()->set_class_id(Id("7-2").str());
  placed.mutable_class_after()->set_roster_version(4);
  auto changes = audit::RosterChanges(1013, placed.SerializeAsString());
  ASSERT_EQ(changes.size(), 2U);
  registry::v1::ChildRegistered registered;
  *registered.mutable_facts() = Facts("X");
  registered.mutable_class_after()->set_class_id(Id("7-1").str());
  registered.mutable_class_after()->set_roster_version(3);
  for (const auto& change : audit::RosterChanges(1011, registered.SerializeAsString())) {
    changes.push_back(change);
  }
  std::map<base::Id16, std::pair<uint32_t, uint32_t>> lists;
  for (const auto& stretch : audit::Memberships(changes)) {
    lists[stretch.class_id] = {stretch.from, stretch.to};
  }
  EXPECT_EQ(lists[Id("7-1")], std::pair(3U, 9U));
  EXPECT_EQ(lists[Id("7-2")], std::pair(4U, UINT32_MAX));
  EXPECT_THAT(audit::RosterChanges(3001, "x"), IsEmpty());
}

TEST(ClassListsTest, AWholeClassLeavesOneListAndStandsOnAnother) {
  registry::v1::ClassPromoted promoted;
  for (const auto& [room, version] : {std::pair("7-1", 9u), std::pair("8-1", 1u)}) {
    auto* facts = promoted.add_classes();
    facts->set_class_id(Id(room).str());
    facts->set_roster_version(version);
  }
  for (const char* name : {"X", "taught at home"}) {
    auto* child = promoted.add_children();
    *child = Facts(name);
    child->clear_class_id();
    if (std::string_view(name) != "X") continue;
    child->set_class_id(Id("8-1").str());
    promoted.add_left_roster(child->child_id());
  }
  const auto changes = audit::RosterChanges(1061, promoted.SerializeAsString());
  ASSERT_EQ(changes.size(), 2U) << "who was on no list leaves none";
  EXPECT_EQ(changes[0].class_id, Id("7-1"));
  EXPECT_FALSE(changes[0].joined);
  EXPECT_EQ(changes[0].version, 9u);
  EXPECT_EQ(changes[1].class_id, Id("8-1"));
  EXPECT_TRUE(changes[1].joined);
  EXPECT_EQ(changes[1].child, changes[0].child);
}

TEST(ShowTest, SealedStaysSealedAndDatesRead) {
  attendance::v1::MarkCorrected event;
  event.set_day(base::CivilDay::FromYmd(2026, 9, 3).days);
  event.set_code_before(5);
  event.set_registration_id(Id("r").str());
  event.mutable_reason()->set_key_id(std::string(16, 'k'));
  event.mutable_reason()->set_ciphertext("secret");
  const audit::ShownFields shown = audit::ShowEvent(event, nullptr);
  EXPECT_TRUE(shown.sealed);
  std::map<std::string, std::string> fields;
  for (const auto& field : shown.fields) fields[field.name] = field.value;
  EXPECT_EQ(fields["day"], "2026-09-03");
  EXPECT_EQ(fields["code_before"], "5");
  EXPECT_EQ(fields["reason"], "（密封）");
  EXPECT_EQ(fields["registration_id"], Id("r").hex());
  EXPECT_EQ(fields.count("reason.ciphertext"), 0U);
}

TEST(ShowTest, OneChildsPartOfARollCall) {
  attendance::v1::RollCallTaken event;
  event.set_class_id(Id("class").str());
  for (const char* who : {"r1", "r2", "r3"}) {
    auto* exception = event.add_exceptions();
    exception->set_registration_id(Id(who).str());
    exception->set_code(5);
  }
  const audit::ShownFields shown =
      audit::ShowEvent(event, [](const base::Id16& id) { return id == Id("r2"); });
  std::vector<std::string> values;
  for (const auto& field : shown.fields) values.push_back(field.value);
  EXPECT_THAT(values, ElementsAre(Id("class").hex(), Id("r2").hex(), "5"));
  audit::v1::AccessNoted noted;
  noted.add_child_id(Id("X").str());
  noted.add_child_id(Id("Y").str());
  const audit::ShownFields seen =
      audit::ShowEvent(noted, [](const base::Id16& id) { return id == Id("Y"); });
  ASSERT_EQ(seen.fields.size(), 1U);
  EXPECT_EQ(seen.fields[0].value, Id("Y").hex());
}

TEST(ShowTest, WhatAnEventChanged) {
  registry::v1::RegistrationStatusChanged before;
  *before.mutable_facts() = Facts("X", "ACTIVE");
  registry::v1::RegistrationStatusChanged after = before;
  after.mutable_facts()->set_status("SUSPENDED");
  after.mutable_facts()->set_version(2);
  after.mutable_facts()->mutable_suspended_until()->set_days(
      base::CivilDay::FromYmd(2027, 9, 1).days);
  const auto* facts = audit::FactsOf(after, nullptr);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(audit::FactsKey(*facts), audit::FactsKey(*audit::FactsOf(before, nullptr)));
  const auto changes = audit::ShowChanges(audit::FactsOf(before, nullptr), *facts);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].name, "status");
  EXPECT_EQ(changes[0].before, "ACTIVE");
  EXPECT_EQ(changes[0].after, "SUSPENDED");
  EXPECT_EQ(changes[1].name, "suspended_until");
  EXPECT_EQ(changes[1].after, "2027-09-01");
}

}  // namespace
}  // namespace twinline::audit_test

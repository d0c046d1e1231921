// attendance may be split by county. Two counties, two shards: each class is kept by the
// shard of its school's county and by no other, lists and rule sets span both, and one
// accountability follows both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accountability/domain/accountability_domain.h"
#include "tests/unit/attendance/service_rig.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance_test {
namespace {

namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using types::v1::SESSION_MORNING;

class TwoShards : public testing::Test {
 protected:
  template <typename Message>
  std::vector<std::string> ClassesIn(const std::string& journal) {
    std::vector<std::string> classes;
    for (const auto& event : rig_.Published<Message>(journal)) classes.push_back(event.class_id());
    return classes;
  }

  ServiceRig rig_{{{kOther}}};  // attendance/1 keeps the other county, attendance/0 the rest
  const Id16 here_ = rig_.AddClass("7-1", kSchool);
  const Id16 there_ = rig_.AddClass("8-1", kNeighbour);
  const Id16 x_ = rig_.AddPupil("X", here_);
  const Id16 y_ = rig_.AddPupil("Y", there_);
};

TEST_F(TwoShards, AClassIsKeptByTheShardOfItsCountyOnly) {
  EXPECT_EQ(rig_.WholeDay("7-1", Day(1), {{x_}}), "OK");
  EXPECT_EQ(rig_.WholeDay("8-1", Day(1), {{y_}}), "OK");
  EXPECT_THAT(ClassesIn<av1::RollCallTaken>("attendance/0"),
              ElementsAre(here_.bytes(), here_.bytes()));
  EXPECT_THAT(ClassesIn<av1::RollCallTaken>("attendance/1"),
              ElementsAre(there_.bytes(), there_.bytes()));
  // Nor does the other shard close its days or call it unmarked.
  rig_.GoTo(Day(2));
  EXPECT_THAT(ClassesIn<av1::ClassUnmarked>("attendance/0"), IsEmpty());
  EXPECT_THAT(ClassesIn<av1::ClassUnmarked>("attendance/1"), IsEmpty());
  EXPECT_EQ(rig_.Published<av1::SchoolDayClosed>("attendance/0").size(), 1u);
  EXPECT_EQ(rig_.Published<av1::SchoolDayClosed>("attendance/1").size(), 1u);
}

TEST_F(TwoShards, AChildIsReadFromTheShardOfItsSchool) {
  ASSERT_EQ(rig_.WholeDay("8-1", Day(1), {{y_}}), "OK");
  av1::GetChildTermRequest request;
  request.set_child_id(Id("Y").str());
  request.set_registration_id(y_.str());
  request.mutable_from()->set_days(Day(1).days);
  request.mutable_to()->set_days(Day(5).days);
  av1::GetChildTermReply reply;
  ASSERT_EQ(rig_.Call("GetChildTerm", request, &reply, "8-1's teacher").code(), "OK");
  EXPECT_EQ(reply.exceptions_size(), 1);
  EXPECT_EQ(reply.streak_days(), 1u);
}

TEST_F(TwoShards, AdoptedRulesAndCalendarsReachEveryShard) {
  av1::AdoptRuleSetRequest adopt;
  adopt.set_version("strict");
  adopt.mutable_valid_from()->set_days(Day(1).days);
  auto* rules = adopt.mutable_rules();
  rules->set_contact(1);
  rules->set_school_report(1);
  rules->set_suspected(1);
  rules->set_term_start_no_show(1);
  rules->set_unmarked_bureau(3);
  rules->set_day_close_minute(18 * 60);
  av1::AdoptReply reply;
  ASSERT_EQ(rig_.Call("AdoptRuleSet", adopt, &reply, "director").code(), "OK");
  for (const char* journal : {"attendance/0", "attendance/1"}) {
    std::vector<std::string> versions;
    for (const auto& event : rig_.Published<av1::RuleSetAdopted>(journal)) {
      versions.push_back(event.version());
    }
    EXPECT_THAT(versions, ElementsAre("default-2026", "strict")) << journal;
    EXPECT_EQ(rig_.Published<av1::SchoolCalendarAdopted>(journal).size(), 1u) << journal;
  }
  // The same id again changes nothing in either.
  ASSERT_EQ(rig_.Call("AdoptRuleSet", adopt, &reply, "director").code(), "OK");
  EXPECT_EQ(rig_.Published<av1::RuleSetAdopted>("attendance/1").size(), 2u);
}

TEST_F(TwoShards, WhenOneShardDoesNotAnswerTheCallerHearsOfIt) {
  rig_.shard(1).Stop();
  av1::AdoptSchoolCalendarRequest adopt;
  *adopt.mutable_calendar() = rig_.Calendar();
  adopt.mutable_calendar()->set_version("2026-2");
  av1::AdoptReply reply;
  const auto result = rig_.Call("AdoptSchoolCalendar", adopt, &reply, "director");
  EXPECT_TRUE(absl::IsUnavailable(result.status)) << result.status;
}

TEST_F(TwoShards, ListsSpanBothShardsPageByPage) {
  // Marked present here and, as a guest, at another school of the same county: conflicts in both
  // shards.
  const char* const second_here = "3141000003";
  const char* const second_there = "3141000004";
  rig_.AddSchool(second_here, kHome);
  rig_.AddSchool(second_there, kOther);
  rig_.AddClass("7-8", second_here);
  rig_.AddClass("8-8", second_there);
  std::vector<ServiceRig::Mark> guests_here, guests_there;
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    guests_here.push_back({rig_.AddPupil("H" + number, here_), 6});
    guests_there.push_back({rig_.AddPupil("T" + number, there_), 6});
  }
  for (const char* name : {"7-1", "8-1"}) ASSERT_EQ(rig_.WholeDay(name, Day(1)), "OK");
  ASSERT_EQ(rig_.WholeDay("7-8", Day(1), guests_here), "OK");
  ASSERT_EQ(rig_.WholeDay("8-8", Day(1), guests_there), "OK");
  const auto children = [&](const std::string& person, uint32_t size) {
    std::vector<std::string> seen;
    av1::ListTwoSchoolConflictsRequest request;
    request.mutable_page()->set_size(size);
    for (int pages = 0; pages < 20; ++pages) {
      av1::ListTwoSchoolConflictsReply reply;
      EXPECT_EQ(rig_.Call("ListTwoSchoolConflicts", request, &reply, person).code(), "OK");
      EXPECT_LE(reply.conflicts_size(), static_cast<int>(size));
      for (const auto& conflict : reply.conflicts()) seen.push_back(conflict.child_id());
      if (reply.next_page_token().empty()) break;
      request.mutable_page()->set_page_token(reply.next_page_token());
    }
    return seen;
  };
  // Two sessions each.
  for (const uint32_t size : {1u, 2u, 3u, 5u, 6u, 50u}) {
    EXPECT_THAT(children("director", size),
                UnorderedElementsAre(Id("H0").bytes(), Id("H1").bytes(), Id("H2").bytes(),
                                     Id("H0").bytes(), Id("H1").bytes(), Id("H2").bytes()))
        << size;
    EXPECT_THAT(children("other director", size),
                UnorderedElementsAre(Id("T0").bytes(), Id("T1").bytes(), Id("T2").bytes(),
                                     Id("T0").bytes(), Id("T1").bytes(), Id("T2").bytes()))
        << size;
  }
}

TEST_F(TwoShards, CorrectionsAndUnmarkedClassesOfEitherShardAreListed) {
  rig_.GoTo(Day(2));  // nobody took the first day
  for (const auto& [person, class_id] :
       {std::pair("director", here_), std::pair("other director", there_)}) {
    av1::ListUnmarkedRequest request;
    av1::ListUnmarkedReply reply;
    ASSERT_EQ(rig_.Call("ListUnmarked", request, &reply, person).code(), "OK");
    ASSERT_EQ(reply.classes_size(), 1) << person;
    EXPECT_EQ(reply.classes(0).class_id(), class_id.bytes()) << person;
  }
  ASSERT_EQ(rig_.WholeDay("8-1", Day(2), {{y_}}), "OK");
  rig_.GoTo(Day(3));
  av1::ProposeCorrectionRequest propose;
  propose.set_class_id(there_.str());
  propose.mutable_day()->set_days(Day(2).days);
  propose.set_session(SESSION_MORNING);
  propose.set_registration_id(y_.str());
  propose.set_reason("误记");
  av1::ProposeCorrectionReply proposed;
  ASSERT_EQ(rig_.Call("ProposeCorrection", propose, &proposed, "8-1's teacher").code(), "OK");
  av1::ListCorrectionsRequest list;
  av1::ListCorrectionsReply listed;
  ASSERT_EQ(rig_.Call("ListCorrections", list, &listed, "other principal").code(), "OK");
  ASSERT_EQ(listed.corrections_size(), 1);
  EXPECT_EQ(listed.corrections(0).child_id(), Id("Y").bytes());
  ASSERT_EQ(rig_.Call("ListCorrections", list, &listed, "principal").code(), "OK");
  EXPECT_EQ(listed.corrections_size(), 0);
}

TEST_F(TwoShards, OneAccountabilityOpensTheCasesOfBoth) {
  const accountability::AccountabilityDomain domain;
  engine::ShardOptions options;
  options.journal = "accountability/0";
  options.installation = base::DeriveId({"test installation"});
  options.realm = journal::v1::REALM_DEMO;
  options.leader = "test";
  options.real_clock = &rig_.clock();
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const char* source : {"registry/0", "attendance/0", "attendance/1", "transfer/0"}) {
    sources.push_back(*rig_.journals().Open(source));
  }
  auto shard = *engine::Shard::Open(
      options, &domain, store::MakeMemoryStateStore(store::MakeMemoryDisk()),
      *rig_.journals().Open(options.journal), std::move(sources), &rig_.clock());
  ASSERT_TRUE(shard->Start().ok());
  for (int day = 1; day <= 3; ++day) {  // never seen this term: three days are enough (D06)
    rig_.GoTo(Day(day));
    ASSERT_EQ(rig_.WholeDay("7-1", Day(day), {{x_}}), "OK");
    ASSERT_EQ(rig_.WholeDay("8-1", Day(day), {{y_}}), "OK");
  }
  const auto opened = [&] {
    std::vector<std::string> children;
    for (const auto& event : rig_.Published<cv1::CaseOpened>("accountability/0")) {
      children.push_back(event.case_facts().child_id());
    }
    return children;
  };
  while (opened().size() < 2 && !shard->Status().halted) {
    const uint64_t seen = shard->Status().next_pos;
    if (opened().size() >= 2) break;
    ASSERT_TRUE(shard->WaitApplied(seen, 20'000'000).ok());
  }
  EXPECT_THAT(opened(), UnorderedElementsAre(Id("X").bytes(), Id("Y").bytes()));
  shard->Stop();
}

}  // namespace
}  // namespace twinline::attendance_test

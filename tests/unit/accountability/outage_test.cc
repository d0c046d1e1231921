// After an outage no office of a case is accused of days on which nobody could act.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/base/outages.h"
#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::IsEmpty;
using testing::SizeIs;

// The engine asks until there is no more; its own event is folded by itself.
Result MoveForOutage(County* county, CivilDay from, CivilDay to) {
  journal::v1::OutageWork work;
  work.set_down_from_us(base::StartOfDay(from).us);
  work.set_down_to_us(base::StartOfDay(to).us);
  Result all;
  for (;;) {
    const Result one = county->Work(work.SerializeAsString());
    const auto worked = one.All<journal::v1::OutageWorked>();
    EXPECT_THAT(worked, SizeIs(1));
    EXPECT_EQ(one.events.back().type(), base::EventType<journal::v1::OutageWorked>());
    EXPECT_EQ(worked[0].moved() + 1, one.events.size());
    size_t bytes = 0;
    for (const auto& event : one.events) bytes += event.ByteSizeLong();
    EXPECT_LE(bytes, 2 * base::kOutageBytesMax);
    all.events.insert(all.events.end(), one.events.begin(), one.events.end());
    if (!worked[0].more()) return all;
    work.set_after(worked[0].after());
  }
}

TEST(R63, BothLinesMoveAndNobodyIsMissed) {
  County county;
  county.GoTo(Day(9, 28));
  county.Cross("SUSPECTED", 5);
  const v1::CaseFacts before = county.Case();
  // Off from the same evening to Thursday 15 October: the eight days after the holiday.
  county.Sleep(Day(10, 15), 9);
  const Result moved = MoveForOutage(&county, Day(9, 29), Day(10, 15));
  const auto events = moved.All<v1::CaseDeadlineMoved>();
  ASSERT_THAT(events, SizeIs(2));
  for (const v1::CaseDeadlineMoved& event : events) {
    EXPECT_EQ(event.reason(), "OUTAGE");
    EXPECT_EQ(event.outage_days(), 8u) << "29 and 30 September, 8 to 10 and 12 to 14 October";
  }
  const v1::CaseFacts after = county.Case();
  for (const auto& [now, then] : {std::pair(after.government(), before.government()),
                                  std::pair(after.education(), before.education())}) {
    EXPECT_EQ(now.deadline().lawful_due().days(), then.deadline().due().days());
    EXPECT_GT(now.deadline().due().days(), Day(10, 15).days);
    EXPECT_EQ(now.missed(), 0u);
  }
  EXPECT_THAT(county.GoTo(Day(10, 15), 10).All<v1::DeadlineMissed>(), IsEmpty());
  // The ladder stands as it stood, and counts on: nobody climbs on one morning.
  const CivilDay due{after.government().deadline().due().days()};
  const Result missed = county.GoTo(due + 1, 1);
  EXPECT_FALSE(missed.All<v1::DeadlineMissed>().empty());
  for (const v1::DeadlineMissed& event : missed.All<v1::DeadlineMissed>()) {
    EXPECT_LT(event.deadline().lawful_due().days(), event.deadline().due().days())
        << "the lawful date stands beside the accountable one";
  }
  EXPECT_EQ(county.Case().government().rung(), before.government().rung() + 1);
  EXPECT_EQ(CivilDay{county.Case().government().deadline().start().days()}, due + 1)
      << "the next rung counts from record time";
}

TEST(R63, TasksAndWatchesMoveToo) {
  County county;
  county.GoTo(Day(9, 28));
  county.Move(County::kJuniorB, base::DeriveId({"class 7-1"}));
  transfer::v1::BusinessCompleted done;
  done.mutable_business()->set_business_id(base::DeriveId({"business"}).str());
  done.mutable_business()->set_kind("TRANSFER_IN_COUNTY");
  done.mutable_business()->set_child_id(county.child().child_id());
  done.mutable_business()->set_registration_id(county.child().registration_id());
  done.mutable_business()->set_to_school_code(std::string(County::kJuniorB));
  ASSERT_THAT(county.Publish(done, "transfer/0").All<v1::ArrivalWatched>(), SizeIs(1));
  const auto watch =
      base::Find<v1::ArrivalWatchRow>(county.rows(), base::AsId(county.child().registration_id()));
  ASSERT_TRUE(watch);
  county.Sleep(Day(11, 2), 9);
  const Result moved = MoveForOutage(&county, Day(9, 29), Day(11, 2));
  const auto again = moved.All<v1::ArrivalWatched>();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_GT(again[0].check_on().days(), Day(11, 2).days);
  EXPECT_GT(again[0].outage_days(), 0u);
  EXPECT_FALSE(county.HasCase());
  county.GoTo(Day(11, 2), 23);
  EXPECT_FALSE(county.HasCase()) << "nobody could record that the child had come";
}

TEST(R63, AHundredAndFiftyCasesMoveOnceEachInSmallCommits) {
  County county;
  county.GoTo(Day(9, 28));
  for (int i = 0; i < 150; ++i) {
    county.AnotherChild("child " + std::to_string(i));
    county.Cross("SUSPECTED", 5);
  }
  county.Sleep(Day(10, 15), 9);
  const Result moved = MoveForOutage(&county, Day(9, 29), Day(10, 15));
  EXPECT_THAT(moved.All<v1::CaseDeadlineMoved>(), SizeIs(300));
  EXPECT_GT(moved.All<journal::v1::OutageWorked>().size(), 1u);
  EXPECT_THAT(county.GoTo(Day(10, 15), 20).All<v1::DeadlineMissed>(), IsEmpty());
}

}  // namespace
}  // namespace twinline::accountability

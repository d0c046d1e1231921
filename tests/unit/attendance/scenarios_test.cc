// Acceptance scenarios D03 to D06 of domain.md part 8, as far as attendance answers for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attendance/tables/tables.h"
#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Scenarios : public testing::Test {
 protected:
  County county_;
  const Id16 class_ = county_.AddClass(kJunior, 7, 3);
  const Id16 x_ = county_.AddPupil(class_);
};

TEST_F(Scenarios, D03BackdatedCorrectionNeedsReasonAndPrincipalAndCountsAgain) {
  // Given X suspected after five days, 8 to 14 September
  county_.GoTo(Day(9, 7));
  county_.WholeDay(class_, {});
  std::vector<std::string> crossed;
  for (int day = 0; day < 5; ++day) {
    county_.NextSchoolDay();
    for (std::string& name : county_.WholeDay(class_, {{x_, kUnexplained}}).Crossed(x_)) {
      crossed.push_back(std::move(name));
    }
  }
  EXPECT_THAT(crossed, ElementsAre("CONTACT", "SCHOOL_REPORT", "SUSPECTED"));
  ASSERT_EQ(county_.today(), Day(9, 14));
  // When the class teacher says a week later that X was present on the third day
  county_.GoTo(Day(9, 21));
  const Result proposed = county_.Propose(class_, Day(9, 10), kMorning, x_, kPresent);
  ASSERT_TRUE(proposed.ok()) << proposed.refusal;
  // Then nothing changes before another person signs
  EXPECT_EQ(county_.Streak(x_), 5u);
  EXPECT_EQ(county_.Sign(proposed.correction, class_, "teacher").refusal, "SIGNER_IS_PROPOSER");
  const Result signed_off = county_.Sign(proposed.correction, class_);
  ASSERT_TRUE(signed_off.ok()) << signed_off.refusal;
  // And the streak is recomputed with the rules of the day; others learn both numbers
  const auto corrected = signed_off.All<v1::MarkCorrected>();
  ASSERT_EQ(corrected.size(), 1u);
  EXPECT_EQ(corrected[0].code_before(), kUnexplained);
  EXPECT_EQ(corrected[0].code_after(), kPresent);
  EXPECT_EQ(corrected[0].signed_by(), County::Person("principal").bytes());
  EXPECT_FALSE(corrected[0].reason().ciphertext().empty());
  const auto recomputed = signed_off.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  EXPECT_EQ(recomputed[0].days_before(), 5u);
  EXPECT_EQ(recomputed[0].days_after(), 2u);
  EXPECT_EQ(recomputed[0].first_day(), Day(9, 11).days);
  EXPECT_EQ(recomputed[0].last_present_day(), Day(9, 10).days);
  EXPECT_EQ(recomputed[0].rule_version(), "default-2026");
  EXPECT_THAT(
      std::vector<std::string>(recomputed[0].crossed().begin(), recomputed[0].crossed().end()),
      ElementsAre("CONTACT"));
  // What was said first stays in the journal; a second signature is refused
  EXPECT_EQ(county_.Sign(proposed.correction, class_).refusal, "CORRECTION_ALREADY_SIGNED");
}

class PastStreaks : public Scenarios {
 protected:
  // Absent on the next `days` school days, the first of them not before the 8th.
  void Absent(int days) {
    for (int day = 0; day < days; ++day) {
      county_.NextSchoolDay();
      county_.WholeDay(class_, {{x_, kUnexplained}});
    }
  }
  void Present(int days) {
    for (int day = 0; day < days; ++day) {
      county_.NextSchoolDay();
      county_.WholeDay(class_, {});
    }
  }
  void SetUp() override {
    county_.GoTo(Day(9, 7));
    county_.WholeDay(class_, {});
  }
  static std::vector<std::string> Crossed(const v1::PastStreak& streak) {
    return {streak.crossed().begin(), streak.crossed().end()};
  }
};

TEST_F(PastStreaks, D03OneWeekLaterTheChildIsBackAndTheStreakThatEndedIsCountedAgain) {
  // Given X was away from the 8th to the 14th, and has been back since the 15th
  Absent(5);
  Present(4);
  ASSERT_EQ(county_.today(), Day(9, 18));
  ASSERT_FALSE(county_.Tracked(x_));
  // When it turns out that X was there on the third day
  const Result result = county_.Correct(class_, Day(9, 10), kMorning, x_, kPresent);
  // Then others learn what became of the streak, and nothing is open
  const auto recomputed = result.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  const v1::StreakRecomputed& event = recomputed[0];
  EXPECT_EQ(event.days_before(), 0u);
  EXPECT_EQ(event.days_after(), 0u);
  EXPECT_EQ(event.since_day(), Day(9, 8).days);
  ASSERT_EQ(event.past_before_size(), 1);
  EXPECT_EQ(event.past_before(0).days(), 5u);
  EXPECT_THAT(Crossed(event.past_before(0)), ElementsAre("CONTACT", "SCHOOL_REPORT", "SUSPECTED"));
  ASSERT_EQ(event.past_after_size(), 2);
  EXPECT_EQ(event.past_after(0).first_day(), Day(9, 8).days);
  EXPECT_EQ(event.past_after(0).last_day(), Day(9, 9).days);
  EXPECT_EQ(event.past_after(0).days(), 2u);
  EXPECT_EQ(event.past_after(1).first_day(), Day(9, 11).days);
  EXPECT_EQ(event.past_after(1).last_day(), Day(9, 14).days);
  EXPECT_THAT(Crossed(event.past_after(1)), ElementsAre("CONTACT"));
  EXPECT_FALSE(result.Has<v1::Tracked>());
  EXPECT_FALSE(county_.Tracked(x_));
  // And the same again changes nothing more.
  EXPECT_FALSE(
      county_.Correct(class_, Day(9, 10), kAfternoon, x_, kLate).Has<v1::StreakRecomputed>());
}

TEST_F(PastStreaks, ThresholdsOfAPastStreakAreThoseOfItsDays) {
  Absent(4);
  Present(2);
  v1::RuleSet strict = County::DefaultRules();
  strict.set_school_report(2);
  strict.set_suspected(2);
  county_.GoTo(Day(9, 21));
  ASSERT_TRUE(county_.AdoptRules("strict", Day(9, 21), strict).ok());
  const Result result = county_.Correct(class_, Day(9, 8), kMorning, x_, kPresent);
  ASSERT_EQ(result.All<v1::StreakRecomputed>().size(), 1u);
  const v1::StreakRecomputed event = result.All<v1::StreakRecomputed>()[0];
  ASSERT_EQ(event.past_after_size(), 1);
  EXPECT_THAT(Crossed(event.past_after(0)), ElementsAre("CONTACT", "SCHOOL_REPORT")) << "C-7";
}

TEST_F(PastStreaks, ALastDayThatWasPresenceLeavesTheDaysBeforeItStanding) {
  // Nine days away; the tenth was marked by mistake.
  Absent(10);
  const CivilDay tenth = county_.today();
  county_.GoTo(tenth, 19);
  const Result result = county_.Correct(class_, tenth, kMorning, x_, kPresent);
  ASSERT_EQ(result.All<v1::StreakRecomputed>().size(), 1u);
  const v1::StreakRecomputed event = result.All<v1::StreakRecomputed>()[0];
  EXPECT_EQ(event.days_before(), 10u);
  EXPECT_EQ(event.days_after(), 0u);
  EXPECT_EQ(event.past_before_size(), 0);
  ASSERT_EQ(event.past_after_size(), 1);
  EXPECT_EQ(event.past_after(0).days(), 9u);
  EXPECT_THAT(Crossed(event.past_after(0)), ElementsAre("CONTACT", "SCHOOL_REPORT", "SUSPECTED"));
  EXPECT_FALSE(county_.Tracked(x_));
}

TEST_F(PastStreaks, APresenceThatWasNoneOpensTheStreakAgain) {
  Absent(5);
  Present(1);
  const CivilDay sixth = county_.today();
  county_.GoTo(sixth, 19);
  county_.Correct(class_, sixth, kMorning, x_, kUnexplained);
  const Result result = county_.Correct(class_, sixth, kAfternoon, x_, kUnexplained);
  const auto recomputed = result.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  EXPECT_EQ(recomputed[0].days_after(), 6u);
  EXPECT_EQ(recomputed[0].past_before_size(), 1);
  EXPECT_EQ(recomputed[0].past_after_size(), 0);
  EXPECT_EQ(county_.Streak(x_), 6u);
}

TEST_F(PastStreaks, AFirstRollCallOfAWeekAgoMaySplitAStreakThatIsOver) {
  Absent(2);
  const CivilDay gap = county_.NextSchoolDay().ok() ? county_.today() : CivilDay{};  // C-5
  Absent(3);
  Present(3);
  County::How late;
  late.day = gap;
  late.by = "principal";
  late.signed_late = true;
  const Result result = county_.RollCall(class_, kMorning, {}, late);
  ASSERT_TRUE(result.ok()) << result.refusal;
  const auto recomputed = result.All<v1::StreakRecomputed>();
  ASSERT_EQ(recomputed.size(), 1u);
  EXPECT_EQ(recomputed[0].registration_id(), x_.bytes());
  ASSERT_EQ(recomputed[0].past_before_size(), 1);
  EXPECT_EQ(recomputed[0].past_before(0).days(), 5u);
  EXPECT_EQ(recomputed[0].past_after_size(), 2);
}

TEST_F(Scenarios, D03ACorrectionMayCreateAStreakThatCrosses) {
  county_.GoTo(Day(9, 7));
  county_.WholeDay(class_, {});
  for (int day = 0; day < 3; ++day) {
    county_.NextSchoolDay();
    county_.WholeDay(class_, {});
  }
  Result last;
  for (int day = 8; day <= 10; ++day) {
    county_.Correct(class_, Day(9, day), kMorning, x_, kUnexplained);
    last = county_.Correct(class_, Day(9, day), kAfternoon, x_, kUnexplained);
  }
  EXPECT_THAT(last.Crossed(x_), ElementsAre("CONTACT", "SCHOOL_REPORT"));
  EXPECT_EQ(county_.Streak(x_), 3u);
  EXPECT_EQ(county_.Tracked(x_)->first_day(), Day(9, 8).days);
}

TEST_F(Scenarios, D03BulkBackdatingByOnePersonRaisesAnAlarmOnce) {
  std::vector<Id16> pupils;
  for (int i = 0; i < 12; ++i) pupils.push_back(county_.AddPupil(class_));
  Marks all;
  for (const Id16& pupil : pupils) all.emplace_back(pupil, kUnexplained);
  county_.WholeDay(class_, all);
  county_.NextSchoolDay();
  std::vector<size_t> alarms;
  for (const Id16& pupil : pupils) {
    const Result proposed = county_.Propose(class_, Day(9, 1), kMorning, pupil, kPresent);
    alarms.push_back(proposed.All<v1::BackdatingAlarmed>().size());
    // The same child again does not count twice.
    county_.Propose(class_, Day(9, 1), kAfternoon, pupil, kPresent);
  }
  EXPECT_THAT(alarms, ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  // Another week, another count.
  county_.GoTo(Day(9, 8));
  EXPECT_FALSE(
      county_.Propose(class_, Day(9, 1), kMorning, pupils[0], kLate).Has<v1::BackdatingAlarmed>());
}

TEST_F(Scenarios, D04PresentAtTwoSchoolsIsKeptAndShownFromBothSides) {
  const Id16 other = county_.AddClass(kPrimary, 6, 1);
  // Given X sits at the other school while its transfer is on the way
  const Result guest = county_.RollCall(other, kMorning, {{x_, kGuest}});
  EXPECT_FALSE(guest.Has<v1::PresentAtTwoSchools>());
  // When the own class counts X present in the same half-day
  const Result home = county_.RollCall(class_, kMorning, {});
  // Then there is one conflict, and both marks stay
  ASSERT_EQ(home.All<v1::PresentAtTwoSchools>().size(), 1u);
  const auto conflict = home.All<v1::PresentAtTwoSchools>()[0];
  EXPECT_EQ(conflict.school_code(), kJunior);
  EXPECT_EQ(conflict.other_school_code(), kPrimary);
  EXPECT_EQ(conflict.child_id(), county_.ChildOf(x_).bytes());
  EXPECT_EQ(CodeOf(county_.ClassDay(other).morning(), x_.bytes()), kGuest);
  // The other order of the two roll calls gives the same.
  county_.RollCall(class_, kAfternoon, {});
  const Result second = county_.RollCall(other, kAfternoon, {{x_, kGuest}});
  ASSERT_EQ(second.All<v1::PresentAtTwoSchools>().size(), 1u);
  EXPECT_EQ(second.All<v1::PresentAtTwoSchools>()[0].session(), kAfternoon);
  EXPECT_TRUE(base::Find<v1::ConflictRow>(county_.rows(), Day(9, 1).days, kMorning, x_));
}

TEST_F(Scenarios, D04ASuspectedDoubleThatAttendsTwoSchoolsIsAConflict) {
  // A04: one child with two registrations, both classes count it present.
  const Id16 other = county_.AddClass(kPrimary, 6, 1);
  const Id16 twin = county_.AddPupil(other);
  county_.ReportDouble(x_, twin);
  EXPECT_FALSE(county_.RollCall(class_, kMorning, {}).Has<v1::PresentAtTwoSchools>());
  const Result second = county_.RollCall(other, kMorning, {});
  ASSERT_EQ(second.All<v1::PresentAtTwoSchools>().size(), 1u);
  EXPECT_EQ(second.All<v1::PresentAtTwoSchools>()[0].registration_id(), twin.bytes());
  // Absent in one of them is no conflict, and after the merge there is none any more.
  county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  EXPECT_FALSE(county_.RollCall(other, kAfternoon, {}).Has<v1::PresentAtTwoSchools>());
  county_.MergeDouble(x_, twin);
  county_.NextSchoolDay();
  county_.RollCall(class_, kMorning, {});
  EXPECT_FALSE(county_.RollCall(other, kMorning, {}).Has<v1::PresentAtTwoSchools>());
}

TEST_F(Scenarios, D05AnUnmarkedClassAlarmsThePrincipalAtOnceAndTheBureauOnDayThree) {
  county_.WholeDay(class_, {});
  std::vector<std::pair<uint32_t, uint32_t>> seen;  // days, level
  for (int day = 0; day < 4; ++day) {
    county_.NextSchoolDay();
    const Result close = county_.GoTo(county_.today(), 18, 0);
    for (const auto& event : close.All<v1::ClassUnmarked>()) {
      EXPECT_EQ(event.first_day(), Day(9, 2).days);
      seen.emplace_back(event.days(), event.level());
    }
  }
  EXPECT_THAT(seen, ElementsAre(std::pair(1u, 1u), std::pair(2u, 1u), std::pair(3u, 2u),
                                std::pair(4u, 2u)));
  // C-5: nobody became truant or present.
  EXPECT_FALSE(county_.Tracked(x_));
  EXPECT_FALSE(county_.MarkOf(x_, Day(9, 3)));
  // The next roll call ends it; one for an old day alone does not.
  county_.NextSchoolDay();
  County::How old;
  old.day = Day(9, 2);
  EXPECT_FALSE(county_.RollCall(class_, kMorning, {}, old).Has<v1::ClassMarkedAgain>());
  EXPECT_TRUE(county_.RollCall(class_, kMorning, {}).Has<v1::ClassMarkedAgain>());
  county_.RollCall(class_, kAfternoon, {});
  EXPECT_THAT(county_.GoTo(county_.today(), 18, 0).All<v1::ClassUnmarked>(), IsEmpty());
}

TEST_F(Scenarios, D05AnEmptyOrClosedClassOwesNoRollCall) {
  county_.AddClass(kJunior, 9, 9);
  EXPECT_EQ(county_.GoTo(Day(9, 1), 18, 0).All<v1::ClassUnmarked>().size(), 1u);
  county_.CloseClass(class_);
  EXPECT_THAT(county_.GoTo(Day(9, 2), 18, 0).All<v1::ClassUnmarked>(), IsEmpty());
}

TEST_F(Scenarios, D06NotReportedByTheThirdDayOfTermIsANoShowAtTheJuniorSchool) {
  // Given X, promoted in summer, never comes
  Result third;
  for (int day = 0; day < 3; ++day) {
    third = county_.WholeDay(class_, {{x_, kUnexplained}});
    county_.NextSchoolDay();
  }
  EXPECT_THAT(third.Crossed(x_), ElementsAre("SCHOOL_REPORT", "TERM_START_NO_SHOW"));
  const auto crossed = third.All<v1::StreakCrossed>();
  EXPECT_EQ(crossed[1].school_code(), kJunior);
  EXPECT_EQ(crossed[1].last_present_day(), 0) << "never seen";
  EXPECT_EQ(crossed[1].first_day(), Day(9, 1).days);
}

TEST_F(Scenarios, D06OneDaySeenOrJoiningLaterIsNoTermStartNoShow) {
  const Id16 y = county_.AddPupil(class_);
  county_.WholeDay(class_, {{y, kLate}, {x_, kUnexplained}});
  std::vector<std::string> crossed;
  for (int day = 0; day < 3; ++day) {
    county_.NextSchoolDay();
    if (day == 0) county_.AddPupil(class_);
    const Result result = county_.WholeDay(class_, {{y, kUnexplained}});
    for (std::string& name : result.Crossed(y)) crossed.push_back(std::move(name));
  }
  EXPECT_THAT(crossed, ElementsAre("CONTACT", "SCHOOL_REPORT"));
  const Id16 z = county_.AddPupil(class_);
  crossed.clear();
  for (int day = 0; day < 3; ++day) {
    county_.NextSchoolDay();
    for (std::string& name : county_.WholeDay(class_, {{z, kUnexplained}}).Crossed(z)) {
      crossed.push_back(std::move(name));
    }
  }
  EXPECT_THAT(crossed, ElementsAre("CONTACT", "SCHOOL_REPORT"));
}

TEST_F(Scenarios, D06AnUnmarkedFirstDayHidesNoOne) {
  county_.NextSchoolDay();  // 1 September not taken
  std::vector<std::string> crossed;
  for (int day = 0; day < 3; ++day) {
    for (std::string& name : county_.WholeDay(class_, {{x_, kUnexplained}}).Crossed(x_)) {
      crossed.push_back(std::move(name));
    }
    county_.NextSchoolDay();
  }
  EXPECT_THAT(crossed, ElementsAre("CONTACT", "SCHOOL_REPORT", "TERM_START_NO_SHOW"));
}

}  // namespace
}  // namespace twinline::attendance

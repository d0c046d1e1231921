// Two people take the same roll call: both are kept, the principal decides (decisions.md part 10
// item 2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

class TwoPeople : public testing::Test {
 protected:
  Result Registrar(uint32_t session, const Marks& marks) {
    County::How how;
    how.by = "registrar";
    return county_.RollCall(class_, session, marks, how);
  }

  County county_;
  const Id16 class_ = county_.AddClass(kJunior, 7, 3);
  const Id16 x_ = county_.AddPupil(class_);
  const Id16 y_ = county_.AddPupil(class_);
};

TEST_F(TwoPeople, TheSecondIsKeptBesideTheFirst) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  const Result second = Registrar(kAfternoon, {{y_, kUnexplained}});
  ASSERT_TRUE(second.Has<v1::RollCallConflict>());
  EXPECT_FALSE(second.Has<v1::RollCallTaken>());
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_EQ(county_.Streak(y_), 0u);
  const v1::ClassDayRow day = county_.ClassDay(class_);
  EXPECT_EQ(day.conflict_afternoon().by(), County::Person("registrar").bytes());
  EXPECT_EQ(CodeOf(day.conflict_afternoon(), y_.bytes()), kUnexplained);
}

TEST_F(TwoPeople, TheFirstMayWin) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  Registrar(kAfternoon, {});
  const Result resolved = county_.Resolve(class_, Day(9, 1), kAfternoon, /*second_wins=*/false);
  EXPECT_TRUE(resolved.Has<v1::RollCallConflictResolved>());
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_FALSE(county_.ClassDay(class_).has_conflict_afternoon());
  EXPECT_EQ(county_.Resolve(class_, Day(9, 1), kAfternoon, true).refusal, "NO_CONFLICT");
}

TEST_F(TwoPeople, TheSecondMayWinAndStreaksAreCountedAgain) {
  county_.RollCall(class_, kMorning, {{x_, kUnexplained}, {y_, kUnexplained}});
  county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  Registrar(kAfternoon, {{y_, kUnexplained}});
  const Result resolved = county_.Resolve(class_, Day(9, 1), kAfternoon, /*second_wins=*/true);
  EXPECT_EQ(resolved.All<v1::StreakRecomputed>().size(), 2u);
  EXPECT_EQ(county_.Streak(x_), 0u);
  EXPECT_EQ(county_.Streak(y_), 1u);
  EXPECT_EQ(county_.ClassDay(class_).afternoon().by(), County::Person("registrar").bytes());
  EXPECT_EQ(county_.MarkOf(x_, Day(9, 1))->afternoon(), kPresent);
  EXPECT_EQ(county_.MarkOf(y_, Day(9, 1))->afternoon(), kUnexplained);
}

TEST_F(TwoPeople, ResolvedBeforeTheDayIsJudgedTheDayIsJudgedByIt) {
  county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  Registrar(kMorning, {});
  EXPECT_FALSE(county_.Resolve(class_, Day(9, 1), kMorning, true).Has<v1::StreakRecomputed>());
  county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 0u) << "present in the morning, says the second";
}

TEST_F(TwoPeople, ASecondWithAnOlderListDidNotSeeWhoHasLeftSince) {
  const Id16 other = county_.AddClass(kJunior, 7, 4);
  const Id16 z = county_.AddPupil(other);
  county_.WholeDay(other, {{z, kUnexplained}});
  EXPECT_EQ(county_.Streak(z), 1u);
  county_.NextSchoolDay();
  county_.Place(z, class_);
  county_.RollCall(class_, kAfternoon, {});
  EXPECT_EQ(county_.Streak(z), 0u) << "seen in the new class";
  County::How older;
  older.by = "registrar";
  older.roster = static_cast<int>(county_.RosterOf(class_)) - 1;
  county_.RollCall(class_, kAfternoon, {{x_, kLate}}, older);
  const CivilDay day = county_.today();
  county_.NextSchoolDay();
  county_.ChangeStatus(z, "SUSPENDED");
  EXPECT_TRUE(county_.Resolve(class_, day, kAfternoon, /*second_wins=*/true).ok());
  EXPECT_EQ(county_.Streak(z), 1u) << "the older list, which counts now, did not name the child";
}

TEST_F(TwoPeople, SayingTheSameIsNoConflict) {
  county_.RollCall(class_, kMorning, {{x_, kSickLeave}, {y_, kLate}});
  const Result second = Registrar(kMorning, {{y_, kLate}, {x_, kSickLeave}});
  EXPECT_TRUE(second.ok());
  EXPECT_FALSE(second.Has<v1::RollCallConflict>());
}

TEST_F(TwoPeople, GuestsFollowTheRollCallThatCounts) {
  const Id16 other = county_.AddClass(kPrimary, 6, 1);
  const Id16 z = county_.AddPupil(other);
  county_.WholeDay(other, {{z, kUnexplained}});
  county_.RollCall(class_, kMorning, {});
  Registrar(kMorning, {{z, kGuest}});
  EXPECT_EQ(county_.Streak(z), 1u);
  county_.Resolve(class_, Day(9, 1), kMorning, true);
  EXPECT_EQ(county_.Streak(z), 0u);
  EXPECT_EQ(county_.ClassDay(other).guest_morning(), z.bytes());
}

}  // namespace
}  // namespace twinline::attendance

// Who was on the list: older and newer rosters, guests, moves of tracked children (R-21, R-68,
// C-6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attendance/tables/tables.h"
#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Rosters : public testing::Test {
 protected:
  County::How WithRoster(uint32_t version) const {
    County::How how;
    how.roster = static_cast<int32_t>(version);
    return how;
  }

  County county_;
  const Id16 class_ = county_.AddClass(kJunior, 7, 3);
  const Id16 other_ = county_.AddClass(kJunior, 7, 5);
  const Id16 x_ = county_.AddPupil(class_);
  const Id16 y_ = county_.AddPupil(class_);
  const Id16 z_ = county_.AddPupil(other_);
};

TEST_F(Rosters, R68ANewerRosterThanKnownIsNotGuessed) {
  EXPECT_EQ(
      county_.RollCall(class_, kMorning, {}, WithRoster(county_.RosterOf(class_) + 1)).refusal,
      "UNAVAILABLE_ROSTER_NEWER");
}

TEST_F(Rosters, R68AnOlderRosterIsAcceptedAndItsAbsenteesFlagged) {
  const uint32_t old = county_.RosterOf(class_);
  county_.Place(x_, other_);
  const Result taken =
      county_.RollCall(class_, kMorning, {{x_, kUnexplained}, {y_, kUnexplained}}, WithRoster(old));
  ASSERT_TRUE(taken.ok()) << taken.refusal;
  const auto exceptions = taken.All<v1::RollCallTaken>()[0].exceptions();
  EXPECT_TRUE(exceptions[0].not_on_roster());
  EXPECT_FALSE(exceptions[1].not_on_roster());
  // X is judged by its new class, not by the old list.
  const Result judged = county_.RollCall(class_, kAfternoon,
                                         {{x_, kUnexplained}, {y_, kUnexplained}}, WithRoster(old));
  EXPECT_THAT(judged.Crossed(x_), IsEmpty());
  EXPECT_THAT(judged.Crossed(y_), ElementsAre("CONTACT"));
  EXPECT_FALSE(county_.Tracked(x_));
  EXPECT_FALSE(county_.MarkOf(x_, Day(9, 1)));
}

TEST_F(Rosters, R21AllPresentOfTheNewClassEndsTheStreakButNotByAnOldList) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  const uint32_t old = county_.RosterOf(other_);
  county_.Place(x_, other_);
  EXPECT_EQ(county_.Tracked(x_)->roster_from(), county_.RosterOf(other_));
  // The teacher of the new class still has the list without X: nobody looked for X.
  county_.RollCall(other_, kMorning, {}, WithRoster(old));
  const Result blind = county_.RollCall(other_, kAfternoon, {}, WithRoster(old));
  EXPECT_EQ(blind.All<v1::RollCallTaken>()[0].verdicts(0).outcome(), kOutcomeNoData);
  EXPECT_EQ(county_.Streak(x_), 1u);
  county_.NextSchoolDay();
  EXPECT_TRUE(county_.WholeDay(other_, {}).Has<v1::StreakEnded>());
}

TEST_F(Rosters, R21AllPresentOfTheClassThatXHasLeftEndsNothing) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  const uint32_t old = county_.RosterOf(class_);
  county_.Place(x_, other_);
  county_.RollCall(class_, kMorning, {}, WithRoster(old));
  county_.RollCall(class_, kAfternoon, {}, WithRoster(old));
  EXPECT_EQ(county_.Streak(x_), 1u);
}

TEST_F(Rosters, C6ADayThatTheOldClassHasJudgedIsNotCountedAgainByTheNewOne) {
  county_.GoTo(Day(9, 1), 14);
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.Place(x_, other_);
  county_.WholeDay(other_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 1u);
  county_.NextSchoolDay();
  county_.WholeDay(other_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 2u);
  // A recount sees the same.
  county_.Correct(other_, Day(9, 2), kMorning, x_, kSickLeave);
  EXPECT_EQ(county_.Streak(x_), 2u);
}

TEST_F(Rosters, C6SuspendedOutOfEveryClassTheStreakWaits) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  EXPECT_TRUE(county_.ChangeStatus(x_, "SUSPENDED").Has<v1::TrackedMoved>());
  county_.WholeDay(class_, {});
  EXPECT_EQ(county_.Streak(x_), 1u) << "the class's list no longer names X";
  county_.NextSchoolDay();
  county_.ChangeStatus(x_, "ACTIVE", class_);
  county_.WholeDay(class_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 2u);
  EXPECT_EQ(county_.Tracked(x_)->last_present_day(), 0);
}

TEST_F(Rosters, AResumedChildWasNotPresentWhileItWasAway) {
  county_.WholeDay(class_, {});
  county_.NextSchoolDay();
  county_.ChangeStatus(x_, "SUSPENDED");
  for (int day = 0; day < 3; ++day) {
    county_.WholeDay(class_, {});
    county_.NextSchoolDay();
  }
  county_.ChangeStatus(x_, "ACTIVE", class_);
  county_.WholeDay(class_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Tracked(x_)->last_present_day(), Day(9, 1).days);
}

TEST_F(Rosters, NobodyWaitsForAChildWhoseWayThroughSchoolHasEnded) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  EXPECT_TRUE(county_.ChangeStatus(x_, "DECEASED").Has<v1::Untracked>());
  EXPECT_FALSE(county_.Tracked(x_));
}

TEST_F(Rosters, AStatusThatChangesNoRosterIsNoReaction) {
  registry::v1::RegistrationStatusChanged event;
  event.mutable_facts()->set_registration_id(x_.str());
  event.mutable_facts()->set_class_id(class_.str());
  event.mutable_facts()->set_status("TRANSFER_PENDING");
  EXPECT_THAT(county_.Publish(event).events, IsEmpty());
}

TEST_F(Rosters, R21ABackdatedMarkFindsTheClassOfThatDay) {
  // Given X absent in 7-3 for two days, then moved to 7-5 and absent there
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  county_.Place(x_, other_);
  county_.WholeDay(other_, {{x_, kUnexplained}});
  ASSERT_EQ(county_.Streak(x_), 3u);
  // When 7-3's second day is corrected, X's streak in 7-5 is counted again
  const Result corrected = county_.Correct(class_, Day(9, 2), kAfternoon, x_, kPresent);
  ASSERT_EQ(corrected.All<v1::StreakRecomputed>().size(), 1u);
  EXPECT_EQ(corrected.All<v1::StreakRecomputed>()[0].class_id(), other_.bytes());
  EXPECT_EQ(county_.Streak(x_), 1u);
}

TEST_F(Rosters, ARollCallHandedInAfterTheMoveCountsForWhoWasThereThen) {
  // 1 September was not taken; X and Y moved to 7-5 on the 2nd.
  const uint32_t old = county_.RosterOf(class_);
  county_.NextSchoolDay();
  county_.Place(x_, other_);
  county_.WholeDay(other_, {{x_, kUnexplained}});
  ASSERT_EQ(county_.Streak(x_), 1u);
  County::How yesterday = WithRoster(old);
  yesterday.day = Day(9, 1);
  const Result morning = county_.RollCall(class_, kMorning, {{x_, kUnexplained}}, yesterday);
  EXPECT_FALSE(morning.All<v1::RollCallTaken>()[0].exceptions(0).not_on_roster());
  const Result judged = county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}}, yesterday);
  ASSERT_EQ(judged.All<v1::StreakRecomputed>().size(), 1u);
  EXPECT_EQ(county_.Streak(x_), 2u);
  EXPECT_EQ(county_.Tracked(x_)->first_day(), Day(9, 1).days);
}

TEST_F(Rosters, AGuestIsPresentSomewhereAndIsNotTrackedThere) {
  // Given X absent in its own class in the morning, and seen next door in the afternoon
  county_.RollCall(class_, kMorning, {{x_, kUnexplained}});
  const Result guest = county_.RollCall(other_, kAfternoon, {{x_, kGuest}});
  EXPECT_EQ(guest.All<v1::RollCallTaken>()[0].exceptions(0).home_class_id(), class_.bytes());
  EXPECT_FALSE(guest.All<v1::RollCallTaken>()[0].exceptions(0).not_on_roster());
  EXPECT_FALSE(guest.Has<v1::Tracked>());
  // When the own class judges the day
  const Result home = county_.RollCall(class_, kAfternoon, {{x_, kUnexplained}});
  EXPECT_THAT(home.Crossed(x_), IsEmpty());
  EXPECT_FALSE(county_.Tracked(x_));
  EXPECT_FALSE(home.Has<v1::PresentAtTwoSchools>());
  // Both stand in the child's history.
  const auto mark = county_.MarkOf(x_, Day(9, 1));
  EXPECT_EQ(mark->afternoon(), kUnexplained);
  EXPECT_EQ(mark->guest(), SessionBit(kAfternoon));
}

TEST_F(Rosters, AGuestSeenAfterTheOwnClassJudgedIsCountedAgain) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  ASSERT_EQ(county_.Streak(x_), 1u);
  const Result guest = county_.RollCall(other_, kAfternoon, {{x_, kGuest}});
  ASSERT_EQ(guest.All<v1::StreakRecomputed>().size(), 1u);
  EXPECT_EQ(county_.Streak(x_), 0u);
  // And back, when the other teacher takes it back on the same day.
  const Result again = county_.RollCall(other_, kAfternoon, {});
  ASSERT_EQ(again.All<v1::StreakRecomputed>().size(), 1u);
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_EQ(county_.MarkOf(x_, Day(9, 1))->guest(), 0u);
  EXPECT_TRUE(county_.ClassDay(class_).guest_afternoon().empty());
}

TEST_F(Rosters, TwoClassesMayNoteTheSameGuestAndOneMayTakeItBack) {
  const Id16 third = county_.AddClass(kPrimary, 6, 1);
  county_.RollCall(other_, kMorning, {{x_, kGuest}});
  County::How how;
  how.by = "another";
  county_.RollCall(third, kMorning, {{x_, kGuest}}, how);
  county_.RollCall(other_, kMorning, {});
  EXPECT_EQ(county_.ClassDay(class_).guest_morning(), x_.bytes());
  EXPECT_EQ(county_.ClassDay(class_).guest_morning_at(), third.bytes());
  EXPECT_EQ(county_.MarkOf(x_, Day(9, 1))->guest(), SessionBit(kMorning));
}

TEST_F(Rosters, AGuestWhoseTransferIsCompleteIsSimplyPresent) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.NextSchoolDay();
  const uint32_t old = county_.RosterOf(other_);
  county_.Place(x_, other_);
  county_.RollCall(other_, kMorning, {{x_, kGuest}}, WithRoster(old));
  county_.RollCall(other_, kAfternoon, {{x_, kGuest}}, WithRoster(old));
  EXPECT_EQ(county_.Streak(x_), 0u);
  EXPECT_TRUE(county_.ClassDay(other_).guest_morning().empty());
}

TEST_F(Rosters, TheRosterVersionFollowsEveryWayOutOfAClass) {
  county_.ReportDouble(y_, z_);
  county_.MergeDouble(y_, z_);
  EXPECT_TRUE(county_.RollCall(other_, kMorning, {}).ok()) << "the merge raised the roster version";
}

TEST_F(Rosters, AMergedRegistrationTakesItsStreakOffTheList) {
  county_.ReportDouble(y_, z_);
  county_.WholeDay(other_, {{z_, kUnexplained}});
  EXPECT_TRUE(county_.MergeDouble(y_, z_).Has<v1::TrackedMoved>());
  county_.NextSchoolDay();
  const Result taken = county_.WholeDay(other_, {});
  EXPECT_FALSE(taken.Has<v1::StreakEnded>());
}

class Watches : public Rosters {};

TEST_F(Watches, K4AWatchedChildHasAVerdictOnEveryJudgedDay) {
  county_.Watch(x_, true);
  EXPECT_TRUE(county_.Tracked(x_)->watch());
  const Result present = county_.WholeDay(class_, {});
  ASSERT_EQ(present.All<v1::RollCallTaken>()[0].verdicts_size(), 1);
  EXPECT_EQ(present.All<v1::RollCallTaken>()[0].verdicts(0).outcome(), kOutcomePresent);
  EXPECT_FALSE(present.Has<v1::StreakEnded>());
  EXPECT_TRUE(county_.Tracked(x_)) << "a watch outlives a presence";
  county_.NextSchoolDay();
  EXPECT_EQ(county_.WholeDay(class_, {{x_, kSickLeave}})
                .All<v1::RollCallTaken>()[0]
                .verdicts(0)
                .outcome(),
            kOutcomeLeave);
  county_.NextSchoolDay();
  county_.WholeDay(class_, {{x_, kUnexplained}});
  EXPECT_EQ(county_.Streak(x_), 1u);
}

TEST_F(Watches, TheEndOfAWatchDoesNotEndAnOpenStreak) {
  county_.Watch(x_, true);
  county_.Watch(y_, true);
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.Watch(x_, false);
  county_.CloseCase(y_);
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_FALSE(county_.Tracked(x_)->watch());
  EXPECT_FALSE(county_.Tracked(y_));
  county_.NextSchoolDay();
  county_.WholeDay(class_, {});
  EXPECT_FALSE(county_.Tracked(x_));
}

TEST_F(Watches, AWatchOnAnOpenStreakKeepsIt) {
  county_.WholeDay(class_, {{x_, kUnexplained}});
  county_.Watch(x_, true);
  EXPECT_EQ(county_.Streak(x_), 1u);
  EXPECT_TRUE(county_.Tracked(x_)->watch());
  // And moves with the child.
  county_.NextSchoolDay();
  county_.Place(x_, other_);
  EXPECT_TRUE(county_.Tracked(x_)->watch());
  EXPECT_EQ(county_.WholeDay(other_, {}).All<v1::RollCallTaken>()[0].verdicts(0).outcome(),
            kOutcomePresent);
}

TEST_F(Watches, AWatchOfAnotherShardsChildIsNotTakenHere) {
  County ours({{"411281"}, /*others=*/false});  // both schools are of another county
  const Id16 elsewhere = ours.AddClass(kJunior, 7, 3);
  const Id16 pupil = ours.AddPupil(elsewhere);
  EXPECT_FALSE(ours.Watch(pupil, true).Has<v1::Tracked>());
  EXPECT_EQ(ours.RollCall(elsewhere, kMorning, {}).refusal, "CLASS_UNKNOWN");
  EXPECT_THAT(ours.Timers(), IsEmpty());
}

}  // namespace
}  // namespace twinline::attendance

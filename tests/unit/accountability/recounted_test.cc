// D03 and R-22 on a case: what a correction of the past does to it, while the child is away and a
// week after it came back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names
using testing::SizeIs;

TEST(D03, ACorrectionProposesAFalseAlarmAndDeadlinesRunOn) {
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay due{county.Case().government().deadline().due().days()};
  const Result corrected = county.Recount(5, 2);
  ASSERT_TRUE(corrected.Has<v1::FalseAlarmProposed>());
  EXPECT_EQ(county.Case().state(), kFalseAlarmProposed);
  EXPECT_EQ(county.Case().government().deadline().due().days(), due.days);
  const Result missed = county.GoTo(due + 1);
  EXPECT_THAT(missed.All<v1::DeadlineMissed>(), SizeIs(2));
  EXPECT_EQ(county.Act(kSignFalseAlarm, county.Person(ROLE_PRINCIPAL)).refusal, "NOT_YOUR_ACTION");
  EXPECT_TRUE(county.Act(kSignFalseAlarm, county.Person(ROLE_TOWNSHIP_HEAD)).Has<v1::CaseClosed>());
  EXPECT_EQ(county.Case().state(), kClosedFalseAlarm);
  // Nothing of the first opening is gone.
  EXPECT_EQ(county.Timeline().front().what(), "OPENED");
}

TEST(D03, TheTownshipMayRejectAndACorrectionOfTheCorrectionReturnsToSuspected) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.Recount(5, 2);
  county.Recount(2, 5, {"CONTACT", "SCHOOL_REPORT", "SUSPECTED"});
  EXPECT_EQ(county.Case().state(), kSuspected);
  county.Recount(5, 1);
  EXPECT_EQ(county.Act(kRejectFalseAlarm, county.Person(ROLE_TOWNSHIP_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Case().state(), kPersuading);
}

TEST(D03, ACorrectionThatMakesAStreakOpensACaseFromRecordTime) {
  County county;
  county.Recount(1, 6, {"CONTACT", "SUSPECTED"});
  EXPECT_EQ(county.Case().government().deadline().start().days(), county.today().days);
}

// A correction of a child's past: what was counted on the days since `since`, and what stands.
class PastRecount {
 public:
  using Streak = std::tuple<CivilDay, CivilDay, uint32_t, bool>;  // first, last, days, suspected

  explicit PastRecount(County* county, CivilDay since) : county_(county) {
    event_.set_registration_id(county->child().registration_id());
    event_.set_child_id(county->child().child_id());
    event_.set_class_id(county->child().class_id());
    event_.set_since_day(since.days);
  }
  PastRecount& Was(const Streak& streak) {
    Fill(streak, event_.add_past_before());
    return *this;
  }
  PastRecount& Is(const Streak& streak) {
    Fill(streak, event_.add_past_after());
    return *this;
  }
  PastRecount& Open(uint32_t before, uint32_t after, CivilDay last) {
    event_.set_days_before(before);
    event_.set_days_after(after);
    event_.set_first_day(last.days);
    event_.set_last_day(last.days);
    return *this;
  }
  Result Publish() { return county_->Publish(event_); }

 private:
  static void Fill(const Streak& streak, attendance::v1::PastStreak* out) {
    const auto& [first, last, days, suspected] = streak;
    out->set_first_day(first.days);
    out->set_last_day(last.days);
    out->set_days(days);
    out->add_crossed("CONTACT");
    if (suspected) out->add_crossed("SUSPECTED");
  }

  County* county_;
  attendance::v1::StreakRecomputed event_;
};

TEST(D03, AWeekLaterTheChildIsBackAndTheCaseOfTheStreakThatEndedIsProposedAsAFalseAlarm) {
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay first{county.Case().first_absent().days()};
  ASSERT_NE(first.days, 0);
  const CivilDay due{county.Case().government().deadline().due().days()};
  const Result result = PastRecount(&county, first)
                            .Was({first, first + 6, 5, true})
                            .Is({first, first + 1, 2, false})
                            .Is({first + 3, first + 6, 2, false})
                            .Publish();
  ASSERT_TRUE(result.Has<v1::FalseAlarmProposed>());
  EXPECT_EQ(result.All<v1::FalseAlarmProposed>()[0].cause(), "CORRECTION");
  EXPECT_EQ(county.Case().state(), kFalseAlarmProposed);
  EXPECT_EQ(county.Case().government().deadline().due().days(), due.days);
  EXPECT_FALSE(result.Alerted("FALSE_ALARM_PROPOSED").empty());
  EXPECT_TRUE(county.Act(kSignFalseAlarm, county.Person(ROLE_TOWNSHIP_HEAD)).Has<v1::CaseClosed>());
}

TEST(D03, AChildOnProbationToo) {
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay first{county.Case().first_absent().days()};
  ASSERT_EQ(county.Act(kReportReturn, county.Person(ROLE_CLASS_TEACHER)).refusal, "");
  const Result result = PastRecount(&county, first)
                            .Was({first, first + 6, 5, true})
                            .Is({first + 1, first + 6, 4, false})
                            .Publish();
  EXPECT_TRUE(result.Has<v1::FalseAlarmProposed>());
  EXPECT_TRUE(result.Has<v1::ProbationEnded>()) << "nobody watches it any more";
  EXPECT_EQ(county.Case().state(), kFalseAlarmProposed);
}

TEST(D03, AStreakThatStillStandsKeepsItsCase) {
  // Ten days away, back on the day that a mistake had made the eleventh.
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay first{county.Case().first_absent().days()};
  PastRecount last_day(&county, first);
  last_day.Open(11, 0, first + 14).Is({first, first + 13, 10, true});
  EXPECT_EQ(last_day.Publish().refusal, "ALREADY_SO");
  EXPECT_EQ(county.Case().state(), kSuspected);
  // A presence on its second day: eight days of it stand, and the next correction is about these.
  PastRecount(&county, first)
      .Was({first, first + 13, 10, true})
      .Is({first, first, 1, false})
      .Is({first + 2, first + 13, 8, true})
      .Publish();
  EXPECT_EQ(county.Case().state(), kSuspected);
  EXPECT_EQ(county.Case().first_absent().days(), (first + 2).days);
  EXPECT_EQ(county.Case().absent_days(), 8u);
  PastRecount(&county, first + 2)
      .Was({first + 2, first + 13, 8, true})
      .Is({first + 2, first + 6, 4, false})
      .Is({first + 9, first + 13, 3, false})
      .Publish();
  EXPECT_EQ(county.Case().state(), kFalseAlarmProposed);
}

TEST(D03, ACorrectionOfALaterAbsenceDoesNotTouchTheCaseOfTheEarlier) {
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay first{county.Case().first_absent().days()};
  PastRecount later(&county, first + 30);
  later.Was({first + 30, first + 36, 5, true}).Is({first + 31, first + 36, 4, false});
  EXPECT_EQ(later.Publish().refusal, "ALREADY_SO");
  EXPECT_EQ(county.Case().state(), kSuspected);
}

TEST(D03, ACorrectionOfTheCorrectionOfAPastStreakTakesTheProposalBack) {
  County county;
  county.Cross("SUSPECTED", 5);
  const CivilDay first{county.Case().first_absent().days()};
  const PastRecount::Streak whole{first, first + 6, 5, true};
  const PastRecount::Streak part{first + 1, first + 6, 4, false};
  PastRecount(&county, first).Was(whole).Is(part).Publish();
  ASSERT_EQ(county.Case().state(), kFalseAlarmProposed);
  PastRecount(&county, first).Was(part).Is(whole).Publish();
  EXPECT_EQ(county.Case().state(), kSuspected);
  EXPECT_EQ(county.Case().first_absent().days(), first.days);
}

TEST(D03, APastStreakThatProvesLongEnoughOpensACaseAndOneThatHadItsCaseDoesNot) {
  County county;
  const CivilDay first = county.today() - 14;
  PastRecount(&county, first)
      .Was({first, first + 3, 4, false})
      .Is({first, first + 4, 5, true})
      .Publish();
  ASSERT_TRUE(county.HasCase());
  EXPECT_EQ(county.Case().state(), kSuspected);
  EXPECT_EQ(county.Case().government().deadline().start().days(), county.today().days) << "R-22";
  EXPECT_EQ(county.Case().absent_days(), 5u);
  county.Act(kOverrideClose, county.Person(ROLE_BUREAU_DIRECTOR), kClosedReturn);
  ASSERT_EQ(county.Case().state(), kClosedReturn);
  PastRecount shorter(&county, first);
  shorter.Was({first, first + 7, 6, true}).Is({first, first + 4, 5, true});
  EXPECT_EQ(shorter.Publish().refusal, "ALREADY_SO");
  EXPECT_EQ(county.Case().state(), kClosedReturn);
}

TEST(D03, AnAbsenceRecordedLaterEndsAProbation) {
  County county;
  county.Cross("SUSPECTED", 5);
  ASSERT_EQ(county.Act(kReportReturn, county.Person(ROLE_CLASS_TEACHER)).refusal, "");
  const CivilDay yesterday = county.today();
  county.GoTo(yesterday + 1);
  PastRecount(&county, yesterday).Open(0, 1, yesterday).Publish();
  EXPECT_EQ(county.Case().state(), kPersuading) << "K-4";
}

}  // namespace
}  // namespace twinline::accountability

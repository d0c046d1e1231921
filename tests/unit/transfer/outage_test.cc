// After an outage no office of an approval is accused of days on which nobody could act.
#include "platform/base/outages.h"
#include "platform/calendar/adopted.h"
#include "tests/unit/transfer/transfer_fixture.h"

namespace twinline::transfer {
namespace {

class TransferOutage : public TransferTest {
 protected:
  // The engine asks until there is no more; its own event is folded by itself.
  int MoveForOutage(std::string_view from, std::string_view to) {
    journal::v1::OutageWork work;
    work.set_down_from_us(base::StartOfDay(Day(from)).us);
    work.set_down_to_us(base::StartOfDay(Day(to)).us);
    for (int commits = 1;; ++commits) {
      base::Decision decision = domain_.Decide({base::kMoveForOutage, work.SerializeAsString()},
                                               rows_, ContextOf(Service()));
      base::Events events = std::get<base::Events>(std::move(decision));
      journal::v1::OutageWorked worked;
      EXPECT_EQ(events.back().type(), base::EventType<journal::v1::OutageWorked>());
      worked.ParseFromString(events.back().data());
      events.pop_back();
      EXPECT_EQ(worked.moved(), events.size());
      EXPECT_EQ(worked.down_from_us(), work.down_from_us());
      EXPECT_LE(events.size(), base::kOutageMovesMax);
      size_t bytes = 0;
      for (const auto& event : events) bytes += event.ByteSizeLong();
      EXPECT_LE(bytes, 2 * base::kOutageBytesMax);
      Apply(events, Service());
      if (!worked.more()) return commits;
      work.set_after(worked.after());
    }
  }
  const types::v1::Deadline& DeadlineOf(const v1::BusinessFacts& facts) {
    return facts.steps(static_cast<int>(facts.step())).deadline();
  }
};

TEST_F(TransferOutage, R63_ten_working_days_of_which_the_server_took_nine_accuse_nobody) {
  At("2026-08-28");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  ASSERT_EQ(base::CivilDay{DeadlineOf(Business("x")).due().days()}, Day("2026-09-11"));
  // Off from 31 August to the evening of 10 September; the clock is confirmed on the 12th.
  At("2026-09-12");
  EXPECT_EQ(MoveForOutage("2026-08-31", "2026-09-11"), 1);
  EXPECT_EQ(FireDueTimers(), 0) << "due on 11 September by the law's count";
  const types::v1::Deadline moved = DeadlineOf(Business("x"));
  EXPECT_EQ(base::CivilDay{moved.due().days()}, Day("2026-09-23"));
  EXPECT_EQ(base::CivilDay{moved.lawful_due().days()}, Day("2026-09-11"));
  ASSERT_EQ(All<v1::DeadlineMoved>().size(), 1u);
  EXPECT_EQ(All<v1::DeadlineMoved>()[0].reason(), "OUTAGE");
  EXPECT_EQ(All<v1::DeadlineMoved>()[0].outage_days(), 9u);
  EXPECT_EQ(base::CivilDay{All<v1::DeadlineMoved>()[0].before().due().days()}, Day("2026-09-11"));
  At("2026-09-23", 23, 59);
  EXPECT_EQ(FireDueTimers(), 0);
  At("2026-09-24", 0);
  EXPECT_EQ(FireDueTimers(), 1);
  EXPECT_TRUE(Business("x").overdue());
  // Silence is judged by the accountable date; both dates are in the record of it.
  ASSERT_EQ(All<v1::StepOverdue>().size(), 1u);
  EXPECT_EQ(DeadlineOf(All<v1::StepOverdue>()[0].business()).outage_days(), 9u);
}

TEST_F(TransferOutage, the_next_step_counts_from_record_time) {
  At("2026-08-28");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  At("2026-09-14");
  MoveForOutage("2026-08-31", "2026-09-11");
  ASSERT_EQ(Step("x", prin_b_), "");
  EXPECT_EQ(base::CivilDay{DeadlineOf(Business("x")).start().days()}, Day("2026-09-14"));
  EXPECT_EQ(DeadlineOf(Business("x")).outage_days(), 0u);
}

TEST_F(TransferOutage, the_forty_days_to_the_provincial_list_move_too) {
  At("2026-08-28");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  const base::CivilDay listed{All<v1::BusinessOpened>()[0].long_overdue_day().days()};
  At("2026-09-11");
  MoveForOutage("2026-08-31", "2026-09-11");
  now_ = base::EndOfDay(listed);
  FireDueTimers();
  EXPECT_EQ(All<v1::BusinessLongOverdue>().size(), 0u);
  now_ = base::EndOfDay(LoadCalendar(rows_).AddWorkingDays(listed, 9));
  FireDueTimers();
  EXPECT_EQ(All<v1::BusinessLongOverdue>().size(), 1u);
}

TEST_F(TransferOutage, what_had_fired_before_stays_fired) {
  At("2026-09-01");
  ASSERT_EQ(Submit(Transfer("x", kB), reg_b_), "");
  At("2026-09-16");
  EXPECT_EQ(FireDueTimers(), 1);
  At("2026-09-24");
  MoveForOutage("2026-09-17", "2026-09-24");
  EXPECT_TRUE(Business("x").overdue());
  EXPECT_EQ(DeadlineOf(Business("x")).outage_days(), 0u);
}

TEST_F(TransferOutage, four_hundred_businesses_move_once_each_in_small_commits) {
  At("2026-08-28");
  for (int i = 0; i < 400; ++i) {
    const std::string name = "many" + std::to_string(i);
    Child(name, kA, 4);
    ASSERT_EQ(Submit(Transfer(name, kB), reg_b_), "");
  }
  At("2026-09-11");
  EXPECT_GE(MoveForOutage("2026-08-31", "2026-09-11"), 2);
  EXPECT_EQ(All<v1::DeadlineMoved>().size(), 400u);
  base::ScanRows<v1::BusinessRow>(rows_, 1000, [&](const v1::BusinessRow& row) {
    EXPECT_EQ(DeadlineOf(row.facts()).outage_days(), 9u);
    return true;
  });
}

}  // namespace
}  // namespace twinline::transfer

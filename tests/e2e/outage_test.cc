// R-63 through the real process on a wall clock: killed, started again many days later, and nobody
// is accused of days on which the service was not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/running_county.h"
#include "tools/demo/guide.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"
#include "twinline/operation/v1/operation.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace ov1 = operation::v1;
namespace tv1 = transfer::v1;
using testing::HasSubstr;

constexpr int64_t kDayS = 86'400;

// Monday 14 September 2026, nine o'clock.
base::Timestamp Begin() {
  return {base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 14)).us + 9LL * 3'600 * 1'000'000};
}

class OutageChain : public testing::Test {
 protected:
  tv1::BusinessFacts StartTransfer() {
    tv1::StartTransferRequest request;
    request.set_child_id(county_.loaded().children[0].str());
    request.set_registration_id(county_.loaded().registrations[0].str());
    request.set_to_school_code(county_.county().schools[kPrimaryTwo].code);
    request.set_to_class_id(county_.loaded().classes[1].str());
    request.set_grade(county_.county().classes[1].grade);
    request.set_ground("RESIDENCE_MOVED");
    request.set_applicant("家长");
    tv1::BusinessReply reply;
    county_.api().Must("twinline.transfer.v1.TransferService.StartTransfer", request, &reply,
                       county_.Registrar(kPrimaryTwo));
    return reply.business();
  }
  tv1::BusinessFacts Business(const std::string& id) {
    tv1::GetBusinessRequest request;
    request.set_business_id(id);
    tv1::GetBusinessReply reply;
    county_.api().Must("twinline.transfer.v1.ApprovalService.GetBusiness", request, &reply,
                       county_.loaded().bureau_official);
    return reply.business();
  }
  const types::v1::Deadline& DeadlineOf(const tv1::BusinessFacts& facts) {
    return facts.steps(static_cast<int>(facts.step())).deadline();
  }
  ov1::ClockReply Clock() {
    ov1::GetClockRequest request;
    ov1::ClockReply reply;
    county_.api().Must("twinline.operation.v1.OperationService.GetClock", request, &reply, admin_);
    return reply;
  }
  rpc::CallResult Confirm(base::Timestamp seen, const base::Id16& who) {
    ov1::ConfirmClockRequest request;
    request.set_seen_unix_us(seen.us);
    ov1::ClockReply reply;
    return county_.api().Call("twinline.operation.v1.OperationService.ConfirmClock", request,
                              &reply, who);
  }
  std::set<std::string> Held() {
    std::set<std::string> held;
    const ov1::ClockReply clock = Clock();
    for (const auto& shard : clock.shards()) {
      EXPECT_TRUE(shard.serving()) << shard.journal();
      if (!shard.notice().empty()) held.insert(shard.journal());
    }
    return held;
  }
  // The moves follow within milliseconds of the word.
  void WaitUntilNothingIsHeld() {
    const int64_t give_up = base::MonotonicUs() + 20'000'000;
    while (!Held().empty()) ASSERT_LT(base::MonotonicUs(), give_up);
  }

  RunningCounty county_{Begin()};
  const base::Id16 admin_ = demo::FirstAdmins(county_.data()).system;
};

TEST_F(OutageChain, R63_killed_for_sixteen_days_and_nobody_is_accused) {
  const tv1::BusinessFacts before = StartTransfer();
  const base::CivilDay lawful{DeadlineOf(before).due().days()};
  ASSERT_EQ(lawful, base::CivilDay::FromYmd(2026, 9, 28)) << "ten working days";
  EXPECT_TRUE(Held().empty());

  county_.KillAndSleep(16 * kDayS);  // Wednesday 30 September, nine o'clock
  ASSERT_EQ(base::DayOf(county_.WallNow()), base::CivilDay::FromYmd(2026, 9, 30));
  EXPECT_TRUE(Held().contains("transfer/0"));
  EXPECT_TRUE(Held().contains("accountability/0"));
  EXPECT_FALSE(Business(before.business_id()).overdue()) << "the clock is not trusted yet";

  const rpc::CallResult wrong = Confirm({county_.WallNow().us - 3'600'000'000}, admin_);
  ASSERT_TRUE(wrong.refusal.has_value()) << wrong.status;
  EXPECT_EQ(wrong.refusal->code, "CLOCK_DIFFERS");
  EXPECT_FALSE(Confirm(county_.WallNow(), county_.Registrar(kPrimaryTwo)).ok())
      << "a registrar keeps no clock";
  ASSERT_TRUE(Confirm(county_.WallNow(), admin_).ok());
  WaitUntilNothingIsHeld();

  const tv1::BusinessFacts after = Business(before.business_id());
  EXPECT_FALSE(after.overdue());
  EXPECT_EQ(base::CivilDay{DeadlineOf(after).lawful_due().days()}, lawful);
  // 15 to 18, Sunday 20 (worked), 21 to 24, 28 and 29 September.
  EXPECT_EQ(DeadlineOf(after).outage_days(), 11u);
  EXPECT_GT(DeadlineOf(after).due().days(), base::DayOf(county_.WallNow()).days);

  // No class is told that it handed in no roll calls on those days.
  accountability::v1::ListAlertsRequest alerts;
  alerts.set_office("bureau:" + county_.county().code);
  accountability::v1::ListAlertsReply told;
  county_.api().Must("twinline.accountability.v1.AccountabilityService.ListAlerts", alerts, &told,
                     county_.loaded().bureau_official);
  for (const auto& alert : told.alerts()) {
    EXPECT_NE(alert.kind(), "CLASS_UNMARKED") << alert.summary();
    EXPECT_NE(alert.kind(), "DEADLINE_MISSED") << alert.summary();
  }
}

}  // namespace
}  // namespace twinline::test

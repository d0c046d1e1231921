// an installation whose county has an attendance shard of its own, as a real process: its
// roll calls are in attendance/1, the cases that follow are accountability's as ever, and both come
// back after a kill and after the state was thrown away. Two counties side by side:
// tests/unit/attendance/two_shards_test.cc.
#include <gtest/gtest.h>

#include "tests/support/county_case.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::test {
namespace {

namespace av1 = attendance::v1;

constexpr size_t kPupil = 0;

class TwoShardsChain : public testing::Test {
 protected:
  av1::GetChildTermReply Term() {
    av1::GetChildTermRequest request;
    request.set_child_id(county_.loaded().children[kPupil].str());
    request.set_registration_id(county_.loaded().registrations[kPupil].str());
    request.mutable_from()->set_days(county_.days()[0].days);
    request.mutable_to()->set_days(county_.days()[9].days);
    av1::GetChildTermReply reply;
    county_.api().Must("twinline.attendance.v1.AttendanceService.GetChildTerm", request, &reply,
                       county_.Teacher(0));
    return reply;
  }

  RunningCounty county_{{},
                        {"--attendance-shard", "411282", "--attendance-shard", "411281,411222"}};
  CountyCase case_{&county_, kPupil};
};

TEST_F(TwoShardsChain, a_countys_own_shard_takes_its_roll_calls_and_cases_follow) {
  for (int day = 0; day < 2; ++day) county_.PlayDay(day, {kPupil});
  county_.KillAndRestart();
  EXPECT_EQ(Term().streak_days(), 2u);
  county_.PlayDay(2, {kPupil});  // never seen this term: three days are enough (D06)
  ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  av1::SubmitRollCallRequest again;
  again.set_class_id(county_.loaded().classes[0].str());
  again.mutable_day()->set_days(county_.days()[2].days);
  again.set_session(types::v1::SESSION_AFTERNOON);
  again.set_roster_version(county_.loaded().roster_version[0]);
  av1::MarkedException* absent = again.add_exceptions();  // as it was taken already
  absent->set_registration_id(county_.loaded().registrations[kPupil].str());
  absent->set_code(5);
  av1::SubmitRollCallReply reply;
  county_.api().Must("twinline.attendance.v1.AttendanceService.SubmitRollCall", again, &reply,
                     county_.Teacher(0));
  EXPECT_EQ(reply.read_token().journal(), "attendance/1");

  county_.StopServer();
  for (const char* state : {"attendance-0", "attendance-1", "attendance-2"}) {
    EXPECT_TRUE(std::filesystem::exists(county_.data() / "state" / state)) << state;
  }
  std::filesystem::remove_all(county_.data() / "state");
  county_.StartServer();
  EXPECT_EQ(Term().exceptions_size(), 3);
  EXPECT_EQ(case_.State(), "SUSPECTED");
}

}  // namespace
}  // namespace twinline::test

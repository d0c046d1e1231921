// a roll call that names a roster version newer than known waits for it, up to the call's
// deadline; then the caller hears why.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/unit/attendance/service_rig.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance_test {
namespace {

namespace av1 = attendance::v1;
using types::v1::SESSION_MORNING;

class R68Waiting : public testing::Test {
 protected:
  av1::SubmitRollCallRequest Newer() {
    auto request = rig_.RollCall(class_, Day(1), SESSION_MORNING);
    request.set_roster_version(rig_.NextRoster(class_));
    return request;
  }
  // A call that is at work while the test goes on.
  std::future<rpc::CallResult> Begin(av1::SubmitRollCallRequest request, int64_t deadline_us) {
    return std::async(std::launch::async, [this, request, deadline_us]() mutable {
      av1::SubmitRollCallReply reply;
      return rig_.Call("SubmitRollCall", request, &reply, "7-1's teacher", deadline_us);
    });
  }
  size_t RollCalls() { return rig_.Published<av1::RollCallTaken>("attendance/0").size(); }

  ServiceRig rig_;
  const Id16 class_ = rig_.AddClass("7-1", kSchool);
};

TEST_F(R68Waiting, ItIsTakenAsSoonAsTheVersionIsKnown) {
  auto answer = Begin(Newer(), 60'000'000);
  while (rig_.shard(0).Status().queue == 0) std::this_thread::yield();
  EXPECT_EQ(RollCalls(), 0u);
  rig_.AddClass("7-2", kSchool);  // another class's news wakes it, and it goes on waiting
  EXPECT_NE(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  rig_.PublishRoster(class_);
  EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(RollCalls(), 1u);
}

TEST_F(R68Waiting, AtTheDeadlineItIsUnavailableAndNothingWasDone) {
  const auto request = Newer();
  const auto result = Begin(request, 400'000).get();
  EXPECT_TRUE(absl::IsUnavailable(result.status)) << result.status;
  ASSERT_TRUE(result.refusal);
  EXPECT_EQ(result.refusal->code, "UNAVAILABLE_ROSTER_NEWER");
  EXPECT_EQ(RollCalls(), 0u);
  // The same request again, once the version is there.
  rig_.PublishRoster(class_);
  EXPECT_TRUE(Begin(request, 60'000'000).get().ok());
  EXPECT_EQ(RollCalls(), 1u);
}

TEST_F(R68Waiting, AStreamWaitsToo) {
  rpc::CallOptions options;
  options.token = "person:registrar";
  auto writer =
      rig_.client().OpenWriter("twinline.attendance.v1.AttendanceService.SubmitRollCalls", options);
  ASSERT_TRUE(writer.Write(Newer()));
  while (rig_.shard(0).Status().queue == 0) std::this_thread::yield();
  rig_.PublishRoster(class_);
  av1::SubmitRollCallsReply reply;
  EXPECT_TRUE(writer.Finish(&reply).ok());
  EXPECT_EQ(reply.accepted(), 1u);
  EXPECT_EQ(reply.refused_size(), 0);
}

TEST_F(R68Waiting, AClassThatHasNotArrivedHereIsWaitedFor) {
  // The directory, which gives the right, may be ahead of the shard.
  auto request = rig_.RollCall(class_, Day(1), SESSION_MORNING);
  request.set_class_id(Id("7-9").str());
  rig_.Appoint("7-9's teacher", types::v1::ROLE_CLASS_TEACHER, "class:" + Id("7-9").hex());
  auto answer = std::async(std::launch::async, [this, request]() mutable {
    av1::SubmitRollCallReply reply;
    return rig_.Call("SubmitRollCall", request, &reply, "7-9's teacher", 60'000'000);
  });
  while (rig_.shard(0).Status().queue == 0) std::this_thread::yield();
  EXPECT_NE(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  rig_.AddClass("7-9", kSchool);
  EXPECT_TRUE(answer.get().ok());
}

}  // namespace
}  // namespace twinline::attendance_test

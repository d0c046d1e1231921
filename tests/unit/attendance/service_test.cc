// Attendance through gRPC, in one process: who may do what, what is refused and left a trace, and
// what a write returns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/attendance/service_rig.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance_test {
namespace {

namespace av1 = attendance::v1;
using types::v1::SESSION_AFTERNOON;
using types::v1::SESSION_MORNING;

constexpr uint32_t kAbsent = 5;

class AttendanceService : public testing::Test {
 protected:
  std::string Take(av1::SubmitRollCallRequest request, const std::string& person,
                   av1::SubmitRollCallReply* reply = nullptr) {
    av1::SubmitRollCallReply own;
    return rig_.Call("SubmitRollCall", request, reply == nullptr ? &own : reply, person).code();
  }
  av1::GetClassDayReply ClassDay(CivilDay day, const std::string& person = "7-1's teacher") {
    av1::GetClassDayRequest request;
    request.set_class_id(class_.str());
    request.mutable_day()->set_days(day.days);
    av1::GetClassDayReply reply;
    const auto result = rig_.Call("GetClassDay", request, &reply, person);
    EXPECT_TRUE(result.ok()) << result.code();
    return reply;
  }
  size_t RollCalls() { return rig_.Published<av1::RollCallTaken>("attendance/0").size(); }

  ServiceRig rig_;
  const Id16 class_ = rig_.AddClass("7-1", kSchool);
  const Id16 other_ = rig_.AddClass("7-2", kSchool);
  const Id16 x_ = rig_.AddPupil("X", class_);
  const Id16 y_ = rig_.AddPupil("Y", class_);
};

TEST_F(AttendanceService, OnlyTheClasssOwnPeopleTakeItsRollCall) {
  const auto request = rig_.RollCall(class_, Day(1), SESSION_MORNING);
  EXPECT_EQ(Take(request, "7-2's teacher"), "PERMISSION_SCOPE");
  EXPECT_EQ(Take(request, "other principal"), "PERMISSION_SCOPE");
  EXPECT_EQ(Take(request, "township"), "PERMISSION_ROLE");
  EXPECT_EQ(Take(request, "director"), "PERMISSION_ROLE");
  EXPECT_EQ(Take(request, "a stranger"), "PERMISSION_ROLE");
  EXPECT_EQ(Take(request, ""), "UNAUTHENTICATED_TOKEN_MISSING");
  rpc::CallOptions forged;
  forged.token = "not a token";
  av1::SubmitRollCallReply reply;
  EXPECT_EQ(
      rig_.client()
          .Call("twinline.attendance.v1.AttendanceService.SubmitRollCall", request, &reply, forged)
          .code(),
      "TOKEN_INVALID");
  EXPECT_EQ(RollCalls(), 0u);
  EXPECT_EQ(Take(request, "7-1's teacher"), "OK");
  EXPECT_EQ(RollCalls(), 1u);
}

TEST_F(AttendanceService, R68AnOldRosterIsAcceptedAndWhoWasNotOnItIsFlagged) {
  auto request = rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_}});
  const Id16 z = rig_.AddPupil("Z", other_);
  auto* stray = request.add_exceptions();
  stray->set_registration_id(z.str());
  stray->set_code(kAbsent);
  EXPECT_EQ(Take(request, "7-1's teacher"), "OK");
  const auto taken = rig_.Published<av1::RollCallTaken>("attendance/0");
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_FALSE(taken[0].exceptions(0).not_on_roster());
  EXPECT_TRUE(taken[0].exceptions(1).not_on_roster());
}

TEST_F(AttendanceService, WhatCannotBeIsRefusedInBothLanguages) {
  const auto refused = [&](av1::SubmitRollCallRequest request, const char* code) {
    request.clear_write();
    av1::SubmitRollCallReply reply;
    const auto result = rig_.Call("SubmitRollCall", request, &reply, "7-1's teacher");
    EXPECT_EQ(result.code(), code);
    ASSERT_TRUE(result.refusal) << code;
    EXPECT_FALSE(result.refusal->zh.empty()) << code;
    EXPECT_FALSE(result.refusal->en.empty()) << code;
  };
  refused(rig_.RollCall(class_, Day(2), SESSION_MORNING), "DATE_IN_FUTURE");
  refused(rig_.RollCall(class_, Day(-2), SESSION_MORNING), "NOT_A_SCHOOL_DAY");
  refused(rig_.RollCall(class_, Day(1), types::v1::SESSION_UNSPECIFIED), "SESSION_NOT_SCHEDULED");
  refused(rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_, 9}}), "MARK_CODE_UNKNOWN");
  refused(rig_.RollCall(class_, Day(1), SESSION_MORNING, {{Id("nobody")}}), "REGISTRATION_UNKNOWN");
  std::vector<ServiceRig::Mark> many(201, ServiceRig::Mark{x_});
  refused(rig_.RollCall(class_, Day(1), SESSION_MORNING, many), "TOO_MANY_EXCEPTIONS");
}

TEST_F(AttendanceService, ARequestIdMeansOneRequest) {
  auto request = rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_}});
  av1::SubmitRollCallReply first, again;
  EXPECT_EQ(Take(request, "7-1's teacher", &first), "OK");
  EXPECT_EQ(Take(request, "7-1's teacher", &again), "OK");
  EXPECT_EQ(first.read_token().pos(), again.read_token().pos());
  EXPECT_EQ(RollCalls(), 1u);
  request.clear_exceptions();
  EXPECT_EQ(Take(request, "7-1's teacher"), "REQUEST_ID_REUSED");
  EXPECT_EQ(RollCalls(), 1u);
}

TEST_F(AttendanceService, AStreamTakesManyAndNamesTheRefused) {
  const Id16 foreign = rig_.AddClass("8-1", kNeighbour);
  rpc::CallOptions options;
  options.token = "person:registrar";
  auto writer =
      rig_.client().OpenWriter("twinline.attendance.v1.AttendanceService.SubmitRollCalls", options);
  const auto wrong = rig_.RollCall(class_, Day(9), SESSION_MORNING);
  EXPECT_TRUE(
      writer.Write(rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_, kAbsent, "发烧"}})));
  EXPECT_TRUE(writer.Write(wrong));
  EXPECT_TRUE(writer.Write(rig_.RollCall(other_, Day(1), SESSION_MORNING)));
  av1::SubmitRollCallsReply reply;
  const auto result = writer.Finish(&reply);
  ASSERT_TRUE(result.ok()) << result.code();
  EXPECT_EQ(reply.accepted(), 2u);
  ASSERT_EQ(reply.refused_size(), 1);
  EXPECT_EQ(reply.refused(0).request_id(), wrong.write().request_id());
  EXPECT_EQ(reply.refused(0).refusal().code(), "DATE_IN_FUTURE");
  EXPECT_FALSE(reply.stopped());
  EXPECT_EQ(ClassDay(Day(1)).morning().exceptions(0).reason(), "发烧");

  // A class of another school ends the stream.
  auto stray =
      rig_.client().OpenWriter("twinline.attendance.v1.AttendanceService.SubmitRollCalls", options);
  stray.Write(rig_.RollCall(foreign, Day(1), SESSION_MORNING));
  EXPECT_EQ(stray.Finish(&reply).code(), "PERMISSION_SCOPE");
}

TEST_F(AttendanceService, AStreamStopsWhenItsListOfRefusedIsFull) {
  rpc::CallOptions options;
  options.token = "person:registrar";
  auto writer =
      rig_.client().OpenWriter("twinline.attendance.v1.AttendanceService.SubmitRollCalls", options);
  const auto wrong = rig_.RollCall(class_, Day(9), SESSION_MORNING);
  uint32_t sent = 0;
  for (; sent < 5'000; ++sent) {
    const bool good = sent == 3;
    auto next = good ? rig_.RollCall(class_, Day(1), SESSION_MORNING) : wrong;
    if (!good) next.mutable_write()->set_request_id(rig_.NewRequestId());
    if (!writer.Write(next)) break;  // answered already
  }
  av1::SubmitRollCallsReply reply;
  const auto result = writer.Finish(&reply);
  ASSERT_TRUE(result.ok()) << result.code();
  EXPECT_EQ(reply.refused_size(), 500);
  EXPECT_EQ(reply.accepted(), 1u);
  EXPECT_TRUE(reply.stopped());
}

TEST_F(AttendanceService, ACorrectionWaitsForAnotherPersonsSignature) {
  ASSERT_EQ(rig_.WholeDay("7-1", Day(1), {{x_}}), "OK");
  rig_.GoTo(Day(2));
  av1::ProposeCorrectionRequest propose;
  propose.set_class_id(class_.str());
  propose.mutable_day()->set_days(Day(1).days);
  propose.set_session(SESSION_AFTERNOON);
  propose.set_registration_id(x_.str());
  propose.set_code_after(0);
  av1::ProposeCorrectionReply proposed;
  EXPECT_EQ(rig_.Call("ProposeCorrection", propose, &proposed, "7-1's teacher").code(),
            "REASON_MISSING");
  propose.clear_write();
  propose.set_reason("下午已返校，误记缺勤");
  EXPECT_EQ(rig_.Call("ProposeCorrection", propose, &proposed, "7-2's teacher").code(),
            "PERMISSION_SCOPE");
  ASSERT_EQ(rig_.Call("ProposeCorrection", propose, &proposed, "7-1's teacher").code(), "OK");
  EXPECT_EQ(ClassDay(Day(1)).afternoon().exceptions_size(), 1) << "not before it is signed";

  const auto waiting = [&](const std::string& person) {
    av1::ListCorrectionsRequest list;
    *list.mutable_read_token() = proposed.read_token();
    av1::ListCorrectionsReply reply;
    EXPECT_EQ(rig_.Call("ListCorrections", list, &reply, person).code(), "OK");
    return reply;
  };
  EXPECT_EQ(waiting("other principal").corrections_size(), 0);
  EXPECT_EQ(waiting("7-2's teacher").corrections_size(), 0);
  const auto mine = waiting("principal");
  ASSERT_EQ(mine.corrections_size(), 1);
  EXPECT_EQ(mine.corrections(0).reason(), "下午已返校，误记缺勤");
  EXPECT_EQ(mine.corrections(0).code_before(), kAbsent);
  EXPECT_EQ(mine.corrections(0).code_after(), 0u);
  EXPECT_EQ(mine.corrections(0).child_id(), Id("X").bytes());
  EXPECT_EQ(mine.corrections(0).proposed_by(), Id("7-1's teacher").bytes());
  EXPECT_EQ(mine.corrections(0).school_code(), kSchool);

  av1::SignCorrectionRequest sign;
  sign.set_class_id(class_.str());
  sign.set_correction_id(proposed.correction_id());
  av1::SignCorrectionReply signed_reply;
  EXPECT_EQ(rig_.Call("SignCorrection", sign, &signed_reply, "7-1's teacher").code(),
            "PERMISSION_ROLE");
  EXPECT_EQ(rig_.Call("SignCorrection", sign, &signed_reply, "other principal").code(),
            "PERMISSION_SCOPE");
  sign.clear_write();
  ASSERT_EQ(rig_.Call("SignCorrection", sign, &signed_reply, "principal").code(), "OK");
  EXPECT_EQ(ClassDay(Day(1)).afternoon().exceptions_size(), 0);
  EXPECT_EQ(waiting("principal").corrections_size(), 0);
}

TEST_F(AttendanceService, R64ALateRollCallCarriesThePrincipalsReason) {
  ASSERT_EQ(rig_.WholeDay("7-1", Day(1)), "OK");
  rig_.GoTo(Day(2));
  const auto late = rig_.RollCall(other_, Day(1), SESSION_MORNING, {});
  EXPECT_EQ(Take(late, "7-2's teacher"), "OK") << "the day of this class is not judged";
  rig_.GoTo(Day(3));
  auto missed = rig_.RollCall(other_, Day(1), SESSION_AFTERNOON);
  EXPECT_EQ(Take(missed, "7-2's teacher"), "LATE_ROLL_CALL_NEEDS_SIGNATURE");
  av1::SignLateRollCallRequest sign;
  *sign.mutable_roll_call() = missed;
  sign.set_reason("停电，纸质点名后补录");
  av1::SubmitRollCallReply reply;
  EXPECT_EQ(rig_.Call("SignLateRollCall", sign, &reply, "7-2's teacher").code(), "PERMISSION_ROLE");
  sign.clear_write();
  sign.clear_reason();
  EXPECT_EQ(rig_.Call("SignLateRollCall", sign, &reply, "principal").code(), "REASON_MISSING");
  sign.clear_write();
  sign.set_reason("停电，纸质点名后补录");
  ASSERT_EQ(rig_.Call("SignLateRollCall", sign, &reply, "principal").code(), "OK");
  av1::GetClassDayRequest ask;
  ask.set_class_id(other_.str());
  ask.mutable_day()->set_days(Day(1).days);
  av1::GetClassDayReply shown;
  ASSERT_EQ(rig_.Call("GetClassDay", ask, &shown, "7-2's teacher").code(), "OK");
  EXPECT_EQ(shown.afternoon().late_reason(), "停电，纸质点名后补录");
  EXPECT_EQ(shown.afternoon().taken_by(), Id("principal").bytes());
  EXPECT_EQ(shown.morning().late_reason(), "");
}

TEST_F(AttendanceService, OnlyTheSecondPersonIsToldOfTheConflict) {
  av1::SubmitRollCallReply first, second, changed;
  EXPECT_EQ(Take(rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_}}), "7-1's teacher", &first),
            "OK");
  EXPECT_FALSE(first.conflict());
  EXPECT_EQ(Take(rig_.RollCall(class_, Day(1), SESSION_MORNING), "registrar", &second), "OK");
  EXPECT_TRUE(second.conflict());
  EXPECT_EQ(
      Take(rig_.RollCall(class_, Day(1), SESSION_MORNING, {{x_}, {y_}}), "7-1's teacher", &changed),
      "OK");
  EXPECT_FALSE(changed.conflict()) << "the teacher's own roll call counts";
}

TEST_F(AttendanceService, C5ATermShowsTheDaysThatNobodyTook) {
  ASSERT_EQ(rig_.WholeDay("7-1", Day(1), {{x_}}), "OK");
  rig_.GoTo(Day(2));
  ASSERT_EQ(Take(rig_.RollCall(class_, Day(2), SESSION_AFTERNOON), "7-1's teacher"), "OK");
  rig_.GoTo(Day(4), 12);  // the third day passes, the fourth is not over
  av1::GetChildTermRequest request;
  request.set_child_id(Id("X").str());
  request.set_registration_id(x_.str());
  request.mutable_from()->set_days(Day(-10).days);
  request.mutable_to()->set_days(Day(30).days);
  av1::GetChildTermReply reply;
  ASSERT_EQ(rig_.Call("GetChildTerm", request, &reply, "7-1's teacher").code(), "OK");
  ASSERT_EQ(reply.exceptions_size(), 1);
  ASSERT_EQ(reply.not_taken_size(), 2);
  EXPECT_EQ(reply.not_taken(0).day().days(), Day(2).days);
  EXPECT_TRUE(reply.not_taken(0).morning());
  EXPECT_FALSE(reply.not_taken(0).afternoon());
  EXPECT_EQ(reply.not_taken(1).day().days(), Day(3).days);
  EXPECT_TRUE(reply.not_taken(1).morning() && reply.not_taken(1).afternoon());
  EXPECT_EQ(rig_.Call("GetChildTerm", request, &reply, "7-2's teacher").code(), "PERMISSION_SCOPE");
}

TEST_F(AttendanceService, D05UnmarkedClassesAreShownToWhoeverTheyConcern) {
  rig_.AddPupil("Z", other_);
  ASSERT_EQ(rig_.WholeDay("7-1", Day(1)), "OK");
  rig_.GoTo(Day(2));
  const auto unmarked = [&](const std::string& person) {
    av1::ListUnmarkedRequest request;
    av1::ListUnmarkedReply reply;
    EXPECT_EQ(rig_.Call("ListUnmarked", request, &reply, person).code(), "OK");
    return reply;
  };
  ASSERT_EQ(unmarked("principal").classes_size(), 1);
  EXPECT_EQ(unmarked("principal").classes(0).class_id(), other_.bytes());
  EXPECT_EQ(unmarked("principal").classes(0).days(), 1u);
  EXPECT_EQ(unmarked("director").classes_size(), 1);
  EXPECT_EQ(unmarked("other principal").classes_size(), 0);
  ASSERT_EQ(rig_.WholeDay("7-2", Day(2)), "OK");
  EXPECT_EQ(unmarked("principal").classes_size(), 0) << "marked again";
}

}  // namespace
}  // namespace twinline::attendance_test

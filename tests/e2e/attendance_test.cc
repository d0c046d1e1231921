// Attendance once more through gRPC, against a real process: roll calls, corrections, gaps and
// presence at two schools, and what accountability makes of them. Scenarios of domain.md part 8.
#include <gtest/gtest.h>

#include "tests/support/county_case.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::test {
namespace {

namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;

constexpr size_t kPupil = 0;  // of primary one, class 4-1
constexpr uint32_t kMorning = 1, kAfternoon = 2;
constexpr uint32_t kPresent = 0, kUnexplained = 5, kGuest = 6;

std::string Rpc(const std::string& name) {
  return "twinline.attendance.v1.AttendanceService." + name;
}

class AttendanceChain : public testing::Test {
 protected:
  std::string School(size_t school) const { return county_.county().schools[school].code; }
  std::string SchoolOffice(size_t school) const { return "school:" + School(school); }

  // The afternoon of a day in the past, proposed by the class teacher and signed by the principal.
  void Correct(int day, uint32_t code) {
    av1::ProposeCorrectionRequest propose;
    propose.set_class_id(county_.loaded().classes[0].str());
    propose.mutable_day()->set_days(county_.days()[static_cast<size_t>(day)].days);
    propose.set_session(types::v1::SESSION_AFTERNOON);
    propose.set_registration_id(county_.loaded().registrations[kPupil].str());
    propose.set_code_after(code);
    propose.set_reason("当日下午到校情况误记");
    av1::ProposeCorrectionReply proposed;
    county_.api().Must(Rpc("ProposeCorrection"), propose, &proposed, county_.Teacher(0));
    av1::SignCorrectionRequest sign;
    sign.set_class_id(county_.loaded().classes[0].str());
    sign.set_correction_id(proposed.correction_id());
    av1::SignCorrectionReply reply;
    county_.api().Must(Rpc("SignCorrection"), sign, &reply, county_.Principal(kPrimaryOne));
  }

  RunningCounty county_;
  CountyCase case_{&county_, kPupil};
};

TEST_F(AttendanceChain, D03_a_backdated_correction_needs_two_people_and_the_other_line) {
  county_.PlayDay(0, {});
  for (int day = 1; day <= 5; ++day) county_.PlayDay(day, {kPupil});
  ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  EXPECT_EQ(case_.Facts().ground(), "THRESHOLD");
  county_.GoTo(6, 8);

  av1::ProposeCorrectionRequest propose;
  propose.set_class_id(county_.loaded().classes[0].str());
  propose.mutable_day()->set_days(county_.days()[3].days);
  propose.set_session(types::v1::SESSION_AFTERNOON);
  propose.set_registration_id(county_.loaded().registrations[kPupil].str());
  av1::ProposeCorrectionReply proposed;
  EXPECT_EQ(
      county_.api().Call(Rpc("ProposeCorrection"), propose, &proposed, county_.Teacher(0)).code(),
      "REASON_MISSING");
  propose.clear_write();
  propose.set_reason("当日下午已到校，点名时误记");
  county_.api().Must(Rpc("ProposeCorrection"), propose, &proposed, county_.Teacher(0));
  EXPECT_EQ(case_.State(), "SUSPECTED") << "not before the principal signs";

  av1::ListCorrectionsRequest list;
  av1::ListCorrectionsReply waiting;
  county_.api().Must(Rpc("ListCorrections"), list, &waiting, county_.Principal(kPrimaryOne));
  ASSERT_EQ(waiting.corrections_size(), 1);
  EXPECT_EQ(waiting.corrections(0).correction_id(), proposed.correction_id());
  av1::SignCorrectionRequest sign;
  sign.set_class_id(county_.loaded().classes[0].str());
  sign.set_correction_id(proposed.correction_id());
  av1::SignCorrectionReply signed_reply;
  county_.api().Must(Rpc("SignCorrection"), sign, &signed_reply, county_.Principal(kPrimaryOne));
  ASSERT_EQ(case_.Reaches("FALSE_ALARM_PROPOSED"), "FALSE_ALARM_PROPOSED");

  // The school cannot close it alone.
  cv1::SignFalseAlarmRequest agree;
  case_.Name(agree.mutable_act());
  agree.set_agree(true);
  cv1::CaseReply reply;
  EXPECT_NE(
      county_.api()
          .Call(CountyCase::Rpc("SignFalseAlarm"), agree, &reply, county_.Principal(kPrimaryOne))
          .code(),
      "OK");
  agree.clear_write();
  county_.api().Must(CountyCase::Rpc("SignFalseAlarm"), agree, &reply, case_.Official());
  EXPECT_EQ(case_.State(), "CLOSED_FALSE_ALARM");
  bool opened = false;
  const cv1::GetCaseReply now = case_.Get();
  for (const auto& entry : now.timeline()) opened = opened || entry.what() == "OPENED";
  EXPECT_TRUE(opened) << "nothing of it is gone";
}

TEST_F(AttendanceChain,
       D03_one_week_later_the_child_is_back_and_the_case_is_a_proposed_false_alarm) {
  county_.PlayDay(0, {});
  for (int day = 1; day <= 5; ++day) county_.PlayDay(day, {kPupil});
  ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  for (int day = 6; day <= 9; ++day) county_.PlayDay(day, {});
  ASSERT_EQ(case_.State(), "SUSPECTED") << "coming back does not close a case";
  county_.GoTo(10, 8);
  Correct(3, kPresent);
  EXPECT_EQ(case_.Reaches("FALSE_ALARM_PROPOSED"), "FALSE_ALARM_PROPOSED");
  // The correction of the correction: it was away after all.
  Correct(3, kUnexplained);
  EXPECT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
}

TEST_F(AttendanceChain, D04_present_at_two_schools_is_kept_shown_and_a_task_of_the_bureau) {
  county_.PlayDay(0, {});
  county_.GoTo(1, 8, 30);
  ASSERT_TRUE(county_.RollCall(0, 1, kMorning, {}).ok());
  ASSERT_TRUE(county_.RollCall(1, 1, kMorning, {{kPupil, kGuest}}).ok());
  av1::ListTwoSchoolConflictsRequest request;
  av1::ListTwoSchoolConflictsReply reply;
  county_.api().Must(Rpc("ListTwoSchoolConflicts"), request, &reply,
                     county_.loaded().bureau_official);
  ASSERT_EQ(reply.conflicts_size(), 1);
  EXPECT_EQ(reply.conflicts(0).child_id(), county_.loaded().children[kPupil].bytes());
  EXPECT_EQ(reply.conflicts(0).school_code(), School(kPrimaryOne));
  EXPECT_EQ(reply.conflicts(0).other_school_code(), School(kPrimaryTwo));
  cv1::ListTasksReply tasks;
  const auto task = [&]() -> const cv1::TaskFacts* {
    cv1::ListTasksRequest ask;
    tasks.Clear();
    county_.api().Must(CountyCase::Rpc("ListTasks"), ask, &tasks, county_.loaded().bureau_official);
    for (const auto& line : tasks.tasks()) {
      if (line.facts().kind() == "TWO_SCHOOLS") return &line.facts();
    }
    return nullptr;
  };
  ASSERT_TRUE(CountyCase::Until([&] { return task() != nullptr; }));
  EXPECT_EQ(task()->deadline().working_days(), 3u);
  // Neither mark was taken away.
  for (const size_t room : {size_t{0}, size_t{1}}) {
    av1::GetClassDayRequest day;
    day.set_class_id(county_.loaded().classes[room].str());
    day.mutable_day()->set_days(county_.days()[1].days);
    av1::GetClassDayReply shown;
    county_.api().Must(Rpc("GetClassDay"), day, &shown, county_.Teacher(room));
    EXPECT_TRUE(shown.morning().taken());
    EXPECT_EQ(shown.morning().exceptions_size(), room == 1 ? 1 : 0);
  }
}

TEST_F(AttendanceChain, D05_a_class_without_roll_calls_alarms_and_accuses_nobody) {
  const auto play_without_junior_two = [&](int day) {
    for (const uint32_t session : {kMorning, kAfternoon}) {
      county_.GoTo(day, session == kMorning ? 8 : 14, 30);
      for (size_t room = 0; room < 3; ++room) {
        ASSERT_TRUE(county_.RollCall(room, day, session, {}).ok());
      }
    }
  };
  for (int day = 0; day < 4; ++day) play_without_junior_two(day);
  county_.GoTo(3, 19);
  av1::ListUnmarkedRequest request;
  av1::ListUnmarkedReply reply;
  county_.api().Must(Rpc("ListUnmarked"), request, &reply, county_.Principal(kJunior));
  ASSERT_EQ(reply.classes_size(), 1);
  EXPECT_EQ(reply.classes(0).class_id(), county_.loaded().classes[3].bytes());
  EXPECT_EQ(reply.classes(0).days(), 4u);
  EXPECT_TRUE(CountyCase::Until([&] {
    return case_.Alerts(SchoolOffice(kJunior), "CLASS_UNMARKED", county_.Principal(kJunior)) >= 1 &&
           case_.Alerts("bureau:411282", "CLASS_UNMARKED", county_.loaded().bureau_official) >= 1;
  }));
  av1::ListStreaksRequest streaks;
  streaks.set_school_code(School(kJunior));
  av1::ListStreaksReply nobody;
  county_.api().Must(Rpc("ListStreaks"), streaks, &nobody, county_.Principal(kJunior));
  EXPECT_EQ(nobody.streaks_size(), 0);
  // The child's own sheet says 未点名, not absent (C-5).
  const size_t pupil = county_.county().classes[3].pupils[0];
  av1::GetChildTermRequest term;
  term.set_child_id(county_.loaded().children[pupil].str());
  term.set_registration_id(county_.loaded().registrations[pupil].str());
  term.mutable_from()->set_days(county_.days()[0].days);
  term.mutable_to()->set_days(county_.days()[3].days);
  av1::GetChildTermReply sheet;
  county_.api().Must(Rpc("GetChildTerm"), term, &sheet, county_.Teacher(3));
  EXPECT_EQ(sheet.exceptions_size(), 0);
  EXPECT_EQ(sheet.not_taken_size(), 4);
}

TEST_F(AttendanceChain, D06_a_child_never_seen_this_term_is_suspected_after_three_days) {
  const size_t pupil = county_.county().classes[2].pupils[0];  // grade 7
  CountyCase no_show(&county_, pupil);
  for (int day = 0; day < 3; ++day) county_.PlayDay(day, {pupil});
  ASSERT_EQ(no_show.Reaches("SUSPECTED"), "SUSPECTED");
  EXPECT_EQ(no_show.Facts().ground(), "TERM_START_NO_SHOW");
  EXPECT_EQ(no_show.Facts().school_code(), School(kJunior));
  EXPECT_EQ(no_show.Facts().absent_days(), 3u);
  EXPECT_TRUE(CountyCase::Until([&] {
    return no_show.Alerts("township:" + no_show.Facts().township(), "CASE_OPENED",
                          no_show.Official()) == 1;
  }));
}

TEST_F(AttendanceChain, a_late_roll_call_is_the_principals_and_shows_his_reason) {
  county_.PlayDay(0, {});
  county_.GoTo(1, 8);
  ASSERT_TRUE(county_.RollCall(0, 1, kMorning, {{kPupil, kUnexplained}}).ok());
  county_.GoTo(2, 8);  // day 1 was judged at its close, by its morning
  EXPECT_EQ(county_.RollCall(0, 1, kAfternoon, {}).code(), "LATE_ROLL_CALL_NEEDS_SIGNATURE");
  av1::SignLateRollCallRequest sign;
  auto* late = sign.mutable_roll_call();
  late->set_class_id(county_.loaded().classes[0].str());
  late->mutable_day()->set_days(county_.days()[1].days);
  late->set_session(types::v1::SESSION_AFTERNOON);
  late->set_roster_version(county_.loaded().roster_version[0]);
  sign.set_reason("停电，当日有纸质点名");
  av1::SubmitRollCallReply reply;
  EXPECT_EQ(county_.api().Call(Rpc("SignLateRollCall"), sign, &reply, county_.Teacher(0)).code(),
            "PERMISSION_ROLE");
  sign.clear_write();
  county_.api().Must(Rpc("SignLateRollCall"), sign, &reply, county_.Principal(kPrimaryOne));
  av1::GetClassDayRequest day;
  day.set_class_id(county_.loaded().classes[0].str());
  day.mutable_day()->set_days(county_.days()[1].days);
  av1::GetClassDayReply shown;
  county_.api().Must(Rpc("GetClassDay"), day, &shown, county_.Teacher(0));
  EXPECT_EQ(shown.afternoon().late_reason(), "停电，当日有纸质点名");
}

}  // namespace
}  // namespace twinline::test

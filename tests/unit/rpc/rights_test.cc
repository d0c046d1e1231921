// Who may call what: the matrix of roles and reaches, tokens and sessions, each refusal with its
// code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rpc/echo_rig.h"

namespace twinline::rpc_test {
namespace {

using test::v1::CallOfficeRequest;
using test::v1::CountReply;
using test::v1::CountSchoolRequest;
using test::v1::ListClassReply;
using test::v1::ListClassRequest;
using test::v1::PingReply;
using test::v1::PingRequest;
using types::v1::ROLE_AUDITOR;
using types::v1::ROLE_BUREAU_OFFICIAL;
using types::v1::ROLE_CLASS_TEACHER;
using types::v1::ROLE_PRINCIPAL;
using types::v1::ROLE_REGISTRAR;
using types::v1::ROLE_TOWNSHIP_HEAD;
using types::v1::ROLE_TOWNSHIP_OFFICIAL;
using types::v1::ROLE_VILLAGE_OFFICIAL;

class RightsTest : public ::testing::Test {
 protected:
  RightsTest() {
    rig_.Appoint("teacher", ROLE_CLASS_TEACHER, "class:" + Id("7-1").hex());
    rig_.Appoint("registrar", ROLE_REGISTRAR, std::string("school:") + kSchoolA);
    rig_.Appoint("principal", ROLE_PRINCIPAL, std::string("school:") + kSchoolB);
    rig_.Appoint("village", ROLE_VILLAGE_OFFICIAL, "village:411282103001");
    rig_.Appoint("township", ROLE_TOWNSHIP_OFFICIAL, "township:411282103");
    rig_.Appoint("head", ROLE_TOWNSHIP_HEAD, "township:411282103");
    rig_.Appoint("bureau", ROLE_BUREAU_OFFICIAL, "bureau:411282");
    rig_.Appoint("auditor", ROLE_AUDITOR, "auditor:411282");
    rig_.PutChild("x", "7-1", kSchoolA, "411282103");
    rig_.PutChild("y", "7-2", kSchoolA, "411282104");
    rig_.PutChild("z", "8-1", kSchoolB, "411282104", "411282103");
    rig_.PutChild("far", "8-1", kSchoolB, "411281101");
  }

  std::string Code(const rpc::CallResult& result) { return result.ok() ? "OK" : result.code(); }

  EchoRig rig_;
};

TEST_F(RightsTest, ReachFollowsTheHierarchy) {
  const std::map<std::string, std::string> expected = {
      {"teacher", "x"},         // own class
      {"registrar", "x y"},     // own school
      {"principal", "z far"},   // the other school
      {"village", "x"},         // household registration in the village
      {"township", "x y z"},    // registration or residence there, and pupils of its schools
      {"bureau", "x y z far"},  // everything in the only county
      {"auditor", "x y z far"},
  };
  for (const auto& [person, children] : expected) {
    std::string allowed;
    for (const char* child : {"x", "y", "z", "far"}) {
      const rpc::CallResult result = rig_.GetChild(person, child);
      if (result.ok()) {
        allowed += (allowed.empty() ? "" : " ") + std::string(child);
      } else {
        EXPECT_EQ(Code(result), "PERMISSION_SCOPE") << person << " " << child;
        EXPECT_EQ(result.status.code(), absl::StatusCode::kPermissionDenied);
      }
    }
    EXPECT_EQ(allowed, children) << person;
  }
}

TEST_F(RightsTest, AnUnknownChildIsWithinNobodysReachButOfThoseWhoReachEverything) {
  EXPECT_EQ(Code(rig_.GetChild("registrar", "nobody")), "PERMISSION_SCOPE");
  EXPECT_EQ(Code(rig_.GetChild("bureau", "nobody")), "OK");
}

TEST_F(RightsTest, TheReceivingSchoolSeesAChildOnItsWay) {
  registry::v1::ChildFacts facts;
  facts.set_child_id(Id("x").str());
  facts.set_class_id(Id("7-1").str());
  facts.set_school_code(kSchoolA);
  facts.set_pending_school_code(kSchoolB);
  EXPECT_EQ(Code(rig_.GetChild("principal", "x")), "PERMISSION_SCOPE");
  rig_.directory.Apply(facts);
  EXPECT_EQ(Code(rig_.GetChild("principal", "x")), "OK");
  // Moved: the former school's right ends.
  facts.set_school_code(kSchoolB);
  facts.clear_pending_school_code();
  rig_.directory.Apply(facts);
  EXPECT_EQ(Code(rig_.GetChild("registrar", "x")), "PERMISSION_SCOPE");
}

TEST_F(RightsTest, ClassSchoolAndOfficeFields) {
  ListClassRequest list;
  list.mutable_place()->set_class_id(Id("7-2").str());
  ListClassReply listed;
  EXPECT_EQ(Code(rig_.Call("ListClass", list, &listed, rig_.As("teacher"))), "PERMISSION_SCOPE");
  EXPECT_EQ(Code(rig_.Call("ListClass", list, &listed, rig_.As("registrar"))), "OK");
  EXPECT_EQ(listed.children_size(), 2);

  CountSchoolRequest count;
  CountReply counted;
  count.set_school_code(kSchoolB);
  EXPECT_EQ(Code(rig_.Call("CountSchool", count, &counted, rig_.As("registrar"))),
            "PERMISSION_SCOPE");
  EXPECT_EQ(Code(rig_.Call("CountSchool", count, &counted, rig_.As("bureau"))), "OK");

  CallOfficeRequest office;
  for (const auto& [code, expected] :
       std::map<std::string, std::string>{{"township:411282103", "OK"},
                                          {"village:411282103001", "OK"},
                                          {std::string("school:") + kSchoolA, "OK"},
                                          {std::string("school:") + kSchoolB, "PERMISSION_SCOPE"},
                                          {"village:411282104001", "PERMISSION_SCOPE"},
                                          {"bureau:411282", "PERMISSION_SCOPE"}}) {
    office.set_office(code);
    EXPECT_EQ(Code(rig_.Call("CallOffice", office, &counted, rig_.As("head"))), expected) << code;
  }
}

TEST_F(RightsTest, TheRoleMustBeOneThatTheMethodNames) {
  CountSchoolRequest count;
  count.set_school_code(kSchoolA);
  CountReply counted;
  const rpc::CallResult result = rig_.Call("CountSchool", count, &counted, rig_.As("teacher"));
  ASSERT_TRUE(result.refusal);
  EXPECT_EQ(result.refusal->code, "PERMISSION_ROLE");
  EXPECT_THAT(result.refusal->zh, ::testing::HasSubstr("学籍管理员、教体局经办"));
  EXPECT_THAT(result.refusal->en, ::testing::HasSubstr("registrar, bureau official"));
  EXPECT_EQ(std::string(result.status.message()), result.refusal->en);
  EXPECT_EQ(Code(rig_.GetChild("stranger", "x")), "PERMISSION_ROLE");
}

TEST_F(RightsTest, AnAuditorReadsEverythingAndWritesNothing) {
  CountSchoolRequest count;
  count.set_school_code(kSchoolB);
  CountReply counted;
  EXPECT_EQ(Code(rig_.Call("CountSchool", count, &counted, rig_.As("auditor"))), "OK");
  test::v1::AddNoteRequest note;
  note.set_child_id(Id("x").str());
  test::v1::AddNoteReply noted;
  EXPECT_EQ(Code(rig_.Call("AddNote", note, &noted, rig_.As("auditor"))), "PERMISSION_ROLE");
  test::v1::GetChildRequest open;
  open.set_child_id(Id("x").str());
  test::v1::Child child;
  EXPECT_EQ(Code(rig_.Call("OpenSealed", open, &child, rig_.As("auditor"))), "PERMISSION_ROLE");
}

TEST_F(RightsTest, TokensAndSessions) {
  PingRequest ping;
  ping.set_text("hello");
  PingReply pong;
  rpc::CallOptions nobody;
  EXPECT_EQ(Code(rig_.Call("Ping", ping, &pong, nobody)), "OK");
  EXPECT_EQ(pong.text(), "hello");
  const rpc::CallResult missing = rig_.Call("WhoAmI", ping, &pong, nobody);
  EXPECT_EQ(Code(missing), "UNAUTHENTICATED_TOKEN_MISSING");
  EXPECT_EQ(missing.status.code(), absl::StatusCode::kUnauthenticated);
  rpc::CallOptions options;
  options.token = "old";
  EXPECT_EQ(Code(rig_.Call("WhoAmI", ping, &pong, options)), "TOKEN_EXPIRED");
  options.token = "forged";
  EXPECT_EQ(Code(rig_.Call("WhoAmI", ping, &pong, options)), "TOKEN_INVALID");
  // Own matters need no duty.
  EXPECT_EQ(Code(rig_.Call("WhoAmI", ping, &pong, rig_.As("stranger"))), "OK");
  rig_.directory.EndSession(std::hash<std::string>()("stranger") | 1);
  EXPECT_EQ(Code(rig_.Call("WhoAmI", ping, &pong, rig_.As("stranger"))), "SESSION_ENDED");
}

TEST_F(RightsTest, ASignatureIsCheckedOnceUntilTheTokenExpires) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(rig_.GetChild("teacher", "x").ok());
  EXPECT_EQ(rig_.verified.load(), 1);
  rig_.clock.us += int64_t{601} * 1'000'000;
  EXPECT_TRUE(rig_.GetChild("teacher", "x").ok());
  EXPECT_EQ(rig_.verified.load(), 2);
}

TEST_F(RightsTest, ADutyCountsFromItsFirstDayToItsLast) {
  registry::v1::DutyFacts duty;
  duty.set_duty_id(Id("short").str());
  duty.set_staff_id(Id("substitute").str());
  duty.set_role(ROLE_CLASS_TEACHER);
  duty.set_office("class:" + Id("7-1").hex());
  duty.mutable_from()->set_days(base::CivilDay::FromYmd(2026, 9, 16).days);
  duty.mutable_to()->set_days(base::CivilDay::FromYmd(2026, 9, 17).days);
  rig_.directory.Apply(duty);
  std::string days;
  for (int day = 15; day <= 18; ++day) {
    if (rig_.GetChild("substitute", "x").ok()) days += std::to_string(day) + " ";
    rig_.clock.us += base::kDayUs;
  }
  EXPECT_EQ(days, "16 17 ");
}

TEST_F(RightsTest, TheCallerMayChooseTheDuty) {
  rig_.Appoint("both", ROLE_CLASS_TEACHER, "class:" + Id("7-1").hex());
  rig_.Appoint("both", ROLE_REGISTRAR, std::string("school:") + kSchoolA);
  EXPECT_TRUE(rig_.GetChild("both", "y").ok());  // as registrar
  test::v1::GetChildRequest request;
  request.set_child_id(Id("y").str());
  test::v1::Child reply;
  rpc::CallOptions options = rig_.As("both");
  options.duty = Id("both" + ("class:" + Id("7-1").hex())).hex();
  EXPECT_EQ(Code(rig_.Call("GetChild", request, &reply, options)), "PERMISSION_SCOPE");
  options.duty = Id("somebody else's").hex();
  EXPECT_EQ(Code(rig_.Call("GetChild", request, &reply, options)), "DUTY_NOT_HELD");
}

TEST_F(RightsTest, ARefusalNeverTellsWhereTheChildIs) {
  const rpc::CallResult result = rig_.GetChild("registrar", "z");
  ASSERT_TRUE(result.refusal);
  std::string all = result.refusal->zh + result.refusal->en;
  for (const auto& [key, value] : result.refusal->details) all += value;
  EXPECT_THAT(all, ::testing::Not(::testing::HasSubstr(kSchoolB)));
  EXPECT_THAT(all, ::testing::HasSubstr(kSchoolA));
}

TEST(RightsOfWiderInstallations, TheBureauReachesItsOwnCountyOnly) {
  rpc::MemoryDirectory directory("411282");
  registry::v1::SchoolFacts school;
  school.set_school_code(kSchoolA);
  school.set_county("411282");
  directory.Apply(school);
  rpc::Duty duty;
  duty.office = "bureau:411282";
  EXPECT_TRUE(directory.ReachOf(duty)->everything());
  school.set_school_code(kSchoolB);
  school.set_county("411281");
  directory.Apply(school);
  EXPECT_FALSE(directory.ReachOf(duty)->everything());
  EXPECT_TRUE(directory.ReachOf(duty)->CoversSchool(kSchoolA));
  EXPECT_FALSE(directory.ReachOf(duty)->CoversSchool(kSchoolB));
  rpc::ChildPlace place;
  place.school_code = kSchoolB;
  EXPECT_FALSE(directory.ReachOf(duty)->CoversChild(place));
  place.hukou_township = "411282103";  // ours, at school elsewhere
  EXPECT_TRUE(directory.ReachOf(duty)->CoversChild(place));
}

}  // namespace
}  // namespace twinline::rpc_test

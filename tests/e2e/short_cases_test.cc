// Scenarios of domain.md part 8 that are short, through gRPC against the real server: one child,
// the people concerned, what each of them is told.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "platform/base/keys.h"
#include "tests/support/running_county.h"
#include "tools/datagen/people.h"
#include "tools/demo/guide.h"
#include "tools/demo/term.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

// Of a boy born on 5 March 2016.
std::string BoysNumber(uint32_t serial) {
  return datagen::IdNumber(base::CivilDay::FromYmd(2016, 3, 5), 1, serial);
}

class ShortCase : public testing::Test {
 protected:
  template <typename Request>
  rpc::CallResult Registry(const std::string& rpc, Request& request,
                           google::protobuf::Message* reply, const base::Id16& who) {
    return county_.api().Call("twinline.registry.v1.RegistryService." + rpc, request, reply, who);
  }
  template <typename Request>
  void Must(const std::string& rpc, Request& request, google::protobuf::Message* reply,
            const base::Id16& who) {
    county_.api().Must("twinline.registry.v1.RegistryService." + rpc, request, reply, who);
  }

  // A child of primary one, class 4-1, living in the given village.
  rv1::RegisterChildRequest Child(const std::string& name, const std::string& id_number,
                                  size_t village = 0, size_t school = kPrimaryOne,
                                  size_t room = 0) {
    const auto& home = county_.county().villages[village];
    const std::string& township = county_.county().townships[home.township].code;
    rv1::RegisterChildRequest request;
    rv1::ChildInput* child = request.mutable_child();
    child->mutable_person()->set_name(name);
    child->mutable_person()->set_id_kind(id_number.empty() ? "NONE" : "RESIDENT_ID");
    child->mutable_person()->set_id_number(id_number);
    child->mutable_person()->mutable_birth_date()->set_days(
        base::CivilDay::FromYmd(2016, 3, 5).days);
    child->mutable_person()->set_sex(1);
    child->set_school_code(county_.county().schools[school].code);
    child->set_class_id(county_.loaded().classes[room].str());
    child->set_grade(4);
    child->set_hukou_township(township);
    child->set_hukou_village(home.code);
    child->set_residence_township(township);
    child->set_residence_village(home.code);
    child->set_entry_kind("NORMAL");
    child->mutable_entered_on()->set_days(county_.days()[0].days);
    return request;
  }
  rv1::RegisterChildReply Registered(rv1::RegisterChildRequest request,
                                     size_t school = kPrimaryOne) {
    rv1::RegisterChildReply reply;
    Must("RegisterChild", request, &reply, county_.Registrar(school));
    return reply;
  }
  rv1::ChildView View(const std::string& child_id) {
    rv1::GetChildRequest request;
    request.set_child_id(child_id);
    rv1::ChildReply reply;
    Must("GetChild", request, &reply, county_.loaded().auditor);
    return reply.child();
  }

  rpc::CallResult Transfer(const std::string& child_id, const std::string& registration_id,
                           const std::string& school, const std::string& room,
                           const base::Id16& registrar, tv1::BusinessReply* reply) {
    tv1::StartTransferRequest request;
    request.set_child_id(child_id);
    request.set_registration_id(registration_id);
    request.set_to_school_code(school);
    request.set_to_class_id(room);
    request.set_grade(4);
    request.set_ground("RESIDENCE_MOVED");
    request.set_applicant("家长");
    return county_.api().Call("twinline.transfer.v1.TransferService.StartTransfer", request, reply,
                              registrar);
  }
  // To class 4-1 of primary two.
  rpc::CallResult ToPrimaryTwo(const std::string& child_id, const std::string& registration_id,
                               tv1::BusinessReply* reply) {
    return Transfer(child_id, registration_id, county_.county().schools[kPrimaryTwo].code,
                    county_.loaded().classes[1].str(), county_.Registrar(kPrimaryTwo), reply);
  }
  rpc::CallResult Decide(const base::Id16& who, tv1::BusinessReply* reply,
                         const std::string& refuse_code = "", bool approve = true) {
    tv1::DecideStepRequest request;
    request.set_business_id(reply->business().business_id());
    request.set_step(reply->business().step());
    request.set_approve(approve);
    request.set_reason_code(refuse_code);
    return county_.api().Call("twinline.transfer.v1.ApprovalService.DecideStep", request, reply,
                              who);
  }
  // What the registry made of it; it reacts within milliseconds.
  std::string Settled(const tv1::BusinessReply& business) {
    tv1::GetBusinessRequest request;
    request.set_business_id(business.business().business_id());
    tv1::GetBusinessReply reply;
    const int64_t give_up = base::MonotonicUs() + 20'000'000;
    do {
      county_.api().Must("twinline.transfer.v1.ApprovalService.GetBusiness", request, &reply,
                         county_.loaded().auditor);
    } while (reply.business().state() == "APPROVED" && base::MonotonicUs() < give_up);
    return reply.business().state();
  }
  std::string Pupil(size_t pupil) { return county_.loaded().children[pupil].str(); }
  std::string Registration(size_t pupil) { return county_.loaded().registrations[pupil].str(); }

  RunningCounty county_;
};

TEST_F(ShortCase, A04_and_T12_one_child_with_two_numbers) {
  county_.GoTo(0, 9);
  auto first = Child("孙七", BoysNumber(500));
  auto second = Child("孙七", BoysNumber(510), 2, kPrimaryTwo, 1);
  for (auto* request : {&first, &second}) {
    auto* guardian = request->mutable_child()->add_guardians();
    guardian->set_name("王芳");
    guardian->set_relation("母亲");
    guardian->set_id_number("411299198803050125");
  }
  const auto one = Registered(first);
  const auto two = Registered(second, kPrimaryTwo);
  ASSERT_EQ(two.duplicate_tasks_size(), 1) << two.DebugString();
  // Both schools and the bureau have the task; nobody is deleted.
  for (const base::Id16& who : {county_.Registrar(kPrimaryOne), county_.Registrar(kPrimaryTwo),
                                county_.loaded().bureau_official}) {
    rv1::ListDuplicatesRequest list;
    rv1::ListDuplicatesReply tasks;
    Must("ListDuplicates", list, &tasks, who);
    ASSERT_EQ(tasks.tasks_size(), 1);
    EXPECT_EQ(tasks.tasks(0).ground(), "SAME_PERSON");
  }
  rv1::ListProblemsRequest problems;
  problems.set_problem("DUPLICATE_WITHOUT_ID");
  rv1::ChildrenReply flagged;
  Must("ListProblems", problems, &flagged, county_.loaded().bureau_official);
  EXPECT_EQ(flagged.children_size(), 2);

  tv1::BusinessReply business;
  const auto blocked = ToPrimaryTwo(one.child_id(), one.registration_id(), &business);
  EXPECT_EQ(blocked.code(), "PROBLEM_RECORD");
  ASSERT_TRUE(blocked.refusal);
  EXPECT_NE(blocked.refusal->zh.find("2003"), std::string::npos);

  rv1::ResolveDuplicateRequest merge;
  merge.set_task_id(two.duplicate_tasks(0));
  merge.set_outcome("MERGED");
  merge.set_survivor_child_id(one.child_id());
  merge.set_reason("公安机关更正身份证号");
  merge.set_office("bureau:411282");
  rv1::RecordedReply recorded;
  const auto merged =
      Registry("ResolveDuplicate", merge, &recorded, county_.loaded().bureau_official);
  ASSERT_TRUE(merged.ok()) << merged.status;
  EXPECT_EQ(View(one.child_id()).facts().problems_size(), 0);
  EXPECT_TRUE(ToPrimaryTwo(one.child_id(), one.registration_id(), &business).ok());
}

TEST_F(ShortCase, A07_a_temporary_number_becomes_formal_and_pinyin_finds_the_child) {
  county_.GoTo(0, 9);
  const std::string id = BoysNumber(520);
  const auto import = [&](const std::string& number) {
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.Registrar(kPrimaryOne));
    auto writer = county_.api().client().OpenWriter(
        "twinline.registry.v1.RegistryService.ImportStudents", options);
    rv1::ImportStudentsRequest message;
    message.mutable_start()->mutable_write()->set_request_id(
        rpc::NewRequestId(county_.api().now_us()).str());
    message.mutable_start()->set_file_name("名册.csv");
    message.mutable_start()->set_office("school:" + county_.county().schools[kPrimaryOne].code);
    writer.Write(message);
    message.clear_start();
    message.set_chunk("学校标识码,姓名,身份证件号,性别,年级,班级,入学年月,学籍号\n" +
                      county_.county().schools[kPrimaryOne].code + ",欧阳雪," + id +
                      ",男,4,1,202309," + number + "\n");
    writer.Write(message);
    rv1::ImportStudentsReply reply;
    const rpc::CallResult result = writer.Finish(&reply);
    EXPECT_TRUE(result.ok()) << result.status;
    return reply;
  };
  EXPECT_EQ(import("L411282201603050007").created(), 1U);
  county_.GoTo(20, 9);
  EXPECT_EQ(import("G" + id).changed(), 1U);
  EXPECT_EQ(import("G" + id).unchanged(), 1U);

  rv1::FindChildRequest find;
  find.set_student_number("L411282201603050007");
  rv1::ChildrenReply found;
  Must("FindChild", find, &found, county_.Registrar(kPrimaryOne));
  ASSERT_EQ(found.children_size(), 1);
  const rv1::ChildView view = View(found.children(0).child_id());
  ASSERT_EQ(view.numbers_size(), 2);
  EXPECT_EQ(view.numbers(0).kind(), "L");
  EXPECT_EQ(view.numbers(1).kind(), "G");
  EXPECT_EQ(view.numbers(0).valid_from().days(), county_.days()[0].days);
  EXPECT_EQ(view.numbers(1).valid_from().days(), county_.days()[20].days);

  for (const char* query : {"欧阳", "ouyang", "oyx"}) {
    rv1::SearchChildrenRequest search;
    search.set_query(query);
    rv1::ChildrenReply hits;
    Must("SearchChildren", search, &hits, county_.Registrar(kPrimaryOne));
    ASSERT_EQ(hits.children_size(), 1) << query;
    EXPECT_EQ(hits.children(0).name(), "欧阳雪");
    Must("SearchChildren", search, &hits, county_.Registrar(kPrimaryTwo));
    EXPECT_EQ(hits.children_size(), 0) << "another school's child";
  }
}

TEST_F(ShortCase, T03_a_refusal_needs_its_reason_and_the_bureau_overrides_within_the_zone) {
  county_.GoTo(0, 9);
  // Village 2 lies in the zone of primary two.
  const auto zoned = Registered(Child("钱八", "", 2));
  tv1::BusinessReply business;
  ASSERT_TRUE(ToPrimaryTwo(zoned.child_id(), zoned.registration_id(), &business).ok());
  const base::Id16 principal = county_.Principal(kPrimaryTwo);
  EXPECT_EQ(Decide(principal, &business, "", false).code(), "REFUSAL_REASON_MANDATORY");
  EXPECT_EQ(Decide(principal, &business, "NO_REGISTRATION", false).code(),
            "REFUSAL_REASON_MANDATORY");
  ASSERT_TRUE(Decide(principal, &business, "NO_SEAT", false).ok());
  EXPECT_EQ(business.business().state(), "REFUSED");
  tv1::OverrideRefusalRequest override;
  override.set_business_id(business.business().business_id());
  override.set_reason("属该校片区，有学位");
  tv1::BusinessReply overridden;
  const std::string kOverride = "twinline.transfer.v1.TransferService.OverrideRefusal";
  EXPECT_EQ(county_.api().Call(kOverride, override, &overridden, principal).code(),
            "PERMISSION_ROLE");
  override.clear_write();
  const auto done =
      county_.api().Call(kOverride, override, &overridden, county_.loaded().bureau_official);
  ASSERT_TRUE(done.ok()) << done.status;
  EXPECT_EQ(overridden.business().state(), "OPEN");

  // A pupil from elsewhere: no seat is no seat.
  tv1::BusinessReply outside;
  ASSERT_TRUE(ToPrimaryTwo(Pupil(0), Registration(0), &outside).ok());
  ASSERT_TRUE(Decide(principal, &outside, "NO_SEAT", false).ok());
  override.Clear();
  override.set_business_id(outside.business().business_id());
  override.set_reason("请接收");
  const auto no =
      county_.api().Call(kOverride, override, &overridden, county_.loaded().bureau_official);
  EXPECT_EQ(no.code(), "NOT_ZONED");
  ASSERT_TRUE(no.refusal);
  EXPECT_NE(no.refusal->zh.find("片区"), std::string::npos);
}

TEST_F(ShortCase, T09_suspended_first_then_resumed_then_free_to_go) {
  county_.GoTo(1, 9);
  tv1::StartSuspensionRequest suspend;
  suspend.set_child_id(Pupil(0));
  suspend.set_registration_id(Registration(0));
  suspend.mutable_from()->set_days(county_.days()[1].days);
  suspend.mutable_until()->set_days(county_.days()[40].days);
  suspend.set_ground("ILLNESS");
  suspend.set_applicant("家长");
  tv1::BusinessReply business;
  const base::Id16 registrar = county_.Registrar(kPrimaryOne);
  county_.api().Must("twinline.transfer.v1.StatusService.StartSuspension", suspend, &business,
                     registrar);
  ASSERT_TRUE(Decide(county_.Principal(kPrimaryOne), &business).ok());
  ASSERT_TRUE(Decide(county_.Township(0), &business).ok());
  ASSERT_EQ(Settled(business), "COMPLETED");
  EXPECT_EQ(View(Pupil(0)).facts().status(), "SUSPENDED");

  county_.GoTo(5, 9);
  tv1::BusinessReply refused;
  const auto no = ToPrimaryTwo(Pupil(0), Registration(0), &refused);
  EXPECT_EQ(no.code(), "TRANSFER_WHILE_SUSPENDED");
  ASSERT_TRUE(no.refusal);
  EXPECT_NE(no.refusal->zh.find(county_.days()[40].ToString()), std::string::npos);

  tv1::StartResumptionRequest resume;
  resume.set_child_id(Pupil(0));
  resume.set_registration_id(Registration(0));
  resume.mutable_from()->set_days(county_.days()[5].days);
  resume.set_to_class_id(county_.loaded().classes[0].str());
  resume.set_applicant("家长");
  county_.api().Must("twinline.transfer.v1.StatusService.StartResumption", resume, &business,
                     registrar);
  ASSERT_TRUE(Decide(county_.Principal(kPrimaryOne), &business).ok());
  ASSERT_TRUE(Decide(county_.loaded().bureau_official, &business).ok());
  ASSERT_EQ(Settled(business), "COMPLETED");
  const rv1::ChildFacts back = View(Pupil(0)).facts();
  EXPECT_EQ(back.status(), "ACTIVE");
  EXPECT_EQ(back.class_id(), county_.loaded().classes[0].str());
  EXPECT_TRUE(ToPrimaryTwo(Pupil(0), Registration(0), &business).ok());
}

TEST_F(ShortCase, a_transfer_to_another_county_asks_both_bureaus) {
  county_.GoTo(0, 9);
  const demo::Admins admins = demo::FirstAdmins(county_.data());
  rv1::RecordedReply reply;
  const auto area = [&](const char* code, const char* name, const char* kind) {
    rv1::RecordAreaRequest request;
    request.mutable_area()->set_code(code);
    request.mutable_area()->set_name(name);
    request.mutable_area()->set_kind(kind);
    Must("RecordArea", request, &reply, county_.loaded().bureau_official);
  };
  area("411281", "义马市", "COUNTY");
  area("411281001", "新区街道", "TOWNSHIP");
  const auto appoint = [&](types::v1::Role role, const std::string& office,
                           const base::Id16& recorded_by, const base::Id16& appointed_by) {
    rv1::RecordStaffRequest person;
    person.set_name("义马职员");
    person.set_phone("13800000008");
    person.set_office(office);
    Must("RecordStaff", person, &reply, recorded_by);
    rv1::StartDutyRequest duty;
    duty.set_staff_id(reply.id());
    duty.set_role(role);
    duty.set_office(office);
    duty.mutable_from()->set_days(county_.days()[0].days);
    Must("StartDuty", duty, &reply, appointed_by);
    return base::AsId(duty.staff_id());
  };
  const base::Id16 far_bureau =
      appoint(types::v1::ROLE_BUREAU_OFFICIAL, "bureau:411281", admins.system, admins.security);
  rv1::RecordSchoolRequest school;
  school.mutable_school()->set_school_code("2141128101");
  school.mutable_school()->set_kind("PRIMARY");
  school.mutable_school()->set_name("义马市第一小学");
  school.mutable_school()->set_township("411281001");
  school.mutable_school()->set_county("411281");
  Must("RecordSchool", school, &reply, far_bureau);
  rv1::RecordClassRequest room;
  room.set_school_code("2141128101");
  room.mutable_class_facts()->set_school_code("2141128101");
  room.mutable_class_facts()->set_grade(4);
  room.mutable_class_facts()->set_number(1);
  room.mutable_class_facts()->set_school_year(2026);
  Must("RecordClass", room, &reply, far_bureau);
  const std::string far_class = reply.id();
  const base::Id16 registrar =
      appoint(types::v1::ROLE_REGISTRAR, "school:2141128101", far_bureau, far_bureau);
  const base::Id16 principal =
      appoint(types::v1::ROLE_PRINCIPAL, "school:2141128101", far_bureau, far_bureau);

  tv1::BusinessReply business;
  const auto started =
      Transfer(Pupil(0), Registration(0), "2141128101", far_class, registrar, &business);
  ASSERT_TRUE(started.ok()) << started.status;
  EXPECT_EQ(business.business().kind(), "TRANSFER_CROSS_COUNTY");
  ASSERT_TRUE(Decide(principal, &business).ok());
  EXPECT_EQ(Decide(county_.loaded().bureau_official, &business).code(), "NOT_YOUR_STEP");
  ASSERT_TRUE(Decide(far_bureau, &business).ok());
  ASSERT_TRUE(Decide(county_.Principal(kPrimaryOne), &business).ok());
  EXPECT_EQ(View(Pupil(0)).facts().school_code(), county_.county().schools[kPrimaryOne].code);
  ASSERT_TRUE(Decide(county_.loaded().bureau_official, &business).ok());
  EXPECT_EQ(Settled(business), "COMPLETED");
  EXPECT_EQ(View(Pupil(0)).facts().school_code(), "2141128101");
}

TEST_F(ShortCase, T01_two_schools_in_the_same_moment_and_the_loser_is_told_who_and_when) {
  county_.GoTo(0, 9);
  rv1::RecordedReply reply;
  rv1::RecordSchoolRequest school;
  school.mutable_school()->set_school_code("2141128204");
  school.mutable_school()->set_kind("PRIMARY");
  school.mutable_school()->set_name("豫灵镇第二小学");
  school.mutable_school()->set_township("411282105");
  school.mutable_school()->set_county("411282");
  Must("RecordSchool", school, &reply, county_.loaded().bureau_official);
  rv1::RecordClassRequest room;
  room.set_school_code("2141128204");
  room.mutable_class_facts()->set_school_code("2141128204");
  room.mutable_class_facts()->set_grade(4);
  room.mutable_class_facts()->set_number(1);
  room.mutable_class_facts()->set_school_year(2026);
  Must("RecordClass", room, &reply, county_.loaded().bureau_official);
  const std::string third_class = reply.id();
  rv1::RecordStaffRequest person;
  person.set_name("学籍员");
  person.set_phone("13800000007");
  person.set_office("school:2141128204");
  Must("RecordStaff", person, &reply, county_.loaded().bureau_official);
  const base::Id16 registrar = base::AsId(reply.id());
  rv1::StartDutyRequest duty;
  duty.set_staff_id(registrar.str());
  duty.set_role(types::v1::ROLE_REGISTRAR);
  duty.set_office("school:2141128204");
  duty.mutable_from()->set_days(county_.days()[0].days);
  Must("StartDuty", duty, &reply, county_.loaded().bureau_official);

  for (const size_t pupil : {0U, 1U, 2U}) {
    rpc::CallResult two, three;
    tv1::BusinessReply to_two, to_three;
    std::thread rival([&] { two = ToPrimaryTwo(Pupil(pupil), Registration(pupil), &to_two); });
    three = Transfer(Pupil(pupil), Registration(pupil), "2141128204", third_class, registrar,
                     &to_three);
    rival.join();
    ASSERT_NE(two.ok(), three.ok()) << two.status << " and " << three.status;
    const rpc::CallResult& lost = two.ok() ? three : two;
    const std::string winner = two.ok() ? county_.county().schools[kPrimaryTwo].code : "2141128204";
    EXPECT_EQ(lost.code(), "BUSINESS_IN_PROGRESS");
    ASSERT_TRUE(lost.refusal);
    EXPECT_NE(lost.refusal->zh.find(winner), std::string::npos) << lost.refusal->zh;
    EXPECT_NE(lost.refusal->zh.find(county_.days()[0].ToString()), std::string::npos)
        << lost.refusal->zh;
  }
}

TEST_F(ShortCase, T07_no_new_transfer_in_high_summer_and_an_open_one_goes_on) {
  const auto at = [&](int month, int day, int minutes) {
    demo::Term::AdvanceTo(county_.api(),
                          {base::StartOfDay(base::CivilDay::FromYmd(2027, month, day)).us +
                           int64_t{minutes} * 60'000'000});
  };
  at(7, 14, 23 * 60 + 50);
  tv1::BusinessReply open, other;
  ASSERT_TRUE(ToPrimaryTwo(Pupil(0), Registration(0), &open).ok());
  at(7, 15, 0);
  const auto frozen = ToPrimaryTwo(Pupil(1), Registration(1), &other);
  EXPECT_EQ(frozen.code(), "TRANSFER_FROZEN_SUMMER");
  ASSERT_TRUE(frozen.refusal);
  EXPECT_NE(frozen.refusal->zh.find("2027-08-15"), std::string::npos) << frozen.refusal->zh;
  EXPECT_TRUE(Decide(county_.Principal(kPrimaryTwo), &open).ok());
  at(8, 15, 0);
  EXPECT_TRUE(ToPrimaryTwo(Pupil(1), Registration(1), &other).ok());
}

}  // namespace
}  // namespace twinline::test

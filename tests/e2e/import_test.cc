// Imported files and the lists that come of admission, through gRPC. Scenarios of domain.md part 8.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/county_case.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;

std::string Rpc(const std::string& name) { return "twinline.registry.v1.RegistryService." + name; }

class ImportedFiles : public testing::Test {
 protected:
  rpc::CallResult Import(const std::string& bytes, rv1::ImportStudentsReply* reply) {
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.loaded().bureau_official);
    auto writer = county_.api().client().OpenWriter(Rpc("ImportStudents"), options);
    rv1::ImportStudentsRequest message;
    message.mutable_start()->mutable_write()->set_request_id(
        rpc::NewRequestId(county_.api().now_us()).str());
    message.mutable_start()->set_file_name("名册.csv");
    message.mutable_start()->set_office("bureau:411282");
    writer.Write(message);
    message.Clear();
    message.set_chunk(bytes);
    writer.Write(message);
    return writer.Finish(reply);
  }
  std::string School() { return county_.county().schools[kPrimaryOne].code; }

  rv1::ChildReply Register(const std::string& name, const std::string& id_number, bool with_hukou) {
    rv1::RegisterChildRequest request;
    rv1::ChildInput& child = *request.mutable_child();
    child.mutable_person()->set_name(name);
    child.mutable_person()->set_id_kind(id_number.empty() ? "NONE" : "RESIDENT_ID");
    child.mutable_person()->set_id_number(id_number);
    child.mutable_person()->mutable_birth_date()->set_days(
        base::CivilDay::FromYmd(2016, 4, 4).days);
    child.mutable_person()->set_sex(1);
    child.set_school_code(School());
    child.set_class_id(county_.loaded().classes[0].str());
    if (with_hukou) child.set_hukou_township("411282103");
    child.set_residence_township("411282103");
    child.set_entry_kind("NORMAL");
    child.mutable_entered_on()->set_days(county_.days()[0].days);
    rv1::RegisterChildReply registered;
    county_.api().Must(Rpc("RegisterChild"), request, &registered, county_.Registrar(kPrimaryOne));
    rv1::GetChildRequest get;
    get.set_child_id(registered.child_id());
    rv1::ChildReply reply;
    county_.api().Must(Rpc("GetChild"), get, &reply, county_.loaded().bureau_official);
    return reply;
  }
  std::set<std::string> Problems(const std::string& problem, bool without_hukou,
                                 const base::Id16& who) {
    rv1::ListProblemsRequest request;
    request.set_problem(problem);
    request.set_without_hukou(without_hukou);
    rv1::ChildrenReply reply;
    county_.api().Must(Rpc("ListProblems"), request, &reply, who);
    std::set<std::string> found;
    for (const auto& child : reply.children()) found.insert(child.child_id());
    return found;
  }

  RunningCounty county_;
};

TEST_F(ImportedFiles, A12_expelled_in_a_file_alerts_the_bureau_and_the_file_stays_in_the_trail) {
  // The class is wrong as well: that is no reason to overlook the code.
  const std::string file = "学校标识码,姓名,身份证件号,性别,年级,班级,当前状态码\n" + School() +
                           ",某某," + county_.county().pupils[0].id_number + ",男,4,9,开除\n" +
                           School() + ",无名,,男,4,9,\n";
  rv1::ImportStudentsReply reply;
  ASSERT_TRUE(Import(file, &reply).ok());
  EXPECT_EQ(reply.alarmed(), 1u);
  EXPECT_EQ(reply.refused(), 2u);
  const CountyCase pupil(&county_, 0);
  const base::Id16 bureau = county_.loaded().bureau_official;
  EXPECT_TRUE(CountyCase::Until(
      [&] { return pupil.Alerts("bureau:411282", "UNLAWFUL_CODE", bureau) == 1; }));
  rv1::GetChildRequest get;
  get.set_child_id(county_.loaded().children[0].str());
  rv1::ChildReply child;
  county_.api().Must(Rpc("GetChild"), get, &child, bureau);
  EXPECT_EQ(child.child().facts().status(), "ACTIVE");
  // Nothing more comes of the same file.
  ASSERT_TRUE(Import(file, &reply).ok());

  // The auditor sees who imported, with counts, rows and codes; the text stays sealed.
  std::string shown;
  EXPECT_TRUE(CountyCase::Until([&] {
    audit::v1::QueryTrailRequest request;
    request.set_office("bureau:411282");
    request.set_action("ImportFinished");
    request.set_actor(bureau.str());
    request.set_newest_first(true);
    request.set_reason("查证导入");
    audit::v1::QueryTrailReply trail;
    county_.api().Must("twinline.audit.v1.AuditService.QueryTrail", request, &trail,
                       county_.loaded().auditor);
    size_t imports = 0;
    for (const auto& entry : trail.entries()) {
      for (const auto& event : entry.events()) {
        if (event.DebugString().find("ImportFinished") == std::string::npos) continue;
        ++imports;
        shown = event.DebugString();
      }
    }
    return imports == 2;
  }));
  EXPECT_NE(shown.find("STATUS_UNLAWFUL"), std::string::npos) << shown;
  EXPECT_NE(shown.find("CLASS_UNKNOWN"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("无名"), std::string::npos);
  EXPECT_EQ(pupil.Alerts("bureau:411282", "UNLAWFUL_CODE", bureau), 1u);
}

TEST_F(ImportedFiles, A01_a_wrong_check_digit_is_admitted_and_waits_in_the_worklist_of_the_bureau) {
  const rv1::ChildReply child = Register("错位", "411299201604040010", true);
  EXPECT_EQ(child.child().facts().status(), "ACTIVE");
  EXPECT_EQ(child.child().numbers_size(), 0);
  EXPECT_TRUE(Problems("ID_INVALID", false, county_.loaded().bureau_official)
                  .contains(child.child().child_id()));
}

TEST_F(ImportedFiles, A08_a_child_without_papers_is_on_the_lists_for_door_visits_and_hukou) {
  const rv1::ChildReply no_hukou = Register("无证", "", false);
  const std::string without = no_hukou.child().child_id();
  const std::string with = Register("有户", "", true).child().child_id();
  EXPECT_EQ(no_hukou.child().numbers_size(), 0);
  const base::Id16 township = county_.loaded().township_official.at("township:411282103");
  for (const base::Id16& who : {township, county_.loaded().bureau_official}) {
    const std::set<std::string> visits = Problems("NO_ID", false, who);
    EXPECT_TRUE(visits.contains(without));
    EXPECT_TRUE(visits.contains(with));
    const std::set<std::string> unregistered = Problems("NO_ID", true, who);
    EXPECT_TRUE(unregistered.contains(without));
    EXPECT_FALSE(unregistered.contains(with));
  }
  // Not out of school: it stands on its class list and no case asks for it.
  EXPECT_EQ(no_hukou.child().facts().status(), "ACTIVE");
  EXPECT_EQ(no_hukou.child().facts().class_id(), county_.loaded().classes[0].bytes());
  accountability::v1::GetCaseRequest request;
  request.set_child_id(without);
  accountability::v1::GetCaseReply reply;
  EXPECT_FALSE(
      county_.api()
          .Call(CountyCase::Rpc("GetCase"), request, &reply, county_.loaded().bureau_official)
          .ok());
}

}  // namespace
}  // namespace twinline::test

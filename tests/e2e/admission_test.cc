// Admission and files once more through gRPC: numbers that people type, children of the wrong age,
// a child whom a door visit finds, and what leaves the system in a file. Scenarios of domain.md
// part 8.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/county_case.h"
#include "tools/datagen/people.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;

std::string Rpc(const std::string& name) { return "twinline.registry.v1.RegistryService." + name; }

class Admission : public testing::Test {
 protected:
  rv1::RegisterChildRequest Child(const std::string& name, const std::string& id_number,
                                  base::CivilDay birth, uint32_t grade = 4) {
    rv1::RegisterChildRequest request;
    rv1::ChildInput* child = request.mutable_child();
    child->mutable_person()->set_name(name);
    child->mutable_person()->set_id_kind(id_number.empty() ? "NONE" : "RESIDENT_ID");
    child->mutable_person()->set_id_number(id_number);
    child->mutable_person()->mutable_birth_date()->set_days(birth.days);
    child->mutable_person()->set_sex(1);
    child->set_school_code(county_.county().schools[kPrimaryOne].code);
    if (grade == 4) child->set_class_id(county_.loaded().classes[0].str());
    child->set_grade(grade);
    child->set_hukou_township("411282103");
    child->set_residence_township("411282103");
    child->set_entry_kind("NORMAL");
    child->mutable_entered_on()->set_days(county_.days()[0].days);
    return request;
  }
  std::string Register(rv1::RegisterChildRequest request, rv1::RegisterChildReply* reply) {
    return county_.api()
        .Call(Rpc("RegisterChild"), request, reply, county_.Registrar(kPrimaryOne))
        .code();
  }
  // Ids of the children with exactly this number.
  std::vector<std::string> Find(const std::string& id_number) {
    rv1::FindChildRequest request;
    request.set_id_number(id_number);
    rv1::ChildrenReply reply;
    county_.api().Must(Rpc("FindChild"), request, &reply, county_.Registrar(kPrimaryOne));
    std::vector<std::string> found;
    for (const auto& child : reply.children()) found.push_back(child.child_id());
    return found;
  }

  RunningCounty county_;
};

TEST_F(Admission, A02_a_lowercase_x_and_full_width_digits_are_the_same_number) {
  const base::CivilDay birth = base::CivilDay::FromYmd(2016, 4, 4);
  std::string number;
  for (uint32_t serial = 500; !number.ends_with('X'); ++serial) {
    number = datagen::IdNumber(birth, 1, serial);
  }
  std::string typed;  // every digit full-width, x lowercase
  for (const char c : number) {
    if (c == 'X') {
      typed += "ｘ";
    } else {
      typed += "\xEF\xBC";
      typed += static_cast<char>(0x90 + (c - '0'));
    }
  }
  rv1::RegisterChildReply reply;
  ASSERT_EQ(Register(Child("全角", typed, birth), &reply), "OK");
  EXPECT_EQ(reply.problems_size(), 0);
  EXPECT_EQ(Find(number), std::vector<std::string>{reply.child_id()});
}

TEST_F(Admission, A03_a_day_too_young_is_refused_with_the_cut_off_and_the_last_day_is_not) {
  rv1::RegisterChildRequest request = Child("差一天", "", base::CivilDay::FromYmd(2020, 9, 1), 1);
  rv1::RegisterChildReply reply;
  const rpc::CallResult young =
      county_.api().Call(Rpc("RegisterChild"), request, &reply, county_.Registrar(kPrimaryOne));
  EXPECT_EQ(young.code(), "UNDER_AGE");
  ASSERT_TRUE(young.refusal);
  EXPECT_NE(young.refusal->zh.find("2020-08-31"), std::string::npos) << young.refusal->zh;
  EXPECT_EQ(Register(Child("正好", "", base::CivilDay::FromYmd(2020, 8, 31), 1), &reply), "OK");
}

TEST_F(Admission, D17_a_child_found_without_hukou_keeps_its_record_when_the_number_comes) {
  const base::CivilDay birth = base::CivilDay::FromYmd(2017, 2, 3);
  rv1::RegisterChildRequest request = Child("走访发现", "", birth);
  request.mutable_child()->clear_hukou_township();
  rv1::RegisterChildReply registered;
  ASSERT_EQ(Register(request, &registered), "OK");
  const std::string number = datagen::IdNumber(birth, 1, 600);
  rv1::CorrectChildRequest correct;
  correct.set_child_id(registered.child_id());
  correct.mutable_child()->mutable_person()->set_id_number(number);
  correct.mutable_child()->mutable_person()->set_id_kind("RESIDENT_ID");
  correct.add_fields("id_number");
  correct.add_fields("id_kind");
  correct.set_reason("公安机关补登户口");
  rv1::ChildReply corrected;
  EXPECT_EQ(county_.api()
                .Call(Rpc("CorrectChild"), correct, &corrected, county_.Registrar(kPrimaryOne))
                .code(),
            "KEY_DATA_NEEDS_BUREAU");
  correct.clear_write();
  county_.api().Must(Rpc("CorrectChild"), correct, &corrected, county_.loaded().bureau_official);
  EXPECT_EQ(Find(number), std::vector<std::string>{registered.child_id()}) << "no second child";
}

TEST_F(Admission, N09_a_file_needs_a_second_person_is_masked_by_default_and_leaves_a_trace) {
  const std::string office = "school:" + county_.county().schools[kPrimaryOne].code;
  const base::Id16 clerk = county_.Registrar(kPrimaryOne);
  const auto fetch = [&](bool personal, std::string* bytes) {
    rv1::RequestExportRequest ask;
    ask.set_office(office);
    ask.set_purpose("期初核对");
    ask.set_personal(personal);
    rv1::RequestExportReply asked;
    county_.api().Must(Rpc("RequestExport"), ask, &asked, clerk);
    EXPECT_EQ(asked.children(), 6u);
    rv1::ExportStudentsRequest request;
    request.set_export_id(asked.export_id());
    request.set_office(office);
    request.set_format("csv");
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(clerk);
    const auto read = [&] {
      auto reader = county_.api().client().OpenReader(Rpc("ExportStudents"), request, options);
      rv1::FileChunk chunk;
      while (reader.Read(&chunk)) *bytes += chunk.data();
      return reader.Finish().code();
    };
    EXPECT_EQ(read(), "EXPORT_NOT_APPROVED");
    rv1::ApproveExportRequest approve;
    approve.set_export_id(asked.export_id());
    approve.set_office(office);
    rv1::ApproveExportReply approved;
    EXPECT_EQ(county_.api().Call(Rpc("ApproveExport"), approve, &approved, clerk).code(),
              "PERMISSION_ROLE");
    approve.clear_write();
    county_.api().Must(Rpc("ApproveExport"), approve, &approved, county_.Principal(kPrimaryOne));
    EXPECT_EQ(read(), "OK");
  };
  std::string masked, open;
  fetch(false, &masked);
  fetch(true, &open);
  const std::string& number = county_.county().pupils[0].id_number;
  EXPECT_EQ(masked.find(number), std::string::npos);
  EXPECT_NE(open.find(number), std::string::npos);

  // The auditor finds both files with the child.
  EXPECT_TRUE(CountyCase::Until([&] {
    audit::v1::QueryTrailRequest request;
    request.set_child_id(county_.loaded().children[0].str());
    request.set_reason("查证导出");
    request.set_actor(clerk.str());
    audit::v1::QueryTrailReply trail;
    county_.api().Must("twinline.audit.v1.AuditService.QueryTrail", request, &trail,
                       county_.loaded().auditor);
    size_t looks = 0;
    for (const auto& entry : trail.entries()) {
      for (const auto& event : entry.events()) {
        looks += event.rpc() == "registry.v1.RegistryService.ExportStudents" ? 1 : 0;
      }
    }
    return looks >= 2;
  }));
}

}  // namespace
}  // namespace twinline::test

// The registry once more through gRPC: bad data never closes a door, lists are masked, the township
// sees its own, and a state that was thrown away comes back the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/running_county.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;

class RegistryChain : public testing::Test {
 protected:
  static void SetUpTestSuite() { county_ = new RunningCounty(); }
  static void TearDownTestSuite() {
    delete county_;
    county_ = nullptr;
  }

  rv1::RegisterChildRequest Child(const std::string& name, const std::string& id_number,
                                  base::CivilDay birth, uint32_t grade = 4,
                                  size_t school = kPrimaryOne, size_t room = 0) {
    rv1::RegisterChildRequest request;
    rv1::ChildInput* child = request.mutable_child();
    child->mutable_person()->set_name(name);
    child->mutable_person()->set_id_kind(id_number.empty() ? "NONE" : "RESIDENT_ID");
    child->mutable_person()->set_id_number(id_number);
    child->mutable_person()->mutable_birth_date()->set_days(birth.days);
    child->mutable_person()->set_sex(1);
    child->set_school_code(county_->county().schools[school].code);
    child->set_class_id(county_->loaded().classes[room].str());
    child->set_grade(grade);
    child->set_hukou_township("411282103");
    child->set_residence_township("411282103");
    child->set_entry_kind("NORMAL");
    child->mutable_entered_on()->set_days(county_->days()[0].days);
    return request;
  }

  rpc::CallResult Register(rv1::RegisterChildRequest request, rv1::RegisterChildReply* reply) {
    return county_->api().Call("twinline.registry.v1.RegistryService.RegisterChild", request, reply,
                               county_->Registrar(kPrimaryOne));
  }

  rpc::CallResult Get(size_t pupil, const base::Id16& who, rv1::ChildReply* reply) {
    rv1::GetChildRequest request;
    request.set_child_id(county_->loaded().children[pupil].str());
    return county_->api().Call("twinline.registry.v1.RegistryService.GetChild", request, reply,
                               who);
  }

  static RunningCounty* county_;
};

RunningCounty* RegistryChain::county_ = nullptr;

TEST_F(RegistryChain, A01_a_wrong_check_digit_admits_the_child_and_flags_the_record) {
  rv1::RegisterChildReply reply;
  const rpc::CallResult result =
      Register(Child("错号", "411299201608310010", base::CivilDay::FromYmd(2016, 8, 31)), &reply);
  ASSERT_TRUE(result.ok()) << result.code();
  EXPECT_NE(std::find(reply.problems().begin(), reply.problems().end(), "ID_INVALID"),
            reply.problems().end());
}

TEST_F(RegistryChain, A08_a_child_without_any_ID_is_admitted) {
  rv1::RegisterChildReply reply;
  EXPECT_TRUE(Register(Child("无户", "", base::CivilDay::FromYmd(2016, 5, 5)), &reply).ok());
}

TEST_F(RegistryChain, A09_rare_characters_survive) {
  rv1::RegisterChildReply reply;
  const rpc::CallResult result =
      Register(Child("阿依古丽·𠮷", "", base::CivilDay::FromYmd(2016, 5, 6)), &reply);
  ASSERT_TRUE(result.ok()) << result.code();
  rv1::GetChildRequest request;
  request.set_child_id(reply.child_id());
  *request.mutable_read_token() = reply.read_token();
  rv1::ChildReply child;
  county_->api().Must("twinline.registry.v1.RegistryService.GetChild", request, &child,
                      county_->Registrar(kPrimaryOne));
  EXPECT_EQ(child.child().name(), "阿依古丽·𠮷");
}

TEST_F(RegistryChain, N10_a_township_sees_its_own_children_and_no_others) {
  rv1::ChildReply reply;
  EXPECT_TRUE(Get(0, county_->Township(0), &reply).ok());
  EXPECT_EQ(Get(0, county_->Township(1), &reply).code(), "PERMISSION_SCOPE");
  EXPECT_EQ(Get(0, county_->Teacher(1), &reply).code(), "PERMISSION_SCOPE");
  EXPECT_TRUE(Get(0, county_->Teacher(0), &reply).ok());
  EXPECT_TRUE(Get(0, county_->loaded().auditor, &reply).ok());
}

TEST_F(RegistryChain, lists_are_masked_and_opening_needs_a_reason) {
  rv1::ChildReply shown;
  ASSERT_TRUE(Get(0, county_->Registrar(kPrimaryOne), &shown).ok());
  EXPECT_EQ(shown.child().id_masked().find(county_->county().pupils[0].id_number),
            std::string::npos);
  rv1::RevealPersonalRequest reveal;
  reveal.set_child_id(county_->loaded().children[0].str());
  reveal.add_fields("id_number");
  rv1::RevealPersonalReply revealed;
  EXPECT_FALSE(county_->api()
                   .Call("twinline.registry.v1.RegistryService.RevealPersonal", reveal, &revealed,
                         county_->Registrar(kPrimaryOne))
                   .ok());
  reveal.set_reason("核对入学材料");
  EXPECT_TRUE(county_->api()
                  .Call("twinline.registry.v1.RegistryService.RevealPersonal", reveal, &revealed,
                        county_->Registrar(kPrimaryOne))
                  .ok());
}

TEST_F(RegistryChain, tokens_missing_wrong_or_ended_are_refused_in_both_languages) {
  rv1::GetChildRequest request;
  request.set_child_id(county_->loaded().children[0].str());
  rv1::ChildReply reply;
  for (const std::string& token : {std::string(), std::string("not.a.token")}) {
    rpc::CallOptions options;
    options.token = token;
    const rpc::CallResult result = county_->api().client().Call(
        "twinline.registry.v1.RegistryService.GetChild", request, &reply, options);
    ASSERT_TRUE(result.refusal) << result.status;
    EXPECT_FALSE(result.refusal->zh.empty());
    EXPECT_FALSE(result.refusal->en.empty());
    EXPECT_TRUE(absl::IsUnauthenticated(result.status));
  }
}

TEST_F(RegistryChain, the_state_thrown_away_comes_back_the_same) {
  rv1::HeadCountsRequest request;
  request.set_office("bureau:411282");
  rv1::HeadCountsReply before, after;
  county_->api().Must("twinline.registry.v1.RegistryService.HeadCounts", request, &before,
                      county_->loaded().bureau_official);
  county_->StopServer();
  std::filesystem::remove_all(county_->data() / "state");
  county_->StartServer();
  county_->api().Must("twinline.registry.v1.RegistryService.HeadCounts", request, &after,
                      county_->loaded().bureau_official);
  EXPECT_EQ(before.registered(), after.registered());
  EXPECT_EQ(before.in_school(), after.in_school());
}

}  // namespace
}  // namespace twinline::test

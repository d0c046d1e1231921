// The registry as a caller sees it: sealed on the way in, masked on the way out, found by name and
// number.
#include <gmock/gmock.h>

#include "tests/unit/registry/service_rig.h"

namespace twinline::registry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kId[] = "411299201808310011";

class Service : public ::testing::Test {
 protected:
  v1::ChildView Get(const std::string& child) {
    v1::GetChildRequest request;
    request.set_child_id(child);
    v1::ChildReply reply;
    EXPECT_TRUE(rig_.Call("GetChild", request, &reply).ok());
    return reply.child();
  }
  std::vector<std::string> Search(const std::string& query, const Caller& caller = {}) {
    v1::SearchChildrenRequest request;
    request.set_query(query);
    v1::ChildrenReply reply;
    EXPECT_TRUE(rig_.Call("SearchChildren", request, &reply, caller).ok());
    std::vector<std::string> names;
    for (const auto& child : reply.children()) names.push_back(child.name());
    return names;
  }
  ServiceRig rig_;
  std::string class_ = rig_.AddClass(1, 1);
};

TEST_F(Service, NothingPlainReachesTheJournalAndListsAreMasked) {
  const std::string child = rig_.Register(rig_.Child("张三丰", kId, class_));
  const std::string journal = rig_.JournalBytes();
  for (const char* secret : {"张三丰", kId, "13800001234", "某家长", "某村12号", "20180831"}) {
    EXPECT_THAT(journal, Not(HasSubstr(secret)));
  }
  const v1::ChildView view = Get(child);
  EXPECT_EQ(view.name(), "张三丰");
  EXPECT_EQ(view.pinyin(), "zhang san feng");
  EXPECT_EQ(view.id_masked(), "4112*************1");
  EXPECT_EQ(view.guardians(0).phone_masked(), "138****1234");
  EXPECT_EQ(view.class_name(), "一年级1班");
}

TEST_F(Service, T10ASanctionHasALastDayADocumentAndAnEnd) {
  const std::string child = rig_.Register(rig_.Child("张三丰", kId, class_));
  const base::CivilDay today = base::DayOf(rig_.clock.Now());
  v1::RecordSanctionRequest request;
  v1::ChildReply reply;
  const auto record = [&](int32_t until) {
    request.mutable_until()->set_days(until);
    return rig_.Call("RecordSanction", request, &reply).refusal;
  };
  request.set_child_id(child);
  EXPECT_EQ(record(today.days + 90), "SANCTION_DOCUMENT");
  request.set_document("灵一小处〔2026〕3号");
  EXPECT_EQ(record(today.days - 1), "SANCTION_DATE");
  EXPECT_EQ(record(today.days + 400), "SANCTION_DATE") << "no way to hold a child for years";
  ASSERT_EQ(record(today.days + 90), "");
  EXPECT_EQ(reply.child().facts().sanction_until().days(), today.days + 90);
  EXPECT_EQ(reply.child().facts().status(), "ACTIVE");
  EXPECT_EQ(record(today.days + 90), "NOTHING_CHANGED");

  v1::GetChildHistoryRequest ask;
  ask.set_child_id(child);
  v1::GetChildHistoryReply history;
  ASSERT_TRUE(rig_.Call("GetChildHistory", ask, &history, ServiceRig::Bureau()).ok());
  bool told = false;
  for (const auto& entry : history.entries()) {
    told = told || (entry.event() == "SanctionRecorded" && entry.reason() == request.document());
  }
  EXPECT_TRUE(told);

  request.clear_until();
  request.set_document("灵一小处〔2026〕9号");
  ASSERT_EQ(rig_.Call("RecordSanction", request, &reply).refusal, "");
  EXPECT_FALSE(reply.child().facts().has_sanction_until());
  EXPECT_EQ(rig_.Call("RecordSanction", request, &reply).refusal, "NOTHING_CHANGED");
}

TEST_F(Service, RevealNeedsAReasonAndNamedFields) {
  const std::string child = rig_.Register(rig_.Child("张三丰", kId, class_));
  v1::RevealPersonalRequest request;
  request.set_child_id(child);
  request.add_fields("id_number");
  v1::RevealPersonalReply reply;
  EXPECT_EQ(rig_.Call("RevealPersonal", request, &reply).refusal, "REASON_MISSING");
  request.set_reason("核对户口簿");
  ASSERT_TRUE(rig_.Call("RevealPersonal", request, &reply).ok());
  EXPECT_EQ(reply.person().id_number(), kId);
  EXPECT_EQ(reply.person().name(), "");
  EXPECT_TRUE(reply.guardians().empty());
  request.add_fields("health");
  EXPECT_EQ(rig_.Call("RevealPersonal", request, &reply, {"town", "township:411282103"}).refusal,
            "FIELD_NOT_VISIBLE");
}

TEST_F(Service, TheSameRequestTwiceIsOneChild) {
  v1::RegisterChildRequest request;
  *request.mutable_child() = rig_.Child("张三丰", kId, class_);
  request.mutable_write()->set_request_id(rig_.NewId());
  v1::RegisterChildReply first, second;
  ASSERT_TRUE(rig_.Call("RegisterChild", request, &first).ok());
  ASSERT_TRUE(rig_.Call("RegisterChild", request, &second).ok());
  EXPECT_EQ(first.child_id(), second.child_id());
  EXPECT_TRUE(second.problems().empty());
  EXPECT_EQ(Get(first.child_id()).name(), "张三丰");
}

TEST_F(Service, A09SearchFindsByNamePinyinAndInitialsWithinReach) {
  rig_.Register(rig_.Child("张三丰", kId, class_));
  rig_.Register(rig_.Child("曾一", "411299201802010018", class_));
  auto rare = rig_.Child("买买提·𠮷", "41129920180301001X", class_);
  rig_.Register(rare);
  EXPECT_EQ(Search("张"), std::vector<std::string>{"张三丰"});
  EXPECT_EQ(Search("zhangsan"), std::vector<std::string>{"张三丰"});
  EXPECT_EQ(Search("zsf"), std::vector<std::string>{"张三丰"});
  EXPECT_EQ(Search("ZengYi"), std::vector<std::string>{"曾一"});
  EXPECT_EQ(Search("maimaiti"), std::vector<std::string>{"买买提·𠮷"});
  EXPECT_TRUE(Search("zsf", {"other", "school:2141000002"}).empty());
}

TEST_F(Service, A02FindByIdNumberHoweverItIsTyped) {
  const std::string child = rig_.Register(rig_.Child("李四", "411299201603０５00５ｘ", class_));
  EXPECT_EQ(Get(child).facts().problems_size(), 0);
  v1::FindChildRequest request;
  request.set_id_number("４１１２９９20160305005X");
  v1::ChildrenReply reply;
  ASSERT_TRUE(rig_.Call("FindChild", request, &reply).ok());
  ASSERT_EQ(reply.children_size(), 1);
  EXPECT_EQ(reply.children(0).child_id(), child);
  reply.Clear();
  ASSERT_TRUE(rig_.Call("FindChild", request, &reply, {"other", "school:2141000002"}).ok());
  EXPECT_EQ(reply.children_size(), 0);
}

TEST_F(Service, ADemonstrationRefusesNumbersOfRealAreas) {
  v1::RegisterChildRequest request;
  *request.mutable_child() = rig_.Child("张三", "411282201808310014", class_);
  v1::RegisterChildReply reply;
  EXPECT_EQ(rig_.Call("RegisterChild", request, &reply).refusal, "DEMO_AREA_ONLY");
}

TEST_F(Service, CorrectionChangesOnlyWhatDiffers) {
  const std::string child = rig_.Register(rig_.Child("张三丰", kId, class_));
  v1::CorrectChildRequest request;
  request.set_child_id(child);
  request.set_reason("户口簿更正");
  request.mutable_child()->mutable_person()->set_name("张三峰");
  request.add_fields("name");
  v1::ChildReply reply;
  EXPECT_EQ(rig_.Call("CorrectChild", request, &reply).refusal, "KEY_DATA_NEEDS_BUREAU");
  ASSERT_TRUE(rig_.Call("CorrectChild", request, &reply, ServiceRig::Bureau()).ok());
  EXPECT_EQ(reply.child().name(), "张三峰");
  EXPECT_EQ(reply.child().id_masked(), "4112*************1");
  EXPECT_EQ(Search("zhangsanfeng"), std::vector<std::string>{"张三峰"});
  EXPECT_EQ(rig_.Call("CorrectChild", request, &reply, ServiceRig::Bureau()).refusal,
            "NOTHING_CHANGED");
  request.add_fields("status");
  EXPECT_EQ(rig_.Call("CorrectChild", request, &reply).refusal, "FIELD_NOT_CORRECTABLE");
}

TEST_F(Service, ManyChildrenInOneCallEachOnItsOwn) {
  v1::RegisterChildrenRequest request;
  request.set_office("bureau:411282");
  request.mutable_write()->set_request_id(rig_.NewId());
  *request.add_children() = rig_.Child("赵一", "411299201802010018", class_);
  *request.add_children() = rig_.Child("钱二", "411299201809010029", class_);  // A03
  *request.add_children() = rig_.Child("孙三", "", class_);
  request.mutable_children(2)->mutable_person()->mutable_birth_date()->set_days(
      Day("2018-01-05").days);
  v1::RegisterChildrenReply reply;
  ASSERT_TRUE(rig_.Call("RegisterChildren", request, &reply, ServiceRig::Bureau()).ok());
  EXPECT_EQ(reply.registered(), 2u);
  EXPECT_EQ(reply.items(1).refusal().code(), "UNDER_AGE");
  EXPECT_EQ(reply.items(2).problems(0), "NO_ID");
  v1::RegisterChildrenReply again;
  ASSERT_TRUE(rig_.Call("RegisterChildren", request, &again, ServiceRig::Bureau()).ok());
  EXPECT_EQ(again.items(0).child_id(), reply.items(0).child_id());
  v1::ListClassRequest list;
  list.set_class_id(class_);
  v1::ListClassReply listed;
  ASSERT_TRUE(rig_.Call("ListClass", list, &listed).ok());
  EXPECT_EQ(listed.children_size(), 2);
  EXPECT_EQ(listed.class_facts().roster_version(), 2u);
}

TEST_F(Service, AsOfKnowsBothTimes) {
  const std::string other = rig_.AddClass(1, 2);
  const std::string child = rig_.Register(rig_.Child("张三丰", kId, class_));
  const int64_t before_us = rig_.clock.now.us;
  rig_.clock.now.us += 20 * base::kDayUs;  // 22 September
  v1::PlaceChildRequest place;
  place.set_child_id(child);
  place.set_class_id(other);
  place.mutable_effective()->set_days(Day("2024-09-10").days);
  v1::ChildReply placed;
  ASSERT_TRUE(rig_.Call("PlaceChild", place, &placed).ok());
  const auto members = [&](const std::string& class_id, const char* day, int64_t known) {
    v1::GetClassAsOfRequest request;
    request.set_class_id(class_id);
    request.mutable_effective_at()->set_days(Day(day).days);
    request.set_known_at_us(known);
    v1::GetClassAsOfReply reply;
    EXPECT_TRUE(rig_.Call("GetClassAsOf", request, &reply).ok());
    return reply.members_size();
  };
  EXPECT_EQ(members(class_, "2024-09-05", 0), 1);
  EXPECT_EQ(members(class_, "2024-09-12", 0), 0);
  EXPECT_EQ(members(other, "2024-09-12", 0), 1);
  // On the 12th nobody knew yet.
  EXPECT_EQ(members(class_, "2024-09-12", before_us), 1);
  EXPECT_EQ(members(other, "2024-09-12", before_us), 0);

  v1::GetChildHistoryRequest history;
  history.set_child_id(child);
  v1::GetChildHistoryReply lines;
  ASSERT_TRUE(rig_.Call("GetChildHistory", history, &lines).ok());
  ASSERT_EQ(lines.entries_size(), 2);
  EXPECT_EQ(lines.entries(0).event(), "ChildRegistered");
  EXPECT_EQ(lines.entries(1).event(), "ChildPlaced");
  EXPECT_THAT(lines.entries(1).event_id(), HasSubstr("registry/0/"));
}

TEST_F(Service, StaffAndDuties) {
  v1::RecordStaffRequest staff;
  staff.set_name("王老师");
  staff.set_phone("13900001111");
  staff.set_office("school:2141000001");
  v1::RecordedReply reply;
  ASSERT_TRUE(rig_.Call("RecordStaff", staff, &reply, ServiceRig::Bureau()).ok());
  v1::StartDutyRequest duty;
  duty.set_staff_id(reply.id());
  duty.set_role(types::v1::ROLE_PRINCIPAL);
  duty.set_office("school:2141000001");
  duty.mutable_from()->set_days(Day("2024-09-01").days);
  v1::RecordedReply started;
  EXPECT_EQ(rig_.Call("StartDuty", duty, &started).refusal, "ROLE_APPOINTED_ABOVE");
  ASSERT_TRUE(rig_.Call("StartDuty", duty, &started, ServiceRig::Bureau()).ok());
  v1::ListDutiesRequest list;
  list.set_office("school:2141000001");
  list.mutable_on()->set_days(Day("2024-09-02").days);
  v1::ListDutiesReply listed;
  ASSERT_TRUE(rig_.Call("ListDuties", list, &listed).ok());
  ASSERT_EQ(listed.duties_size(), 1);
  EXPECT_EQ(listed.duties(0).staff_name(), "王老师");
  v1::HeadCountsRequest count;
  count.set_office("bureau:411282");
  v1::HeadCountsReply counts;
  rig_.Register(rig_.Child("张三丰", kId, class_));
  ASSERT_TRUE(rig_.Call("HeadCounts", count, &counts).ok());
  EXPECT_EQ(counts.registered(), 1u);
  EXPECT_EQ(counts.in_school(), 1u);
}

}  // namespace
}  // namespace twinline::registry

// Businesses carried out by reaction, classes and rosters, both times, replay.
#include <gmock/gmock.h>

#include "registry/domain/rules.h"
#include "tests/unit/registry/world.h"

namespace twinline::registry {
namespace {

using ::testing::ElementsAre;

class Registration : public ::testing::Test {
 protected:
  Registration() {
    child_ = World::First(world_.Must(world_.Child("张三", "411299201808310011", class_)));
  }

  base::Events Run(const transfer::v1::BusinessFacts& business) {
    world_.Transfer<transfer::v1::BusinessOpened>(business);
    return world_.Transfer<transfer::v1::BusinessApproved>(business);
  }
  v1::MemberRow Member(const base::Id16& class_id, uint32_t version) {
    const auto facts = world_.Facts(child_);
    return base::Find<v1::MemberRow>(world_.rows(), class_id, base::AsId(facts.registration_id()),
                                     version)
        .value_or(v1::MemberRow());
  }

  World world_;
  base::Id16 class_ = world_.AddClass(World::kPrimary, 1, 1);
  base::Id16 class2_ = world_.AddClass(World::kPrimary, 1, 2);
  base::Id16 class_b_ = world_.AddClass(World::kPrimaryB, 1, 1);
  base::Id16 child_;
};

TEST_F(Registration, ATransferNamesBothSchoolsWhileOpenAndMovesInOneEvent) {
  auto business = world_.Business("TRANSFER_IN_COUNTY", child_);
  business.set_to_school_code(std::string(World::kPrimaryB));
  business.set_to_class_id(class_b_.str());
  business.mutable_effective()->set_days(Day("2024-09-10").days);
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  EXPECT_EQ(world_.Facts(child_).pending_business(), business.business_id());
  EXPECT_EQ(world_.Facts(child_).pending_school_code(), World::kPrimaryB);
  EXPECT_EQ(world_.Facts(child_).school_code(), World::kPrimary);
  EXPECT_EQ(world_.Class(class_).pupils(), 1u);

  world_.today = Day("2024-09-12");
  const auto events = world_.Transfer<transfer::v1::BusinessApproved>(business);
  ASSERT_EQ(events.size(), 1u);
  ASSERT_EQ(events[0].type(), base::EventType<v1::RegistrationMoved>());
  EXPECT_EQ(world_.Facts(child_).school_code(), World::kPrimaryB);
  EXPECT_EQ(world_.Facts(child_).class_id(), class_b_.bytes());
  EXPECT_EQ(world_.Facts(child_).pending_business(), "");
  EXPECT_EQ(world_.Class(class_).pupils(), 0u);
  EXPECT_EQ(world_.Class(class_b_).pupils(), 1u);
  EXPECT_EQ(world_.Pupils(World::kPrimary, 1, "ACTIVE"), 0);
  EXPECT_EQ(world_.Pupils(World::kPrimaryB, 1, "ACTIVE"), 1);

  // The move is true from the 10th and known from the 12th.
  const v1::MemberRow left = Member(class_, 1);
  EXPECT_EQ(left.left_on().days(), Day("2024-09-10").days);
  EXPECT_EQ(base::DayOf({left.left_us()}), Day("2024-09-12"));

  // The completion that follows changes nothing: no ping-pong.
  const auto echo = world_.Transfer<transfer::v1::BusinessCompleted>(business);
  ASSERT_EQ(echo.size(), 1u);
  EXPECT_EQ(echo[0].type(), base::EventType<journal::v1::NoEffect>());
}

TEST_F(Registration, AWithdrawnTransferLeavesNothingOpen) {
  auto business = world_.Business("TRANSFER_IN_COUNTY", child_);
  business.set_to_school_code(std::string(World::kPrimaryB));
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  world_.Transfer<transfer::v1::BusinessWithdrawn>(business);
  EXPECT_EQ(world_.Facts(child_).pending_business(), "");
  EXPECT_EQ(world_.Facts(child_).pending_school_code(), "");
}

struct RefusedMove {
  const char* name;
  std::function<void(World&, transfer::v1::BusinessFacts&)> make;
  const char* code;
};
class MoveIsRevalidated : public Registration, public ::testing::WithParamInterface<RefusedMove> {};

TEST_P(MoveIsRevalidated, ByTheOwner) {
  auto business = world_.Business("TRANSFER_IN_COUNTY", child_);
  business.set_to_school_code(std::string(World::kPrimaryB));
  business.set_to_class_id(class_b_.str());
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  GetParam().make(world_, business);
  const auto events = world_.Transfer<transfer::v1::BusinessApproved>(business);
  ASSERT_EQ(events.size(), 1u);
  ASSERT_EQ(events[0].type(), base::EventType<v1::MoveRefused>());
  v1::MoveRefused refused;
  refused.ParseFromString(events[0].data());
  EXPECT_EQ(refused.code(), GetParam().code);
  EXPECT_EQ(world_.Facts(child_).school_code(), World::kPrimary);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MoveIsRevalidated,
    ::testing::Values(
        RefusedMove{"OtherBusiness",
                    [](World&, auto& b) { b.set_business_id(std::string(16, 'x')); },
                    "BUSINESS_NOT_PENDING"},
        RefusedMove{"UnknownSchool", [](World&, auto& b) { b.set_to_school_code("2141999999"); },
                    "SCHOOL_UNKNOWN"},
        RefusedMove{"OtherGrade", [](World&, auto& b) { b.set_grade(2); }, "GRADE_MISMATCH"},
        RefusedMove{"UnknownClass",
                    [](World&, auto& b) { b.set_to_class_id(std::string(16, 'x')); },
                    "CLASS_UNKNOWN"},
        RefusedMove{"JuniorSchool",
                    [](World&, auto& b) {
                      b.set_to_school_code(std::string(World::kJunior));
                      b.clear_to_class_id();
                    },
                    "GRADE_NOT_TAUGHT"},
        RefusedMove{"WrongOrigin", [](World&, auto& b) { b.set_from_school_code("2141000009"); },
                    "SCHOOL_CHANGED_MEANWHILE"},
        RefusedMove{"AlreadyThereByAnother",
                    [](World&, auto& b) {
                      b.set_from_school_code("2141000009");
                      b.set_to_school_code(std::string(World::kPrimary));
                      b.clear_to_class_id();
                    },
                    "SCHOOL_CHANGED_MEANWHILE"},
        RefusedMove{"UnlawfulStatus", [](World&, auto& b) { b.set_status_after("EXPELLED"); },
                    "STATUS_UNKNOWN"},
        RefusedMove{"UnknownKind", [](World&, auto& b) { b.set_kind("EXPULSION"); },
                    "BUSINESS_KIND_UNKNOWN"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(Registration, ARefusalThatTheBureauOverrodeIsPendingAgain) {
  const auto business = world_.Business("TRANSFER_IN_COUNTY", child_);
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  world_.Transfer<transfer::v1::BusinessRefused>(business);
  EXPECT_EQ(world_.Facts(child_).pending_business(), "");
  world_.Transfer<transfer::v1::RefusalOverridden>(business);
  EXPECT_EQ(world_.Facts(child_).pending_business(), business.business_id());
}

TEST_F(Registration, SuspensionTakesOffTheRosterAndResumptionBringsBack) {
  auto suspension = world_.Business("SUSPENSION", child_);
  suspension.mutable_suspended_until()->set_days(Day("2025-08-31").days);
  Run(suspension);
  EXPECT_EQ(world_.Facts(child_).status(), "SUSPENDED");
  EXPECT_EQ(world_.Facts(child_).class_id(), "");
  EXPECT_EQ(world_.Facts(child_).suspended_until().days(), Day("2025-08-31").days);
  EXPECT_EQ(world_.Class(class_).pupils(), 0u);
  EXPECT_EQ(world_.Facts(child_).school_code(), World::kPrimary);

  Run(world_.Business("RESUMPTION", child_));
  EXPECT_EQ(world_.Facts(child_).status(), "ACTIVE");
  EXPECT_EQ(world_.Facts(child_).class_id(), class_.bytes());
  EXPECT_FALSE(world_.Facts(child_).has_suspended_until());
  EXPECT_EQ(world_.Class(class_).roster_version(), 3u);
}

TEST_F(Registration, EveryBusinessKindHonoursItsRow) {
  for (const BusinessRule& rule : BusinessRules()) {
    for (const StatusRule& status : Statuses()) {
      SCOPED_TRACE(std::string(rule.kind) + " from " + std::string(status.code));
      if (status.ended) {
        EXPECT_FALSE(Allows(rule, status.code));
      }
    }
    if (!rule.to.empty()) {
      EXPECT_NE(FindStatus(rule.to), nullptr) << rule.kind;
    }
  }
  // T09: a suspended child resumes first.
  EXPECT_FALSE(Allows(*FindBusinessRule("TRANSFER_IN_COUNTY"), "SUSPENDED"));
}

TEST_F(Registration, LeavingTheProvinceEndsTheRegistrationHere) {
  auto business = world_.Business("TRANSFER_OUT_PROVINCE", child_);
  business.set_to_school_code("2161000001");
  business.set_other_province("61");
  Run(business);
  EXPECT_EQ(world_.Facts(child_).status(), "TRANSFERRED_OUT");
  EXPECT_EQ(world_.Facts(child_).school_code(), "");
}

TEST_F(Registration, T04AChildFromAnotherProvinceSitsHereAndIsCountedWhenTheTransferIsThrough) {
  auto command = world_.Child("外省生", "", class_, "2018-05-05");
  command.set_entry_kind("TRANSFER_OUTSIDE");
  const base::Id16 child = World::First(world_.Must(command));
  EXPECT_EQ(world_.Facts(child).status(), "TRANSFER_PENDING");
  EXPECT_EQ(world_.Facts(child).class_id(), class_.bytes());
  EXPECT_FALSE(FindStatus("TRANSFER_PENDING")->registered);
  auto business = world_.Business("TRANSFER_CROSS_PROVINCE", child);
  business.clear_from_school_code();
  business.set_to_school_code(std::string(World::kPrimary));
  business.set_other_province("61");
  const auto events = Run(business);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type(), base::EventType<v1::RegistrationStatusChanged>());
  EXPECT_EQ(world_.Facts(child).status(), "ACTIVE");
  EXPECT_EQ(world_.Facts(child).class_id(), class_.bytes());
}

TEST_F(Registration, ALaterGradeIsFiledUnderWhatItIs) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 3, 1);
  const base::Id16 child =
      World::First(world_.Must(world_.Child("插班生", "", room, "2016-05-05")));
  EXPECT_EQ(FindSubject(world_.rows(), child.bytes())->registration.entry_kind(), "LATER_GRADE");
}

TEST_F(Registration, PlacementStaysInSchoolAndGrade) {
  v1::PlaceChildCommand place;
  place.set_child_id(child_.str());
  place.set_class_id(class_b_.str());
  EXPECT_EQ(world_.Code(place), "CLASS_NOT_OF_SCHOOL");
  place.set_class_id(world_.AddClass(World::kPrimary, 2, 1).str());
  EXPECT_EQ(world_.Code(place), "GRADE_DIFFERS");
  place.set_class_id(class2_.str());
  EXPECT_EQ(world_.Code(place), "");
  EXPECT_EQ(world_.Class(class_).roster_version(), 2u);
  EXPECT_EQ(world_.Class(class2_).roster_version(), 1u);
  EXPECT_EQ(world_.Code(place), "NOTHING_CHANGED");
}

TEST_F(Registration, KeyDataIsCorrectedByTheBureauOnly) {
  v1::CorrectChildCommand correct;
  correct.set_child_id(child_.str());
  correct.add_changed("name");
  auto other = world_.Child("张三丰", "411299201808310011", class_);
  *correct.mutable_person() = other.person();
  *correct.mutable_classified() = other.classified();
  EXPECT_EQ(world_.Code(correct), "KEY_DATA_NEEDS_BUREAU");
  world_.actor.set_office("bureau:411282");
  EXPECT_EQ(world_.Code(correct), "");
  EXPECT_EQ(FindSubject(world_.rows(), child_.bytes())->child.person().name().ciphertext(),
            "sealed:张三丰");
}

TEST_F(Registration, WatchGroupsAreASetAndHistoryStays) {
  v1::SetWatchGroupsCommand set;
  set.set_child_id(child_.str());
  set.add_add("ORPHAN");
  set.add_add("LEFT_BEHIND_BOTH");
  set.add_add("FORMERLY_REGISTERED_POOR");
  world_.Must(set);
  EXPECT_THAT(world_.Facts(child_).watch_groups(),
              ElementsAre("FORMERLY_REGISTERED_POOR", "LEFT_BEHIND_BOTH", "ORPHAN"));
  EXPECT_EQ(world_.Code(set), "NOTHING_CHANGED");
  v1::SetWatchGroupsCommand unset;
  unset.set_child_id(child_.str());
  unset.add_remove("FORMERLY_REGISTERED_POOR");
  EXPECT_EQ(world_.Code(unset), "WATCH_GROUP_HISTORICAL");
}

TEST_F(Registration, ExportNeedsASecondPerson) {
  v1::RequestExportCommand request;
  request.set_office("school:2141000001");
  request.set_purpose("期初核对");
  const base::Id16 id = World::First(world_.Must(request));
  v1::ApproveExportCommand approve;
  approve.set_export_id(id.str());
  EXPECT_EQ(world_.Code(approve), "SECOND_PERSON_NEEDED");
  world_.actor.set_subject(base::DeriveId({"principal"}).str());
  EXPECT_EQ(world_.Code(approve), "");
}

TEST_F(Registration, ReplayGivesTheSameRows) {
  Run(world_.Business("SUSPENSION", child_));
  Run(world_.Business("RESUMPTION", child_));
  world_.Must(world_.Child("张三", "", class2_, "2018-08-31"));
  EXPECT_EQ(world_.Replay(), world_.rows().map());
}

// Invariant 7 after a long run of businesses in every order: one school, or one open transfer with
// both.
TEST_F(Registration, EveryCountedRegistrationHasOneSchool) {
  for (const BusinessRule& first : BusinessRules()) {
    for (const BusinessRule& second : BusinessRules()) {
      World world;
      const base::Id16 room = world.AddClass(World::kPrimary, 1, 1);
      const base::Id16 room_b = world.AddClass(World::kPrimaryB, 1, 1);
      const base::Id16 child =
          World::First(world.Must(world.Child("张三", "411299201808310011", room)));
      for (const BusinessRule* rule : {&first, &second}) {
        auto business = world.Business(rule->kind, child);
        if (rule->moves_school) business.set_to_school_code(std::string(World::kPrimaryB));
        world.Transfer<transfer::v1::BusinessOpened>(business);
        world.Transfer<transfer::v1::BusinessApproved>(business);
        world.Transfer<transfer::v1::BusinessCompleted>(business);
      }
      const v1::ChildFacts facts = world.Facts(child);
      SCOPED_TRACE(std::string(first.kind) + " then " + std::string(second.kind));
      const StatusRule* status = FindStatus(facts.status());
      ASSERT_NE(status, nullptr);
      EXPECT_TRUE(!status->registered || !facts.school_code().empty());
      EXPECT_EQ(world.Class(room).pupils() + world.Class(room_b).pupils(),
                facts.class_id().empty() ? 0u : 1u);
      int64_t counted = 0;
      base::ScanRows<v1::CountRow>(world.rows(), 100, [&counted](const auto& row) {
        counted += row.pupils();
        return true;
      });
      EXPECT_EQ(counted, 1);
    }
  }
}

}  // namespace
}  // namespace twinline::registry

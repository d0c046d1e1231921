// Class businesses at the registry: one event a class, one school at every moment, and whoever does
// not fit any more is left out with the reason.
#include <gmock/gmock.h>

#include "registry/domain/rules.h"
#include "tests/unit/registry/world.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"

namespace twinline::registry {
namespace {

namespace tv1 = transfer::v1;

class ClassBusiness : public ::testing::Test {
 protected:
  base::Id16 Pupil(std::string_view name, const base::Id16& room, std::string_view school) {
    return World::First(world_.Must(world_.Child(name, "", room, "2012-05-05", school)));
  }
  tv1::ClassBusinessFacts Business(std::string_view action, const base::Id16& room,
                                   std::string_view to, std::vector<base::Id16> children) {
    const v1::ClassFacts facts = world_.Class(room);
    tv1::ClassBusinessFacts business;
    business.set_business_id(
        base::DeriveId({"class business", action, std::to_string(++made_)}).str());
    business.set_action(std::string(action));
    business.set_class_id(room.str());
    business.set_school_code(facts.school_code());
    business.set_to_school_code(std::string(to));
    business.set_to_grade(action == "GRADUATE" || action == "MERGE" ? facts.grade()
                                                                    : facts.grade() + 1);
    business.set_to_school_year(facts.school_year() + (action == "MERGE" ? 0 : 1));
    for (const base::Id16& child : children) {
      tv1::ClassMember* member = business.add_members();
      member->set_child_id(child.str());
      member->set_registration_id(world_.Facts(child).registration_id());
    }
    return business;
  }
  v1::ClassPromoted Do(const tv1::ClassBusinessFacts& business) {
    tv1::ClassBusinessApproved approved;
    *approved.mutable_business() = business;
    const base::Events events = world_.Transfer(approved);
    EXPECT_EQ(events.size(), 1u);
    v1::ClassPromoted promoted;
    EXPECT_EQ(events[0].type(), base::EventType<v1::ClassPromoted>());
    promoted.ParseFromString(events[0].data());
    return promoted;
  }
  void Replays() {
    std::map<std::string, std::string, std::less<>> live = world_.rows().map();
    EXPECT_EQ(world_.Replay(), live);
  }

  World world_;
  uint64_t made_ = 0;
};

TEST_F(ClassBusiness, AClassGoesUpAsOneAndTheOldOneCloses) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 4, 2);
  const base::Id16 a = Pupil("甲", room, World::kPrimary), b = Pupil("乙", room, World::kPrimary);
  const auto event = Do(Business("PROMOTE", room, World::kPrimary, {a, b}));
  ASSERT_EQ(event.children_size(), 2);
  EXPECT_TRUE(world_.Class(room).closed());
  EXPECT_EQ(world_.Class(room).pupils(), 0u);
  const base::Id16 up = base::AsId(world_.Facts(a).class_id());
  EXPECT_EQ(world_.Facts(b).class_id(), up.bytes());
  EXPECT_EQ(world_.Class(up).grade(), 5u);
  EXPECT_EQ(world_.Class(up).number(), 2u);
  EXPECT_EQ(world_.Class(up).school_year(), 2025u);
  EXPECT_EQ(world_.Class(up).pupils(), 2u);
  EXPECT_EQ(world_.Class(room).continued_as(), up.bytes());
  EXPECT_EQ(world_.Pupils(World::kPrimary, 4, "ACTIVE"), 0);
  EXPECT_EQ(world_.Pupils(World::kPrimary, 5, "ACTIVE"), 2);
  Replays();
}

TEST_F(ClassBusiness, WhoHasABusinessOpenIsLeftOutAndFollowsLaterIntoTheSameClass) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 4, 1);
  const base::Id16 a = Pupil("甲", room, World::kPrimary), b = Pupil("乙", room, World::kPrimary);
  auto own = world_.Business("TRANSFER_IN_COUNTY", b);
  own.set_to_school_code(std::string(World::kPrimaryB));
  world_.Transfer<tv1::BusinessOpened>(own);
  const auto event = Do(Business("PROMOTE", room, World::kPrimary, {a, b}));
  ASSERT_EQ(event.except_size(), 1);
  EXPECT_EQ(event.except(0).reason(), "BUSINESS_PENDING");
  EXPECT_EQ(world_.Facts(b).grade(), 4u);
  EXPECT_EQ(world_.Facts(b).class_id(), room.bytes());
  EXPECT_FALSE(world_.Class(room).closed()) << "somebody still sits there";
  world_.Transfer<tv1::BusinessWithdrawn>(own);
  Do(Business("PROMOTE", room, World::kPrimary, {b}));
  EXPECT_EQ(world_.Facts(b).class_id(), world_.Facts(a).class_id());
  EXPECT_TRUE(world_.Class(room).closed());
  Replays();
}

TEST_F(ClassBusiness, ToThePairedJuniorSchoolEvenlyIntoItsNewClasses) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 6, 1);
  const base::Id16 one = world_.AddClass(World::kJunior, 7, 1, 2025);
  const base::Id16 two = world_.AddClass(World::kJunior, 7, 2, 2025);
  std::vector<base::Id16> pupils;
  for (int i = 0; i < 5; ++i) {
    pupils.push_back(Pupil("生" + std::to_string(i), room, World::kPrimary));
  }
  const auto event = Do(Business("TO_JUNIOR", room, World::kJunior, pupils));
  EXPECT_EQ(event.children_size(), 5);
  EXPECT_EQ(world_.Class(one).pupils(), 3u);
  EXPECT_EQ(world_.Class(two).pupils(), 2u);
  EXPECT_EQ(world_.Facts(pupils[0]).school_code(), World::kJunior);
  EXPECT_EQ(world_.Facts(pupils[0]).grade(), 7u);
  EXPECT_EQ(world_.Facts(pupils[0]).status(), "ACTIVE");
  Replays();
}

TEST_F(ClassBusiness, WithoutNewClassesTheJuniorSchoolPlacesThemLater) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 6, 1);
  const base::Id16 a = Pupil("甲", room, World::kPrimary);
  Do(Business("TO_JUNIOR", room, World::kJunior, {a}));
  EXPECT_EQ(world_.Facts(a).school_code(), World::kJunior);
  EXPECT_EQ(world_.Facts(a).class_id(), "");
  Replays();
}

TEST_F(ClassBusiness, GraduationEndsTheRegistrationAndHomeTaughtPupilsGraduateToo) {
  const base::Id16 room = world_.AddClass(World::kJunior, 9, 1);
  const base::Id16 a = Pupil("甲", room, World::kJunior), b = Pupil("乙", room, World::kJunior);
  auto home = world_.Business("HOME_TEACHING", b);
  home.set_to_school_code(std::string(World::kJunior));
  world_.Transfer<tv1::BusinessOpened>(home);
  world_.Transfer<tv1::BusinessApproved>(home);
  ASSERT_EQ(world_.Facts(b).class_id(), "");
  const auto event = Do(Business("GRADUATE", room, {}, {a, b}));
  ASSERT_EQ(event.left_roster_size(), 1) << "the other one was on no list";
  EXPECT_EQ(event.left_roster(0), a.bytes());
  for (const base::Id16& child : {a, b}) {
    EXPECT_EQ(world_.Facts(child).status(), "GRADUATED");
    EXPECT_EQ(world_.Facts(child).class_id(), "");
    EXPECT_EQ(world_.Facts(child).school_code(), World::kJunior) << "the last school";
  }
  Replays();
}

TEST_F(ClassBusiness, AMergedSchoolKeepsItsClassesTogetherAndClosesWhenNobodyIsLeft) {
  const base::Id16 room = world_.AddClass(World::kPrimaryB, 4, 1);
  world_.AddClass(World::kPrimary, 4, 1);
  const base::Id16 a = Pupil("甲", room, World::kPrimaryB);
  Do(Business("MERGE", room, World::kPrimary, {a}));
  EXPECT_EQ(world_.Facts(a).school_code(), World::kPrimary);
  const v1::ClassFacts in = world_.Class(base::AsId(world_.Facts(a).class_id()));
  EXPECT_EQ(in.number(), 2u) << "the number one is taken";
  EXPECT_EQ(in.school_year(), 2024u);
  tv1::ClassRunFinished finished;
  finished.mutable_run()->set_run_id(base::DeriveId({"run"}).str());
  finished.mutable_run()->set_kind("MERGER");
  finished.mutable_run()->set_school_code(std::string(World::kPrimaryB));
  finished.mutable_run()->set_successor_code(std::string(World::kPrimary));
  world_.Transfer(finished);
  const auto school = FindSchool(world_.rows(), World::kPrimaryB);
  EXPECT_TRUE(school->closed());
  EXPECT_EQ(school->successor_code(), World::kPrimary);
  Replays();
}

TEST_F(ClassBusiness, AWholeClassThatCannotGoStaysWithTheReason) {
  const base::Id16 room = world_.AddClass(World::kPrimary, 6, 1);
  const base::Id16 a = Pupil("甲", room, World::kPrimary);
  const auto event = Do(Business("TO_JUNIOR", room, World::kPrimaryB, {a}));
  EXPECT_EQ(event.children_size(), 0);
  EXPECT_EQ(event.except(0).reason(), "GRADE_NOT_TAUGHT");
  EXPECT_EQ(world_.Facts(a).school_code(), World::kPrimary);
}

}  // namespace
}  // namespace twinline::registry

// Erasure over the pure domain: two persons, a ground, a document; merged records go too; nothing
// finds an erased child by its numbers.
#include <gmock/gmock.h>

#include "registry/domain/erasure.h"
#include "tests/unit/registry/world.h"

namespace twinline::registry {
namespace {

using ::testing::ElementsAre;

class Erasure : public ::testing::Test {
 protected:
  base::Id16 Register(const v1::RegisterChildCommand& command) {
    return World::First(world_.Must(command));
  }
  void As(std::string_view person, std::string_view service = "") {
    world_.actor.set_subject(base::DeriveId({person}).str());
    world_.actor.set_service(std::string(service));
  }
  std::string Request(const base::Id16& child, std::string_view ground = "UNLAWFUL_PROCESSING",
                      std::string_view document = "灵教体〔2024〕12号") {
    v1::RequestErasureCommand command;
    command.set_child_id(child.str());
    command.set_ground(std::string(ground));
    command.set_document(std::string(document));
    return world_.Code(command);
  }
  std::string Order(const base::Id16& child) {
    v1::OrderErasureCommand command;
    command.set_child_id(child.str());
    return world_.Code(command);
  }
  std::string Decline(const base::Id16& child, std::string_view reason) {
    v1::DeclineErasureCommand command;
    command.set_child_id(child.str());
    command.set_reason(std::string(reason));
    return world_.Code(command);
  }
  std::string Destroyed(const base::Id16& child, std::string_view key) {
    v1::NoteKeyDestroyedCommand command;
    command.set_child_id(child.str());
    command.add_key_id(base::DeriveId({key}).str());
    return world_.Code(command);
  }
  void Erase(const base::Id16& child) {
    As("official");
    ASSERT_EQ(Request(child), "");
    As("director");
    ASSERT_EQ(Order(child), "");
    As("", "service:registry");
    ASSERT_EQ(Destroyed(child, "key"), "");
    As("official");
  }
  v1::ErasureRow Row(const base::Id16& child) {
    return base::Find<v1::ErasureRow>(world_.rows(), child).value_or(v1::ErasureRow());
  }
  v1::ChildRow Child(const base::Id16& child) {
    return *base::Find<v1::ChildRow>(world_.rows(), child);
  }

  World world_;
  base::Id16 class_ = world_.AddClass(World::kPrimary, 1, 1);
  base::Id16 child_ = Register(world_.Child("张三", "411299201808310011", class_));
};

TEST_F(Erasure, NeedsAKnownGroundAndADocument) {
  EXPECT_EQ(Request(child_, "TIDY_UP"), "GROUND_UNKNOWN");
  EXPECT_EQ(Request(child_, "OTHER_LAW", ""), "DOCUMENT_MISSING");
  EXPECT_EQ(Request(child_, "OTHER_LAW", "张三的申请"), "DOCUMENT_MISSING") << "a number, no name";
  EXPECT_EQ(Request(base::DeriveId({"nobody"})), "CHILD_UNKNOWN");
  EXPECT_EQ(Request(child_), "");
  EXPECT_EQ(Request(child_), "ERASURE_REQUESTED");
}

TEST_F(Erasure, IsOrderedByAnotherPersonThanWhoAskedForIt) {
  As("official");
  EXPECT_EQ(Order(child_), "ERASURE_NOT_REQUESTED");
  ASSERT_EQ(Request(child_), "");
  EXPECT_EQ(Order(child_), "SECOND_PERSON_NEEDED");
  As("director");
  EXPECT_EQ(Order(child_), "");
  EXPECT_EQ(Order(child_), "ERASURE_ORDERED");
  EXPECT_EQ(Request(child_), "ERASURE_ORDERED");
  EXPECT_EQ(Row(child_).state(), kErasureOrdered);
  EXPECT_EQ(Row(child_).requested_by(), base::DeriveId({"official"}).str());
  EXPECT_EQ(Row(child_).decided_by(), base::DeriveId({"director"}).str());
  EXPECT_FALSE(Child(child_).key_destroyed()) << "only the vault destroys";
}

TEST_F(Erasure, CanBeDeclinedAndAskedForAgain) {
  EXPECT_EQ(Decline(child_, "x"), "ERASURE_NOT_REQUESTED");
  ASSERT_EQ(Request(child_), "");
  EXPECT_EQ(Decline(child_, ""), "REASON_MISSING");
  EXPECT_EQ(Decline(child_, "依据不足"), "");
  As("director");
  EXPECT_EQ(Order(child_), "ERASURE_NOT_REQUESTED");
  EXPECT_EQ(Request(child_), "");
}

TEST_F(Erasure, WaitsForAnOpenBusiness) {
  auto business = world_.Business("TRANSFER_IN_COUNTY", child_);
  business.set_to_school_code(std::string(World::kPrimaryB));
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  EXPECT_EQ(Request(child_), "BUSINESS_OPEN");
}

TEST_F(Erasure, OnlyTheSystemReportsADestroyedKeyAndOnlyAfterAnOrder) {
  EXPECT_EQ(Destroyed(child_, "key"), "COMMAND_NOT_YOURS");
  As("", "service:registry");
  EXPECT_EQ(Destroyed(child_, "key"), "ERASURE_NOT_ORDERED");
}

TEST_F(Erasure, AfterItNothingFindsTheChildByItsNumbers) {
  Erase(child_);
  EXPECT_EQ(Row(child_).state(), kErasureDestroyed);
  EXPECT_TRUE(Child(child_).key_destroyed());
  EXPECT_TRUE(Child(child_).person().id_token().token().empty());
  EXPECT_TRUE(Child(child_).person().same_person_token().token().empty());
  // The same child enrols again: no duplicate task points back at who was erased.
  Register(world_.Child("张三", "411299201808310011", class_));
  EXPECT_TRUE(world_.Tasks().empty());
  // And no new personal data is put under the old record.
  v1::CorrectChildCommand correct;
  correct.set_child_id(child_.str());
  correct.add_changed("phone");
  EXPECT_EQ(world_.Code(correct), "PERSONAL_DATA_DESTROYED");
  EXPECT_EQ(world_.Replay(), world_.rows().map());
}

TEST_F(Erasure, TakesTheRecordsThatWereMergedIntoTheChild) {
  const base::Id16 twice = Register(world_.Child("张三", "411299201808310011", class_));
  ASSERT_EQ(world_.Tasks().size(), 1u);
  v1::ResolveDuplicateCommand merge;
  merge.set_task_id(world_.Tasks()[0].task_id());
  merge.set_outcome("MERGED");
  merge.set_survivor_child_id(child_.str());
  merge.set_reason("同一人");
  ASSERT_EQ(world_.Code(merge), "");
  As("official");
  EXPECT_EQ(Request(twice), "CHILD_MERGED");
  ASSERT_EQ(Request(child_), "");
  As("director");
  ASSERT_EQ(Order(child_), "");
  EXPECT_THAT(Row(child_).merged(), ElementsAre(twice.str()));
  As("", "service:registry");
  ASSERT_EQ(Destroyed(child_, "key 1"), "");
  EXPECT_EQ(Row(child_).state(), kErasureOrdered) << "the merged record still has its key";
  ASSERT_EQ(Destroyed(twice, "key 2"), "");
  EXPECT_EQ(Row(child_).state(), kErasureDestroyed);
  EXPECT_EQ(Row(child_).key_id_size(), 2);
  EXPECT_TRUE(Child(twice).key_destroyed());
}

TEST_F(Erasure, IsCompletedByTheRenewalThatBeganAfterIt) {
  Erase(child_);
  const base::Id16 living = Register(world_.Child("李四", "41129920160305005X", class_));
  v1::StartTokenRenewalCommand start;
  start.set_pepper_version(2);
  ASSERT_EQ(world_.Code(start), "");
  EXPECT_EQ(world_.Code(start), "RENEWAL_RUNNING");
  const base::Id16 later = Register(world_.Child("王五", "411299201602290035", class_));
  Erase(later);

  v1::RenewTokensCommand renew;
  v1::RenewedChild& renewed = *renew.add_children();
  renewed.mutable_tokens()->set_child_id(living.str());
  renewed.mutable_tokens()->mutable_id_token()->set_pepper_version(2);
  renewed.mutable_tokens()->mutable_id_token()->set_token("new token 16byte");
  renewed.set_version(world_.Facts(living).version());
  EXPECT_EQ(world_.Code(renew), "COMMAND_NOT_YOURS");
  As("", "service:registry");
  renewed.set_version(renewed.version() + 1);
  EXPECT_EQ(world_.Code(renew), "NOTHING_CHANGED") << "corrected since it was opened";
  renewed.set_version(renewed.version() - 1);
  ASSERT_EQ(world_.Code(renew), "");
  EXPECT_EQ(Child(living).person().id_token().pepper_version(), 2u);

  v1::CompleteErasuresCommand complete;
  complete.set_pepper_version(2);
  ASSERT_EQ(world_.Code(complete), "");
  EXPECT_EQ(Row(child_).state(), kErasureCompleted);
  EXPECT_EQ(Row(later).state(), kErasureDestroyed) << "its number may be in a copy under pepper 1";
  EXPECT_EQ(world_.Replay(), world_.rows().map());
  ASSERT_EQ(world_.Code(start), "") << "the next one may begin";
}

}  // namespace
}  // namespace twinline::registry

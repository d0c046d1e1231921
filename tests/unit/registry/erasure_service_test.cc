// Erasure as the service carries it out: keys gone from the vault, names gone from every reply and
// from memory, search tokens renewed, and an older vault put right before anybody is answered.
#include <gmock/gmock.h>

#include "registry/service/erasure_worker.h"
#include "tests/unit/registry/service_rig.h"
#include "twinline/registry/v1/registry_erasure.pb.h"

namespace twinline::registry {
namespace {

constexpr char kId[] = "411299201808310011";
const Caller kOfficial{"official", "bureau:411282"};
const Caller kDirector{"director", "bureau:411282"};

class ErasureService : public ::testing::Test {
 protected:
  Result Request(const std::string& child) {
    v1::RequestErasureRequest request;
    request.set_child_id(child);
    request.set_ground("UNLAWFUL_PROCESSING");
    request.set_document("灵教体〔2024〕12号");
    v1::ErasureReply reply;
    return rig_.Call("ErasureService.RequestErasure", request, &reply, kOfficial);
  }
  Result Order(const std::string& child, v1::ErasureReply* reply, const Caller& caller) {
    v1::OrderErasureRequest request;
    request.set_child_id(child);
    return rig_.Call("ErasureService.OrderErasure", request, reply, caller);
  }
  v1::ListErasuresReply List() {
    v1::ListErasuresReply reply;
    EXPECT_TRUE(
        rig_.Call("ErasureService.ListErasures", v1::ListErasuresRequest(), &reply, kOfficial)
            .ok());
    return reply;
  }
  // The worker goes on while the shard is stepped.
  bool Until(const std::function<bool(const v1::ListErasuresReply&)>& done) {
    for (int turn = 0; turn < 5'000'000; ++turn) {
      EXPECT_TRUE(rig_.shard().Step().ok());
      if (done(List())) return true;
      std::this_thread::yield();
    }
    return false;
  }
  v1::ChildView Get(const std::string& child) {
    v1::GetChildRequest request;
    request.set_child_id(child);
    v1::ChildReply reply;
    EXPECT_TRUE(rig_.Call("GetChild", request, &reply).ok());
    return reply.child();
  }
  int Found(const std::string& number) {
    v1::FindChildRequest request;
    request.set_id_number(number);
    v1::ChildrenReply reply;
    EXPECT_TRUE(rig_.Call("FindChild", request, &reply).ok());
    return reply.children_size();
  }
  void Erase(const std::string& child) {
    v1::ErasureReply reply;
    ASSERT_TRUE(Request(child).ok());
    ASSERT_TRUE(Order(child, &reply, kDirector).ok());
    ASSERT_TRUE(Until([](const auto& list) {
      return !list.erasures().empty() && list.erasures(0).state() == "KEYS_DESTROYED";
    }));
  }
  ServiceRig rig_;
  std::string class_ = rig_.AddClass(1, 1);
  std::string child_ = rig_.Register(rig_.Child("张三丰", kId, class_));
};

TEST_F(ErasureService, TheReplyOfTheOrderMeansThatTheKeysAreGone) {
  ASSERT_TRUE(Request(child_).ok());
  v1::ErasureReply reply;
  EXPECT_EQ(Order(child_, &reply, kOfficial).refusal, "SECOND_PERSON_NEEDED");
  EXPECT_EQ(Get(child_).name(), "张三丰");
  ASSERT_TRUE(Order(child_, &reply, kDirector).ok());
  EXPECT_EQ(reply.erasure().state(), "KEYS_DESTROYED");
  EXPECT_EQ(reply.erasure().keys(), 1u);
  const std::vector<vault::EntryInfo> entries = rig_.vault().List(base::AsId(child_)).value();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_TRUE(entries[0].destroyed);
  EXPECT_EQ(Get(child_).name(), "已销毁");
  EXPECT_EQ(Get(child_).guardians(0).name(), "已销毁");
  EXPECT_EQ(Get(child_).id_masked(), "已销毁");
}

TEST_F(ErasureService, TheNameLeavesTheIndexInMemoryAndTheNumberFindsNobody) {
  EXPECT_EQ(Found(kId), 1);
  Erase(child_);
  EXPECT_EQ(Found(kId), 0);
  EXPECT_TRUE(Get(child_).erased());
  v1::SearchChildrenRequest search;
  search.set_query("张三");
  v1::ChildrenReply reply;
  for (int turn = 0; turn < 200'000; ++turn) {
    ASSERT_TRUE(rig_.Call("SearchChildren", search, &reply).ok());
    if (reply.children().empty()) break;
    reply.Clear();
    std::this_thread::yield();
  }
  EXPECT_TRUE(reply.children().empty());
}

TEST_F(ErasureService, NoNewDataIsSealedForAnErasedChild) {
  Erase(child_);
  v1::CorrectChildRequest correct;
  correct.set_child_id(child_);
  correct.mutable_child()->mutable_person()->set_phone("13900000000");
  correct.add_fields("phone");
  correct.set_reason("更正");
  v1::ChildReply reply;
  EXPECT_EQ(rig_.Call("CorrectChild", correct, &reply, kOfficial).refusal,
            "PERSONAL_DATA_UNREADABLE");
  v1::ErasureReply again;
  EXPECT_EQ(Request(child_).refusal, "ERASURE_ORDERED");
  EXPECT_EQ(Order(child_, &again, kDirector).refusal, "ERASURE_ORDERED");
}

TEST_F(ErasureService, CompletionRenewsTheTokensOfTheLivingAndDestroysPepperAndKek) {
  const std::string living = rig_.Register(rig_.Child("李四", "41129920160305005X", class_));
  Erase(child_);
  const base::Id16 kek = rig_.vault().current_kek();
  const uint32_t pepper = rig_.tokens().current_version();
  v1::CompleteErasuresReply started;
  ASSERT_TRUE(rig_.Call("ErasureService.CompleteErasures", v1::CompleteErasuresRequest(), &started,
                        kDirector)
                  .ok());
  EXPECT_EQ(started.pepper_version(), pepper + 1);
  ASSERT_TRUE(Until([](const auto& list) {
    return list.renewing_to() == 0 && list.erasures(0).state() == "COMPLETED";
  }));
  EXPECT_THAT(rig_.tokens().Versions(), ::testing::ElementsAre(pepper + 1));
  EXPECT_NE(rig_.vault().current_kek(), kek);
  EXPECT_EQ(Found("41129920160305005X"), 1) << "the living are found under the new pepper";
  EXPECT_EQ(Found(kId), 0);
  EXPECT_EQ(Get(living).name(), "李四");
  // A second registration of the living is noticed under the new pepper too.
  rig_.Register(rig_.Child("李四", "41129920160305005X", class_));
  EXPECT_FALSE(Get(living).facts().open_duplicate_task().empty());
}

TEST_F(ErasureService, AnOlderVaultIsPutRightBeforeItIsUsed) {
  Erase(child_);
  // The same keys in a vault that has never heard of the erasure.
  vault::MemoryVault older(99);
  const base::Id16 revived = *older.Create(base::AsId(child_), "child");
  ASSERT_EQ(older.Get(revived)->state, vault::KeyState::kPresent);
  ASSERT_TRUE(ApplyErasures(older, *rig_.shard().Read().rows).ok());
  EXPECT_EQ(older.Get(revived)->state, vault::KeyState::kDestroyed);
  // A key that was made after that copy: not missing, which would be an alarm, but destroyed.
  const auto entries = rig_.vault().List(base::AsId(child_)).value();
  for (const auto& entry : entries) {
    EXPECT_EQ(older.Get(entry.key_id)->state, vault::KeyState::kDestroyed);
  }
}

TEST_F(ErasureService, TheKekIsRotatedAloneToo) {
  const base::Id16 kek = rig_.vault().current_kek();
  v1::RotateKeyEncryptionKeyReply reply;
  ASSERT_TRUE(rig_.Call("ErasureService.RotateKeyEncryptionKey",
                        v1::RotateKeyEncryptionKeyRequest(), &reply, kDirector)
                  .ok());
  EXPECT_GE(reply.entries(), 1u);
  EXPECT_NE(rig_.vault().current_kek(), kek);
  EXPECT_EQ(Get(child_).name(), "张三丰");
}

}  // namespace
}  // namespace twinline::registry

// The erasure drill through the real process: two persons order it, the name is
// nowhere to be read, an older vault does not bring it back, every hash verifies, and a rebuild
// gives the same state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "platform/runtime/config.h"
#include "platform/runtime/installation.h"
#include "platform/store/state_store.h"
#include "platform/vault/embedded_vault.h"
#include "tests/support/running_county.h"
#include "tools/fsck/fsck.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/registry/v1/registry_erasure.pb.h"

namespace twinline::test {
namespace {

namespace fs = std::filesystem;
namespace rv1 = registry::v1;
constexpr size_t kPupil = 0;
constexpr char kErasure[] = "twinline.registry.v1.ErasureService.";

class ErasureChain : public testing::Test {
 protected:
  base::Id16 Child() { return county_.loaded().children[kPupil]; }
  std::string Name() { return county_.county().pupils[kPupil].name; }
  runtime::Places Places() {
    config::v1::Config config = *runtime::LoadConfig("");
    return runtime::PlacesOf(county_.data(), config);
  }

  std::string NameShown() {
    rv1::GetChildRequest request;
    request.set_child_id(Child().str());
    rv1::ChildReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.GetChild", request, &reply,
                       county_.Registrar(kPrimaryOne));
    return reply.child().name();
  }
  int FoundByNumber(size_t pupil) {
    rv1::FindChildRequest request;
    request.set_id_number(county_.county().pupils[pupil].id_number);
    rv1::ChildrenReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.FindChild", request, &reply,
                       county_.loaded().bureau_official);
    return reply.children_size();
  }
  std::vector<std::string> ClassList() {
    rv1::ListClassRequest request;
    request.set_class_id(county_.loaded().classes[0].str());
    rv1::ListClassReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.ListClass", request, &reply,
                       county_.Teacher(0));
    std::vector<std::string> names;
    for (const auto& child : reply.children()) names.push_back(child.name());
    return names;
  }
  rpc::CallResult Order(const base::Id16& who, rv1::ErasureReply* reply) {
    rv1::OrderErasureRequest request;
    request.set_child_id(Child().str());
    return county_.api().Call(std::string(kErasure) + "OrderErasure", request, reply, who);
  }
  void Erase() {
    rv1::RequestErasureRequest request;
    request.set_child_id(Child().str());
    request.set_ground("UNLAWFUL_PROCESSING");
    request.set_document("灵教体〔2026〕12号");
    rv1::ErasureReply reply;
    county_.api().Must(std::string(kErasure) + "RequestErasure", request, &reply,
                       county_.loaded().bureau_official);
    EXPECT_EQ(Order(county_.loaded().bureau_official, &reply).code(), "SECOND_PERSON_NEEDED");
    EXPECT_EQ(Order(county_.Registrar(kPrimaryOne), &reply).code(), "PERMISSION_ROLE");
    ASSERT_EQ(NameShown(), Name());
    ASSERT_TRUE(Order(county_.loaded().bureau_director, &reply).ok());
    EXPECT_EQ(reply.erasure().state(), "KEYS_DESTROYED");
  }
  rv1::ListErasuresReply List() {
    rv1::ListErasuresRequest request;
    rv1::ListErasuresReply reply;
    county_.api().Must(std::string(kErasure) + "ListErasures", request, &reply,
                       county_.loaded().bureau_director);
    return reply;
  }
  // Until the registry says of the child that its keys are destroyed.
  bool Recorded() {
    for (int turn = 0; turn < 20'000; ++turn) {
      const rv1::ListErasuresReply list = List();
      for (const rv1::ErasureView& erasure : list.erasures()) {
        if (erasure.child_id() == Child().str() && erasure.state() == "KEYS_DESTROYED") return true;
      }
    }
    return false;
  }
  std::string StateHash() {
    auto store =
        store::StateStore::Open((Places().state / "registry-0").string(), store::StoreOptions());
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? store::StateHash((*store)->Latest()) : std::string();
  }
  fsck::Report Check() {
    const runtime::Places places = Places();
    fsck::Options options;
    options.log = places.log;
    options.vault = places.vault;
    options.kek_file = places.kek_file;
    options.blobs = places.blobs;
    options.second_place = places.second_place;
    options.audit_files = places.state / "audit-0.d";
    const auto report = fsck::Check(options);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(fsck::Report());
  }
  bool AnyLiveKey() {
    const runtime::Places places = Places();
    vault::EmbeddedVaultOptions options;
    options.directory = places.vault;
    options.kek_file = places.kek_file;
    options.second_place = places.second_place / "destroyed-keys";
    const auto opened = vault::EmbeddedVault::Open(options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    bool live = false;
    const auto entries = (*opened)->List(Child()).value();
    for (const auto& entry : entries) live = live || !entry.destroyed;
    return live;
  }

  RunningCounty county_;
};

TEST_F(ErasureChain, TheNameIsNowhereReadableAndEverythingStillVerifies) {
  county_.PlayDay(0, {kPupil});
  county_.StopServer();
  const fs::path older = county_.data() / "older-vault";
  fs::copy(Places().vault, older, fs::copy_options::recursive);
  county_.StartServer();

  Erase();
  EXPECT_EQ(NameShown(), "已销毁");
  EXPECT_THAT(ClassList(), testing::Not(testing::Contains(Name())));
  // The keys are gone with the reply; what finds the child by a number goes with the record of it.
  EXPECT_TRUE(Recorded());
  EXPECT_EQ(FoundByNumber(kPupil), 0);
  rv1::RevealPersonalRequest reveal;
  reveal.set_child_id(Child().str());
  reveal.add_fields("name");
  reveal.set_reason("核对入学材料");
  rv1::RevealPersonalReply revealed;
  county_.api().Must("twinline.registry.v1.RegistryService.RevealPersonal", reveal, &revealed,
                     county_.Registrar(kPrimaryOne));
  EXPECT_TRUE(revealed.person().name().empty());
  EXPECT_THAT(revealed.destroyed(), testing::Contains("name"));

  // An older vault, as a restore would bring it, with a second place that remembers.
  county_.StopServer();
  EXPECT_FALSE(AnyLiveKey());
  const fs::path vault = Places().vault;
  fs::remove_all(vault);
  fs::copy(older, vault, fs::copy_options::recursive);
  county_.StartServer();
  EXPECT_EQ(NameShown(), "已销毁");

  // And with a second place that was lost: the order in the journal is enough.
  county_.StopServer();
  fs::remove_all(vault);
  fs::copy(older, vault, fs::copy_options::recursive);
  fs::remove(Places().second_place / "destroyed-keys");
  county_.StartServer();
  EXPECT_EQ(NameShown(), "已销毁");
  county_.StopServer();
  EXPECT_FALSE(AnyLiveKey());

  const fsck::Report report = Check();
  EXPECT_TRUE(report.ok()) << report.problems.front();
  EXPECT_GT(report.keys_destroyed, 0U);

  const std::string hash = StateHash();
  fs::remove_all(Places().state / "registry-0");
  county_.StartServer();
  EXPECT_EQ(NameShown(), "已销毁");
  county_.StopServer();
  EXPECT_EQ(StateHash(), hash);
}

TEST_F(ErasureChain, CompletionLeavesTheLivingFindableAndOldCopiesUseless) {
  county_.StopServer();
  const fs::path older = county_.data() / "older-vault";
  fs::copy(Places().vault, older, fs::copy_options::recursive);
  county_.StartServer();
  Erase();
  rv1::CompleteErasuresRequest complete;
  rv1::CompleteErasuresReply started;
  county_.api().Must(std::string(kErasure) + "CompleteErasures", complete, &started,
                     county_.loaded().bureau_director);
  // The journal says when it is done; a crash in between only makes it take longer.
  county_.KillAndRestart();
  for (int turn = 0; turn < 20'000; ++turn) {
    const rv1::ListErasuresReply list = List();
    if (list.renewing_to() == 0 && list.erasures(0).state() == "COMPLETED") break;
  }
  EXPECT_EQ(List().erasures(0).state(), "COMPLETED");
  EXPECT_EQ(FoundByNumber(1), 1);
  EXPECT_EQ(FoundByNumber(kPupil), 0);

  // The key file has moved on: the copy of the vault from before opens no more.
  county_.StopServer();
  const runtime::Places places = Places();
  vault::EmbeddedVaultOptions options;
  options.directory = older;
  options.kek_file = places.kek_file;
  EXPECT_FALSE(vault::EmbeddedVault::Open(options).ok());
}

}  // namespace
}  // namespace twinline::test

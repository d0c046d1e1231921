// The drill that R-12 asks for: a child's data is sealed into journal-like bytes, the keys are
// destroyed, an old backup is restored, and at every step the question is the same: what can still
// be read, and does every hash still verify?
#include <gtest/gtest.h>

#include <filesystem>

#include "platform/base/hash.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/embedded_vault.h"
#include "platform/vault/evidence.h"
#include "platform/vault/sealed_proto.h"
#include "platform/vault/sealer.h"
#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

const base::Id16 kErased = base::DeriveId({"child", "erased"});
const base::Id16 kAlias = base::DeriveId({"child", "erased", "merged duplicate"});
const base::Id16 kNeighbour = base::DeriveId({"child", "neighbour"});
constexpr std::string_view kType = "twinline.registry.v1.ChildRegistered";

class ErasureDrill : public testing::Test {
 protected:
  ErasureDrill() {
    options_.directory = directory_ / "vault";
    options_.kek_file = directory_ / "kek";
    options_.second_place = directory_ / "second-place";
    options_.create = true;
    Open();
    store_ = DirectoryBlobStore::Open(directory_ / "blobs").value();
    Write(kErased, "张三");
    Write(kErased, "张三 第二把钥匙");  // a second key of the same child
    Write(kAlias, "张叁");
    Write(kNeighbour, "李四");
    Sealer sealer(*vault_);
    const base::Id16 key = vault_->List(kErased).value()[0].key_id;
    blob_ = store_->Put(SealBlob(sealer, key, kErased, "picture").value()).value();
  }

  void Open() {
    vault_.reset();
    vault_ = EmbeddedVault::Open(options_).value();
    options_.create = false;
  }

  // One event: sealed name, as stored bytes, under a fresh key.
  void Write(const base::Id16& child, std::string_view name) {
    Sealer sealer(*vault_);
    const base::Id16 key = vault_->Create(child).value();
    types::v1::Sealed message;
    ToProto(sealer.Seal(key, {child, kType, 1}, name).value(), &message);
    owners_.push_back(child);
    journal_.push_back(message.SerializeAsString());
  }

  Opened Read(size_t event) {
    types::v1::Sealed message;
    EXPECT_TRUE(message.ParseFromString(journal_[event]));
    Sealer sealer(*vault_);
    return sealer.Open(FromProto(message).value(), {owners_[event], kType, 1}).value();
  }

  base::Digest Chain() const {
    base::Digest chain{};
    for (const std::string& event : journal_) chain = base::Sha256({base::View(chain), event});
    return chain;
  }

  void EraseChild() {
    ASSERT_EQ(vault_->DestroyOwner(kErased).value().size(), 2u);
    ASSERT_EQ(vault_->DestroyOwner(kAlias).value().size(), 1u);
  }

  void ExpectErased() {
    for (size_t event : {0, 1, 2}) {
      EXPECT_EQ(Read(event).state, OpenState::kDestroyed) << event;
      EXPECT_EQ(Read(event).plaintext, "") << event;
    }
    EXPECT_EQ(Read(3).plaintext, "李四");
  }

  test_support::TempDir directory_;
  EmbeddedVaultOptions options_;
  std::unique_ptr<EmbeddedVault> vault_;
  std::unique_ptr<DirectoryBlobStore> store_;
  std::vector<base::Id16> owners_;
  std::vector<std::string> journal_;
  base::Digest blob_;
};

TEST_F(ErasureDrill, DataIsGoneHashesStay) {
  const base::Digest chain = Chain();
  EXPECT_EQ(Read(0).plaintext, "张三");
  EraseChild();
  ExpectErased();
  EXPECT_EQ(Chain(), chain);
  // The picture is still there under its digest, and nobody can open it.
  const std::string blob = store_->Get(blob_).value();
  Sealer sealer(*vault_);
  EXPECT_EQ(OpenBlob(sealer, kErased, blob).value().state, OpenState::kDestroyed);
  Open();
  ExpectErased();
}

TEST_F(ErasureDrill, AnOldVaultDoesNotBringTheChildBack) {
  ASSERT_TRUE(vault_->CopyTo(directory_ / "backup").ok());
  EraseChild();
  vault_.reset();
  fs::remove_all(options_.directory);
  fs::rename(directory_ / "backup", options_.directory);
  Open();
  ExpectErased();
}

// Without the second place the journals' ErasureOrdered are applied again before serving.
TEST_F(ErasureDrill, ReplayingTheOrdersAfterARestoreErasesAgain) {
  ASSERT_TRUE(vault_->CopyTo(directory_ / "backup").ok());
  std::vector<base::Id16> ordered;
  for (const base::Id16& child : {kErased, kAlias}) {
    const std::vector<base::Id16> ids = vault_->DestroyOwner(child).value();
    ordered.insert(ordered.end(), ids.begin(), ids.end());
  }
  vault_.reset();
  fs::remove_all(options_.directory);
  fs::rename(directory_ / "backup", options_.directory);
  fs::remove(options_.second_place);
  Open();
  EXPECT_EQ(Read(0).state, OpenState::kOpen) << "the danger that this drill is about";
  ASSERT_TRUE(vault_->Destroy(ordered).ok());
  ExpectErased();
}

// The last step: with the KEK rotated, a stolen old backup and today's KEK file open nothing.
TEST_F(ErasureDrill, AfterTheRotationOldBackupsAreWorthless) {
  ASSERT_TRUE(vault_->CopyTo(directory_ / "stolen").ok());
  EraseChild();
  ASSERT_TRUE(vault_->RotateKek().ok());
  ExpectErased();
  EmbeddedVaultOptions thief = options_;
  thief.directory = directory_ / "stolen";
  thief.second_place.clear();
  EXPECT_FALSE(EmbeddedVault::Open(thief).ok());
}

// A vault restored from before a child was registered: an alarm, not an empty name.
TEST_F(ErasureDrill, ATooOldVaultIsNoticed) {
  ASSERT_TRUE(vault_->CopyTo(directory_ / "backup").ok());
  Write(kNeighbour, "李四 改名");
  vault_.reset();
  fs::remove_all(options_.directory);
  fs::rename(directory_ / "backup", options_.directory);
  Open();
  EXPECT_EQ(Read(4).state, OpenState::kUnreadable);
  EXPECT_NE(Read(4).reason, "");
}

}  // namespace
}  // namespace twinline::vault

// A power cut at any moment: what the vault has acknowledged is there afterwards, created or
// destroyed. The journals rely on it: they name a key only after Create has returned.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "platform/vault/embedded_vault.h"
#include "rocksdb/env.h"
#include "tests/support/fault_fs.h"
#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

using test_support::FaultFs;
using test_support::FaultyCall;
using test_support::Unsynced;

const base::Id16 kChild = base::DeriveId({"child"});

class VaultCrashTest : public testing::Test {
 protected:
  VaultCrashTest() {
    options_.directory = directory_ / "vault";
    options_.kek_file = directory_ / "kek";
    options_.second_place = directory_ / "destroyed";
    options_.create = true;
    options_.env = env_.get();
  }
  void Open() {
    auto opened = EmbeddedVault::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    vault_ = *std::move(opened);
    options_.create = false;
  }
  void CutPower(Unsynced unsynced, uint64_t seed) {
    fs_->Kill();
    vault_.reset();
    fs_->PowerLoss(unsynced, seed);
    fs_->Heal();
  }

  test_support::TempDir directory_;
  std::shared_ptr<FaultFs> fs_ = std::make_shared<FaultFs>();
  std::unique_ptr<rocksdb::Env> env_ = FaultFs::NewEnv(fs_);
  EmbeddedVaultOptions options_;
  std::unique_ptr<EmbeddedVault> vault_;
};

TEST_F(VaultCrashTest, AcknowledgedIsKeptWhateverTheDiskLoses) {
  std::map<base::Id16, std::string> alive;
  std::vector<base::Id16> destroyed;
  uint64_t seed = 1;
  for (Unsynced unsynced : {Unsynced::kDropped, Unsynced::kCutShort, Unsynced::kZeroedPage,
                            Unsynced::kZeroedTail, Unsynced::kDropped}) {
    Open();
    for (const auto& [id, key] : alive) {
      EXPECT_EQ(vault_->Get(id).value().bytes.view(), key);
    }
    for (const base::Id16& id : destroyed) {
      EXPECT_EQ(vault_->Get(id).value().state, KeyState::kDestroyed);
    }
    for (int i = 0; i < 10; ++i) {
      const base::Id16 id = vault_->Create(kChild).value();
      alive[id] = std::string(vault_->Get(id).value().bytes.view());
    }
    const base::Id16 victim = alive.begin()->first;
    ASSERT_TRUE(vault_->Destroy(victim).ok());
    alive.erase(victim);
    destroyed.push_back(victim);
    CutPower(unsynced, seed++);
  }
  Open();
  EXPECT_EQ(vault_->List(kChild).value().size(), alive.size() + destroyed.size());
}

TEST_F(VaultCrashTest, AFailedSyncIsNoKey) {
  Open();
  const base::Id16 first = vault_->Create(kChild).value();
  fs_->FailFrom(FaultyCall::kSync, 1, rocksdb::IOStatus::IOError("disk"));
  EXPECT_FALSE(vault_->Create(kChild).ok());
  CutPower(Unsynced::kDropped, 1);
  Open();
  ASSERT_EQ(vault_->List(kChild).value().size(), 1u);
  EXPECT_EQ(vault_->Get(first).value().state, KeyState::kPresent);
}

// A destruction cut between the second place and the database is completed at the next start.
TEST_F(VaultCrashTest, ADestructionThatWasOrderedIsCompleted) {
  Open();
  const base::Id16 id = vault_->Create(kChild).value();
  fs_->FailFrom(FaultyCall::kSync, 1, rocksdb::IOStatus::IOError("disk"));
  EXPECT_FALSE(vault_->Destroy(id).ok());
  CutPower(Unsynced::kDropped, 1);
  Open();
  EXPECT_EQ(vault_->Get(id).value().state, KeyState::kDestroyed);
}

// A rotation may be cut at any sync: at the next start every key opens, and one KEK is left.
TEST_F(VaultCrashTest, ARotationCutAnywhereIsCompleted) {
  Open();
  std::map<base::Id16, std::string> keys;
  const std::vector<base::Id16> ids =
      vault_->CreateMany(std::vector<base::Id16>(1500, kChild), "").value();
  for (const base::Id16& id : ids) {
    keys[id] = std::string(vault_->Get(id).value().bytes.view());
  }
  ASSERT_EQ(keys.size(), 1500u);
  for (uint64_t nth = 1; nth <= 4; ++nth) {
    fs_->FailFrom(FaultyCall::kSync, nth, rocksdb::IOStatus::IOError("disk"));
    vault_->RotateKek().IgnoreError();
    CutPower(Unsynced::kDropped, nth);
    Open();
    EXPECT_EQ(KekFile::Load(options_.kek_file)->size(), 1u);
    for (const auto& [id, key] : keys) {
      const auto secret = vault_->Get(id);
      ASSERT_TRUE(secret.ok()) << secret.status();
      ASSERT_EQ(secret->bytes.view(), key);
    }
  }
}

}  // namespace
}  // namespace twinline::vault

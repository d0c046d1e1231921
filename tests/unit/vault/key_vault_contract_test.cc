// What every KeyVault promises, run against each implementation.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "platform/vault/embedded_vault.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/shared_vault.h"
#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

const base::Id16 kChild = base::DeriveId({"child", "1"});
const base::Id16 kOther = base::DeriveId({"child", "2"});

struct Kind {
  const char* name;
  std::function<std::unique_ptr<KeyVault>(const test_support::TempDir&)> make;
};

class KeyVaultContract : public testing::TestWithParam<Kind> {
 protected:
  test_support::TempDir directory_;
  std::unique_ptr<KeyVault> vault_ = GetParam().make(directory_);
};

TEST_P(KeyVaultContract, CreatedKeyIsThere) {
  const base::Id16 id = vault_->Create(kChild, "main").value();
  const Secret secret = vault_->Get(id).value();
  EXPECT_EQ(secret.state, KeyState::kPresent);
  EXPECT_EQ(secret.bytes.size(), 32u);
  EXPECT_EQ(secret.info.key_id, id);
  EXPECT_EQ(secret.info.owner, kChild);
  EXPECT_EQ(secret.info.kind, SecretKind::kDataKey);
  EXPECT_EQ(secret.info.label, "main");
  EXPECT_FALSE(secret.info.destroyed);
}

// a stale creator adds a key, it never replaces one.
TEST_P(KeyVaultContract, SecondKeyOfAChildLeavesTheFirst) {
  const base::Id16 first = vault_->Create(kChild).value();
  const SecretBytes before = vault_->Get(first).value().bytes;
  const base::Id16 second = vault_->Create(kChild).value();
  EXPECT_NE(first, second);
  EXPECT_EQ(vault_->Get(first).value().bytes.view(), before.view());
  EXPECT_NE(vault_->Get(second).value().bytes.view(), before.view());
  const std::vector<EntryInfo> listed = vault_->List(kChild).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].key_id, first);
  EXPECT_EQ(listed[1].key_id, second);
  EXPECT_TRUE(vault_->List(kOther).value().empty());
}

TEST_P(KeyVaultContract, ManyKeysInOneCall) {
  const std::vector<base::Id16> owners(500, kChild);
  const std::vector<base::Id16> ids = vault_->CreateMany(owners, "import").value();
  EXPECT_EQ(std::set<base::Id16>(ids.begin(), ids.end()).size(), 500u);
  EXPECT_EQ(vault_->List(kChild).value().size(), 500u);
  EXPECT_FALSE(vault_->CreateMany({}, "").ok());
  EXPECT_FALSE(vault_->CreateMany(std::vector(KeyVault::kMaxBatch + 1, kChild), "").ok());
}

TEST_P(KeyVaultContract, SecretsOfOtherKinds) {
  const base::Id16 id =
      vault_->Put(kChild, SecretKind::kPasswordHash, "login", "$argon2id$...").value();
  const Secret secret = vault_->Get(id).value();
  EXPECT_EQ(secret.bytes.view(), "$argon2id$...");
  EXPECT_EQ(secret.info.kind, SecretKind::kPasswordHash);
  EXPECT_EQ(secret.info.label, "login");
}

TEST_P(KeyVaultContract, RefusesWhatIsNoSecret) {
  const auto put = [&](SecretKind kind, const std::string& label, const std::string& secret) {
    return vault_->Put(kChild, kind, label, secret).status().code();
  };
  EXPECT_EQ(put(SecretKind::kDataKey, "", std::string(32, 'k')),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(put(SecretKind::kPepper, "1", ""), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(put(SecretKind::kPepper, std::string(256, 'l'), "x"),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(put(SecretKind::kPepper, "1", std::string(KeyVault::kMaxSecretSize + 1, 'x')),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(vault_->List(kChild).value().empty());
}

// "missing" is an alarm, "destroyed" is an answer.
TEST_P(KeyVaultContract, DestroyedAndMissingAreTwoAnswers) {
  const base::Id16 id = vault_->Create(kChild).value();
  EXPECT_EQ(vault_->Get(base::DeriveId({"never"})).value().state, KeyState::kMissing);
  ASSERT_TRUE(vault_->Destroy(id).ok());
  const Secret gone = vault_->Get(id).value();
  EXPECT_EQ(gone.state, KeyState::kDestroyed);
  EXPECT_TRUE(gone.bytes.empty());
  EXPECT_EQ(gone.info.owner, kChild);
  ASSERT_EQ(vault_->List(kChild).value().size(), 1u);
  EXPECT_TRUE(vault_->List(kChild).value()[0].destroyed);
}

TEST_P(KeyVaultContract, DestroyingTwiceIsOnce) {
  const base::Id16 id = vault_->Create(kChild).value();
  ASSERT_TRUE(vault_->Destroy(id).ok());
  ASSERT_TRUE(vault_->Destroy(id).ok());
  EXPECT_EQ(vault_->Get(id).value().info.owner, kChild);
}

// After a restore the journals' destructions are applied to a vault that may not know the key.
TEST_P(KeyVaultContract, DestroyingAnUnknownIdIsRemembered) {
  const base::Id16 id = base::DeriveId({"of a later day"});
  ASSERT_TRUE(vault_->Destroy(id).ok());
  EXPECT_EQ(vault_->Get(id).value().state, KeyState::kDestroyed);
  EXPECT_TRUE(vault_->List(base::Id16()).value().empty());
}

TEST_P(KeyVaultContract, DestroyOwnerTakesAllKindsAndNobodyElse) {
  const base::Id16 key = vault_->Create(kChild).value();
  const base::Id16 seed = vault_->Put(kChild, SecretKind::kOneTimeSeed, "", "seed").value();
  const base::Id16 dead = vault_->Create(kChild).value();
  const base::Id16 other = vault_->Create(kOther).value();
  ASSERT_TRUE(vault_->Destroy(dead).ok());
  EXPECT_EQ(vault_->DestroyOwner(kChild).value(), (std::vector<base::Id16>{key, seed}));
  EXPECT_EQ(vault_->Get(key).value().state, KeyState::kDestroyed);
  EXPECT_EQ(vault_->Get(seed).value().state, KeyState::kDestroyed);
  EXPECT_EQ(vault_->Get(other).value().state, KeyState::kPresent);
  EXPECT_TRUE(vault_->DestroyOwner(kChild).value().empty());
}

TEST_P(KeyVaultContract, OnlyDataKeysCountAsDestructions) {
  const base::Id16 hash = vault_->Put(kChild, SecretKind::kPasswordHash, "", "x").value();
  const base::Id16 key = vault_->Create(kChild).value();
  const uint64_t before = vault_->destructions();
  ASSERT_TRUE(vault_->Destroy(hash).ok());
  EXPECT_EQ(vault_->destructions(), before);
  ASSERT_TRUE(vault_->Destroy(key).ok());
  EXPECT_GT(vault_->destructions(), before);
}

TEST_P(KeyVaultContract, ThreadsMayShareIt) {
  std::vector<std::thread> threads;
  std::vector<std::vector<base::Id16>> made(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        made[t].push_back(vault_->Create(kChild).value());
        EXPECT_EQ(vault_->Get(made[t].back()).value().state, KeyState::kPresent);
        if (i % 10 == 9) {
          EXPECT_TRUE(vault_->Destroy(made[t].front()).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<EntryInfo> listed = vault_->List(kChild).value();
  EXPECT_EQ(listed.size(), 80u);
  std::set<uint64_t> sequences;
  for (const EntryInfo& entry : listed) EXPECT_TRUE(sequences.insert(entry.sequence).second);
}

std::unique_ptr<KeyVault> MakeEmbedded(const test_support::TempDir& directory) {
  EmbeddedVaultOptions options;
  options.directory = directory / "vault";
  options.kek_file = directory / "kek";
  options.second_place = directory / "destroyed";
  options.create = true;
  return EmbeddedVault::Open(options).value();
}

// On a medium that is the test's own: what is written comes back at once, in order.
std::unique_ptr<KeyVault> MakeShared(const test_support::TempDir& directory) {
  auto vault =
      std::make_unique<SharedVault>(KekFile::CreateNew(directory / "kek", SystemRandom()).value(),
                                    DestructionList::Load(directory / "destroyed-keys").value());
  auto place = std::make_shared<uint64_t>(0);
  auto mutex = std::make_shared<std::mutex>();
  const absl::Status begun =
      vault->Begin([raw = vault.get(), place, mutex](const std::vector<SharedVault::Row>& rows) {
        const std::lock_guard lock(*mutex);
        for (const auto& [key, value] : rows) raw->Apply(key, value, ++*place);
        return absl::OkStatus();
      });
  EXPECT_TRUE(begun.ok()) << begun;
  return vault;
}

INSTANTIATE_TEST_SUITE_P(
    Vaults, KeyVaultContract,
    testing::Values(Kind{"memory",
                         [](const test_support::TempDir&) -> std::unique_ptr<KeyVault> {
                           return std::make_unique<MemoryVault>(1);
                         }},
                    Kind{"embedded", MakeEmbedded}, Kind{"shared", MakeShared}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(MemoryVault, SameSeedSameKeys) {
  MemoryVault a(5), b(5), c(6);
  const base::Id16 id = a.Create(kChild).value();
  EXPECT_EQ(b.Create(kChild).value(), id);
  EXPECT_EQ(a.Get(id).value().bytes.view(), b.Get(id).value().bytes.view());
  EXPECT_NE(c.Create(kChild).value(), id);
}

}  // namespace
}  // namespace twinline::vault

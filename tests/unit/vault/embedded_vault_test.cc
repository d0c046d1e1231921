#include "platform/vault/embedded_vault.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "platform/base/hash.h"
#include "platform/vault/aead.h"
#include "platform/vault/files.h"
#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;
const base::Id16 kChild = base::DeriveId({"child", "1"});

class EmbeddedVaultTest : public testing::Test {
 protected:
  EmbeddedVaultTest() {
    options_.directory = directory_ / "vault";
    options_.kek_file = directory_ / "keys/kek";
    options_.second_place = directory_ / "elsewhere";
    options_.create = true;
    fs::create_directories(directory_ / "keys");
  }

  void Open() {
    auto opened = EmbeddedVault::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    vault_ = *std::move(opened);
    options_.create = false;
  }
  void Reopen() {
    vault_.reset();
    Open();
  }
  absl::StatusCode OpenCode() {
    vault_.reset();
    return EmbeddedVault::Open(options_).status().code();
  }
  std::string Slurp(const fs::path& path) const {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  // All bytes of all files of the closed vault.
  std::string AllBytes(const fs::path& directory) const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file()) all += Slurp(entry.path());
    }
    return all;
  }

  test_support::TempDir directory_;
  EmbeddedVaultOptions options_;
  std::unique_ptr<EmbeddedVault> vault_;
};

TEST_F(EmbeddedVaultTest, KeepsEntriesAndTombstonesOverARestart) {
  Open();
  const base::Id16 alive = vault_->Create(kChild, "a").value();
  const base::Id16 dead = vault_->Create(kChild, "b").value();
  const SecretBytes key = vault_->Get(alive).value().bytes;
  ASSERT_TRUE(vault_->Destroy(dead).ok());
  Reopen();
  EXPECT_EQ(vault_->Get(alive).value().bytes.view(), key.view());
  EXPECT_EQ(vault_->Get(dead).value().state, KeyState::kDestroyed);
  const base::Id16 later = vault_->Create(kChild, "c").value();
  const std::vector<EntryInfo> listed = vault_->List(kChild).value();
  ASSERT_EQ(listed.size(), 3u);
  EXPECT_EQ(listed[2].key_id, later);
  EXPECT_EQ(listed[1].label, "b");
}

TEST_F(EmbeddedVaultTest, AVanishedVaultStopsTheStart) {
  options_.create = false;
  EXPECT_EQ(OpenCode(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(options_.directory));
  EXPECT_FALSE(fs::exists(options_.kek_file));
}

TEST_F(EmbeddedVaultTest, KekMustLieOutside) {
  options_.kek_file = options_.directory / "kek";
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
  options_.kek_file = options_.directory / "deeper/../kek";
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedVaultTest, KekFileMustBeThereOursAndPrivate) {
  Open();
  vault_->Create(kChild).value();
  vault_.reset();
  fs::permissions(options_.kek_file, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
  fs::permissions(options_.kek_file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(OpenCode(), absl::StatusCode::kOk);

  fs::rename(options_.kek_file, directory_ / "aside");
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
  options_.create = true;  // not even then: the entries could never be opened again
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);

  ASSERT_TRUE(KekFile::CreateNew(options_.kek_file, SystemRandom()).ok());
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedVaultTest, FilesHoldNoPlainSecret) {
  Open();
  const std::string secret = "correct horse battery staple";
  vault_->Put(kChild, SecretKind::kWebhookSecret, "", secret).value();
  const base::Id16 id = vault_->Create(kChild).value();
  const SecretBytes key = vault_->Get(id).value().bytes;
  vault_.reset();
  const std::string all = AllBytes(options_.directory);
  EXPECT_NE(all.find(id.bytes()), std::string::npos) << "the test looks at the right files";
  EXPECT_EQ(all.find(secret), std::string::npos);
  EXPECT_EQ(all.find(key.view()), std::string::npos);
  const fs::perms mode = fs::status(options_.directory).permissions();
  EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
}

// Destroying a data key leaves not even the wrapped bytes on this disk.
TEST_F(EmbeddedVaultTest, DestroyedKeyIsGoneFromTheDatabaseFiles) {
  Open();
  const std::vector<base::Id16> ids =
      vault_->CreateMany(std::vector<base::Id16>(200, kChild), "").value();
  // Every entry holds its label; a unique one marks the entry under test.
  const base::Id16 marked = vault_->Create(kChild, "marked-entry-label").value();
  ASSERT_TRUE(vault_->CopyTo(directory_ / "copy").ok());
  ASSERT_TRUE(vault_->Destroy(marked).ok());
  vault_.reset();
  // The tombstone keeps the label, followed by nothing; the entry has the wrapped key after it.
  const auto entries_with_label = [&](const std::string& all) {
    const std::string kek = KekFile::Load(options_.kek_file)->current().id.str();
    size_t count = 0;
    for (size_t at = 0; (at = all.find("marked-entry-label" + kek, at)) != std::string::npos;
         ++at) {
      ++count;
    }
    return count;
  };
  EXPECT_GT(entries_with_label(AllBytes(directory_ / "copy")), 0u);
  EXPECT_EQ(entries_with_label(AllBytes(options_.directory)), 0u);
}

TEST_F(EmbeddedVaultTest, RotationKeepsEveryEntryAndShutsOldCopiesOut) {
  Open();
  const std::vector<base::Id16> ids =
      vault_->CreateMany(std::vector<base::Id16>(2500, kChild), "").value();
  const base::Id16 hash = vault_->Put(kChild, SecretKind::kPasswordHash, "", "phc").value();
  const SecretBytes key = vault_->Get(ids[17]).value().bytes;
  ASSERT_TRUE(vault_->CopyTo(directory_ / "backup").ok());
  const base::Id16 old_kek = vault_->current_kek();
  const std::string old_file = Slurp(options_.kek_file);

  EXPECT_EQ(vault_->RotateKek().value(), 2501u);
  EXPECT_NE(vault_->current_kek(), old_kek);
  EXPECT_EQ(vault_->Get(ids[17]).value().bytes.view(), key.view());
  Reopen();
  EXPECT_EQ(vault_->Get(ids[17]).value().bytes.view(), key.view());
  EXPECT_EQ(vault_->Get(hash).value().bytes.view(), "phc");

  const std::string new_file = Slurp(options_.kek_file);
  EXPECT_EQ(new_file.find(old_kek.hex()), std::string::npos);
  EXPECT_NE(old_file, new_file);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_ / "keys"), {}), 1) << "no copy is left";

  vault_.reset();
  options_.directory = directory_ / "backup";
  EXPECT_EQ(OpenCode(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedVaultTest, AnInterruptedRotationIsCompletedAtTheNextStart) {
  Open();
  const base::Id16 id = vault_->Create(kChild).value();
  const SecretBytes key = vault_->Get(id).value().bytes;
  vault_.reset();
  // The crash came right after the new KEK was written.
  KekFile keks = KekFile::Load(options_.kek_file).value();
  const base::Id16 old_kek = keks.current().id;
  ASSERT_TRUE(keks.AddNewest(SystemRandom()).ok());
  Open();
  EXPECT_NE(vault_->current_kek(), old_kek);
  EXPECT_EQ(KekFile::Load(options_.kek_file)->size(), 1u);
  EXPECT_EQ(vault_->Get(id).value().bytes.view(), key.view());
  EXPECT_EQ(vault_->RotateKek().value(), 1u);
}

// an old vault beside old journals must not bring a key back.
TEST_F(EmbeddedVaultTest, SecondPlaceDestroysWhatAnOldCopyRevives) {
  Open();
  const base::Id16 erased = vault_->Create(kChild).value();
  const base::Id16 kept = vault_->Create(kChild).value();
  ASSERT_TRUE(vault_->CopyTo(directory_ / "backup").ok());
  ASSERT_TRUE(vault_->Destroy(erased).ok());
  vault_.reset();
  fs::remove_all(options_.directory);
  fs::rename(directory_ / "backup", options_.directory);
  Open();
  EXPECT_EQ(vault_->Get(erased).value().state, KeyState::kDestroyed);
  EXPECT_EQ(vault_->Get(kept).value().state, KeyState::kPresent);
  EXPECT_EQ(vault_->List(kChild).value()[0].owner, kChild);
}

TEST_F(EmbeddedVaultTest, ALostSecondPlaceIsFilledAgain) {
  Open();
  const base::Id16 erased = vault_->Create(kChild).value();
  ASSERT_TRUE(vault_->Destroy(erased).ok());
  vault_.reset();
  fs::remove(options_.second_place);
  Open();
  EXPECT_EQ(Slurp(options_.second_place), erased.hex() + "\n");
}

TEST_F(EmbeddedVaultTest, SecondPlaceCutShortOrDamaged) {
  Open();
  const base::Id16 erased = vault_->Create(kChild).value();
  ASSERT_TRUE(vault_->Destroy(erased).ok());
  vault_.reset();
  // A line that a power cut tore was never acknowledged.
  ASSERT_TRUE(AppendDurably(options_.second_place, "0123abc", 0600).ok());
  Open();
  EXPECT_EQ(Slurp(options_.second_place), erased.hex() + "\n");
  // Damage in the middle might hide an id.
  std::string text = Slurp(options_.second_place);
  text[5] = 'z';
  ASSERT_TRUE(WriteFileDurably(options_.second_place, text, 0600).ok());
  EXPECT_EQ(OpenCode(), absl::StatusCode::kDataLoss);
}

TEST_F(EmbeddedVaultTest, WhatTheSecondPlaceCannotTakeIsNotDestroyed) {
  options_.second_place = directory_ / "no/such/place";
  Open();
  const base::Id16 id = vault_->Create(kChild).value();
  EXPECT_FALSE(vault_->Destroy(id).ok());
  EXPECT_EQ(vault_->Get(id).value().state, KeyState::kPresent);
}

TEST(VaultEntry, AnEntryCannotBeMovedOrRelabelled) {
  SeededRandom random(1);
  const Kek kek{base::DeriveId({"kek"}), MakeKey(random)};
  EntryInfo info;
  info.key_id = base::DeriveId({"key"});
  info.owner = kChild;
  info.kind = SecretKind::kPasswordHash;
  info.label = "label";
  info.sequence = 0x0102030405060708;
  const StoredEntry entry = WrapEntry(info, "secret", kek, random);
  const std::string bytes = EncodeEntry(entry);
  const auto read = DecodeEntry(info.key_id, bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->info.sequence, info.sequence);
  EXPECT_EQ(UnwrapEntry(*read, kek)->view(), "secret");
  // Under another id: the key of another child.
  EXPECT_FALSE(UnwrapEntry(*DecodeEntry(base::DeriveId({"other"}), bytes), kek));
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] ^= 1;
    const auto decoded = DecodeEntry(info.key_id, changed);
    ASSERT_FALSE(decoded && UnwrapEntry(*decoded, kek)) << "byte " << i;
    ASSERT_FALSE(DecodeEntry(info.key_id, bytes.substr(0, i)) &&
                 UnwrapEntry(*DecodeEntry(info.key_id, bytes.substr(0, i)), kek));
  }
  const std::string tombstone = EncodeTombstone(info);
  EXPECT_TRUE(DecodeTombstone(info.key_id, tombstone)->destroyed);
  EXPECT_FALSE(DecodeTombstone(info.key_id, tombstone + "x"));
  EXPECT_FALSE(DecodeEntry(info.key_id, tombstone));
}

}  // namespace
}  // namespace twinline::vault

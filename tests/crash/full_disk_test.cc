// A disk that takes no more bytes, under everything that is written (a limit on the size of files
// stands in for it): a clear error, nothing half done, and all that was there before is there when
// there is room again.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "platform/journal/embedded_journal.h"
#include "platform/store/index_store.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/embedded_vault.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {
namespace {

namespace fs = std::filesystem;

// While it lives no file of this process grows beyond `bytes`.
class Full {
 public:
  explicit Full(rlim_t bytes) {
    before_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit tight{bytes, limit_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  }
  ~Full() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit_), 0);
    ::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

// Runs `work` in a process of its own, which ends without closing anything: Debian's RocksDB is
// built with assertions and stops the process when a database is closed after a write to its file
// failed. For what is stored that is a crash like any other.
bool HoldsInAProcess(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class FullDisk : public testing::Test {
 protected:
  vault::EmbeddedVaultOptions VaultOptions(bool create) {
    vault::EmbeddedVaultOptions options;
    options.directory = temp_ / "vault";
    options.kek_file = temp_ / "kek";
    options.second_place = temp_ / "destroyed";
    options.create = create;
    return options;
  }
  static std::vector<base::Id16> Owners(size_t count) {
    std::vector<base::Id16> owners;
    for (size_t i = 0; i < count; ++i) owners.push_back(base::DeriveId({"o", std::to_string(i)}));
    return owners;
  }
  test_support::TempDir temp_;
};

TEST_F(FullDisk, TheVaultGivesNoKeyThatIsNotDurable) {
  base::Id16 before;
  {
    auto vault = vault::EmbeddedVault::Open(VaultOptions(true));
    ASSERT_TRUE(vault.ok()) << vault.status();
    before = *(*vault)->Create(base::DeriveId({"child"}), "child");
  }
  EXPECT_TRUE(HoldsInAProcess([&] {
    const auto vault = vault::EmbeddedVault::Open(VaultOptions(false));
    const Full full(16 << 10);
    const auto made = (*vault)->CreateMany(Owners(5'000), "child");
    const auto read = (*vault)->Get(before);  // reads go on
    ::_exit(!made.ok() && !made.status().message().empty() && read.ok() &&
                    read->state == vault::KeyState::kPresent
                ? 0
                : 1);
    return false;
  }));
  auto vault = vault::EmbeddedVault::Open(VaultOptions(false));
  ASSERT_TRUE(vault.ok()) << vault.status();
  EXPECT_EQ((*vault)->Get(before)->state, vault::KeyState::kPresent);
  // All of the batch or none of it.
  size_t there = 0;
  for (const base::Id16& owner : Owners(5'000)) there += (*vault)->List(owner)->size();
  EXPECT_TRUE(there == 0 || there == 5'000) << there;
  EXPECT_TRUE((*vault)->Create(base::DeriveId({"next"}), "child").ok());
}

TEST_F(FullDisk, ADestructionThatCannotBeRememberedIsNotDone) {
  auto vault = vault::EmbeddedVault::Open(VaultOptions(true));
  ASSERT_TRUE(vault.ok()) << vault.status();
  const base::Id16 key = *(*vault)->Create(base::DeriveId({"child"}), "child");
  {
    const Full full(0);
    EXPECT_FALSE((*vault)->Destroy(key).ok());
  }
  // The second place comes first; so it was either remembered there or nothing has happened.
  vault->reset();
  auto again = vault::EmbeddedVault::Open(VaultOptions(false));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->Get(key)->state, vault::KeyState::kPresent);
  ASSERT_TRUE((*again)->Destroy(key).ok());
  EXPECT_EQ((*again)->Get(key)->state, vault::KeyState::kDestroyed);
}

TEST_F(FullDisk, AnEvidenceFileIsThereWholeOrNotAtAll) {
  auto blobs = vault::DirectoryBlobStore::Open(temp_ / "blobs");
  ASSERT_TRUE(blobs.ok()) << blobs.status();
  const std::string small = "a page";
  const auto kept = (*blobs)->Put(small);
  ASSERT_TRUE(kept.ok()) << kept.status();
  const std::string large(1 << 20, 'x');
  {
    const Full full(16 << 10);
    const auto refused = (*blobs)->Put(large);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(*(*blobs)->Get(*kept), small);
  }
  size_t bytes = 0;
  for (const auto& file : fs::recursive_directory_iterator(temp_ / "blobs")) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  EXPECT_LT(bytes, 64u << 10) << "half a file stayed behind";
  const auto put = (*blobs)->Put(large);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(*(*blobs)->Get(*put), large);
}

TEST_F(FullDisk, TheJournalAcknowledgesNothingAndOpensAgain) {
  journal::JournalState state;
  uint64_t entries = 0;
  {
    auto log = journal::EmbeddedLog::Open(temp_ / "log", {}).value();
    auto journal = log->Open(kJournal).value();
    for (const auto& record : History(2, state)) ASSERT_TRUE(journal->Append(record).ok());
    entries = log->Ends()[0].entries;
  }
  EXPECT_TRUE(HoldsInAProcess([&] {
    const auto log = journal::EmbeddedLog::Open(temp_ / "log", {});
    const auto journal = *(*log)->Open(kJournal);
    const Full full(8 << 10);
    absl::Status status;
    for (int i = 0; i < 20 && status.ok(); ++i) {
      status = journal->Append(LargeBatch(6, state, 8'000)).status();
    }
    // And nothing more is promised until the log is opened anew.
    ::_exit(!status.ok() && !status.message().empty() &&
                    !journal->Append(LargeBatch(6, state, 10)).ok()
                ? 0
                : 1);
    return false;
  }));
  auto log = journal::EmbeddedLog::Open(temp_ / "log", {});
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_GE((*log)->Ends()[0].entries, entries);
}

TEST_F(FullDisk, AnIndexSaysSoAndIsWholeAfterwards) {
  EXPECT_TRUE(HoldsInAProcess([&] {
    const auto store = store::IndexStore::Open(temp_ / "index");
    store::IndexBatch first;
    first.Put("cursor", "1");
    if (!(*store)->Write(first).ok() || !(*store)->Flush().ok()) return false;
    const Full full(16 << 10);
    store::IndexBatch second;
    for (int i = 0; i < 5'000; ++i) second.Put("2/" + std::to_string(i), std::string(100, 'x'));
    second.Put("cursor", "2");
    absl::Status status = (*store)->Write(second);
    if (status.ok()) status = (*store)->Flush();
    ::_exit(status.ok() ? 1 : 0);
    return false;
  }));
  auto store = store::IndexStore::Open(temp_ / "index");
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(**(*store)->Get("cursor"), "1");
  EXPECT_FALSE((*(*store)->Get("2/0")).has_value());
}

TEST_F(FullDisk, ADirectoryThatCannotBeWrittenIsNamed) {
  // As somebody who may write anywhere this cannot be tried; the containers of builds often are.
  if (::geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  fs::create_directories(temp_ / "locked");
  fs::permissions(temp_ / "locked", fs::perms::owner_read | fs::perms::owner_exec);
  vault::EmbeddedVaultOptions options = VaultOptions(true);
  options.directory = temp_ / "locked/vault";
  const auto vault = vault::EmbeddedVault::Open(options);
  EXPECT_FALSE(vault.ok());
  EXPECT_NE(vault.status().message().find("locked"), std::string::npos) << vault.status();
  const auto blobs = vault::DirectoryBlobStore::Open(temp_ / "locked/blobs");
  EXPECT_FALSE(blobs.ok());
  EXPECT_NE(blobs.status().message().find("locked"), std::string::npos) << blobs.status();
  fs::permissions(temp_ / "locked", fs::perms::owner_all);
}

}  // namespace
}  // namespace twinline::journal_test

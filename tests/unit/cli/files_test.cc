// What the command line does with files of this machine: tokens, downloads, and a data directory
// that is checked, backed up, restored and cleared without a server.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "platform/journal/embedded_journal.h"
#include "platform/runtime/config.h"
#include "platform/runtime/installation.h"
#include "platform/store/state_store.h"
#include "platform/vault/blob_store.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"
#include "tools/twinline/app.h"
#include "tools/twinline/event_evidence.h"
#include "tools/twinline/files.h"
#include "tools/twinline/fsck.h"
#include "tools/twinline/token_store.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

TEST(TokenStoreTest, KeepsATokenForItsOwnerOnly) {
  const test_support::TempDir directory;
  const TokenStore store(directory / "deep/er/127.0.0.1:50051.token");
  EXPECT_FALSE(store.Load().value()) << "nobody has logged in";
  StoredToken token;
  token.server = "127.0.0.1:50051";
  token.token = "abc";
  token.refresh_token = "def";
  token.expires_us = 1'788'193'800'000'000;
  token.banner = "演示系统 DEMO";
  token.demo = true;
  ASSERT_TRUE(store.Save(token).ok());
  struct stat info = {};
  ASSERT_EQ(::stat(store.file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto loaded = store.Load().value();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->token, "abc");
  EXPECT_EQ(loaded->refresh_token, "def");
  EXPECT_EQ(loaded->expires_us, token.expires_us);
  EXPECT_EQ(loaded->banner, token.banner);
  EXPECT_TRUE(loaded->demo);
  ASSERT_TRUE(store.Forget().ok());
  EXPECT_FALSE(store.Load().value());
}

TEST(TokenStoreTest, RefusesAFileThatOthersMayRead) {
  const test_support::TempDir directory;
  const TokenStore store(directory / "t");
  ASSERT_TRUE(store.Save(StoredToken{}).ok());
  fs::permissions(store.file(), fs::perms::owner_all | fs::perms::group_read);
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Load().status()));
}

TEST(TokenStoreTest, AFileThatIsNoTokenIsSaidToBeNone) {
  const test_support::TempDir directory;
  const TokenStore store(directory / "t");
  std::ofstream(store.file()) << "not json";
  fs::permissions(store.file(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(absl::IsDataLoss(store.Load().status()));
}

TEST(DownloadTest, LeavesNoHalfFileUnderTheFinalName) {
  const test_support::TempDir directory;
  {
    Download broken(directory / "file");
    ASSERT_TRUE(broken.Write("half"));
  }
  EXPECT_TRUE(fs::is_empty(directory.path()));
  Download whole(directory / "file");
  ASSERT_TRUE(whole.Write("all ") && whole.Write("of it") && whole.Finish());
  EXPECT_EQ(ReadWholeFile(directory / "file", 100).value(), "all of it");
  EXPECT_FALSE(Download(directory / "no/such/place").Write("x"));
}

TEST(EvidenceOfTest, FindsDigestsWhereverTheyStand) {
  transfer::v1::BusinessOpened opened;
  opened.add_evidence()->set_digest(std::string(32, 'a'));
  journal::v1::Event event;
  event.set_type(2001);
  event.set_data(opened.SerializeAsString());
  EXPECT_EQ(EvidenceOf(event), std::vector<std::string>{std::string(32, 'a')});
  accountability::v1::PersuasionRecorded persuasion;
  persuasion.add_evidence(std::string(32, 'b'));
  event.set_type(4003);
  event.set_data(persuasion.SerializeAsString());
  EXPECT_EQ(EvidenceOf(event), std::vector<std::string>{std::string(32, 'b')});
  event.set_type(999);
  EXPECT_TRUE(EvidenceOf(event).empty());
}

// A demonstration installation with two journals; transfer/0 has read registry/0.
class DataDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto places = runtime::PlacesOf(Data(), runtime::DefaultConfig());
    runtime::Installation installation;
    installation.id = *base::Id16::FromBytes(std::string(16, 'i'));
    installation.realm = journal::v1::REALM_DEMO;
    installation.county_code = "411299";
    ASSERT_TRUE(runtime::InitInstallation(places, installation).ok());
    WriteJournals(places.log);
    ASSERT_TRUE(
        vault::DirectoryBlobStore::Open(places.blobs).value()->Put("a sealed picture").ok());
    ASSERT_TRUE(store::StateStore::Open((places.state / "registry-0").string(), {}).ok());
    fs::create_directories(places.state / "registry-0.d");
    ASSERT_TRUE(store::StateStore::Open((places.state / "transfer-0").string(), {}).ok());
  }

  void WriteJournals(const fs::path& path) {
    auto log = journal::EmbeddedLog::Open(path.string(), {}).value();
    journal::JournalState registry;
    auto first = log->Open("registry/0").value();
    for (const auto& record : journal_test::History(5, registry))
      ASSERT_TRUE(first->Append(record).ok());
    journal::JournalState transfer;
    auto second = log->Open("transfer/0").value();
    for (const auto& record : journal_test::History(2, transfer, "transfer/0")) {
      ASSERT_TRUE(second->Append(record).ok());
    }
    auto header = journal_test::Header("transfer/0");
    header.set_epoch(transfer.epoch);
    header.set_pos(transfer.next_pos);
    header.set_prev_chain(std::string(base::View(transfer.chain)));
    header.mutable_batch();
    auto* input = header.add_inputs();
    input->set_journal("registry/0");
    input->set_next_pos(registry.next_pos + claim_too_many_);
    input->set_chain_prefix(std::string(base::View(registry.chain).substr(0, 8)));
    journal::v1::Commit commit;
    commit.set_request_id(std::string(16, 'r'));
    ASSERT_TRUE(second->Append(journal_test::Make(header, {commit.SerializeAsString()})).ok());
  }

  std::string Data() const { return directory_ / "data"; }

  int Run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.end(), {"--lang", "en"});
    std::vector<const char*> argv = {"twinline", "admin"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    out_.str("");
    err_.str("");
    std::istringstream in(input);
    Cli cli(out_, err_, in);
    return RunApp(cli, static_cast<int>(argv.size()), argv.data());
  }

  FsckReport Check() {
    const auto opened = OpenDataDirectory(Data(), "");
    EXPECT_TRUE(opened.ok()) << opened.status();
    return Fsck(*opened, [](const std::string&) {}).value();
  }

  static void Damage(const fs::path& file) {
    fs::permissions(file, fs::perms::owner_all);
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.put('X');
  }

  uint64_t claim_too_many_ = 0;
  test_support::TempDir directory_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(DataDirectoryTest, AHealthyDirectoryPasses) {
  const FsckReport report = Check();
  EXPECT_TRUE(report.ok()) << (report.problems.empty() ? "" : report.problems.front());
  ASSERT_EQ(report.journals.size(), 2u);
  EXPECT_EQ(report.journals[0].name, "registry/0");
  EXPECT_EQ(report.journals[0].records, 7u) << "genesis, epoch and five batches";
  EXPECT_EQ(report.journals[0].commits, 5u);
  EXPECT_EQ(report.blobs, 1u);
  EXPECT_EQ(Run({"fsck", "--data", Data()}), kOk) << out_.str() << err_.str();
}

TEST_F(DataDirectoryTest, ATouchedEvidenceFileIsNoticed) {
  for (const auto& entry : fs::recursive_directory_iterator(directory_ / "data/blobs")) {
    if (entry.is_regular_file()) Damage(entry.path());
  }
  EXPECT_FALSE(Check().ok());
  EXPECT_EQ(Run({"fsck", "--data", Data()}), kNotVerified);
}

class ForkedDirectoryTest : public DataDirectoryTest {
 protected:
  ForkedDirectoryTest() { claim_too_many_ = 3; }
};

TEST_F(ForkedDirectoryTest, JournalsThatAreNotOfOneMomentAreNoticed) {
  const FsckReport report = Check();
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.problems.front().find("registry/0"), std::string::npos)
      << report.problems.front();
}

TEST_F(DataDirectoryTest, ABackupRestoresAndPasses) {
  const std::string backup = directory_ / "backup";
  ASSERT_EQ(Run({"backup", backup, "--data", Data()}), kOk) << err_.str();
  EXPECT_TRUE(fs::exists(backup + "/vault"));
  EXPECT_TRUE(fs::exists(backup + "/backup.json"));
  EXPECT_FALSE(fs::exists(backup + "/keys"))
      << "never the key-encryption keys beside the vault (R-12)";
  EXPECT_FALSE(fs::exists(backup + "/second-place"));
  EXPECT_EQ(Run({"backup", backup, "--data", Data()}), kUsage) << "never over another backup";

  const std::string other = directory_ / "other";
  ASSERT_EQ(Run({"restore", backup, "--data", other}), kOk) << out_.str() << err_.str();
  EXPECT_NE(out_.str().find("--drill"), std::string::npos) << "says what to do next";
  EXPECT_NE(out_.str().find("key-encryption keys"), std::string::npos);
  EXPECT_EQ(Run({"fsck", "--data", other}), kOk);
  EXPECT_EQ(Run({"restore", backup, "--data", other}), kUsage) << "a restore never overwrites";
}

TEST_F(DataDirectoryTest, ABrokenBackupIsNotRestored) {
  EXPECT_EQ(Run({"restore", Data(), "--data", directory_ / "other"}), kUsage)
      << "a data directory is no backup";
}

TEST_F(DataDirectoryTest, RebuildDeletesDerivedStateOnly) {
  EXPECT_EQ(Run({"rebuild", "registry", "--data", Data()}, "n\n"), kRefused) << "asks first";
  EXPECT_TRUE(fs::exists(directory_ / "data/state/registry-0"));
  EXPECT_EQ(Run({"rebuild", "registry", "--data", Data(), "--yes"}), kOk) << err_.str();
  EXPECT_FALSE(fs::exists(directory_ / "data/state/registry-0"));
  EXPECT_FALSE(fs::exists(directory_ / "data/state/registry-0.d"));
  EXPECT_TRUE(fs::exists(directory_ / "data/state/transfer-0"));
  EXPECT_TRUE(Check().ok());
}

TEST_F(DataDirectoryTest, NothingIsChangedWhileAServerRuns) {
  const auto running = journal::EmbeddedLog::Open(directory_ / "data/log", {});
  ASSERT_TRUE(running.ok());
  EXPECT_EQ(Run({"rebuild", "registry", "--data", Data(), "--yes"}), kRefused);
  EXPECT_EQ(Run({"backup", directory_ / "backup", "--data", Data()}), kRefused);
  EXPECT_EQ(Run({"fsck", "--data", Data()}), kOk) << "looking is allowed: " << err_.str();
  EXPECT_EQ(Run({"status", "--data", Data()}), kOk);
  EXPECT_NE(out_.str().find("has this directory open"), std::string::npos);
}

TEST_F(DataDirectoryTest, SnapshotsAreCopiesOfState) {
  EXPECT_EQ(Run({"snapshot", directory_ / "snapshot", "--data", Data()}), kOk) << err_.str();
  EXPECT_TRUE(fs::exists(directory_ / "snapshot/registry-0"));
  EXPECT_TRUE(fs::exists(directory_ / "snapshot/transfer-0"));
}

TEST_F(DataDirectoryTest, AdoptingNeedsToSayThatTheOldMachineIsGone) {
  EXPECT_EQ(Run({"adopt", "--data", Data()}), kUsage);
  EXPECT_EQ(Run({"adopt", "--move", "--data", Data()}, "no\n"), kRefused);
  EXPECT_EQ(Run({"adopt", "--move", "--data", Data(), "--yes"}), kOk) << err_.str();
}

}  // namespace
}  // namespace twinline::cli

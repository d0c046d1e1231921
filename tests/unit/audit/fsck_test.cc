// fsck finds every changed byte, every changed row and every lost one, and leaves sound directories
// alone.
#include "tools/fsck/fsck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/domain/signed_note.h"
#include "platform/journal/embedded_db.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/embedded_vault.h"
#include "platform/vault/owner_key.h"
#include "rocksdb/db.h"
#include "tests/unit/audit/audit_rig.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::audit_test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FsckTest : public ::testing::Test {
 protected:
  // A history with heads and checkpoints, partly in table files, partly in the write-ahead log.
  void MakeHistory() {
    rig_.journals.Register("X", "7-1", 1);
    for (int i = 0; i < 40; ++i) rig_.journals.RollCall("teacher", "7-1", {"X"});
    rig_.Start();
    audit::v1::ExportTrailRequest request;
    request.set_child_id(Id("X").str());
    rig_.Export(request, "auditor");
    for (int i = 0; i < 10; ++i) rig_.journals.RollCall("teacher", "7-1", {"X"});
    rig_.CaughtUp();
    Cover("attendance/0", 45);
    key_ = rig_.VerifierKey();
    rig_.Stop();
    rig_.journals.Close();
  }

  void Cover(const std::string& journal, uint64_t pos) {
    audit::v1::GetInclusionProofRequest request;
    request.set_journal(journal);
    request.set_pos(pos);
    audit::v1::GetInclusionProofReply reply;
    ASSERT_TRUE(rig_.Call("GetInclusionProof", request, &reply).ok());
  }

  fsck::Options OptionsOf(const std::string& log = "log") {
    fsck::Options options;
    options.log = rig_.journals / log;
    options.second_place = rig_.journals / "second-place";
    options.audit_files = rig_.journals / "audit-0.d";
    options.installation = rig_.journals.installation;
    options.verifier_key = key_;
    return options;
  }

  // "" when all is well; the first problem, or why nothing could be checked.
  static std::string Problem(const fsck::Options& options) {
    const auto report = fsck::Check(options);
    if (!report.ok()) return std::string(report.status().message());
    return report->ok() ? "" : report->problems.front();
  }

  std::string CopyLog() {
    const fs::path copy = rig_.journals / "copy";
    fs::remove_all(copy);
    fs::copy(rig_.journals / "log", copy, fs::copy_options::recursive);
    return "copy";
  }

  // Changes the stored bytes of one entry behind the back of everything; removes it when `change`
  // says so.
  using Change = std::function<bool(journal::v1::Record*)>;
  void Rewrite(const std::string& log, const std::string& journal, uint64_t place,
               const Change& change) {
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), rig_.journals / log, &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    std::string number;
    ASSERT_TRUE(db->Get(rocksdb::ReadOptions(), journal::NameKey(journal), &number).ok());
    const std::string key = journal::EntryKey(static_cast<uint8_t>(number[3]), place);
    std::string bytes;
    ASSERT_TRUE(db->Get(rocksdb::ReadOptions(), key, &bytes).ok());
    journal::v1::Record record;
    ASSERT_TRUE(record.ParseFromString(bytes));
    if (change(&record)) {
      ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), key, record.SerializeAsString()).ok());
    } else {
      ASSERT_TRUE(db->Delete(rocksdb::WriteOptions(), key).ok());
    }
    ASSERT_TRUE(db->Close().ok());
  }

  static bool TouchCommit(journal::v1::Record* record) {
    journal::v1::Commit commit;
    commit.ParseFromString(record->commit(0));
    commit.mutable_actor()->set_office("school:0000000000");
    record->set_commit(0, commit.SerializeAsString());
    return true;
  }

  AuditRig rig_;
  std::string key_;
};

TEST_F(FsckTest, ASoundDirectoryPasses) {
  MakeHistory();
  const auto report = fsck::Check(OptionsOf());
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_TRUE(report->ok()) << report->problems.front();
  EXPECT_GE(report->checkpoints, 3U);
  uint64_t heads = 0;
  for (const auto& journal : report->journals) {
    heads += journal.heads;
    if (journal.name == "attendance/0") {
      EXPECT_EQ(journal.commits, 50U);
      EXPECT_GE(journal.heads, 2U);
    }
  }
  EXPECT_GE(heads, 8U);
}

TEST_F(FsckTest, N08EveryChangedByteOfTheLogIsFound) {
  MakeHistory();
  ASSERT_EQ(Problem(OptionsOf()), "");
  int flips = 0;
  for (const auto& file : fs::directory_iterator(rig_.journals / "log")) {
    const std::string name = file.path().filename();
    const bool table = name.ends_with(".sst");
    if (!table && !name.ends_with(".log") && !name.starts_with("MANIFEST")) continue;
    const uint64_t size = file.file_size();
    const uint64_t step = std::max<uint64_t>(size / 24, 1);
    for (uint64_t at = size > 8 ? 7 : 0; at < size; at += step) {
      const std::string log = CopyLog();
      std::fstream bytes(fs::path(rig_.journals / log) / name,
                         std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(static_cast<std::streamoff>(at));
      const char was = static_cast<char>(bytes.get());
      bytes.seekp(static_cast<std::streamoff>(at));
      bytes.put(static_cast<char>(was ^ 0x10));
      bytes.close();
      EXPECT_NE(Problem(OptionsOf(log)), "") << name << " at " << at << " of " << size;
      ++flips;
    }
  }
  EXPECT_GT(flips, 60);
}

TEST_F(FsckTest, N08AChangedRowBreaksTheChain) {
  MakeHistory();
  const std::string log = CopyLog();
  Rewrite(log, "attendance/0", 20, &TouchCommit);
  EXPECT_THAT(Problem(OptionsOf(log)), HasSubstr("attendance/0"));
}

TEST_F(FsckTest, N08ADeletedRowIsFound) {
  MakeHistory();
  const std::string log = CopyLog();
  Rewrite(log, "attendance/0", 20, [](journal::v1::Record*) { return false; });
  EXPECT_THAT(Problem(OptionsOf(log)), HasSubstr("attendance/0"));
}

TEST_F(FsckTest, N08AChangedLastRowContradictsItsNotedHead) {
  MakeHistory();
  const auto report = fsck::Check(OptionsOf()).value();
  uint64_t last = 0;
  for (const auto& journal : report.journals) {
    if (journal.name == "attendance/0") last = journal.records;
  }
  const std::string log = CopyLog();
  // No record follows it whose chain could be broken.
  Rewrite(log, "attendance/0", last, &TouchCommit);
  EXPECT_THAT(Problem(OptionsOf(log)), HasSubstr("history was changed"));
}

TEST_F(FsckTest, N08ADeletedTailIsKnownToTheHeads) {
  MakeHistory();
  const auto report = fsck::Check(OptionsOf()).value();
  const std::string log = CopyLog();
  for (const auto& journal : report.journals) {
    if (journal.name != "attendance/0") continue;
    Rewrite(log, "attendance/0", journal.records, [](journal::v1::Record*) { return false; });
  }
  EXPECT_THAT(Problem(OptionsOf(log)), HasSubstr("acknowledged history is lost"));
}

TEST_F(FsckTest, AnotherKeyHasNotSignedThis) {
  MakeHistory();
  fsck::Options options = OptionsOf();
  options.verifier_key = audit::NoteSigner::FromSeed("demo.elsewhere/audit", std::string(32, 's'))
                             .value()
                             .verifier_key();
  EXPECT_NE(Problem(options), "");
  options.verifier_key.clear();
  const auto report = fsck::Check(options);
  EXPECT_TRUE(report->ok()) << report->problems.front();
  EXPECT_FALSE(report->notes.empty()) << "says that this proves less";
}

TEST_F(FsckTest, KeysAndEvidenceThatEventsNameMustBeThere) {
  vault::EmbeddedVaultOptions vault_options;
  vault_options.directory = rig_.journals / "vault";
  vault_options.kek_file = rig_.journals / "kek";
  vault_options.second_place = rig_.journals / "second-place/destroyed-keys";
  vault_options.create = true;
  fs::create_directories(rig_.journals / "second-place");
  transfer::v1::BusinessOpened opened;
  opened.mutable_business()->set_child_id(Id("X").str());
  base::Digest blob{};
  base::Id16 key;
  {
    const auto vault = vault::EmbeddedVault::Open(vault_options).value();
    const auto blobs = vault::DirectoryBlobStore::Open(rig_.journals / "blobs").value();
    vault::Sealer sealer(*vault);
    ASSERT_TRUE(vault::SealText(*vault, sealer, {Id("X"), "twinline.transfer.v1.BusinessOpened", 3},
                                "监护人", opened.mutable_applicant())
                    .ok());
    key = vault::DataKeyOf(*vault, Id("X")).value();
    blob = blobs->Put("sealed evidence").value();
    opened.add_evidence()->set_digest(std::string(base::View(blob)));
  }
  rig_.journals.Append("transfer/0", {{"registrar", "school:1", 11, {MakeEvent(opened)}}});
  rig_.journals.Close();
  fsck::Options options = OptionsOf();
  options.vault = vault_options.directory;
  options.kek_file = vault_options.kek_file;
  options.blobs = rig_.journals / "blobs";
  const auto sound = fsck::Check(options).value();
  EXPECT_TRUE(sound.ok()) << sound.problems.front();
  EXPECT_EQ(sound.keys_named, 1U);
  EXPECT_EQ(sound.blobs_named, 1U);
  EXPECT_TRUE(sound.notes.empty()) << sound.notes.front();

  // Destroyed by law is not missing.
  {
    vault_options.create = false;
    const auto vault = vault::EmbeddedVault::Open(vault_options).value();
    ASSERT_TRUE(vault->Destroy(key).ok());
  }
  const auto erased = fsck::Check(options).value();
  EXPECT_TRUE(erased.ok()) << erased.problems.front();
  EXPECT_EQ(erased.keys_destroyed, 1U);

  rig_.journals.Reopen();
  opened.mutable_applicant()->set_key_id(std::string(16, 'k'));
  opened.mutable_evidence(0)->set_digest(std::string(32, 'd'));
  rig_.journals.Append("transfer/0", {{"registrar", "school:1", 11, {MakeEvent(opened)}}});
  rig_.journals.Close();
  const auto broken = fsck::Check(options).value();
  ASSERT_EQ(broken.problems.size(), 2U);
  EXPECT_THAT(broken.problems[0], HasSubstr("evidence"));
  EXPECT_THAT(broken.problems[1], HasSubstr("is neither in the vault nor destroyed"));
}

}  // namespace
}  // namespace twinline::audit_test

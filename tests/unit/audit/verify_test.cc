// What the offline verifier accepts, and every way of cheating that it is there to notice.
#include "audit/domain/verify.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "audit/domain/prove.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::audit_test {
namespace {

using audit::VerifyBundle;
using audit::VerifyTrail;
using testing::HasSubstr;
using testing::StartsWith;

const audit::NoteVerifier& Verifier() {
  static const audit::NoteSigner signer = TestSigner();
  return signer.verifier();
}

void Flip(std::string& bytes, size_t index = 0) { bytes.at(index) ^= 1; }

TEST(VerifyBundleTest, ProvesEveryCommitOfTheHistory) {
  const SampleHistory history = SmallHistory();
  for (const std::string name : {"registry/0", "attendance/0", "access/0/202609", "audit/0"}) {
    const SampleJournal& journal = history.journal(name);
    for (uint64_t pos = 0; pos < journal.records.size(); ++pos) {
      for (int i = 0; i < journal.records[pos].commit_size(); ++i) {
        const auto proven = VerifyBundle(history.Bundle(name, pos, i), Verifier());
        ASSERT_TRUE(proven.ok()) << name << " " << pos << " " << i << ": " << proven.status();
        EXPECT_EQ(proven->subject.journal, name);
        EXPECT_EQ(proven->subject.pos, pos);
        EXPECT_EQ(proven->subject.commit.SerializeAsString(), journal.records[pos].commit(i));
        EXPECT_EQ(proven->checkpoint.size, history.journal("audit/0").records.size());
      }
    }
  }
}

TEST(VerifyBundleTest, AnyFlippedBitOfTheFileFails) {
  const google::protobuf::LogSilencer quiet;  // about text that is no longer UTF-8
  const audit::v1::InclusionBundle bundle = SmallHistory().Bundle("registry/0", 3, 1);
  const std::string file = bundle.SerializeAsString();
  ASSERT_TRUE(VerifyBundle(audit::ReadBundle(file).value(), Verifier()).ok());
  for (size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto read = audit::ReadBundle(changed);
      EXPECT_FALSE(read.ok() && VerifyBundle(*read, Verifier()).ok()) << i << " bit " << bit;
    }
  }
}

TEST(VerifyBundleTest, ReadsJsonToo) {
  const audit::v1::InclusionBundle bundle = SmallHistory().Bundle("registry/0", 3, 1);
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(bundle, &json).ok());
  EXPECT_TRUE(VerifyBundle(audit::ReadBundle(json).value(), Verifier()).ok());
  EXPECT_FALSE(audit::ReadBundle("{\"more\": 1}").ok());
  EXPECT_FALSE(audit::ReadBundle("{").ok());
}

TEST(VerifyBundleTest, FitsAQrCode) {
  // N5 of domain.md: a QR code holds 2,953 bytes.
  EXPECT_LT(SmallHistory().Bundle("registry/0", 3, 1).ByteSizeLong(), 2953U);
}

// In a tree hash 1 of 2 and 2 of 3 fold alike, so this is caught by the header's commit_count
// alone.
TEST(VerifyBundleTest, AnotherPlaceInTheRecordFails) {
  audit::v1::InclusionBundle bundle = SmallHistory().Bundle("registry/0", 4, 1);
  bundle.mutable_subject()->set_commit_index(2);
  EXPECT_THAT(VerifyBundle(bundle, Verifier()).status().ToString(),
              HasSubstr("subject: the record has no such commit"));
  bundle.mutable_subject()->set_commit_index(0);
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
}

TEST(VerifyBundleTest, AHeadOfAnotherJournalOrTimeFails) {
  const SampleHistory history = SmallHistory();
  audit::v1::InclusionBundle bundle = history.Bundle("registry/0", 3, 1);
  *bundle.mutable_head() = history.Bundle("attendance/0", 2, 0).head();
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
  *bundle.mutable_head() = history.Bundle("audit/0", 2, 0).subject();  // an older head
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
  bundle.clear_head();
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
}

// Only `audit/0` notes heads: the same event in another journal proves nothing.
TEST(VerifyBundleTest, AHeadNotedElsewhereFails) {
  SampleHistory history;
  history.Append("registry/0", {CommitOf(1001, "x")});
  history.NoteHeads();
  audit::v1::InclusionBundle bundle = history.Bundle("registry/0", 2, 0);
  *bundle.mutable_head() = bundle.subject();
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
  // A record of audit/0 that is not a head.
  history.Append("audit/0", {CommitOf(5002, "")});
  bundle = history.Bundle("registry/0", 2, 0);
  *bundle.mutable_head() = history.Bundle("audit/0", 3, 0).subject();
  EXPECT_THAT(VerifyBundle(bundle, Verifier()).status().ToString(), HasSubstr("HeadsNoted"));
}

TEST(VerifyBundleTest, WhatItDoesNotUnderstandIsNotVerified) {
  audit::v1::InclusionBundle bundle = SmallHistory().Bundle("registry/0", 3, 1);
  bundle.set_format(2);
  EXPECT_FALSE(VerifyBundle(bundle, Verifier()).ok());
  bundle.set_format(1);
  auto* subject = bundle.mutable_subject();
  subject->GetReflection()->MutableUnknownFields(subject)->AddVarint(99, 1);
  EXPECT_THAT(VerifyBundle(bundle, Verifier()).status().ToString(), HasSubstr("understands"));
}

TEST(VerifyBundleTest, AnotherLogsCheckpointFails) {
  SampleHistory other(TestSigner("linshui.example/audit"));
  other.Append("registry/0", {CommitOf(1001, "x")});
  other.NoteHeads();
  const audit::v1::InclusionBundle bundle = other.Bundle("registry/0", 2, 0);
  EXPECT_EQ(VerifyBundle(bundle, Verifier()).status().code(), absl::StatusCode::kUnauthenticated);
}

class VerifyTrailTest : public testing::Test {
 protected:
  VerifyTrailTest() : history_(SmallHistory()), old_note_(history_.Checkpoint()) {
    const uint64_t old_size = history_.journal("audit/0").records.size();
    history_.Append("registry/0", {CommitOf(1004, "later")});
    history_.NoteHeads();
    trail_ = ChildTrail(history_, old_size);
  }

  absl::Status Verify() { return VerifyTrail(trail_, old_note_, Verifier()).status(); }

  SampleHistory history_;
  std::string old_note_;
  audit::v1::TrailExport trail_;
};

TEST_F(VerifyTrailTest, ProvesAllEntriesInOrder) {
  const auto proven = VerifyTrail(trail_, old_note_, Verifier());
  ASSERT_TRUE(proven.ok()) << proven.status();
  ASSERT_EQ(proven->entries.size(), 4U);
  EXPECT_EQ(proven->entries[0].journal, "access/0/202609");
  EXPECT_EQ(proven->entries[1].journal, "attendance/0");
  EXPECT_EQ(proven->entries[2].journal, "registry/0");
  EXPECT_EQ(proven->entries[3].pos, 3U);
  EXPECT_EQ(proven->entries[3].commit_index, 1U);
  EXPECT_EQ(proven->manifest.query().child(), kChild);
}

TEST_F(VerifyTrailTest, AnyFlippedBitOfTheFileFails) {
  const google::protobuf::LogSilencer quiet;  // about text that is no longer UTF-8
  const std::string file = trail_.SerializeAsString();
  for (size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    const auto read = audit::ReadTrail(changed);
    EXPECT_FALSE(read.ok() && VerifyTrail(*read, old_note_, Verifier()).ok()) << "byte " << i;
  }
}

TEST_F(VerifyTrailTest, ADroppedEntryFails) {
  for (int i = 0; i < trail_.entries_size(); ++i) {
    audit::v1::TrailExport changed = trail_;
    changed.mutable_entries()->DeleteSubrange(i, 1);
    EXPECT_THAT(VerifyTrail(changed, old_note_, Verifier()).status().ToString(),
                HasSubstr("entries: not as many"))
        << i;
  }
}

TEST_F(VerifyTrailTest, ReorderedAndRepeatedEntriesFail) {
  trail_.mutable_entries()->SwapElements(2, 3);
  EXPECT_THAT(Verify().ToString(), HasSubstr("ascending"));
  trail_.mutable_entries()->SwapElements(2, 3);
  EXPECT_TRUE(Verify().ok());
  *trail_.add_entries() = trail_.entries(3);
  EXPECT_THAT(Verify().ToString(), HasSubstr("ascending"));
}

TEST_F(VerifyTrailTest, ATrueButUninvitedEntryFails) {
  // Swaps an entry for a neighbour commit of the same record, which is history as well.
  const SampleJournal& registry = history_.journal("registry/0");
  *trail_.mutable_entries(3)->mutable_commit() =
      audit::ProveCommit(registry.records[3], 2, 3, registry.nodes, registry.noted_size).value();
  EXPECT_THAT(Verify().ToString(), HasSubstr("entries: not those"));
}

TEST_F(VerifyTrailTest, AManifestMadeAfterwardsFails) {
  // The cheat drops an entry and writes a manifest that fits; but that one is not under the
  // checkpoint.
  audit::v1::TrailManifest manifest;
  manifest.ParseFromString(trail_.manifest());
  trail_.mutable_entries()->RemoveLast();
  audit::EntriesTree tree;
  for (const audit::v1::TrailEntry& entry : trail_.entries()) {
    const audit::v1::ProvenCommit& commit = entry.commit();
    tree.Add(entry.range(), commit.pos(), commit.commit_index(), commit.commit());
  }
  manifest.set_entry_count(tree.count());
  manifest.set_entries_root(std::string(base::View(tree.Root())));
  trail_.set_manifest(manifest.SerializeAsString());
  EXPECT_THAT(Verify().ToString(), HasSubstr("manifest: not the one"));
}

TEST_F(VerifyTrailTest, ARewrittenHistoryFails) {
  // The same installation once more, with one commit changed before the old checkpoint.
  SampleHistory forged;
  forged.Append("registry/0", {CommitOf(1001, "somebody else registered")});
  for (int i = 0; i < 4; ++i) forged.NoteHeads();
  const uint64_t old_size = audit::OpenCheckpoint(old_note_, Verifier())->size;
  const audit::v1::TrailExport trail = ChildTrail(forged, old_size);
  EXPECT_THAT(VerifyTrail(trail, old_note_, Verifier()).status().ToString(),
              HasSubstr("consistency"));
  // Without the old checkpoint nobody could tell: that is what witnesses are for.
  EXPECT_TRUE(VerifyTrail(ChildTrail(forged, 0), std::nullopt, Verifier()).ok());
}

TEST_F(VerifyTrailTest, TheConsistencyProofBelongsToTheOldCheckpoint) {
  EXPECT_FALSE(VerifyTrail(trail_, std::nullopt, Verifier()).ok());
  Flip(*trail_.mutable_consistency(0));
  EXPECT_THAT(Verify().ToString(), HasSubstr("consistency"));
  trail_.clear_consistency();
  EXPECT_FALSE(Verify().ok());
  EXPECT_TRUE(VerifyTrail(trail_, std::nullopt, Verifier()).ok());
}

TEST_F(VerifyTrailTest, AnOlderCheckpointThanTheReceiverHoldsFails) {
  history_.NoteHeads();
  old_note_ = history_.Checkpoint();
  trail_.clear_consistency();
  EXPECT_FALSE(Verify().ok());
}

TEST_F(VerifyTrailTest, RangesAndTimesAreKept) {
  audit::v1::TrailQuery query;
  query.set_child(std::string(kChild));
  query.set_to_unix_us(1);  // nothing is that old
  const auto wanted = [](const std::string& journal, const journal::v1::Commit& commit) {
    return commit.events(0).data().starts_with(kChild);
  };
  trail_ = history_.Trail(query, wanted, 0);
  EXPECT_THAT(VerifyTrail(trail_, std::nullopt, Verifier()).status().ToString(),
              HasSubstr("outside the time"));
  query.clear_child();
  trail_ = history_.Trail(query, wanted, 0);
  EXPECT_THAT(VerifyTrail(trail_, std::nullopt, Verifier()).status().ToString(),
              HasSubstr("manifest: the query"));
}

TEST(VerifyContinuationTest, IsWhatAWitnessChecksEachDay) {
  SampleHistory history = SmallHistory();
  const std::string old_note = history.Checkpoint();
  const uint64_t old_size = history.journal("audit/0").range.size();
  history.NoteHeads();
  const SampleJournal& log = history.journal("audit/0");
  const base::MerkleProof hashes =
      base::ConsistencyProof(log.nodes, old_size, log.range.size()).value();
  std::vector<std::string> proof;
  for (const base::Digest& hash : hashes) proof.emplace_back(base::View(hash));
  const std::string new_note = history.Checkpoint();
  EXPECT_EQ(audit::VerifyContinuation(old_note, new_note, proof, Verifier())->size,
            log.range.size());
  EXPECT_FALSE(audit::VerifyContinuation(new_note, old_note, proof, Verifier()).ok());
  Flip(proof.front());
  EXPECT_FALSE(audit::VerifyContinuation(old_note, new_note, proof, Verifier()).ok());
}

}  // namespace
}  // namespace twinline::audit_test

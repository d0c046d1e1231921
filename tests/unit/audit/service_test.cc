// N08: the auditor picks child X and sees every view, change and approval with time, user, address,
// before and after; the chain verifies; a changed or missing row breaks verification; the auditor
// changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audit/domain/verify.h"
#include "audit/service/second_place.h"
#include "tests/unit/audit/audit_rig.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::audit_test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class AuditServiceTest : public ::testing::Test {
 protected:
  AuditRig rig_;

  void Suspend(const std::string& child) {
    registry::v1::RegistrationStatusChanged event;
    *event.mutable_facts() = JournalsRig::Facts(child, "SUSPENDED");
    event.mutable_facts()->set_version(2);
    event.set_status_before("ACTIVE");
    rig_.journals.Append("registry/0",
                         {{"registrar", "school:2141000001", 11, {MakeEvent(event)}}});
  }

  void ApproveBusiness(const std::string& child) {
    transfer::v1::StepDecided event;
    event.mutable_business()->set_business_id(Id("business").str());
    event.mutable_business()->set_child_id(Id(child).str());
    event.set_outcome("DONE");
    rig_.journals.Append("transfer/0", {{"official", "bureau:411282", 13, {MakeEvent(event)}}});
  }

  // X is registered, absent, suspended after an approval, and looked at.
  void History() {
    rig_.SeeSession("registrar", 11, "10.1.2.3");
    rig_.SeeSession("teacher", 12, "10.9.8.7");
    rig_.journals.Register("X", "7-1", 1);
    rig_.journals.Register("Y", "7-1", 2);
    rig_.journals.RollCall("teacher", "7-1", {"X", "Y"});
    ApproveBusiness("X");
    Suspend("X");
    rig_.Look("teacher", "X", "registry.v1.RegistryService.GetStudent");
    rig_.Look("teacher", "Y", "registry.v1.RegistryService.GetStudent");
  }

  static std::vector<std::string> Types(const std::vector<audit::v1::TrailEntryView>& entries) {
    std::vector<std::string> types;
    for (const auto& entry : entries) {
      for (const auto& event : entry.events()) types.push_back(event.type());
    }
    return types;
  }

  audit::NoteVerifier Verifier() { return audit::NoteVerifier::Parse(rig_.VerifierKey()).value(); }
};

TEST_F(AuditServiceTest, N08TheAuditorSeesEveryViewChangeAndApproval) {
  History();
  rig_.Start();
  rig_.CaughtUp();
  const auto entries = rig_.TrailOf("X");
  EXPECT_THAT(Types(entries), ElementsAre("ChildRegistered", "RollCallTaken", "StepDecided",
                                          "RegistrationStatusChanged", "AccessNoted"));
  const auto& suspended = entries[3];
  EXPECT_EQ(suspended.actor(), Id("registrar").str());
  EXPECT_EQ(suspended.office(), "school:2141000001");
  EXPECT_EQ(suspended.address(), "10.1.2.3");
  EXPECT_GT(suspended.recorded_unix_us(), entries[0].recorded_unix_us());
  EXPECT_EQ(suspended.events(0).label_zh(), "学籍状态变更");
  bool changed = false;
  for (const auto& change : suspended.events(0).changes()) {
    if (change.name() != "status") continue;
    changed = true;
    EXPECT_EQ(change.before(), "ACTIVE");
    EXPECT_EQ(change.after(), "SUSPENDED");
  }
  EXPECT_TRUE(changed);
  EXPECT_EQ(entries[4].events(0).rpc(), "registry.v1.RegistryService.GetStudent");
  EXPECT_EQ(entries[4].address(), "10.9.8.7");
  // Of the roll call only X's own exception is shown.
  EXPECT_THAT(entries[1].child_id(), ElementsAre(Id("X").str()));
  for (const auto& field : entries[1].events(0).fields()) {
    EXPECT_NE(field.value(), Id("Y/r").hex());
  }
}

TEST_F(AuditServiceTest, N08ReadingTheTrailIsAnEntryOfIt) {
  History();
  rig_.Start();
  rig_.CaughtUp();
  rig_.TrailOf("X");
  rig_.CaughtUp();
  const auto entries = rig_.TrailOf("X");
  ASSERT_EQ(entries.size(), 6U);
  EXPECT_EQ(entries[5].actor(), Id("auditor").str());
  EXPECT_EQ(entries[5].events(0).rpc(), "audit.v1.AuditService.QueryTrail");
  EXPECT_TRUE(entries[5].events(0).sealed()) << "the reason he gave";
  EXPECT_FALSE(entries[5].address().empty());
}

TEST_F(AuditServiceTest, N08OthersSeeNoTrailAndNobodyChangesIt) {
  History();
  rig_.Start();
  audit::v1::QueryTrailRequest request;
  request.set_child_id(Id("X").str());
  audit::v1::QueryTrailReply reply;
  EXPECT_EQ(rig_.Call("QueryTrail", request, &reply, "teacher").code(), "PERMISSION_ROLE");
  request.clear_child_id();
  EXPECT_EQ(rig_.Call("QueryTrail", request, &reply).code(), "TRAIL_QUERY_EMPTY");
  request.set_actor(Id("teacher").str());
  EXPECT_EQ(rig_.Call("QueryTrail", request, &reply, "director").code(), "TRAIL_OUT_OF_SCOPE");
  request.set_action("NoSuchThing");
  EXPECT_EQ(rig_.Call("QueryTrail", request, &reply).code(), "TRAIL_ACTION_UNKNOWN");
  request.clear_action();
  request.mutable_page()->set_page_token("zz");
  EXPECT_EQ(rig_.Call("QueryTrail", request, &reply).code(), "FIELD_PAGE_TOKEN");
}

TEST_F(AuditServiceTest, FiltersByActorOfficeActionAndTime) {
  History();
  rig_.Start();
  rig_.CaughtUp();
  audit::v1::QueryTrailRequest request;
  request.set_actor(Id("teacher").str());
  EXPECT_THAT(Types(rig_.Query(request)),
              ElementsAre("SessionSeen", "RollCallTaken", "AccessNoted", "AccessNoted"));
  request.set_action("AccessNoted");
  EXPECT_EQ(rig_.Query(request).size(), 2U);
  request.Clear();
  request.set_office("bureau:411282");
  EXPECT_THAT(Types(rig_.Query(request)), ElementsAre("StepDecided"));
  request.Clear();
  request.set_action("registry.v1.RegistryService.GetStudent");
  EXPECT_EQ(rig_.Query(request).size(), 2U);
  request.Clear();
  request.set_action("ChildRegistered");
  const auto registered = rig_.Query(request);
  ASSERT_EQ(registered.size(), 2U);
  request.set_from_unix_us(registered[1].recorded_unix_us());
  EXPECT_EQ(rig_.Query(request).size(), 1U);
  request.set_from_unix_us(0);
  request.set_to_unix_us(registered[1].recorded_unix_us());
  EXPECT_EQ(rig_.Query(request).size(), 1U);
}

TEST_F(AuditServiceTest, N08EvidenceVerifiesAndAnyChangedByteBreaksIt) {
  History();
  rig_.Start();
  rig_.CaughtUp();
  const auto entries = rig_.TrailOf("X");
  for (const auto& entry : entries) {
    audit::v1::GetInclusionProofRequest request;
    request.set_journal(entry.journal());
    request.set_pos(entry.pos());
    request.set_commit_index(entry.commit_index());
    audit::v1::GetInclusionProofReply reply;
    const auto result = rig_.Call("GetInclusionProof", request, &reply);
    ASSERT_TRUE(result.ok()) << result.code() << result.status.ToString();
    EXPECT_THAT(reply.child_id(), Contains(Id("X").str()));
    const auto proven = audit::VerifyBundle(reply.bundle(), Verifier());
    ASSERT_TRUE(proven.ok()) << proven.status().ToString();
    EXPECT_EQ(proven->subject.journal, entry.journal());
    audit::v1::InclusionBundle forged = reply.bundle();
    (*forged.mutable_subject()->mutable_commit())[5] ^= 1;
    EXPECT_FALSE(audit::VerifyBundle(forged, Verifier()).ok());
  }
  audit::v1::GetInclusionProofRequest request;
  request.set_journal("registry/0");
  request.set_pos(999);
  audit::v1::GetInclusionProofReply reply;
  EXPECT_EQ(rig_.Call("GetInclusionProof", request, &reply).code(), "ENTRY_UNKNOWN");
  request.set_journal("nowhere/0");
  EXPECT_EQ(rig_.Call("GetInclusionProof", request, &reply).code(), "ENTRY_UNKNOWN");
  request.set_journal("registry/0");
  request.set_pos(2);
  request.set_commit_index(7);
  EXPECT_EQ(rig_.Call("GetInclusionProof", request, &reply).code(), "ENTRY_UNKNOWN");
}

TEST_F(AuditServiceTest, N08TheTrailOfAChildLeavesAsAFileThatVerifiesByItself) {
  History();
  rig_.Start();
  audit::v1::ExportTrailRequest request;
  request.set_child_id(Id("X").str());
  rpc::CallResult result;
  const std::string first = rig_.Export(request, "auditor", &result);
  ASSERT_TRUE(result.ok()) << result.code() << result.status.ToString();
  const auto trail = audit::ReadTrail(first).value();
  const auto proven = audit::VerifyTrail(trail, std::nullopt, Verifier());
  ASSERT_TRUE(proven.ok()) << proven.status().ToString();
  EXPECT_EQ(proven->entries.size(), 5U);
  EXPECT_EQ(proven->exported.commit.actor().subject(), Id("auditor").str());

  // A month later: the same receiver asks again, from the checkpoint he holds.
  Suspend("X");
  request.set_old_size(proven->checkpoint.size);
  const auto later = audit::ReadTrail(rig_.Export(request, "auditor")).value();
  const auto again = audit::VerifyTrail(later, trail.checkpoint(), Verifier());
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  // The new event, and the first export's own entry in the access journal.
  EXPECT_EQ(again->entries.size(), 7U);

  // Somebody leaves an entry out.
  audit::v1::TrailExport forged = later;
  forged.mutable_entries()->DeleteSubrange(2, 1);
  EXPECT_FALSE(audit::VerifyTrail(forged, trail.checkpoint(), Verifier()).ok());
  rig_.Export(request, "teacher", &result);
  EXPECT_EQ(result.code(), "PERMISSION_ROLE");
}

TEST_F(AuditServiceTest, ATrailOfManyChildrenNeedsTwoPersons) {
  History();
  rig_.Start();
  audit::v1::RequestTrailExportRequest request;
  request.mutable_write()->set_request_id(rpc::NewRequestId(rig_.journals.clock.Now().us).str());
  request.set_actor(Id("teacher").str());
  request.set_purpose("信访核查");
  audit::v1::RequestTrailExportReply requested;
  auto result = rig_.Call("RequestTrailExport", request, &requested);
  ASSERT_TRUE(result.ok()) << result.code() << result.status.ToString();

  audit::v1::ExportTrailRequest take;
  take.set_export_id(requested.export_id());
  rig_.Export(take, "auditor", &result);
  EXPECT_EQ(result.code(), "TRAIL_EXPORT_NOT_APPROVED") << result.status.ToString();

  audit::v1::ListTrailExportsReply listed;
  ASSERT_TRUE(
      rig_.Call("ListTrailExports", audit::v1::ListTrailExportsRequest(), &listed, "audit admin")
          .ok());
  ASSERT_EQ(listed.exports_size(), 1);
  EXPECT_EQ(listed.exports(0).query().actor(), Id("teacher").str());
  EXPECT_EQ(listed.exports(0).purpose(), "信访核查");

  audit::v1::ApproveTrailExportRequest approve;
  approve.mutable_write()->set_request_id(rpc::NewRequestId(rig_.journals.clock.Now().us).str());
  approve.set_export_id(requested.export_id());
  audit::v1::ApproveTrailExportReply approved;
  EXPECT_EQ(rig_.Call("ApproveTrailExport", approve, &approved, "auditor").code(),
            "PERMISSION_ROLE");
  ASSERT_TRUE(rig_.Call("ApproveTrailExport", approve, &approved, "audit admin").ok());

  const std::string bytes = rig_.Export(take, "auditor", &result);
  ASSERT_TRUE(result.ok()) << result.code() << result.status.ToString();
  const auto proven = audit::VerifyTrail(audit::ReadTrail(bytes).value(), std::nullopt, Verifier());
  ASSERT_TRUE(proven.ok()) << proven.status().ToString();
  EXPECT_EQ(proven->entries.size(), 4U);
  // One entry for each child of it.
  rig_.CaughtUp();
  for (const char* child : {"X", "Y"}) {
    const auto entries = rig_.TrailOf(child);
    EXPECT_EQ(entries.back().events(0).rpc(), "audit.v1.AuditService.ExportTrail") << child;
  }
}

TEST_F(AuditServiceTest, CheckpointsContinueEachOtherForAWitnessWithoutAccount) {
  History();
  rig_.Start();
  audit::v1::GetInclusionProofRequest cover;
  cover.set_journal("registry/0");
  cover.set_pos(2);
  audit::v1::GetInclusionProofReply covered;
  ASSERT_TRUE(rig_.Call("GetInclusionProof", cover, &covered).ok());
  audit::v1::GetCheckpointReply older;
  ASSERT_TRUE(rig_.Call("GetCheckpoint", audit::v1::GetCheckpointRequest(), &older, "").ok());
  Suspend("X");
  rig_.CaughtUp();
  cover.set_pos(6);  // behind the epoch of the restart
  const auto proved = rig_.Call("GetInclusionProof", cover, &covered);
  ASSERT_TRUE(proved.ok()) << proved.status.ToString();
  audit::v1::GetConsistencyProofRequest request;
  request.set_old_size(older.size());
  audit::v1::GetConsistencyProofReply newer;
  ASSERT_TRUE(rig_.Call("GetConsistencyProof", request, &newer, "").ok());
  EXPECT_GT(newer.size(), older.size());
  const std::vector<std::string> hashes(newer.consistency().begin(), newer.consistency().end());
  const auto continued = audit::VerifyContinuation(older.note(), newer.note(), hashes, Verifier());
  EXPECT_TRUE(continued.ok()) << continued.status().ToString();
  request.set_old_size(newer.size() + 1'000);
  EXPECT_EQ(rig_.Call("GetConsistencyProof", request, &newer, "").code(),
            "CHECKPOINT_SIZE_UNKNOWN");
}

TEST_F(AuditServiceTest, ARestartGoesOnAndARebuildComesOutEqual) {
  History();
  rig_.Start();
  audit::v1::ExportTrailRequest request;
  request.set_child_id(Id("X").str());
  rpc::CallResult result;
  const auto before = audit::ReadTrail(rig_.Export(request, "auditor", &result)).value();
  ASSERT_TRUE(result.ok()) << result.status.ToString();
  const std::string key = rig_.VerifierKey();
  rig_.Start();
  EXPECT_FALSE(rig_.CaughtUp().halted());
  EXPECT_EQ(rig_.VerifierKey(), key);
  rig_.Start("another-index");
  const auto status = rig_.CaughtUp();
  EXPECT_FALSE(status.halted()) << status.reason();
  request.set_old_size(audit::OpenCheckpoint(before.checkpoint(), Verifier()).value().size);
  const auto after = audit::ReadTrail(rig_.Export(request, "auditor")).value();
  EXPECT_TRUE(audit::VerifyTrail(after, before.checkpoint(), Verifier()).ok());
}

TEST_F(AuditServiceTest, TheSecondPlaceKnowsAndAShorterHistoryHalts) {
  History();
  rig_.Start();
  audit::v1::ExportTrailRequest request;
  request.set_child_id(Id("X").str());
  rig_.Export(request, "auditor");
  const auto ends = rig_.module->KnownEnds(rig_.journals / "audit-0.d");
  EXPECT_THAT(ends, Contains(std::pair<std::string, uint64_t>("attendance/0", 3)));
  rig_.Stop();
  const auto notes = audit::ReadNotes(rig_.journals / "second-place").value();
  EXPECT_EQ(notes.size(), 2U);  // newest, and that of the day
  // The place remembers one record more than there is.
  auto heads =
      audit::ReadHeads(std::filesystem::path(rig_.journals / "second-place") / "checkpoints")
          .value();
  for (auto& head : heads) {
    if (head.journal == "attendance/0") ++head.size;
  }
  std::ofstream(std::filesystem::path(rig_.journals / "second-place") / "checkpoints" / "heads")
      << audit::EncodeHeads(heads);
  rig_.Start();
  const auto status = rig_.CaughtUp();
  EXPECT_TRUE(status.halted());
  EXPECT_NE(status.reason().find("acknowledged history is lost"), std::string::npos);
  audit::v1::QueryTrailRequest query;
  query.set_child_id(Id("X").str());
  audit::v1::QueryTrailReply reply;
  EXPECT_TRUE(absl::IsUnavailable(rig_.Call("QueryTrail", query, &reply).status));
}

}  // namespace
}  // namespace twinline::audit_test

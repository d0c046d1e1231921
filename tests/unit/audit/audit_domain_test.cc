// The rules of audit/0.
#include "audit/domain/audit_domain.h"

#include <gtest/gtest.h>

#include "audit/tables/tables.h"
#include "platform/base/hash.h"
#include "tests/unit/audit/sample_history.h"
#include "twinline/audit/v1/audit_commands.pb.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit_test {
namespace {

constexpr char kService[] = "service:audit";

class AuditDomainTest : public ::testing::Test {
 protected:
  // Decides and folds; the refusal code, "" when it was accepted.
  template <typename Command>
  std::string Do(const Command& command, const std::string& who) {
    base::Context context;
    context.now = {now_us};
    context.today = base::DayOf(context.now);
    context.installation = base::DeriveId({"installation"});
    context.request_id = base::DeriveId({"request", std::to_string(++requests_)});
    if (who == kService) {
      context.actor.set_service(who);
    } else {
      context.actor.set_subject(base::DeriveId({who}).str());
    }
    const base::Decision decision =
        domain_.Decide({base::CommandType<Command>(), command.SerializeAsString()}, rows_, context);
    if (const auto* refusal = std::get_if<base::Refusal>(&decision)) return refusal->code;
    journal::v1::Commit commit;
    for (const journal::v1::Event& event : std::get<base::Events>(decision)) {
      base::EventContext place;
      place.recorded = context.now;
      place.actor = &context.actor;
      EXPECT_TRUE(domain_.Evolve(event, place, rows_).ok());
      *commit.add_events() = event;
    }
    outcome_ = domain_.Outcome(commit);
    return "";
  }

  std::string Head(const std::string& journal, uint64_t size, const std::string& root,
                   const std::string& who = kService) {
    audit::v1::NoteHeadsCommand command;
    command.set_journal(journal);
    command.set_size(size);
    command.set_root(root);
    return Do(command, who);
  }

  int64_t now_us = 1'788'220'800'000'000;
  audit::AuditDomain domain_;
  base::MapRows rows_;
  std::vector<base::Id16> outcome_;
  int requests_ = 0;
};

TEST_F(AuditDomainTest, HeadsOnlyGrow) {
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  EXPECT_EQ(Head("registry/0", 10, a), "");
  EXPECT_EQ(Head("registry/0", 10, a), "HEAD_NOT_NEWER");
  EXPECT_EQ(Head("registry/0", 9, b), "HEAD_NOT_NEWER");
  EXPECT_EQ(Head("registry/0", 10, b), "HEAD_CONTRADICTS");
  EXPECT_EQ(Head("registry/0", 11, b), "");
  EXPECT_EQ(Head("attendance/0", 1, a), "");
  EXPECT_EQ(Head("attendance/0", 2, "short"), "HEAD_NOT_NEWER");
  EXPECT_EQ(Head("audit/0", 5, a), "HEAD_NOT_NEWER") << "the checkpoint is its head";
}

TEST_F(AuditDomainTest, NobodyElseNotesHeads) {
  EXPECT_EQ(Head("registry/0", 10, std::string(32, 'a'), "auditor"), "AUDIT_SERVICE_ONLY");
  audit::v1::SignedCheckpointCommand checkpoint;
  checkpoint.set_note("anything");
  EXPECT_EQ(Do(checkpoint, "auditor"), "AUDIT_SERVICE_ONLY");
}

TEST_F(AuditDomainTest, CheckpointsOnlyGrow) {
  SampleHistory history = SmallHistory();
  audit::v1::SignedCheckpointCommand older;
  older.set_note(history.Checkpoint());
  history.Append("audit/0", {CommitOf(5003, "x")});
  audit::v1::SignedCheckpointCommand newer;
  newer.set_note(history.Checkpoint());
  EXPECT_EQ(Do(newer, kService), "");
  EXPECT_EQ(Do(newer, kService), "CHECKPOINT_NOT_NEWER");
  EXPECT_EQ(Do(older, kService), "CHECKPOINT_NOT_NEWER");
  older.set_note("not a note");
  EXPECT_EQ(Do(older, kService), "CHECKPOINT_MALFORMED");
  const auto row = base::Find<audit::v1::CheckpointRow>(rows_);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->note(), newer.note());
  EXPECT_EQ(row->size(), history.journal("audit/0").range.size());
}

TEST_F(AuditDomainTest, LongTrailsLeaveAfterTwoPersonsAgreed) {
  EXPECT_EQ(Do(audit::v1::RequestTrailExportCommand(), "auditor"), "");
  ASSERT_EQ(outcome_.size(), 1U);
  const base::Id16 id = outcome_[0];
  audit::v1::NoteTrailExportCommand take;
  take.set_manifest_digest(std::string(32, 'm'));
  take.set_export_id(id.str());
  audit::v1::ApproveTrailExportCommand approve;
  approve.set_export_id(id.str());

  EXPECT_EQ(Do(take, "auditor"), "TRAIL_EXPORT_NOT_APPROVED");
  EXPECT_EQ(Do(approve, "auditor"), "TRAIL_EXPORT_SAME_PERSON");
  EXPECT_EQ(Do(approve, "director"), "");
  EXPECT_EQ(Do(approve, "director"), "TRAIL_EXPORT_APPROVED");
  EXPECT_EQ(Do(take, "other auditor"), "TRAIL_EXPORT_OF_OTHERS");
  EXPECT_EQ(Do(take, "auditor"), "");
  const auto row = base::Find<audit::v1::TrailExportRow>(rows_, id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->exported(), 1U);
  EXPECT_EQ(row->approved_by(), base::DeriveId({"director"}).str());

  now_us += audit::kExportValidUs + 1;
  EXPECT_EQ(Do(take, "auditor"), "TRAIL_EXPORT_EXPIRED");
  take.set_export_id(base::DeriveId({"none"}).str());
  EXPECT_EQ(Do(take, "auditor"), "TRAIL_EXPORT_UNKNOWN");
}

TEST_F(AuditDomainTest, OneChildsTrailNeedsOnePerson) {
  audit::v1::NoteTrailExportCommand take;
  take.set_manifest_digest(std::string(32, 'm'));
  take.set_one_child(true);
  EXPECT_EQ(Do(take, "auditor"), "");
}

}  // namespace
}  // namespace twinline::audit_test

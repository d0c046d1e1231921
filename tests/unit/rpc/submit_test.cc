// The write path: the window of request ids, what reaches the shard, read tokens.
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/rpc/echo_rig.h"

namespace twinline::rpc_test {
namespace {

using test::v1::AddNoteReply;
using test::v1::AddNoteRequest;

class SubmitTest : public ::testing::Test {
 protected:
  SubmitTest() {
    rig_.Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchoolA);
    rig_.PutChild("x", "7-1", kSchoolA, "411282103");
  }
  rpc::CallResult AddNote(const std::string& request_id, const std::string& text = "n") {
    AddNoteRequest request;
    request.mutable_write()->set_request_id(request_id);
    request.set_child_id(Id("x").str());
    request.set_text(text);
    return rig_.Call("AddNote", request, &reply_, rig_.As("registrar"));
  }
  std::string IdAt(int64_t us) { return rpc::NewRequestId(us).str(); }

  EchoRig rig_;
  AddNoteReply reply_;
};

TEST_F(SubmitTest, TheIdMustBeAVersionSevenIdOfTheLastThirtyDays) {
  const int64_t now = rig_.clock.Now().us;
  const int64_t minute = 60'000'000;
  EXPECT_EQ(AddNote("").code(), "REQUEST_ID_MISSING");
  EXPECT_EQ(AddNote("short").code(), "REQUEST_ID_MISSING");
  EXPECT_EQ(AddNote(std::string(16, '\x11')).code(), "REQUEST_ID_MISSING");
  EXPECT_TRUE(AddNote(IdAt(now)).ok());
  EXPECT_TRUE(AddNote(IdAt(now - 30 * base::kDayUs + minute)).ok());
  EXPECT_TRUE(AddNote(IdAt(now + 9 * minute)).ok());
  EXPECT_EQ(AddNote(IdAt(now - 30 * base::kDayUs - minute)).code(), "REQUEST_ID_EXPIRED");
  const rpc::CallResult ahead = AddNote(IdAt(now + 11 * minute));
  ASSERT_TRUE(ahead.refusal);
  EXPECT_EQ(ahead.refusal->code, "REQUEST_ID_EXPIRED");
  EXPECT_EQ(ahead.refusal->details.at(0).first, "server_time_us");
  EXPECT_EQ(ahead.refusal->details.at(0).second, std::to_string(now));
  EXPECT_EQ(ahead.server_time_us, now);
  EXPECT_EQ(rig_.shard.seen.size(), 3);
}

TEST_F(SubmitTest, TheShardGetsWhoItWasAndAFingerprintOfTheBody) {
  const std::string id = IdAt(rig_.clock.Now().us);
  ASSERT_TRUE(AddNote(id, "one").ok());
  ASSERT_TRUE(AddNote(id, "one").ok());
  ASSERT_TRUE(AddNote(id, "two").ok());
  const auto& seen = rig_.shard.seen;
  ASSERT_EQ(seen.size(), 3);
  EXPECT_EQ(seen[0].body, "one");
  EXPECT_EQ(seen[0].command_type, 1'999);
  EXPECT_EQ(seen[0].request_id.str(), id);
  EXPECT_EQ(seen[0].actor.subject(), Id("registrar").str());
  EXPECT_EQ(seen[0].actor.office(), std::string("school:") + kSchoolA);
  EXPECT_NE(seen[0].actor.session(), 0);
  EXPECT_EQ(seen[0].fingerprint.size(), 16);
  EXPECT_EQ(seen[0].fingerprint, seen[1].fingerprint);
  EXPECT_NE(seen[0].fingerprint, seen[2].fingerprint);
}

TEST_F(SubmitTest, AnAcceptedWriteReturnsAReadToken) {
  ASSERT_TRUE(AddNote(IdAt(rig_.clock.Now().us)).ok());
  EXPECT_EQ(reply_.read_token().journal(), "registry/0");
  EXPECT_EQ(reply_.read_token().pos(), 7);
}

TEST_F(SubmitTest, AnUnknownOutcomeIsUnavailable) {
  rig_.shard.answer = absl::UnavailableError("outcome unknown, retry with the same id");
  EXPECT_EQ(AddNote(IdAt(rig_.clock.Now().us)).status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(SubmitTest, AUsedRequestIdIsRefusedInWords) {
  rig_.shard.answer = absl::InvalidArgumentError("REQUEST_ID_REUSED: for another request body");
  const rpc::CallResult result = AddNote(IdAt(rig_.clock.Now().us));
  EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(result.refusal);
  EXPECT_EQ(result.refusal->code, "REQUEST_ID_REUSED");
  EXPECT_NE(result.refusal->zh.find("请求编号"), std::string::npos);
}

TEST_F(SubmitTest, AReadWaitsForItsToken) {
  test::v1::GetChildRequest request;
  request.set_child_id(Id("x").str());
  request.mutable_read_token()->set_journal("registry/0");
  request.mutable_read_token()->set_pos(12);
  test::v1::Child reply;
  std::thread writer([this] { rig_.shard.Apply(13); });
  EXPECT_TRUE(rig_.Call("GetChild", request, &reply, rig_.As("registrar")).ok());
  writer.join();
  request.mutable_read_token()->set_pos(50'000'000);
  EXPECT_EQ(rig_.Call("GetChild", request, &reply, rig_.As("registrar")).code(),
            "FIELD_READ_TOKEN");
  request.mutable_read_token()->set_journal("attendance/0");
  EXPECT_TRUE(rig_.Call("GetChild", request, &reply, rig_.As("registrar")).ok());
}

TEST_F(SubmitTest, AStateThatIsNotReadyIsUnavailableAndNotEmpty) {
  rig_.shard.next_pos = 0;
  EXPECT_EQ(rig_.GetChild("registrar", "x").status.code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace twinline::rpc_test

// Who looked at whom: an entry is durable before the reply leaves, and no entry means no reply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rpc/echo_rig.h"

namespace twinline::rpc_test {
namespace {

using audit::v1::AccessNoted;
using audit::v1::AccessRefused;
using audit::v1::SessionSeen;
using test::v1::AddNoteReply;
using test::v1::AddNoteRequest;
using test::v1::Child;
using test::v1::CountReply;
using test::v1::CountSchoolRequest;
using test::v1::GetChildRequest;
using test::v1::ListClassReply;
using test::v1::ListClassRequest;
using test::v1::LogInRequest;
using test::v1::PingReply;
using ::testing::UnorderedElementsAre;

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    rig_.Appoint("teacher", types::v1::ROLE_CLASS_TEACHER, "class:" + Id("7-1").hex());
    rig_.Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchoolA);
    rig_.PutChild("x", "7-1", kSchoolA, "411282103");
    rig_.PutChild("y", "7-1", kSchoolA, "411282103");
  }

  void Break() {
    journal::SimFaults faults;
    faults.append_fails = 1'000;
    rig_.journals.SetFaults(faults);
  }
  rpc::CallResult AddNote(const std::string& text) {
    AddNoteRequest request;
    request.mutable_write()->set_request_id(rpc::NewRequestId(rig_.clock.Now().us).str());
    request.set_child_id(Id("x").str());
    request.set_text(text);
    AddNoteReply reply;
    return rig_.Call("AddNote", request, &reply, rig_.As("registrar"));
  }

  EchoRig rig_;
};

TEST_F(AccessTest, AReadOfAChildIsOnRecordBeforeItsReply) {
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  const auto noted = rig_.Access<AccessNoted>();
  ASSERT_EQ(noted.size(), 1);
  EXPECT_EQ(noted[0].rpc(), "test.v1.EchoService.GetChild");
  ASSERT_EQ(noted[0].child_id_size(), 1);
  EXPECT_EQ(noted[0].child_id(0), Id("x").str());
}

TEST_F(AccessTest, WithoutTheEntryNothingIsShown) {
  Break();
  const rpc::CallResult result = rig_.GetChild("teacher", "x");
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(result.code(), "UNAVAILABLE_ACCESS_RECORD");
  rig_.journals.SetFaults({});
  EXPECT_TRUE(rig_.GetChild("teacher", "x").ok());  // under a new epoch
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), 1);
}

TEST_F(AccessTest, AnEntryOfUnknownFateShowsNothingAndTheNextLookIsOnRecordAgain) {
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  journal::SimFaults faults;
  faults.append_report_lost = 1'000;
  rig_.journals.SetFaults(faults);
  EXPECT_FALSE(rig_.GetChild("teacher", "x").ok());
  rig_.journals.SetFaults({});
  EXPECT_TRUE(rig_.GetChild("teacher", "x").ok());
  // All three are on record: a look too many is a smaller fault than one too few.
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), 3);
}

TEST_F(AccessTest, AggregatesDoNotWait) {
  ASSERT_TRUE(rig_.GetChild("registrar", "x").ok());  // its session is known
  Break();
  CountSchoolRequest request;
  request.set_school_code(kSchoolA);
  CountReply reply;
  EXPECT_TRUE(rig_.Call("CountSchool", request, &reply, rig_.As("registrar")).ok());
}

TEST_F(AccessTest, AListNamesEveryChildInItOrTheClassListInstead) {
  ListClassRequest request;
  request.mutable_place()->set_class_id(Id("7-1").str());
  ListClassReply reply;
  ASSERT_TRUE(rig_.Call("ListClass", request, &reply, rig_.As("teacher")).ok());
  request.set_roster_version(12);
  ASSERT_TRUE(rig_.Call("ListClass", request, &reply, rig_.As("teacher")).ok());
  const auto noted = rig_.Access<AccessNoted>();
  ASSERT_EQ(noted.size(), 2);
  EXPECT_THAT(std::vector<std::string>(noted[0].child_id().begin(), noted[0].child_id().end()),
              UnorderedElementsAre(Id("x").str(), Id("y").str(), Id("z").str()));
  EXPECT_EQ(noted[1].child_id_size(), 0);
  ASSERT_EQ(noted[1].class_list_size(), 1);
  EXPECT_EQ(noted[1].class_list(0).roster_version(), 12);
}

TEST_F(AccessTest, APurposeIsSealed) {
  GetChildRequest request;
  request.set_child_id(Id("x").str());
  request.set_reason("核对身份证件");
  Child reply;
  ASSERT_TRUE(rig_.Call("OpenSealed", request, &reply, rig_.As("registrar")).ok());
  EXPECT_EQ(rig_.Access<AccessNoted>().at(0).purpose().ciphertext(), "sealed:核对身份证件");
}

TEST_F(AccessTest, AWriteIsItsOwnEvidenceUnlessItShowsAnotherChild) {
  ASSERT_TRUE(AddNote("plain").ok());
  ASSERT_TRUE(AddNote("self").ok());
  EXPECT_TRUE(rig_.Access<AccessNoted>().empty());
  ASSERT_TRUE(AddNote("twin").ok());
  const auto noted = rig_.Access<AccessNoted>();
  ASSERT_EQ(noted.size(), 1);
  EXPECT_EQ(noted[0].child_id(0), Id("y").str());
  EXPECT_EQ(noted[0].child_id_size(), 1);
}

TEST_F(AccessTest, ARefusalIsOnRecordWithItsCodeAndItsSubject) {
  EXPECT_FALSE(rig_.GetChild("stranger", "x").ok());
  const auto refused = rig_.Access<AccessRefused>();
  ASSERT_EQ(refused.size(), 1);
  EXPECT_EQ(refused[0].code(), "PERMISSION_ROLE");
  EXPECT_EQ(refused[0].child_id(0), Id("x").str());
  Break();
  EXPECT_EQ(rig_.GetChild("stranger", "x").code(), "UNAVAILABLE_ACCESS_RECORD");
}

TEST_F(AccessTest, ARefusedPasswordLeavesNoFingerprint) {
  LogInRequest request;
  request.set_login("teacher");
  request.set_password("wrong");
  PingReply reply;
  const auto result = rig_.Call("LogIn", request, &reply, {});
  EXPECT_TRUE(absl::IsUnauthenticated(result.status)) << result.status;
  const auto refused = rig_.Access<AccessRefused>();
  ASSERT_EQ(refused.size(), 1);
  EXPECT_EQ(refused[0].code(), "LOGIN_FAILED");
  EXPECT_TRUE(refused[0].body_fingerprint().empty());
  // Other bodies are told apart by one.
  EXPECT_FALSE(rig_.GetChild("stranger", "x").ok());
  EXPECT_FALSE(rig_.Access<AccessRefused>().at(1).body_fingerprint().empty());
}

TEST_F(AccessTest, ALogInNotesItsDeviceOnce) {
  LogInRequest request;
  request.set_login("teacher");
  request.set_password("right");
  request.set_device(std::string("办公室电脑") + std::string(1'000, 'x'));
  PingReply reply;
  ASSERT_TRUE(rig_.Call("LogIn", request, &reply, {}).ok());
  EXPECT_FALSE(reply.text().empty());
  ASSERT_TRUE(rig_.Call("LogIn", request, &reply, {}).ok());
  const auto seen = rig_.Access<audit::v1::SessionSeen>();
  ASSERT_EQ(seen.size(), 1) << "the same session at the same address";
  EXPECT_EQ(seen[0].subject(), Id("teacher").str());
  EXPECT_EQ(seen[0].session(), 77u);
  EXPECT_THAT(seen[0].device().ciphertext(), testing::StartsWith("sealed:办公室电脑"));
  EXPECT_LE(seen[0].device().ciphertext().size(), 300u);
}

TEST_F(AccessTest, ARefusalByTheRulesIsOnRecordToo) {
  rig_.shard.answer = base::Refusal{"TRANSFER_FROZEN_SUMMER", "暑假", "summer", {}};
  EXPECT_EQ(AddNote("n").code(), "TRANSFER_FROZEN_SUMMER");
  EXPECT_EQ(rig_.Access<AccessRefused>().at(0).code(), "TRANSFER_FROZEN_SUMMER");
}

TEST_F(AccessTest, RefusalsOfOneActorAreLimitedAndCounted) {
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(rig_.GetChild("stranger", "x").ok());
  EXPECT_EQ(rig_.Access<AccessRefused>().size(), rpc::AccessRecorder::kRefusalsPerMinute);
  rig_.clock.us += 61'000'000;
  EXPECT_FALSE(rig_.GetChild("stranger", "x").ok());
  const auto refused = rig_.Access<AccessRefused>();
  EXPECT_EQ(refused.back().suppressed(), 50 - rpc::AccessRecorder::kRefusalsPerMinute);
}

TEST_F(AccessTest, ASessionIsSeenOnceUntilItsAddressChanges) {
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  auto seen = rig_.Access<SessionSeen>();
  ASSERT_EQ(seen.size(), 1);
  EXPECT_EQ(seen[0].subject(), Id("teacher").str());
  EXPECT_THAT(seen[0].address().ciphertext(), ::testing::StartsWith("sealed:"));
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), 2);
}

TEST_F(AccessTest, EveryMessageOfAStreamIsOnRecord) {
  ListClassRequest request;
  request.mutable_place()->set_class_id(Id("7-1").str());
  auto reader =
      rig_.client->OpenReader(std::string(kService) + "WatchClass", request, rig_.As("teacher"));
  Child child;
  std::vector<std::string> got;
  while (reader.Read(&child)) got.push_back(child.child_id());
  EXPECT_TRUE(reader.Finish().ok());
  ASSERT_EQ(got.size(), 5);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(got[i], Id("w" + std::to_string(i)).str());
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), 5);

  Break();
  auto broken =
      rig_.client->OpenReader(std::string(kService) + "WatchClass", request, rig_.As("teacher"));
  EXPECT_FALSE(broken.Read(&child));
  EXPECT_EQ(broken.Finish().code(), "UNAVAILABLE_ACCESS_RECORD");
}

TEST_F(AccessTest, AMonthHasItsOwnJournalAndTheNextIsOpenedADayEarly) {
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  rig_.clock.us = base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 30)).us;
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  EXPECT_THAT(*rig_.journals.List(), UnorderedElementsAre("access/0/202609", "access/0/202610"));
  rig_.clock.us = base::StartOfDay(base::CivilDay::FromYmd(2026, 10, 1)).us;
  ASSERT_TRUE(rig_.GetChild("teacher", "x").ok());
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), 1);
}

TEST_F(AccessTest, ManyReadersShareAnAppend) {
  constexpr int kCalls = 200;
  GetChildRequest request;
  request.set_child_id(Id("x").str());
  std::vector<Child> replies(kCalls);
  std::atomic<int> ok{0}, done{0};
  std::mutex mutex;
  std::condition_variable all;
  for (int i = 0; i < kCalls; ++i) {
    rig_.client->CallAsync(std::string(kService) + "GetChild", request, &replies[i],
                           rig_.As("teacher"), [&](const rpc::CallResult& result) {
                             ok += result.ok() ? 1 : 0;
                             const std::lock_guard lock(mutex);
                             if (++done == kCalls) all.notify_one();
                           });
  }
  std::unique_lock lock(mutex);
  all.wait(lock, [&] { return done == kCalls; });
  EXPECT_EQ(ok, kCalls);
  EXPECT_EQ(rig_.Access<AccessNoted>().size(), kCalls);
  EXPECT_LE(rig_.access_log->records(), rig_.access_log->entries());
}

}  // namespace
}  // namespace twinline::rpc_test

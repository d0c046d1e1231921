// N08 once more against a real process: what people did and looked at is in the trail, with their
// address; evidence verifies with a key and nothing else; after kill -9 the audit stands and fsck
// finds nothing wrong, until somebody touches a byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "audit/domain/verify.h"
#include "platform/runtime/installation.h"
#include "tests/support/running_county.h"
#include "tools/fsck/fsck.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace av1 = audit::v1;
namespace fs = std::filesystem;
using ::testing::Contains;

constexpr char kAudit[] = "twinline.audit.v1.AuditService.";

class AuditChain : public testing::Test {
 protected:
  base::Id16 Auditor() { return county_.loaded().auditor; }

  template <typename Request, typename Reply>
  void Must(const std::string& method, Request request, Reply* reply) {
    county_.api().Must(kAudit + method, request, reply, Auditor());
  }

  void WaitIndexed() {
    av1::GetStatusRequest request;
    request.set_wait(true);
    av1::GetStatusReply reply;
    Must("GetStatus", request, &reply);
    ASSERT_FALSE(reply.halted()) << reply.reason();
  }

  std::vector<av1::TrailEntryView> TrailOf(size_t pupil) {
    WaitIndexed();
    std::vector<av1::TrailEntryView> entries;
    av1::QueryTrailRequest request;
    request.set_child_id(county_.loaded().children[pupil].str());
    av1::QueryTrailReply reply;
    do {
      request.mutable_page()->set_page_token(reply.next_page_token());
      Must("QueryTrail", request, &reply);
      for (const auto& entry : reply.entries()) entries.push_back(entry);
    } while (!reply.next_page_token().empty());
    return entries;
  }

  static std::set<std::string> TypesOf(const std::vector<av1::TrailEntryView>& entries) {
    std::set<std::string> types;
    for (const auto& entry : entries) {
      for (const auto& event : entry.events()) types.insert(event.type());
    }
    return types;
  }

  std::string VerifierKey() {
    av1::GetVerifierKeyReply reply;
    Must("GetVerifierKey", av1::GetVerifierKeyRequest(), &reply);
    return reply.verifier_key();
  }

  std::string Export(size_t pupil) {
    av1::ExportTrailRequest request;
    request.set_child_id(county_.loaded().children[pupil].str());
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(Auditor());
    auto reader =
        county_.api().client().OpenReader(std::string(kAudit) + "ExportTrail", request, options);
    std::string bytes;
    av1::ExportTrailChunk chunk;
    while (reader.Read(&chunk)) bytes += chunk.data();
    const auto result = reader.Finish();
    EXPECT_TRUE(result.ok()) << result.status.ToString();
    return bytes;
  }

  fsck::Report Check(const std::string& key) {
    const runtime::Places places = runtime::PlacesOf(county_.data(), config::v1::Config());
    fsck::Options options;
    options.log = places.log;
    options.vault = places.vault;
    options.kek_file = places.kek_file;
    options.blobs = places.blobs;
    options.second_place = places.second_place;
    options.audit_files = places.state / "audit-0.d";
    options.verifier_key = key;
    const auto report = fsck::Check(options);
    EXPECT_TRUE(report.ok()) << report.status().ToString();
    return report.value_or(fsck::Report());
  }

  RunningCounty county_;
};

TEST_F(AuditChain, N08FromTheClassRoomToTheFileThatVerifies) {
  constexpr size_t kPupil = 0;
  county_.PlayDay(0, {kPupil});
  registry::v1::GetChildRequest look;
  look.set_child_id(county_.loaded().children[kPupil].str());
  registry::v1::ChildReply seen;
  county_.api().Must("twinline.registry.v1.RegistryService.GetChild", look, &seen,
                     county_.loaded().bureau_official);

  const auto entries = TrailOf(kPupil);
  const auto types = TypesOf(entries);
  EXPECT_THAT(types, Contains("ChildRegistered"));
  EXPECT_THAT(types, Contains("RollCallTaken"));
  EXPECT_THAT(types, Contains("AccessNoted"));
  const auto& last = entries.back();
  EXPECT_EQ(last.actor(), county_.loaded().bureau_official.str());
  EXPECT_EQ(last.address(), "127.0.0.1");
  EXPECT_EQ(last.events(0).rpc(), "registry.v1.RegistryService.GetChild");

  const std::string key = VerifierKey();
  const auto verifier = audit::NoteVerifier::Parse(key);
  ASSERT_TRUE(verifier.ok());
  const auto trail = audit::ReadTrail(Export(kPupil));
  ASSERT_TRUE(trail.ok()) << trail.status().ToString();
  const auto proven = audit::VerifyTrail(*trail, std::nullopt, *verifier);
  ASSERT_TRUE(proven.ok()) << proven.status().ToString();
  // Reading the trail was an entry too.
  EXPECT_GT(proven->entries.size(), entries.size());

  county_.KillAndRestart();
  WaitIndexed();
  EXPECT_EQ(VerifierKey(), key);
  county_.PlayDay(1, {kPupil});
  EXPECT_GT(TrailOf(kPupil).size(), entries.size() + 1);

  county_.StopServer();
  const fsck::Report sound = Check(key);
  EXPECT_TRUE(sound.ok()) << sound.problems.front();
  EXPECT_GT(sound.checkpoints, 0U);
  EXPECT_GT(sound.keys_named, 0U);
  EXPECT_TRUE(sound.notes.empty()) << sound.notes.front();

  for (const auto& file : fs::directory_iterator(county_.data() / "log")) {
    if (file.path().extension() != ".log" || file.file_size() < 1'000) continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(file.file_size() / 2));
    bytes.put('\x7f');
  }
  EXPECT_FALSE(Check(key).ok());
}

}  // namespace
}  // namespace twinline::test

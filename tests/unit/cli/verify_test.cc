// `audit verify` without server, network or login: true files pass, touched ones do not, and the
// verdict is in both languages.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/unit/audit/sample_history.h"
#include "tools/twinline/app.h"
#include "tools/twinline/render.h"

namespace twinline::cli {
namespace {

using audit_test::SampleHistory;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() : history_(audit_test::SmallHistory()) {
    Write("key", audit_test::TestSigner().verifier_key() + "\n");
    Write("old", history_.Checkpoint());
    const uint64_t old_size = history_.journal("audit/0").range.size();
    history_.Append("registry/0", {audit_test::CommitOf(1013, "later")});
    history_.NoteHeads();
    trail_ = audit_test::ChildTrail(history_, old_size);
    fresh_ = audit_test::ChildTrail(history_, 0);
  }

  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = directory_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  int Verify(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"audit",  "verify", file, "--key", directory_ / "key",
                                          "--lang", "zh"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<const char*> argv = {"twinline"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    out_.str("");
    err_.str("");
    std::istringstream in;
    Cli cli(out_, err_, in);
    return RunApp(cli, static_cast<int>(argv.size()), argv.data());
  }

  bool Says(const std::string& text) const { return out_.str().find(text) != std::string::npos; }

  test_support::TempDir directory_;
  SampleHistory history_;
  audit::v1::TrailExport trail_;  // continues the checkpoint in "old"
  audit::v1::TrailExport fresh_;  // for a receiver who holds none
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(VerifyTest, ATrueEntryIsVerifiedInBothForms) {
  const auto bundle = history_.Bundle("registry/0", 3, 1);
  EXPECT_EQ(Verify(Write("bundle", bundle.SerializeAsString())), kOk) << err_.str();
  EXPECT_TRUE(Says("核验通过 VERIFIED")) << out_.str();
  EXPECT_TRUE(Says("demo.linshui.example/audit"));
  EXPECT_EQ(Verify(Write("bundle.json", JsonText(bundle))), kOk) << out_.str();
}

TEST_F(VerifyTest, AChangedEntryIsNotVerified) {
  auto bundle = history_.Bundle("registry/0", 3, 1);
  bundle.mutable_subject()->mutable_commit()->back() ^= 1;
  EXPECT_EQ(Verify(Write("bundle.json", JsonText(bundle))), kNotVerified);
  EXPECT_TRUE(Says("核验未通过 NOT VERIFIED")) << out_.str();
  EXPECT_TRUE(Says("有人改动过")) << out_.str();
  EXPECT_TRUE(Says("somebody changed something")) << "both languages, whatever --lang says";
}

TEST_F(VerifyTest, ATrailIsVerifiedAgainstTheHeldCheckpoint) {
  EXPECT_EQ(Verify(Write("trail", trail_.SerializeAsString()),
                   {"--old", directory_ / "old", "--entries"}),
            kOk)
      << out_.str() << err_.str();
  EXPECT_TRUE(Says("只增未改")) << out_.str();
  EXPECT_TRUE(Says("nothing was rewritten since")) << out_.str();
  EXPECT_TRUE(Says("2026-09-01 08:0")) << "times of the entries in UTC+8: " << out_.str();
}

TEST_F(VerifyTest, ATrailWithoutAHeldCheckpointSaysWhatWasNotChecked) {
  EXPECT_EQ(Verify(Write("trail", fresh_.SerializeAsString())), kOk) << out_.str();
  EXPECT_FALSE(Says("只增未改"));
  EXPECT_NE(err_.str().find("--old"), std::string::npos);
}

TEST_F(VerifyTest, ATrailWithAMissingEntryIsNotVerified) {
  trail_.mutable_entries()->RemoveLast();
  EXPECT_EQ(Verify(Write("trail", trail_.SerializeAsString()), {"--old", directory_ / "old"}),
            kNotVerified);
  EXPECT_TRUE(Says("NOT VERIFIED"));
}

TEST_F(VerifyTest, AnotherKeyHasNotSignedIt) {
  Write("key", audit_test::TestSigner("other.example/audit").verifier_key());
  EXPECT_EQ(Verify(Write("trail", fresh_.SerializeAsString())), kNotVerified);
  EXPECT_TRUE(Says("不是这把公钥签发")) << out_.str();
}

TEST_F(VerifyTest, WhatIsNoEvidenceIsNotVerified) {
  const google::protobuf::LogSilencer quiet;  // about text that is no UTF-8
  EXPECT_EQ(Verify(Write("picture", "\xff\xd8\xff\xe0 not evidence")), kNotVerified);
  EXPECT_EQ(Verify(Write("empty", "")), kNotVerified);
  EXPECT_EQ(Verify(Write("words", "{\"verified\": true}")), kNotVerified);
}

TEST_F(VerifyTest, AMissingFileOrKeyIsUsage) {
  EXPECT_EQ(Verify(directory_ / "nothing"), kUsage);
  Write("key", "no key\n");
  EXPECT_EQ(Verify(Write("trail", fresh_.SerializeAsString())), kUsage);
}

TEST_F(VerifyTest, JsonHoldsTheVerdict) {
  EXPECT_EQ(Verify(Write("trail", fresh_.SerializeAsString()), {"--json"}), kOk);
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["verified"], true);
  EXPECT_FALSE(json["zh"].get<std::string>().empty());
  EXPECT_FALSE(json["en"].get<std::string>().empty());
}

}  // namespace
}  // namespace twinline::cli

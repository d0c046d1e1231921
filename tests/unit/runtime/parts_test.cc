// Log lines, metrics, the check for missing records, the installation file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlohmann/json.hpp"
#include "platform/rpc/method.h"
#include "platform/runtime/config.h"
#include "platform/runtime/installation.h"
#include "platform/runtime/logging.h"
#include "platform/runtime/metrics.h"
#include "platform/runtime/start_check.h"
#include "platform/vault/files.h"
#include "tests/support/temp_dir.h"

namespace twinline::runtime {
namespace {

using ::testing::HasSubstr;

TEST(Logging, ALineIsOneJsonObjectWhateverIsInTheMessage) {
  const std::string message = WithFields({{"journal", "registry/0"}, {"request_id", "01\"9"}},
                                         "said \"no\"\n\tand \x01 left 双线");
  const std::string line = JsonLine("2026-09-01T08:00:00+08:00", "info", "twinlined", message);
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["journal"], "registry/0");
  EXPECT_EQ(parsed["request_id"], "01\"9");
  EXPECT_EQ(parsed["msg"], "said \"no\"\n\tand \x01 left 双线");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(JsonLine("t", "info", "s", "plain"))["msg"], "plain");
}

TEST(Metrics, CountsCallsByMethodAndCodeAndShowsSources) {
  Metrics metrics;
  rpc::Method method;
  method.short_name = "registry.v1.RegistryService.GetStudent";
  method.index = 0;
  metrics.SetMethods({&method});
  metrics.Done(method, 0, 80);
  metrics.Done(method, 0, 3'000);
  metrics.Done(method, 7, 9'000'000);
  metrics.AddSource([](std::vector<Sample>* samples) {
    samples->push_back(
        {"twinline_shard_next_pos", "Records applied", {{"journal", "registry/0"}}, 42, false});
  });
  const std::string page = metrics.Render();
  EXPECT_THAT(
      page,
      HasSubstr(
          R"(twinline_rpc_calls_total{method="registry.v1.RegistryService.GetStudent",code="OK"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(code="PERMISSION_DENIED"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(le="0.0001"} 1)"));
  EXPECT_THAT(page, HasSubstr(R"(le="0.005"} 2)"));
  EXPECT_THAT(page, HasSubstr(R"(le="+Inf"} 3)"));
  EXPECT_THAT(page, HasSubstr(R"(twinline_shard_next_pos{journal="registry/0"} 42)"));
}

TEST(Metrics, AnAddressThatIsTakenIsAnError) {
  Metrics first, second;
  ASSERT_TRUE(first.Listen("127.0.0.1:0").ok());
  ASSERT_GT(first.port(), 0);
  EXPECT_EQ(second.Listen("127.0.0.1:" + std::to_string(first.port())).code(),
            absl::StatusCode::kUnavailable);
}

using Ends = std::vector<journal::JournalEnd>;

TEST(StartCheck, ALaterPositionAnywhereIsLoss) {
  const Ends ends = {{"registry/0", journal::Place{11}, 10}, {"transfer/0", journal::Place{5}, 4}};
  EXPECT_TRUE(CheckNothingIsMissing(ends, {}).ok());
  EXPECT_TRUE(CheckNothingIsMissing(ends, {{"registry/0", 11, 10, "the state"}}).ok());
  const absl::Status later =
      CheckNothingIsMissing(ends, {{"registry/0", 12, 0, "the state of attendance/0"}});
  EXPECT_EQ(later.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(later.message()), HasSubstr("the state of attendance/0"));
  EXPECT_FALSE(CheckNothingIsMissing(ends, {{"transfer/0", 0, 5, "audit"}}).ok());
  EXPECT_FALSE(CheckNothingIsMissing(ends, {{"audit/0", 2, 0, "the second place"}}).ok());
}

TEST(StartCheck, TheSecondPlaceRemembersTheEnds) {
  test_support::TempDir directory;
  EXPECT_TRUE(ReadEnds(directory.path())->empty());
  ASSERT_TRUE(WriteEnds(directory.path(), {{"registry/0", journal::Place{11}, 10}}).ok());
  const auto known = ReadEnds(directory.path());
  ASSERT_EQ(known->size(), 1);
  EXPECT_EQ(known->at(0).journal, "registry/0");
  EXPECT_EQ(known->at(0).next_place, 11);
  ASSERT_TRUE(vault::WriteFileDurably(directory / "journal-ends", "something else\n", 0640).ok());
  EXPECT_EQ(ReadEnds(directory.path()).status().code(), absl::StatusCode::kDataLoss);
}

Installation Demo() {
  Installation installation;
  installation.id = *base::Id16::FromBytes("0123456789abcdef");
  installation.realm = journal::v1::REALM_DEMO;
  installation.clock = journal::v1::CLOCK_KIND_DRIVEN;
  installation.county_code = "411282";
  installation.clock_start.us = 1'000'000;
  return installation;
}

TEST(InstallationFile, IsWrittenOnceAndReadBack) {
  test_support::TempDir directory;
  const Places places = PlacesOf(directory / "data", DefaultConfig());
  EXPECT_EQ(LoadInstallation(places).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(InitInstallation(places, Demo()).ok());
  const auto read = LoadInstallation(places);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, Demo().id);
  EXPECT_TRUE(read->demo() && read->driven());
  EXPECT_EQ(read->clock_start.us, 1'000'000);
  EXPECT_EQ(InitInstallation(places, Demo()).code(), absl::StatusCode::kAlreadyExists);
}

TEST(InstallationFile, ARealInstallationHasNoDrivenClock) {
  Installation installation = Demo();
  installation.realm = journal::v1::REALM_REAL;
  EXPECT_FALSE(CheckInstallation(installation).ok());
  installation = Demo();
  installation.county_code = "41128";
  EXPECT_FALSE(CheckInstallation(installation).ok());
}

TEST(InstallationFile, ACopyOnAnotherMachineDoesNotStartByItself) {
  test_support::TempDir directory;
  const Places places = PlacesOf(directory / "data", DefaultConfig());
  ASSERT_TRUE(InitInstallation(places, Demo()).ok());
  ASSERT_TRUE(vault::WriteFileDurably(directory / "here", "machine 1\n", 0640).ok());
  ASSERT_TRUE(vault::WriteFileDurably(directory / "there", "machine 2\n", 0640).ok());
  EXPECT_TRUE(CheckHostMark(places, directory / "here", OnAnotherHost::kRefuse).ok());
  EXPECT_TRUE(CheckHostMark(places, directory / "here", OnAnotherHost::kRefuse).ok());
  const absl::Status other = CheckHostMark(places, directory / "there", OnAnotherHost::kRefuse);
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.message()), HasSubstr("--drill"));
  EXPECT_TRUE(CheckHostMark(places, directory / "there", OnAnotherHost::kDrill).ok());
  EXPECT_FALSE(CheckHostMark(places, directory / "there", OnAnotherHost::kRefuse).ok());
  EXPECT_TRUE(CheckHostMark(places, directory / "there", OnAnotherHost::kAdopt).ok());
  EXPECT_TRUE(CheckHostMark(places, directory / "there", OnAnotherHost::kRefuse).ok());
  EXPECT_FALSE(CheckHostMark(places, directory / "here", OnAnotherHost::kRefuse).ok());
}

}  // namespace
}  // namespace twinline::runtime

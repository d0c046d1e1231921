// Configuration: defaults, bounds, unknown fields, and that what is printed can be read back.
#include "platform/runtime/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinline::runtime {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  return std::string(ParseConfig(text).status().message());
}

TEST(Config, TheDefaultsAreWithinTheBounds) { EXPECT_TRUE(CheckConfig(DefaultConfig()).ok()); }

TEST(Config, WhatIsPrintedCanBeReadBack) {
  const auto again = ParseConfig(PrintConfig(DefaultConfig()));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), DefaultConfig().SerializeAsString());
}

TEST(Config, AnEmptyTextIsTheDefaultsAndAFieldReplacesOne) {
  EXPECT_EQ(ParseConfig("")->rpc().in_flight_max(), 256);
  const auto config = ParseConfig("rpc { in_flight_max: 64 }  # smaller machine");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->rpc().in_flight_max(), 64);
  EXPECT_EQ(config->rpc().streams_max(), 1'024);
}

TEST(Config, AnUnknownFieldIsAnErrorWithItsPlace) {
  EXPECT_THAT(ErrorOf("rpc {\n  in_flight: 3\n}"), HasSubstr("line 2"));
  EXPECT_THAT(ErrorOf("rpc {\n  in_flight: 3\n}"), HasSubstr("in_flight"));
}

TEST(Config, ANumberOutOfBoundsNamesTheFieldAndTheBounds) {
  EXPECT_EQ(ErrorOf("rpc { in_flight_max: 3 }"), "rpc.in_flight_max is 3, allowed are 8 to 65536");
}

TEST(Config, NothingIsServedInTheClearBeyondThisMachine) {
  EXPECT_THAT(ErrorOf("rpc { listen: '0.0.0.0:50051' }"), HasSubstr("tls_certificate_file"));
  EXPECT_TRUE(
      ParseConfig("rpc { listen: '0.0.0.0:50051' tls_certificate_file: 'c' tls_key_file: 'k' }")
          .ok());
  EXPECT_THAT(ErrorOf("rpc { tls_key_file: 'k' }"), HasSubstr("both or neither"));
  EXPECT_THAT(ErrorOf("metrics { listen: '0.0.0.0:9464' }"), HasSubstr("loopback"));
  EXPECT_THAT(ErrorOf("log { level: 'loud' }"), HasSubstr("loud"));
}

TEST(Config, TheMediumOfTheJournals) {
  EXPECT_EQ(DefaultConfig().journals().medium(), "embedded");
  EXPECT_THAT(ErrorOf("journals { medium: 'tape' }"), HasSubstr("embedded, kafka"));
  EXPECT_TRUE(ParseConfig("journals { medium: 'kafka' }").ok()) << "a broker on this machine";
  EXPECT_THAT(ErrorOf("journals { medium: 'kafka' } kafka { replicas: 2 }"), HasSubstr("replicas"));
}

TEST(Config, BrokersOnOtherMachinesNeedTls) {
  const std::string far =
      "journals { medium: 'kafka' } kafka { brokers: '127.0.0.1:1,kafka-2:9093' ";
  EXPECT_THAT(ErrorOf(far + "}"), HasSubstr("kafka-2:9093"));
  EXPECT_TRUE(ParseConfig(far + "tls_ca_file: 'ca' }").ok());
  EXPECT_THAT(ErrorOf(far + "tls_ca_file: 'ca' tls_key_file: 'k' }"), HasSubstr("both or neither"));
  EXPECT_THAT(ErrorOf("journals { medium: 'kafka' } kafka { tls_key_file: 'k' "
                      "tls_certificate_file: 'c' }"),
              HasSubstr("tls_ca_file"));
}

TEST(Config, ATopicPrefixCannotRunIntoTheName) {
  const auto with = [](const std::string& prefix) {
    return ErrorOf("journals { medium: 'kafka' } kafka { topic_prefix: '" + prefix + "' }");
  };
  EXPECT_EQ(with("lingbao-1."), "");
  for (const char* bad : {"lingbao", ".", "Lingbao.", "a b.", "demo.x."}) {
    EXPECT_THAT(with(bad), HasSubstr("topic_prefix")) << bad;
  }
}

TEST(Config, AFileThatIsMissingIsNotTheDefaults) {
  EXPECT_EQ(LoadConfig("no-such-file").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(LoadConfig("").ok());
}

}  // namespace
}  // namespace twinline::runtime

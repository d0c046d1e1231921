// One table says what every number may be; the rules between fields follow below it.
#include "platform/runtime/config.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "platform/base/absl_view.h"
#include "platform/base/status_macros.h"

namespace twinline::runtime {
namespace {

using config::v1::Config;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kTopicPrefixMax = 40;

struct NumberRule {
  const char* path;
  uint32_t initial;
  uint32_t min;
  uint32_t max;
};
constexpr std::array<NumberRule, 14> kNumbers = {{
    {"rpc.in_flight_max", 256, 8, 65'536},
    {"rpc.streams_max", 1'024, 1, 65'536},
    {"rpc.default_deadline_s", 30, 1, 600},
    {"rpc.stop_grace_s", 10, 1, 300},
    {"journals.memory_mib", 8, 1, 1'024},
    {"journals.batch_commands_max", 256, 1, 1'024},
    {"journals.queue_people_max", 4'096, 16, 1'000'000},
    {"journals.queue_bulk_max", 1'024, 16, 1'000'000},
    {"state.cache_mib", 128, 8, 65'536},
    {"state.memtable_mib", 64, 4, 1'024},
    {"access.slot", 0, 0, 9'999},
    {"kafka.replicas", 3, 1, 3},
    {"kafka.append_timeout_s", 30, 1, 600},
    {"kafka.request_timeout_s", 15, 1, 600},
}};

struct TextRule {
  const char* path;
  const char* initial;
};
constexpr std::array<TextRule, 6> kTexts = {{
    {"rpc.listen", "127.0.0.1:50051"},
    {"metrics.listen", "127.0.0.1:9464"},
    {"log.level", "info"},
    {"journals.medium", "embedded"},
    {"kafka.brokers", "127.0.0.1:9092"},
    {"places.host_mark_file", "/etc/machine-id"},
}};

struct Found {
  Message* message;
  const FieldDescriptor* field;
};
// `path` is "section.field" and exists: the tables above are checked by config_test.
Found At(Message* config, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* section =
      config->GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  Message* inner = config->GetReflection()->MutableMessage(config, section);
  return {inner, inner->GetDescriptor()->FindFieldByName(std::string(path.substr(dot + 1)))};
}

void FillIn(Config* config) {
  for (const NumberRule& rule : kNumbers) {
    const Found found = At(config, rule.path);
    const auto* reflection = found.message->GetReflection();
    if (reflection->GetUInt32(*found.message, found.field) == 0) {
      reflection->SetUInt32(found.message, found.field, rule.initial);
    }
  }
  for (const TextRule& rule : kTexts) {
    const Found found = At(config, rule.path);
    const auto* reflection = found.message->GetReflection();
    if (reflection->GetString(*found.message, found.field).empty()) {
      reflection->SetString(found.message, found.field, rule.initial);
    }
  }
}

bool IsLoopback(std::string_view listen) {
  return listen.starts_with("127.") || listen.starts_with("localhost:") ||
         listen.starts_with("[::1]:") || listen.starts_with("unix:");
}

bool IsTopicPrefix(std::string_view prefix) {
  if (prefix.empty()) return true;
  return prefix.size() > 1 && prefix.size() <= kTopicPrefixMax && prefix.ends_with('.') &&
         std::all_of(prefix.begin(), prefix.end() - 1, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

absl::Status CheckMedium(const Config& config) {
  const std::string& medium = config.journals().medium();
  if (medium == "embedded") return absl::OkStatus();
  if (medium != "kafka") {
    return absl::InvalidArgumentError(
        absl::StrCat("journals.medium: \"", medium, "\" is none of embedded, kafka"));
  }
  const config::v1::Kafka& kafka = config.kafka();
  if (kafka.replicas() == 2) {
    return absl::InvalidArgumentError(
        "kafka.replicas is 2, allowed are 3, or 1 where there is one broker");
  }
  if (!IsTopicPrefix(kafka.topic_prefix())) {
    return absl::InvalidArgumentError(
        absl::StrCat("kafka.topic_prefix: \"", kafka.topic_prefix(),
                     "\" is no prefix; lower case letters, digits and '-', ending with '.'"));
  }
  if (kafka.tls_certificate_file().empty() != kafka.tls_key_file().empty()) {
    return absl::InvalidArgumentError(
        "kafka.tls_certificate_file and kafka.tls_key_file: both or neither");
  }
  if (!kafka.tls_ca_file().empty()) return absl::OkStatus();
  if (!kafka.tls_key_file().empty()) {
    return absl::InvalidArgumentError("kafka.tls_key_file needs kafka.tls_ca_file");
  }
  const std::vector<std::string> brokers = absl::StrSplit(kafka.brokers(), ',');
  for (const std::string& broker : brokers) {
    if (IsLoopback(broker)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "kafka.brokers: ", broker, " is not a loopback address, so kafka.tls_ca_file is needed"));
  }
  return absl::OkStatus();
}

absl::Status CheckBetweenFields(const Config& config) {
  TWINLINE_RETURN_IF_ERROR(CheckMedium(config));
  for (const std::string& peer : config.demo_clock().peers()) {
    if (IsLoopback(peer)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("demo_clock.peers: ", peer,
                     " is not a loopback address; a demonstration stays on one machine"));
  }
  const auto& rpc = config.rpc();
  if (rpc.tls_certificate_file().empty() != rpc.tls_key_file().empty()) {
    return absl::InvalidArgumentError(
        "rpc.tls_certificate_file and rpc.tls_key_file: both or neither");
  }
  if (!rpc.tls_client_ca_file().empty() && rpc.tls_key_file().empty()) {
    return absl::InvalidArgumentError("rpc.tls_client_ca_file needs a certificate of the server");
  }
  if (rpc.tls_key_file().empty() && !IsLoopback(rpc.listen())) {
    return absl::InvalidArgumentError(
        absl::StrCat("rpc.listen: ", rpc.listen(),
                     " is not a loopback address, so rpc.tls_certificate_file is needed"));
  }
  if (config.metrics().listen() != "off" && !IsLoopback(config.metrics().listen())) {
    return absl::InvalidArgumentError(
        absl::StrCat("metrics.listen: ", config.metrics().listen(),
                     " is not a loopback address; metrics are served without a password"));
  }
  for (const char* level : {"trace", "debug", "info", "warn", "error"}) {
    if (config.log().level() == level) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("log.level: \"", config.log().level(),
                                                 "\" is none of trace, debug, info, warn, error"));
}

class Errors final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    absl::StrAppend(&text, text.empty() ? "" : "; ", "line ", line + 1, ", column ", column + 1,
                    ": ", message);
  }
  std::string text;
};

}  // namespace

absl::Status CheckConfig(const Config& config) {
  Config copy = config;
  for (const NumberRule& rule : kNumbers) {
    const Found found = At(&copy, rule.path);
    const uint32_t value = found.message->GetReflection()->GetUInt32(*found.message, found.field);
    if (value < rule.min || value > rule.max) {
      return absl::InvalidArgumentError(
          absl::StrCat(rule.path, " is ", value, ", allowed are ", rule.min, " to ", rule.max));
    }
  }
  return CheckBetweenFields(config);
}

Config DefaultConfig() {
  Config config;
  FillIn(&config);
  return config;
}

absl::StatusOr<Config> ParseConfig(const std::string& text) {
  Config config;
  Errors errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(text, &config)) return absl::InvalidArgumentError(errors.text);
  FillIn(&config);
  TWINLINE_RETURN_IF_ERROR(CheckConfig(config));
  return config;
}

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  if (path.empty()) return DefaultConfig();
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (!stream ||
      (stream.peek() != std::ifstream::traits_type::eof() && !(text << stream.rdbuf()))) {
    return absl::NotFoundError(absl::StrCat("cannot read the configuration ", path));
  }
  absl::StatusOr<Config> config = ParseConfig(text.str());
  if (config.ok()) return config;
  return absl::Status(config.status().code(), absl::StrCat(path, ": ", config.status().message()));
}

std::string PrintConfig(const Config& config) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(config, &text);
  return text;
}

}  // namespace twinline::runtime

// One table says what every number may be; the rules between fields follow below it.
#include "platform/runtime/config.h"

#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

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

struct NumberRule {
  const char* path;
  uint32_t initial;
  uint32_t min;
  uint32_t max;
};
constexpr std::array<NumberRule, 11> kNumbers = {{
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
}};

struct TextRule {
  const char* path;
  const char* initial;
};
constexpr std::array<TextRule, 4> kTexts = {{
    {"rpc.listen", "127.0.0.1:50051"},
    {"metrics.listen", "127.0.0.1:9464"},
    {"log.level", "info"},
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

absl::Status CheckBetweenFields(const Config& config) {
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

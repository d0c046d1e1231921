// JSON lines by a formatter of our own: spdlog's patterns do not escape.
#include "platform/runtime/logging.h"

#include <chrono>
#include <memory>

#include "fmt/format.h"
#include "platform/base/civil.h"
#include "spdlog/formatter.h"
#include "spdlog/sinks/basic_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace twinline::runtime {
namespace {

// Fields travel in front of the message, each as "\x1ename\x1fvalue"; "\x1e" alone ends them.
constexpr char kField = '\x1e';
constexpr char kValue = '\x1f';

void AppendEscaped(std::string* out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out->append(fmt::format("\\u{:04x}", static_cast<unsigned char>(c)));
        } else {
          out->push_back(c);
        }
    }
  }
}

void AppendMember(std::string* out, std::string_view name, std::string_view value) {
  out->append(out->size() == 1 ? "\"" : ",\"");
  AppendEscaped(out, name);
  out->append("\":\"");
  AppendEscaped(out, value);
  out->push_back('"');
}

class JsonFormatter final : public spdlog::formatter {
 public:
  explicit JsonFormatter(std::string service) : service_(std::move(service)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto since = message.time.time_since_epoch();
    const int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    std::string time = base::ToIso8601(base::Timestamp{us});
    if (time.size() > 19) time.insert(19, fmt::format(".{:06}", us % 1'000'000));
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line = JsonLine(time, {level.data(), level.size()}, service_,
                                      {message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }
  std::unique_ptr<formatter> clone() const override {
    return std::make_unique<JsonFormatter>(service_);
  }

 private:
  const std::string service_;
};

}  // namespace

std::string JsonLine(std::string_view time, std::string_view level, std::string_view service,
                     std::string_view message) {
  std::string line = "{";
  AppendMember(&line, "time", time);
  AppendMember(&line, "level", level);
  AppendMember(&line, "service", service);
  while (!message.empty() && message.front() == kField) {
    const size_t value = message.find(kValue);
    const size_t next = message.find(kField, 1);
    if (value == std::string_view::npos || next == std::string_view::npos || value > next) {
      message.remove_prefix(1);
      break;
    }
    AppendMember(&line, message.substr(1, value - 1), message.substr(value + 1, next - value - 1));
    message.remove_prefix(next);
  }
  AppendMember(&line, "msg", message);
  line.push_back('}');
  return line;
}

std::string WithFields(std::initializer_list<LogField> fields, std::string_view message) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text.push_back(kField);
    text.append(name);
    text.push_back(kValue);
    text.append(value);
  }
  if (!text.empty()) text.push_back(kField);
  text.append(message);
  return text;
}

absl::Status SetUpLogging(const std::string& service, const std::string& level,
                          const std::string& file) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  try {
    if (file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    }
  } catch (const spdlog::spdlog_ex& error) {
    return absl::PermissionDeniedError(fmt::format("cannot log to {}: {}", file, error.what()));
  }
  auto logger = std::make_shared<spdlog::logger>(service, std::move(sink));
  logger->set_formatter(std::make_unique<JsonFormatter>(service));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

}  // namespace twinline::runtime

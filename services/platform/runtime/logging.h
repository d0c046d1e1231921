// The log of a process: one JSON object a line, on standard error or in a file. Everybody logs by
// spdlog's default logger; fields are added with WithFields. No personal data, ever: ids only.
//
//   spdlog::info(runtime::WithFields({{"journal", "registry/0"}, {"epoch", "17"}}, "leads"));
//   {"time":"2026-09-01T08:00:00.123456+08:00","level":"info","service":"twinlined","journal":"registry/0",
//    "epoch":"17","msg":"leads"}
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace twinline::runtime {

// `level` as in the configuration; empty `file`: standard error.
absl::Status SetUpLogging(const std::string& service, const std::string& level,
                          const std::string& file);

using LogField = std::pair<std::string_view, std::string_view>;
std::string WithFields(std::initializer_list<LogField> fields, std::string_view message);

// One line as the log writes it, without the end of line; for tests and for logs of other parts.
std::string JsonLine(std::string_view time, std::string_view level, std::string_view service,
                     std::string_view message);

}  // namespace twinline::runtime

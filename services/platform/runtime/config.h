// The configuration of a process: text format of twinline.config.v1.Config, defaults filled in,
// every number within its bounds. What decides about a child is never here (design.md part 4).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "twinline/config/v1/config.pb.h"

namespace twinline::runtime {

// All defaults.
config::v1::Config DefaultConfig();

// INVALID_ARGUMENT with line, column and reason for text that does not parse or names an unknown
// field, and with the field, its value and its bounds for a value that may not be.
absl::StatusOr<config::v1::Config> ParseConfig(const std::string& text);
// NOT_FOUND when the file cannot be read. An empty path gives the defaults.
absl::StatusOr<config::v1::Config> LoadConfig(const std::string& path);

// The configuration in force, as text that ParseConfig takes.
std::string PrintConfig(const config::v1::Config& config);

// Bounds again, after command line flags changed something.
absl::Status CheckConfig(const config::v1::Config& config);

}  // namespace twinline::runtime

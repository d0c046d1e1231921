#pragma once

// Debian builds Abseil with its own string_view: absl::string_view and std::string_view are two
// types, and the standard one does not convert to the other by itself. Our interfaces speak
// std::string_view; this is the one place that translates when an Abseil function takes a view
// (absl::StrSplit, absl::InvalidArgumentError, absl::StrCat ...). A std::string or a literal
// converts without help, and an absl::string_view converts to std::string_view by ToStd.

#include <string_view>

#include "absl/strings/string_view.h"

namespace twinline::base {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace twinline::base

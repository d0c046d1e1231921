// Concatenation of bytes and text. absl::StrCat does not take std::string_view where Abseil has a
// view type of its own (platform/base/absl_view.h), and most parts here are views.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace twinline::vault {

inline std::string Concat(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (std::string_view part : parts) out.append(part);
  return out;
}

}  // namespace twinline::vault

// Words by which a failure of the disk is known again in the text of a status that other parts have
// put words around: the server answers people by them (UNAVAILABLE_DISK_FULL,
// UNAVAILABLE_DISK_READ_ONLY), operators search the log for them.
#pragma once

#include <string_view>

namespace twinline::base {

inline constexpr std::string_view kDiskFull = "The disk is full";
inline constexpr std::string_view kDiskReadOnly = "The directory must be writable";

}  // namespace twinline::base

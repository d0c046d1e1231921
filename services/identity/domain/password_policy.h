// Which passwords may be set. The rules follow NIST SP 800-63B (length and a list of known bad ones
// before anything else) and, because graded protection (等保, GB/T 22239-2019, 身份鉴别) asks for
// complexity, want two kinds of characters in a password that is not long.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "platform/base/refusal.h"

namespace twinline::identity {

inline constexpr size_t kMinPasswordLength = 10;   // characters, not bytes
inline constexpr size_t kLongPasswordLength = 16;  // from here one kind of character is enough
inline constexpr size_t kMaxPasswordLength = 128;

// The refusal, or nullopt when the password may be set. `personal` holds what others know about the
// person: login name, telephone, name, ID number; parts shorter than four bytes are not looked for.
//
// Codes: PASSWORD_MALFORMED (no UTF-8, control characters), PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG,
// PASSWORD_COMMON, PASSWORD_PERSONAL, PASSWORD_TOO_SIMPLE. The password never appears in a refusal.
std::optional<base::Refusal> CheckNewPassword(std::string_view password,
                                              std::span<const std::string_view> personal);

}  // namespace twinline::identity

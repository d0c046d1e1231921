// Login names. They stand in events for ever, so they hold no personal data by convention: a staff
// code, never a telephone or ID number, which people would otherwise choose first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/refusal.h"

namespace twinline::identity {

inline constexpr size_t kMinLogin = 3;
inline constexpr size_t kMaxLogin = 64;

// Without blanks around it, ASCII letters small: what is compared and stored.
std::string NormaliseLogin(std::string_view text);

// LOGIN_INVALID unless `login` is normal, 3 to 64 of a-z 0-9 . _ - @, begins with a letter or
// digit, and does not look like a telephone or ID number (eleven digits or more).
std::optional<base::Refusal> CheckLogin(std::string_view login);

}  // namespace twinline::identity

// Refusals of identity, in both languages, each naming the rule and the next step. None of them
// tells a stranger whether a login exists.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/base/refusal.h"

namespace twinline::identity {

// One text for an unknown login and a wrong password.
base::Refusal LoginFailed();
// `until_us`: real clock; 0: until a security administrator unlocks it.
base::Refusal AddressLocked(int64_t until_us);
base::Refusal AccountLocked(int64_t until_us);
base::Refusal PasswordMustChange();
base::Refusal PasswordSame();
base::Refusal OldPasswordWrong();
base::Refusal LoginTaken(std::string_view login);
base::Refusal LoginInvalid();
base::Refusal LoginPersonal();
base::Refusal StaffIdInvalid();
base::Refusal AccountExists(std::string_view login);
base::Refusal AccountUnknown();
base::Refusal AccountNotLocked();
base::Refusal AccountAlreadyLocked();
base::Refusal OwnAccount();
base::Refusal OwnPasswordReset();
base::Refusal LockReasonInvalid();
base::Refusal SessionUnknown();
base::Refusal SessionInvalid();
base::Refusal RefreshInvalid();
base::Refusal IssuerUnknown();
base::Refusal IssuerInvalid(std::string_view field);
base::Refusal IssuerKeysInvalid(std::string_view why);
base::Refusal OidcTokenInvalid();
base::Refusal DemoOnly();
base::Refusal MinutesInvalid(uint32_t most);
base::Refusal SigningKeysExist();
base::Refusal SigningKeyInvalid();
base::Refusal SigningKeysMissing();
base::Refusal AlreadyInitialised();
base::Refusal NothingExpired();

}  // namespace twinline::identity

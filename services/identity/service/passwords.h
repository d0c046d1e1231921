// Passwords and the vault: slow work, for the pool only.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "identity/domain/password.h"
#include "identity/service/environment.h"
#include "platform/base/refusal.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

// Against the account's hash; without an account against the hash of nobody, at the same price.
// DATA_LOSS when the vault has lost the hash: an alarm, never "wrong password".
absl::StatusOr<PasswordMatch> VerifyAccountPassword(const Environment& environment,
                                                    const std::optional<v1::AccountRow>& account,
                                                    std::string_view password);

// Hashes with a fresh salt and stores it in the vault, durable when it returns.
absl::StatusOr<base::Id16> StorePassword(const Environment& environment, const base::Id16& subject,
                                         std::string_view password);

// Records the lock of log-in until `until_us` (real clock); returns when it is durable or refused,
// as it is when an administrator's lock is there already.
void LockAfterFailures(const Environment& environment, const v1::AccountRow& account,
                       int64_t until_us);

// Whether a person may put `fresh` in the place of `old` (empty: unknown).
std::optional<base::Refusal> CheckChange(std::string_view old, std::string_view fresh,
                                         std::string_view login);

}  // namespace twinline::identity

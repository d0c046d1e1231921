#include "identity/service/passwords.h"

#include "identity/domain/password_policy.h"
#include "identity/domain/refusals.h"
#include "identity/service/submit.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "twinline/identity/v1/identity_commands.pb.h"

namespace twinline::identity {

absl::StatusOr<PasswordMatch> VerifyAccountPassword(const Environment& environment,
                                                    const std::optional<v1::AccountRow>& account,
                                                    std::string_view password) {
  // The vault is asked in both cases, since asking takes time too.
  const base::Id16 entry = account ? base::AsId(account->password_entry()) : base::Id16();
  TWINLINE_ASSIGN_OR_RETURN(const vault::Secret secret, environment.vault->Get(entry));
  if (!account) {
    TWINLINE_RETURN_IF_ERROR(VerifyPassword(password, HashOfNobody()).status());
    return PasswordMatch::kNo;
  }
  // Destroyed: the password was changed since the account was read.
  if (secret.state == vault::KeyState::kDestroyed) return PasswordMatch::kNo;
  if (secret.state == vault::KeyState::kMissing) {
    return absl::DataLossError("the vault has lost the password entry " + entry.hex());
  }
  return VerifyPassword(password, secret.bytes.view());
}

absl::StatusOr<base::Id16> StorePassword(const Environment& environment, const base::Id16& subject,
                                         std::string_view password) {
  TWINLINE_ASSIGN_OR_RETURN(const std::string phc,
                            HashPassword(password, base::RandomBytes(kSaltSize)));
  return environment.vault->Put(subject, vault::SecretKind::kPasswordHash, "password", phc);
}

void LockAfterFailures(const Environment& environment, const v1::AccountRow& account,
                       int64_t until_us) {
  v1::LockAccountCommand lock;
  lock.set_subject(account.subject());
  lock.set_reason("FAILED_LOGINS");
  lock.set_until_us(until_us);
  SubmitAndWait(*environment.shard,
                ServiceSubmission("service:identity", NewServerId(environment), lock));
}

std::optional<base::Refusal> CheckChange(std::string_view old, std::string_view fresh,
                                         std::string_view login) {
  if (!old.empty() && old == fresh) return PasswordSame();
  const std::string_view personal[] = {login};
  return CheckNewPassword(fresh, personal);
}

}  // namespace twinline::identity

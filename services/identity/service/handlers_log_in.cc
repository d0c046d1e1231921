// Log-in with a password. The answer to a stranger is the same in text and in work whether the
// login exists or not: a password is verified in any case, against a hash that no password has when
// there is no account, and attempts are counted by name.
#include <memory>
#include <utility>

#include "identity/domain/decide.h"
#include "identity/domain/login.h"
#include "identity/domain/password.h"
#include "identity/domain/password_policy.h"
#include "identity/domain/refusals.h"
#include "identity/service/begin_session.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/handlers.h"
#include "identity/service/passwords.h"
#include "identity/service/submit.h"
#include "identity/tables/tables.h"
#include "platform/base/status_macros.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {
namespace {

using AttemptPtr = std::shared_ptr<FailedAttempts::Attempt>;

// The answer does not wait for the lock of a known account: the wait would tell that it is one.
// This thread does, so that a stop does not lose the lock.
void Fail(const rpc::CallPtr& call, Environment& environment,
          const std::optional<v1::AccountRow>& account, const AttemptPtr& attempt) {
  const auto until = attempt->Failed(environment.RealNow());
  if (const std::string address = call->address(); !address.empty()) {
    environment.addresses->NoteFailure(address, environment.RealNow());
  }
  call->Finish(until ? AccountLocked(*until) : LoginFailed());
  if (until && account) LockAfterFailures(environment, *account, *until);
}

// Secrets first, then the command that names them.
absl::Status Prepare(const v1::LogInRequest& request, const Environment& environment,
                     PasswordMatch match, v1::StartSessionCommand* command,
                     std::vector<base::Id16>* made) {
  const base::Id16 subject = base::AsId(command->subject());
  if (!request.new_password().empty()) {
    TWINLINE_ASSIGN_OR_RETURN(const base::Id16 entry,
                              StorePassword(environment, subject, request.new_password()));
    command->set_new_password_entry(entry.str());
    made->push_back(entry);
  } else if (match == PasswordMatch::kMatchOldCost) {
    TWINLINE_ASSIGN_OR_RETURN(const base::Id16 entry,
                              StorePassword(environment, subject, request.password()));
    command->set_rehashed_entry(entry.str());
    made->push_back(entry);
  }
  return absl::OkStatus();
}

void Admit(const rpc::CallPtr& call, Environment& environment, const v1::AccountRow& account,
           PasswordMatch match) {
  const auto& request = rpc::In<v1::LogInRequest>(*call);
  if (IsLocked(account, environment.RealNow())) {
    return call->Finish(AccountLocked(account.locked_until_us()));
  }
  if (account.must_change() && request.new_password().empty()) {
    return call->Finish(PasswordMustChange());
  }
  if (!request.new_password().empty()) {
    if (auto no = CheckChange(request.password(), request.new_password(), account.login())) {
      return call->Finish(*no);
    }
  }
  v1::StartSessionCommand command;
  command.set_subject(account.subject());
  command.set_assurance("PASSWORD");
  command.set_factors(static_cast<uint32_t>(Assurance::kOneFactor));
  command.set_verified_entry(account.password_entry());
  std::vector<base::Id16> made;
  const absl::Status status = Prepare(request, environment, match, &command, &made);
  if (!status.ok()) {
    Discard(environment, std::move(made));
    return call->Finish(status);
  }
  BeginSession(call, environment, std::move(command), std::move(made), request.device());
}

void VerifyAndAdmit(const rpc::CallPtr& call, Environment& environment, const std::string& login,
                    const AttemptPtr& attempt) {
  const auto& request = rpc::In<v1::LogInRequest>(*call);
  const engine::ReadView view = environment.shard->Read();
  if (view.next_pos == 0) return call->Finish(absl::UnavailableError("accounts cannot be read"));
  const auto account = FindByLogin(*view.rows, login);
  // A lock that this process does not remember, from before a restart.
  if (account && account->lock_reason() == "FAILED_LOGINS" &&
      IsLocked(*account, environment.RealNow())) {
    return call->Finish(AccountLocked(account->locked_until_us()));
  }
  const auto match = VerifyAccountPassword(environment, account, request.password());
  if (!match.ok()) return call->Finish(match.status());
  if (*match == PasswordMatch::kNo) return Fail(call, environment, account, attempt);
  attempt->Succeeded();
  Admit(call, environment, *account, *match);
}

void LogIn(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::LogInRequest>(*call);
  const std::string login = NormaliseLogin(request.login());
  if (login.empty() || login.size() > kMaxLogin || request.password().empty() ||
      request.password().size() > kMaxPasswordBytes) {
    return call->Finish(LoginFailed());
  }
  // A success does not lift it: a stranger may have an account of his own.
  if (const auto until =
          environment.addresses->LockedUntil(call->address(), environment.RealNow())) {
    return call->Finish(AddressLocked(*until));
  }
  const auto admission = environment.attempts->Begin(login, environment.RealNow());
  if (admission.locked_until_us) return call->Finish(AccountLocked(*admission.locked_until_us));
  if (admission.attempt == nullptr) {
    return call->Finish(absl::ResourceExhaustedError("log-ins of this name are being verified"));
  }
  OnPool(call, environment, [call, &environment, login, attempt = admission.attempt] {
    VerifyAndAdmit(call, environment, login, attempt);
  });
}

}  // namespace

void RegisterLogInHandlers(rpc::ServiceRegistry& registry, Environment& environment) {
  Serve(registry, "LogIn", environment, &LogIn);
}

}  // namespace twinline::identity

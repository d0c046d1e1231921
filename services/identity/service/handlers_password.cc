// Writes whose request holds a password: it is hashed and stored on the pool first, and the command
// names the vault entry.
#include <memory>
#include <utility>

#include "identity/domain/decide.h"
#include "identity/domain/login.h"
#include "identity/domain/password_policy.h"
#include "identity/domain/refusals.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/handlers.h"
#include "identity/service/passwords.h"
#include "identity/service/secret_call.h"
#include "identity/service/submit.h"
#include "identity/tables/tables.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {
namespace {

// Stores `password` and submits the command that `make` builds around its entry. `body`: the
// request without passwords.
template <typename Command>
void Store(const rpc::CallPtr& call, Environment& environment, const base::Id16& subject,
           const std::string& password, std::string body,
           const std::function<Command(const base::Id16& entry)>& make) {
  const auto entry = StorePassword(environment, subject, password);
  if (!entry.ok()) return call->Finish(entry.status());
  const auto secret = std::make_shared<SecretCall>(
      call, std::move(body), [&environment, entry = *entry] { Discard(environment, {entry}); });
  rpc::SubmitWrite(
      secret, *environment.shard, base::CommandType<Command>(), make(*entry).SerializeAsString(),
      [&environment, entry = *entry, fresh = std::is_same_v<Command, v1::CreateAccountCommand>](
          const engine::Accepted& accepted, const engine::ReadView&) {
        // The reply of an earlier attempt: what it stored counts, this entry does not.
        if (accepted.repeated) return Discard(environment, {entry});
        if (!fresh) Discard(environment, accepted.entities);
      });
}

void CreateAccount(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::CreateAccountRequest>(*call);
  const std::string login = NormaliseLogin(request.login());
  const base::Id16 subject = base::AsId(request.staff_id());
  if (subject.empty()) return call->Finish(StaffIdInvalid());
  if (auto no = CheckLogin(login)) return call->Finish(*no);
  if (auto no = CheckChange("", request.first_password(), login)) return call->Finish(*no);
  OnPool(call, environment, [call, &environment, login, subject] {
    v1::CreateAccountRequest bare = rpc::In<v1::CreateAccountRequest>(*call);
    const std::string password = bare.first_password();
    bare.clear_first_password();
    Store<v1::CreateAccountCommand>(call, environment, subject, password, bare.SerializeAsString(),
                                    [&](const base::Id16& entry) {
                                      v1::CreateAccountCommand command;
                                      command.set_subject(subject.str());
                                      command.set_login(login);
                                      command.set_password_entry(entry.str());
                                      return command;
                                    });
  });
}

void ResetPassword(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::ResetPasswordRequest>(*call);
  const base::Id16 subject = base::AsId(request.subject());
  const auto account = base::Find<v1::AccountRow>(*environment.shard->Read().rows, subject);
  if (!account) return call->Finish(AccountUnknown());
  if (auto no = CheckChange("", request.first_password(), account->login())) {
    return call->Finish(*no);
  }
  OnPool(call, environment, [call, &environment, subject] {
    v1::ResetPasswordRequest bare = rpc::In<v1::ResetPasswordRequest>(*call);
    const std::string password = bare.first_password();
    bare.clear_first_password();
    Store<v1::ChangePasswordCommand>(call, environment, subject, password, bare.SerializeAsString(),
                                     [&](const base::Id16& entry) {
                                       v1::ChangePasswordCommand command;
                                       command.set_subject(subject.str());
                                       command.set_password_entry(entry.str());
                                       command.set_by_admin(true);
                                       return command;
                                     });
  });
}

// The old password is wrong. A retry whose first attempt succeeded looks like that too: then the
// new one is in force already, and there is nothing to do.
void RefuseOrRepeat(const rpc::CallPtr& call, Environment& environment,
                    const v1::AccountRow& account,
                    const std::shared_ptr<FailedAttempts::Attempt>& attempt) {
  const auto& request = rpc::In<v1::ChangePasswordRequest>(*call);
  const auto match = VerifyAccountPassword(environment, account, request.new_password());
  if (!match.ok()) return call->Finish(match.status());
  if (*match != PasswordMatch::kNo) {
    attempt->Succeeded();
    return call->Finish();
  }
  // A stolen token is no way to guess at leisure.
  const auto until = attempt->Failed(environment.RealNow());
  call->Finish(until ? AccountLocked(*until) : OldPasswordWrong());
  if (until) LockAfterFailures(environment, account, *until);
}

void VerifyAndChange(const rpc::CallPtr& call, Environment& environment,
                     const v1::AccountRow& account,
                     const std::shared_ptr<FailedAttempts::Attempt>& attempt) {
  const auto& request = rpc::In<v1::ChangePasswordRequest>(*call);
  const auto match = VerifyAccountPassword(environment, account, request.old_password());
  if (!match.ok()) return call->Finish(match.status());
  if (*match == PasswordMatch::kNo) return RefuseOrRepeat(call, environment, account, attempt);
  attempt->Succeeded();
  v1::ChangePasswordRequest bare = request;
  bare.clear_old_password();
  bare.clear_new_password();
  Store<v1::ChangePasswordCommand>(call, environment, base::AsId(account.subject()),
                                   request.new_password(), bare.SerializeAsString(),
                                   [&](const base::Id16& entry) {
                                     v1::ChangePasswordCommand command;
                                     command.set_subject(account.subject());
                                     command.set_verified_entry(account.password_entry());
                                     command.set_password_entry(entry.str());
                                     return command;
                                   });
}

void ChangePassword(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::ChangePasswordRequest>(*call);
  const auto account =
      base::Find<v1::AccountRow>(*environment.shard->Read().rows, call->principal().subject);
  if (!account) return call->Finish(AccountUnknown());
  if (auto no = CheckChange(request.old_password(), request.new_password(), account->login())) {
    return call->Finish(*no);
  }
  const auto admission = environment.attempts->Begin(account->login(), environment.RealNow());
  if (admission.locked_until_us) return call->Finish(AccountLocked(*admission.locked_until_us));
  if (admission.attempt == nullptr) {
    return call->Finish(absl::ResourceExhaustedError("log-ins of this name are being verified"));
  }
  OnPool(call, environment, [call, &environment, account = *account, attempt = admission.attempt] {
    VerifyAndChange(call, environment, account, attempt);
  });
}

}  // namespace

void RegisterPasswordHandlers(rpc::ServiceRegistry& registry, Environment& environment) {
  Serve(registry, "CreateAccount", environment, &CreateAccount);
  Serve(registry, "ResetPassword", environment, &ResetPassword);
  Serve(registry, "ChangePassword", environment, &ChangePassword);
}

}  // namespace twinline::identity

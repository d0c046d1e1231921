// Locks, sessions of others, and looking at an account: the security administrator's work.
#include <utility>

#include "identity/domain/decide.h"
#include "identity/domain/login.h"
#include "identity/domain/refusals.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/handlers.h"
#include "identity/service/submit.h"
#include "identity/tables/tables.h"
#include "platform/vault/owner_key.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {
namespace {

template <typename Command>
void Write(const rpc::CallPtr& call, Environment& environment, const Command& command,
           rpc::Fill fill) {
  rpc::SubmitWrite(call, *environment.shard, base::CommandType<Command>(),
                   command.SerializeAsString(), std::move(fill));
}

// The words are about a person, so they are sealed under a key of that person.
void LockAccount(const rpc::CallPtr& call, Environment& environment) {
  const base::Id16 subject = base::AsId(rpc::In<v1::LockAccountRequest>(*call).subject());
  if (!base::Find<v1::AccountRow>(*environment.shard->Read().rows, subject)) {
    return call->Finish(AccountUnknown());
  }
  OnPool(call, environment, [call, &environment, subject] {
    v1::LockAccountCommand command;
    command.set_subject(subject.str());
    command.set_reason("ADMIN");
    const absl::Status sealed =
        vault::SealText(*environment.vault, *environment.sealer,
                        {subject, v1::AccountLocked::descriptor()->full_name(),
                         v1::AccountLocked::kNoteFieldNumber},
                        rpc::In<v1::LockAccountRequest>(*call).reason(), command.mutable_note());
    if (!sealed.ok()) return call->Finish(sealed);
    Write(call, environment, command, nullptr);
  });
}

void UnlockAccount(const rpc::CallPtr& call, Environment& environment) {
  v1::UnlockAccountCommand command;
  command.set_subject(rpc::In<v1::UnlockAccountRequest>(*call).subject());
  Write(call, environment, command,
        [&environment, subject = base::AsId(command.subject())](const engine::Accepted&,
                                                                const engine::ReadView& view) {
          const auto account = base::Find<v1::AccountRow>(*view.rows, subject);
          if (account) environment.attempts->Forget(account->login());
        });
}

void EndSession(const rpc::CallPtr& call, Environment& environment) {
  v1::EndSessionCommand command;
  command.set_session(rpc::In<v1::EndSessionRequest>(*call).session());
  command.set_reason("REVOKED");
  Write(call, environment, command, nullptr);
}

void ShowAccount(const rpc::CallPtr& call, Environment& environment, const engine::ReadView& view) {
  const auto& request = rpc::In<v1::GetAccountRequest>(*call);
  const auto account = request.subject().empty()
                           ? FindByLogin(*view.rows, NormaliseLogin(request.login()))
                           : base::Find<v1::AccountRow>(*view.rows, base::AsId(request.subject()));
  if (!account) return call->Finish(AccountUnknown());
  auto& reply = rpc::Out<v1::GetAccountReply>(*call);
  reply.set_subject(account->subject());
  reply.set_login(account->login());
  reply.set_must_change(account->must_change());
  if (IsLocked(*account, environment.RealNow())) {
    reply.set_lock_reason(account->lock_reason());
    reply.set_locked_until_us(account->locked_until_us());
  }
  for (const v1::SessionRow& session : SessionsOf(*view.rows, account->subject())) {
    if (session.expires_us() <= environment.RealNow()) continue;
    v1::SessionLine* line = reply.add_sessions();
    line->set_session(session.session());
    line->set_assurance(session.assurance());
    line->set_issuer(session.issuer());
    line->set_started_us(session.started_us());
    line->set_expires_us(session.expires_us());
  }
  call->Finish();
}

void GetAccount(const rpc::CallPtr& call, Environment& environment) {
  rpc::WithView(call, *environment.shard, [call, &environment](const engine::ReadView& view) {
    ShowAccount(call, environment, view);
  });
}

}  // namespace

void RegisterAccountHandlers(rpc::ServiceRegistry& registry, Environment& environment) {
  Serve(registry, "LockAccount", environment, &LockAccount);
  Serve(registry, "UnlockAccount", environment, &UnlockAccount);
  Serve(registry, "EndSession", environment, &EndSession);
  ServeRead(registry, "GetAccount", environment, &GetAccount);
}

}  // namespace twinline::identity

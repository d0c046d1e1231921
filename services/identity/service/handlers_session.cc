// Sessions that go on, end, or begin without a password.
#include <memory>
#include <utility>

#include "identity/domain/decide.h"
#include "identity/domain/refresh_token.h"
#include "identity/domain/refusals.h"
#include "identity/domain/session_id.h"
#include "identity/service/begin_session.h"
#include "identity/service/handlers.h"
#include "identity/service/outside_issuers.h"
#include "identity/service/refresh_keys.h"
#include "identity/service/submit.h"
#include "identity/tables/tables.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

void Refreshed(const rpc::CallPtr& call, Environment& environment, const v1::SessionRow& session,
               const RefreshToken& used, std::string_view key, const engine::Answer& answer) {
  if (FinishIfRefused(call, answer)) return;
  const auto& entities = std::get<engine::Accepted>(answer).entities;
  // Otherwise the session ended.
  if (entities.empty() || entities.front() != SessionEntity(used.session)) {
    return call->Finish(RefreshInvalid());
  }
  const TokenIdentity identity{base::AsId(session.subject()), used.session,
                               static_cast<Assurance>(session.factors())};
  FinishWithToken(call, environment, identity, session.expires_us(), kTokenLifetimeS * kSecondUs,
                  MakeRefreshToken(used.session, used.generation + 1, key));
}

void Refresh(const rpc::CallPtr& call, Environment& environment) {
  const auto token = ParseRefreshToken(rpc::In<v1::RefreshRequest>(*call).refresh_token());
  if (!token) return call->Finish(RefreshInvalid());
  const auto session = base::Find<v1::SessionRow>(*environment.shard->Read().rows, token->session);
  if (!session || session->refresh_entry().empty()) return call->Finish(RefreshInvalid());
  const auto key = environment.refresh_keys->Find(base::AsId(session->refresh_entry()));
  if (!key.ok()) return call->Finish(key.status());
  if (*key == nullptr || !IsGenuine(*token, (*key)->view())) return call->Finish(RefreshInvalid());
  v1::RefreshSessionCommand command;
  command.set_session(token->session);
  command.set_generation(token->generation);
  command.set_real_time_us(environment.RealNow());
  SubmitFor(call, environment, base::AsId(session->subject()), token->session, command,
            [call, &environment, session = *session, token = *token,
             key = *key](const engine::Answer& answer) {
              Refreshed(call, environment, session, token, key->view(), answer);
            });
}

void BeginOutside(const rpc::CallPtr& call, Environment& environment,
                  const OutsideIdentity& outside) {
  const std::string device = rpc::In<v1::ExchangeOidcRequest>(*call).device();
  const auto account = FindByLogin(*environment.shard->Read().rows, outside.login);
  if (!account) return call->Finish(AccountUnknown());
  v1::StartSessionCommand command;
  command.set_subject(account->subject());
  command.set_assurance("OIDC");
  command.set_factors(static_cast<uint32_t>(outside.assurance));
  command.set_issuer(outside.issuer);
  BeginSession(call, environment, std::move(command), {}, device);
}

void ExchangeOidc(const rpc::CallPtr& call, Environment& environment) {
  OnPool(call, environment, [call, &environment] {
    const auto& request = rpc::In<v1::ExchangeOidcRequest>(*call);
    auto accepted = environment.issuers->Accept(request.id_token(), *environment.shard->Read().rows,
                                                environment.real_clock->Now());
    if (const auto* no = std::get_if<base::Refusal>(&accepted)) return call->Finish(*no);
    BeginOutside(call, environment, std::get<OutsideIdentity>(accepted));
  });
}

void LogOut(const rpc::CallPtr& call, Environment& environment) {
  v1::EndSessionCommand command;
  command.set_session(call->principal().session);
  command.set_reason("LOG_OUT");
  rpc::SubmitWrite(call, *environment.shard, base::CommandType<v1::EndSessionCommand>(),
                   command.SerializeAsString(), nullptr);
}

void WhoAmI(const rpc::CallPtr& call, Environment& environment) {
  const base::Id16 subject = call->principal().subject;
  auto& reply = rpc::Out<v1::WhoAmIReply>(*call);
  reply.set_subject(subject.str());
  reply.set_session(call->principal().session);
  reply.set_server_time_us(environment.clock->Now().us);
  const auto account = base::Find<v1::AccountRow>(*environment.shard->Read().rows, subject);
  if (account) reply.set_login(account->login());
  if (environment.directory == nullptr) return call->Finish();
  const base::CivilDay today = base::DayOf(environment.clock->Now());
  for (const rpc::Duty& duty : environment.directory->DutiesOf(subject, today)) {
    v1::DutyLine* line = reply.add_duties();
    line->set_duty_id(duty.duty_id.str());
    line->set_role(duty.role);
    line->set_office(duty.office);
    line->mutable_from()->set_days(duty.from.days);
    if (duty.to) line->mutable_to()->set_days(duty.to->days);
  }
  call->Finish();
}

void IssueDemoToken(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::IssueDemoTokenRequest>(*call);
  if (!environment.demo_realm) return call->Finish(DemoOnly());
  if (request.minutes() == 0 || request.minutes() > kMostDemoMinutes) {
    return call->Finish(MinutesInvalid(kMostDemoMinutes));
  }
  v1::StartSessionCommand command;
  command.set_subject(request.subject());
  command.set_assurance("DEMO");
  command.set_factors(static_cast<uint32_t>(Assurance::kOneFactor));
  command.set_expires_us(environment.RealNow() + int64_t{request.minutes()} * 60 * kSecondUs);
  BeginSession(call, environment, std::move(command), {}, {});
}

}  // namespace

void RegisterSessionHandlers(rpc::ServiceRegistry& registry, Environment& environment) {
  Serve(registry, "Refresh", environment, &Refresh);
  Serve(registry, "ExchangeOidc", environment, &ExchangeOidc);
  Serve(registry, "LogOut", environment, &LogOut);
  ServeRead(registry, "WhoAmI", environment, &WhoAmI);
  Serve(registry, "IssueDemoToken", environment, &IssueDemoToken);
}

}  // namespace twinline::identity

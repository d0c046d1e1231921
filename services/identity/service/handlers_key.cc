// Our keys and the issuers whose keys we trust.
#include <utility>

#include "identity/domain/decide.h"
#include "identity/service/handlers.h"
#include "identity/service/key_ring.h"
#include "identity/service/secret_call.h"
#include "identity/service/submit.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {
namespace {

void GetKeys(const rpc::CallPtr& call, Environment& environment) {
  rpc::Out<v1::GetKeysReply>(*call).set_jwks(environment.keys->Jwks(environment.real_clock->Now()));
  call->Finish();
}

void RotateSigningKey(const rpc::CallPtr& call, Environment& environment) {
  OnPool(call, environment, [call, &environment] {
    auto next = environment.keys->MakeKey();
    if (!next.ok()) return call->Finish(next.status());
    const base::Id16 entry = base::AsId(next->private_entry());
    v1::RotateSigningKeyCommand command;
    *command.mutable_next() = *std::move(next);
    command.set_until_us(environment.RealNow() + environment.keys->RetirementUs());
    const auto watched =
        std::make_shared<SecretCall>(call, std::string(call->received_body()),
                                     [&environment, entry] { Discard(environment, {entry}); });
    rpc::SubmitWrite(
        watched, *environment.shard, base::CommandType<v1::RotateSigningKeyCommand>(),
        command.SerializeAsString(),
        [call, &environment, entry](const engine::Accepted& accepted, const engine::ReadView&) {
          Discard(environment,
                  accepted.repeated ? std::vector<base::Id16>{entry} : accepted.entities);
          rpc::Out<v1::RotateSigningKeyReply>(*call).set_kid(environment.keys->SigningKid());
        });
  });
}

void TrustIssuer(const rpc::CallPtr& call, Environment& environment) {
  const auto& request = rpc::In<v1::TrustIssuerRequest>(*call);
  v1::TrustIssuerCommand command;
  command.set_issuer(request.issuer());
  command.set_audience(request.audience());
  command.set_jwks(request.jwks());
  command.set_subject_claim(request.subject_claim().empty() ? "preferred_username"
                                                            : request.subject_claim());
  rpc::SubmitWrite(call, *environment.shard, base::CommandType<v1::TrustIssuerCommand>(),
                   command.SerializeAsString(), nullptr);
}

void DistrustIssuer(const rpc::CallPtr& call, Environment& environment) {
  v1::DistrustIssuerCommand command;
  command.set_issuer(rpc::In<v1::DistrustIssuerRequest>(*call).issuer());
  rpc::SubmitWrite(call, *environment.shard, base::CommandType<v1::DistrustIssuerCommand>(),
                   command.SerializeAsString(), nullptr);
}

}  // namespace

void RegisterKeyHandlers(rpc::ServiceRegistry& registry, Environment& environment) {
  ServeRead(registry, "GetKeys", environment, &GetKeys);
  Serve(registry, "RotateSigningKey", environment, &RotateSigningKey);
  Serve(registry, "TrustIssuer", environment, &TrustIssuer);
  Serve(registry, "DistrustIssuer", environment, &DistrustIssuer);
}

}  // namespace twinline::identity

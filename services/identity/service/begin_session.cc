#include "identity/service/begin_session.h"

#include <algorithm>
#include <utility>

#include "identity/domain/refresh_token.h"
#include "identity/domain/session_id.h"
#include "identity/service/key_ring.h"
#include "identity/service/refresh_keys.h"
#include "identity/service/submit.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kSweepEveryUs = int64_t{10} * 60 * kSecondUs;
constexpr char kDemoBanner[] = "演示系统 DEMO";

// Ended by whoever logs in, at most every ten minutes: no thread has to wake for it.
void EndExpiredSessions(Environment& environment) {
  const int64_t now = environment.RealNow();
  int64_t last = environment.swept_us.load();
  if (now - last < kSweepEveryUs || !environment.swept_us.compare_exchange_strong(last, now)) {
    return;
  }
  v1::EndExpiredSessionsCommand command;
  command.set_real_time_us(now);
  SubmitOwn(environment, command);
}

}  // namespace

void FinishWithToken(const rpc::CallPtr& call, Environment& environment,
                     const TokenIdentity& identity, int64_t session_expires_us, int64_t lifetime_us,
                     std::string refresh_token) {
  const base::Timestamp now = environment.real_clock->Now();
  const int64_t lifetime_s =
      std::max<int64_t>(std::min(lifetime_us, session_expires_us - now.us) / kSecondUs, 1);
  auto token = environment.keys->Mint(identity, now, lifetime_s);
  if (!token.ok()) return call->Finish(token.status());
  auto& reply = rpc::Out<v1::TokenReply>(*call);
  reply.set_token(*std::move(token));
  reply.set_refresh_token(std::move(refresh_token));
  reply.set_expires_us((now.us / kSecondUs + lifetime_s) * kSecondUs);
  reply.set_server_time_us(environment.clock->Now().us);
  reply.set_subject(identity.subject.str());
  reply.set_session(identity.session);
  if (environment.demo_realm) reply.set_realm_banner(kDemoBanner);
  call->Finish();
}

void BeginSession(const rpc::CallPtr& call, Environment& environment,
                  v1::StartSessionCommand command, std::vector<base::Id16> made,
                  const std::string& device) {
  const int64_t now = environment.RealNow();
  const bool demo = command.assurance() == "DEMO";
  command.set_real_time_us(now);
  RefreshKeys::Key key;
  if (!demo) {
    auto current = environment.refresh_keys->For(now);
    if (!current.ok()) {
      Discard(environment, std::move(made));
      return call->Finish(current.status());
    }
    key = current->key;
    command.set_refresh_entry(current->entry.str());
    command.set_expires_us(now + kSessionLifetimeUs);
  }
  const base::Id16 subject = base::AsId(command.subject());
  const TokenIdentity who{subject, 0, static_cast<Assurance>(command.factors())};
  const int64_t expires = command.expires_us();
  SubmitFor(call, environment, subject, 0, command,
            [call, &environment, who, expires, key, device,
             made = std::move(made)](const engine::Answer& answer) {
              // Of an unknown outcome the entries may be in use.
              if (std::holds_alternative<base::Refusal>(answer)) Discard(environment, made);
              if (FinishIfRefused(call, answer)) return;
              const auto& entities = std::get<engine::Accepted>(answer).entities;
              Discard(environment, {entities.begin() + 1, entities.end()});
              TokenIdentity identity = who;
              identity.session = SessionOf(entities.front());
              call->BeganSession(identity.subject, identity.session, device);
              FinishWithToken(
                  call, environment, identity, expires,
                  key == nullptr ? expires : kTokenLifetimeS * kSecondUs,
                  key == nullptr ? "" : MakeRefreshToken(identity.session, 0, key->view()));
            });
  EndExpiredSessions(environment);
}

}  // namespace twinline::identity

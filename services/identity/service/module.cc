#include "identity/service/module.h"

#include "identity/domain/identity_domain.h"
#include "identity/service/ended_session.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/handlers.h"
#include "identity/service/key_ring.h"
#include "identity/service/leftovers.h"
#include "identity/service/outside_issuers.h"
#include "identity/service/refresh_keys.h"
#include "identity/service/work_pool.h"
#include "platform/base/status_macros.h"
#include "platform/rpc/directory.h"

namespace twinline::identity {
namespace {

class IdentityModule final : public runtime::ServiceModule {
 public:
  ~IdentityModule() override { Stop(); }

  std::string_view name() const override { return "identity"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    keys_ = std::make_unique<KeyRing>(deps.shard, deps.vault, deps.installation.id,
                                      deps.installation.demo());
    environment_.shard = deps.shard;
    environment_.vault = deps.vault;
    environment_.sealer = deps.sealer;
    environment_.directory = deps.directory;
    environment_.clock = deps.clock;
    environment_.real_clock = deps.real_clock;
    environment_.installation = deps.installation.id;
    environment_.demo_realm = deps.installation.demo();
    environment_.keys = keys_.get();
    refresh_keys_ = std::make_unique<RefreshKeys>(deps.vault, deps.installation.id);
    environment_.refresh_keys = refresh_keys_.get();
    environment_.issuers = &issuers_;
    environment_.attempts = &attempts_;
    environment_.addresses = &addresses_;
    environment_.pool = &pool_;
    RegisterLogInHandlers(registry, environment_);
    RegisterSessionHandlers(registry, environment_);
    RegisterAccountHandlers(registry, environment_);
    RegisterPasswordHandlers(registry, environment_);
    RegisterKeyHandlers(registry, environment_);
    return absl::OkStatus();
  }

  // Calls are answered only afterwards, so nothing in the vault is half-way to its event now.
  absl::Status Start() override {
    if (environment_.shard->Status().serving) {
      TWINLINE_RETURN_IF_ERROR(keys_->EnsureKeys());
      TWINLINE_RETURN_IF_ERROR(keys_->DestroyLeftovers());
      TWINLINE_RETURN_IF_ERROR(
          DestroyLeftovers(*environment_.shard->Read().rows, *environment_.vault));
    }
    environment_.ready.store(true, std::memory_order_release);
    return absl::OkStatus();
  }

  void Stop() override {
    environment_.ready.store(false, std::memory_order_release);
    pool_.Stop();
  }

  rpc::TokenVerifier token_verifier() override {
    return [keys = keys_.get()](std::string_view jwt, base::Timestamp now) {
      return keys->Verify(jwt, now);
    };
  }

  std::optional<uint64_t> EndedSession(const journal::v1::Event& event) const override {
    return SessionEndedBy(event);
  }

 private:
  IdentityDomain domain_;
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<RefreshKeys> refresh_keys_;
  OutsideIssuers issuers_;
  FailedAttempts attempts_;
  FailedAttempts addresses_{FailedAttempts::kAddressLimit};
  WorkPool pool_;
  Environment environment_;
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeIdentityModule() {
  return std::make_unique<IdentityModule>();
}

}  // namespace twinline::identity

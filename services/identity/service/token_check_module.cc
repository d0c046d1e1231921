// Tokens are verified and ended sessions known in every process; where identity itself does not
// run, this module does both, from its journal alone.
#include "identity/service/ended_session.h"
#include "identity/service/followed_keys.h"
#include "identity/service/module.h"
#include "platform/base/status_macros.h"

namespace twinline::identity {
namespace {

class TokenCheckModule final : public runtime::ServiceModule {
 public:
  std::string_view name() const override { return "token-check"; }

  absl::Status Register(rpc::ServiceRegistry&, const runtime::Deps& deps) override {
    keys_ = std::make_unique<FollowedKeys>(deps.installation.id, deps.installation.demo(),
                                           deps.real_clock);
    TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> identity,
                              deps.journals->Open("identity/0"));
    return keys_->Follow(std::move(identity));
  }
  void Stop() override {
    if (keys_ != nullptr) keys_->Stop();
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
  std::unique_ptr<FollowedKeys> keys_;
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeTokenCheckModule() {
  return std::make_unique<TokenCheckModule>();
}

}  // namespace twinline::identity

#include "accountability/service/module.h"

#include "accountability/domain/accountability_domain.h"
#include "accountability/service/alert_streams.h"
#include "accountability/service/handlers.h"
#include "accountability/service/webhook_sender.h"

namespace twinline::accountability {
namespace {

class AccountabilityModule final : public runtime::ServiceModule {
 public:
  ~AccountabilityModule() override { Stop(); }

  std::string_view name() const override { return "accountability"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    deps_ = deps;
    RegisterActHandlers(registry, deps_);
    RegisterPaperHandlers(registry, deps_);
    RegisterEvidenceHandlers(registry, deps_);
    RegisterCaseReads(registry, deps_);
    RegisterListHandlers(registry, deps_);
    RegisterAlertHandlers(registry, deps_, streams_);
    RegisterWebhookHandlers(registry, deps_);
    RegisterRuleHandlers(registry, deps_);
    sender_ = std::make_unique<WebhookSender>(deps_.shard, deps_.vault, deps_.real_clock,
                                              WebhookOptions());
    return absl::OkStatus();
  }

  absl::Status Start() override {
    streams_.Start(deps_.shard);
    sender_->Start();
    return absl::OkStatus();
  }

  void Stop() override {
    if (sender_) sender_->Stop();
    streams_.Stop();
  }

 private:
  AccountabilityDomain domain_;
  runtime::Deps deps_;  // handlers keep references to it
  AlertStreams streams_;
  std::unique_ptr<WebhookSender> sender_;
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeAccountabilityModule() {
  return std::make_unique<AccountabilityModule>();
}

}  // namespace twinline::accountability

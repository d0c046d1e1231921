#include "transfer/service/module.h"

#include "transfer/domain/transfer_domain.h"
#include "transfer/service/handlers.h"
#include "transfer/service/hub_link.h"

namespace twinline::transfer {
namespace {

class TransferModule final : public runtime::ServiceModule {
 public:
  std::string_view name() const override { return "transfer"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    deps_ = deps;
    RegisterStartHandlers(registry, deps_);
    RegisterStepHandlers(registry, deps_);
    RegisterReadHandlers(registry, deps_);
    RegisterEvidenceHandlers(registry, deps_);
    RegisterClassHandlers(registry, deps_);
    hub_ = std::make_unique<HubLink>(deps_);
    return absl::OkStatus();
  }
  absl::Status Start() override {
    hub_->Start();
    return absl::OkStatus();
  }
  void Stop() override {
    if (hub_) hub_->Stop();
  }

 private:
  TransferDomain domain_;
  runtime::Deps deps_;  // handlers keep references to it
  std::unique_ptr<HubLink> hub_;
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeTransferModule() {
  return std::make_unique<TransferModule>();
}

}  // namespace twinline::transfer

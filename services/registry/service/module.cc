#include "registry/service/module.h"

#include "platform/base/status_macros.h"
#include "registry/domain/registry_domain.h"
#include "registry/service/erasure_worker.h"
#include "registry/service/handlers.h"
#include "registry/service/import_store.h"
#include "registry/service/name_index.h"

namespace twinline::registry {
namespace {

class RegistryModule final : public runtime::ServiceModule {
 public:
  ~RegistryModule() override { Stop(); }

  std::string_view name() const override { return "registry"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    environment_.shard = deps.shard;
    environment_.vault = deps.vault;
    environment_.sealer = deps.sealer;
    environment_.tokens = deps.search_tokens;
    environment_.clock = deps.clock;
    environment_.installation = deps.installation.id;
    environment_.demo_realm = deps.installation.demo();
    environment_.names = &names_;
    environment_.imports = &imports_;
    environment_.erasures = &erasures_;
    // The vault may be an older copy than the journal: nobody is answered from keys that were
    // destroyed since.
    const engine::ReadView view = deps.shard->Read();
    if (view.next_pos > 0) {
      TWINLINE_RETURN_IF_ERROR(ApplyErasures(*environment_.vault, *view.rows));
    }
    RegisterPlaceHandlers(registry, environment_);
    RegisterStaffHandlers(registry, environment_);
    RegisterChildWrites(registry, environment_);
    RegisterBulkHandlers(registry, environment_);
    RegisterChildReads(registry, environment_);
    RegisterListHandlers(registry, environment_);
    RegisterHistoryHandlers(registry, environment_);
    RegisterImportHandlers(registry, environment_);
    RegisterExportHandlers(registry, environment_);
    RegisterErasureHandlers(registry, environment_);
    return absl::OkStatus();
  }

  absl::Status Start() override {
    names_.Start();
    imports_.Start();
    erasures_.Start();
    return absl::OkStatus();
  }

  void Stop() override {
    erasures_.Stop();
    imports_.Stop();
    names_.Stop();
  }

 private:
  RegistryDomain domain_;
  Environment environment_;
  NameIndex names_{environment_};
  ImportStore imports_;
  ErasureWorker erasures_{environment_};
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeRegistryModule() {
  return std::make_unique<RegistryModule>();
}

}  // namespace twinline::registry

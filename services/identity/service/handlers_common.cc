#include <string>
#include <utility>

#include "absl/status/status.h"
#include "identity/service/handlers.h"
#include "identity/service/work_pool.h"

namespace twinline::identity {

void Serve(rpc::ServiceRegistry& registry, std::string_view name, Environment& environment,
           Handler handler) {
  registry.Unary("twinline.identity.v1.IdentityService." + std::string(name),
                 [&environment, handler](const rpc::CallPtr& call) {
                   if (!environment.ready.load(std::memory_order_acquire)) {
                     return call->Finish(
                         absl::UnavailableError("identity is starting, or this server only reads"));
                   }
                   handler(call, environment);
                 });
}

void ServeRead(rpc::ServiceRegistry& registry, std::string_view name, Environment& environment,
               Handler handler) {
  registry.Unary("twinline.identity.v1.IdentityService." + std::string(name),
                 [&environment, handler](const rpc::CallPtr& call) { handler(call, environment); });
}

void OnPool(const rpc::CallPtr& call, Environment& environment, std::function<void()> work) {
  const bool queued = environment.pool->Post([call, work = std::move(work)] {
    if (!call->cancelled()) work();
  });
  if (!queued) {
    call->Finish(
        absl::ResourceExhaustedError("too many log-ins at this moment; try again shortly"));
  }
}

}  // namespace twinline::identity

// The RPC handlers, one function per family. A handler proves who somebody is and turns that into a
// command; what follows from it is decided in domain/.
#pragma once

#include <functional>
#include <string_view>

#include "identity/service/environment.h"
#include "platform/rpc/server.h"

namespace twinline::identity {

void RegisterLogInHandlers(rpc::ServiceRegistry& registry, Environment& environment);
void RegisterSessionHandlers(rpc::ServiceRegistry& registry, Environment& environment);
void RegisterAccountHandlers(rpc::ServiceRegistry& registry, Environment& environment);
void RegisterPasswordHandlers(rpc::ServiceRegistry& registry, Environment& environment);
void RegisterKeyHandlers(rpc::ServiceRegistry& registry, Environment& environment);

// `name` is the RPC's short name. UNAVAILABLE until the environment is ready.
using Handler = void (*)(const rpc::CallPtr&, Environment&);
void Serve(rpc::ServiceRegistry& registry, std::string_view name, Environment& environment,
           Handler handler);
// For what only reads: answered at any time, also in a drill.
void ServeRead(rpc::ServiceRegistry& registry, std::string_view name, Environment& environment,
               Handler handler);

// Work on the pool; RESOURCE_EXHAUSTED to the caller when it is full. Calls that were given up
// meanwhile are not worked on.
void OnPool(const rpc::CallPtr& call, Environment& environment, std::function<void()> work);

}  // namespace twinline::identity

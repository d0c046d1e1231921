// Identity as a module of a process (platform/runtime/service_module.h).
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::identity {

std::unique_ptr<runtime::ServiceModule> MakeIdentityModule();

// For a process without identity: verifies tokens by what identity's journal publishes.
std::unique_ptr<runtime::ServiceModule> MakeTokenCheckModule();

}  // namespace twinline::identity

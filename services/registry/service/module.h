// The registry as a module of a process (platform/runtime/service_module.h).
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::registry {

std::unique_ptr<runtime::ServiceModule> MakeRegistryModule();

}  // namespace twinline::registry

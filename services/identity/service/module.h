// Identity as a module of a process (platform/runtime/service_module.h).
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::identity {

std::unique_ptr<runtime::ServiceModule> MakeIdentityModule();

}  // namespace twinline::identity

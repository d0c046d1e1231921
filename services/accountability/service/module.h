// Accountability as a module of a process (platform/runtime/service_module.h).
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::accountability {

std::unique_ptr<runtime::ServiceModule> MakeAccountabilityModule();

}  // namespace twinline::accountability

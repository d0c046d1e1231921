// Approvals as a part of a process.
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::transfer {

std::unique_ptr<runtime::ServiceModule> MakeTransferModule();

}  // namespace twinline::transfer

// The audit as a part of a process.
#pragma once

#include <cstdint>
#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::audit {

struct AuditModuleOptions {
  int64_t heads_interval_us = 10'000'000;     // between rounds of noted heads, when nobody waits
  int64_t heads_interval_min_us = 1'000'000;  // and when somebody does
};

std::unique_ptr<runtime::ServiceModule> MakeAuditModule();
std::unique_ptr<runtime::ServiceModule> MakeAuditModule(AuditModuleOptions options);

}  // namespace twinline::audit

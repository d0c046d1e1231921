// Attendance as a part of a process.
#pragma once

#include <memory>

#include "platform/runtime/service_module.h"

namespace twinline::attendance {

std::unique_ptr<runtime::ServiceModule> MakeAttendanceModule();

}  // namespace twinline::attendance

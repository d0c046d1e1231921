// The services that a process can run, in the order in which they start: those whose facts others
// follow come first.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/runtime/service_module.h"

namespace twinline::twinlined {

struct Service {
  std::string name;
  std::function<std::unique_ptr<runtime::ServiceModule>()> make;
};

std::vector<Service> Services();

}  // namespace twinline::twinlined

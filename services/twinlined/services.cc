// One line a service; its target goes into CMakeLists.txt beside this file.
#include "twinlined/services.h"

#include "attendance/service/module.h"
#include "identity/service/module.h"
#include "registry/service/module.h"
#include "transfer/service/module.h"

namespace twinline::twinlined {

std::vector<Service> Services() {
  return {{"registry", registry::MakeRegistryModule},
          {"transfer", transfer::MakeTransferModule},
          {"attendance", attendance::MakeAttendanceModule},
          {"identity", identity::MakeIdentityModule}};
}

}  // namespace twinline::twinlined

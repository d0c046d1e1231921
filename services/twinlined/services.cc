// One line a service; its target goes into CMakeLists.txt beside this file.
#include "twinlined/services.h"

#include "accountability/service/module.h"
#include "attendance/service/module.h"
#include "audit/service/module.h"
#include "identity/service/module.h"
#include "registry/service/module.h"
#include "transfer/service/module.h"

namespace twinline::twinlined {

std::vector<Service> Services() {
  return {{"registry", registry::MakeRegistryModule},
          {"transfer", transfer::MakeTransferModule},
          {"attendance", attendance::MakeAttendanceModule},
          {"accountability", accountability::MakeAccountabilityModule},
          {"identity", identity::MakeIdentityModule},
          {"audit", [] { return audit::MakeAuditModule(); }}};
}

}  // namespace twinline::twinlined

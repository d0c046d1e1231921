#include "attendance/service/module.h"

#include "attendance/domain/attendance_domain.h"
#include "attendance/service/handlers.h"

namespace twinline::attendance {
namespace {

class AttendanceModule final : public runtime::ServiceModule {
 public:
  std::string_view name() const override { return "attendance"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    environment_.deps = deps;
    environment_.shards =
        Shards(deps.shards.empty() ? std::vector<engine::Shard*>{deps.shard} : deps.shards, {},
               deps.directory);
    RegisterRollCallHandlers(registry, environment_);
    RegisterCorrectionHandlers(registry, environment_);
    RegisterReadHandlers(registry, environment_);
    return absl::OkStatus();
  }

 private:
  AttendanceDomain domain_;
  Environment environment_;  // handlers keep references to it
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeAttendanceModule() {
  return std::make_unique<AttendanceModule>();
}

}  // namespace twinline::attendance

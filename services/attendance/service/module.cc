#include "attendance/service/module.h"

#include <map>
#include <utility>
#include <vector>

#include "attendance/domain/attendance_domain.h"
#include "attendance/service/handlers.h"

namespace twinline::attendance {
namespace {

class AttendanceModule final : public runtime::ServiceModule {
 public:
  std::string_view name() const override { return "attendance"; }
  // Shard 0 keeps every county that has none of its own.
  void Settle(const runtime::Installation& installation) override {
    CountyShare rest;
    std::vector<CountyShare> own;
    for (const std::vector<std::string>& counties : installation.attendance_shards) {
      own.push_back({{counties.begin(), counties.end()}, /*others=*/false});
      rest.counties.insert(counties.begin(), counties.end());
      for (const std::string& county : counties) shard_of_[county] = own.size();
    }
    domains_.clear();
    domains_.push_back(std::make_unique<AttendanceDomain>(std::move(rest)));
    for (CountyShare& share : own) {
      domains_.push_back(std::make_unique<AttendanceDomain>(std::move(share)));
    }
  }
  const base::ShardDomain* domain() const override { return domain_of(0); }
  const base::ShardDomain* domain_of(uint32_t shard) const override {
    return domains_[shard].get();
  }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    environment_.deps = deps;
    environment_.shards = Shards(deps.shards, shard_of_, deps.directory);
    RegisterRollCallHandlers(registry, environment_);
    RegisterRollCallStream(registry, environment_);
    RegisterCorrectionHandlers(registry, environment_);
    RegisterReadHandlers(registry, environment_);
    RegisterListHandlers(registry, environment_);
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<AttendanceDomain>> domains_;  // one a shard
  std::map<std::string, size_t> shard_of_;                  // by county
  Environment environment_;                                 // handlers keep references to it
};

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeAttendanceModule() {
  return std::make_unique<AttendanceModule>();
}

}  // namespace twinline::attendance

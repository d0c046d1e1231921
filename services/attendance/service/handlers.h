// RPC handlers of attendance. A roll call is on the hot path: it touches no vault unless it carries
// a text (P-9), and its reply is filled from the commit's outcome alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "attendance/service/roster_wait.h"
#include "attendance/service/shards.h"
#include "platform/rpc/server.h"
#include "platform/runtime/service_module.h"
#include "platform/vault/sealer.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::attendance {

struct Environment {
  runtime::Deps deps;
  Shards shards;
  std::unique_ptr<RosterWait> roster_wait = std::make_unique<RosterWait>();
};

void RegisterRollCallHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterCorrectionHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterRollCallStream(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterReadHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterListHandlers(rpc::ServiceRegistry& registry, const Environment& environment);

// What a request asks for, as the command that decides it. An error is the vault's.
absl::StatusOr<v1::TakeRollCall> CommandOf(const v1::SubmitRollCallRequest& request,
                                           const Environment& environment);

inline constexpr size_t kExceptionsMax = 200;
base::Refusal TooManyExceptions();

// Lets a roll call wait for its roster version when that is what the answer says: `again`
// once it is known, `give_up` when it does not come in time. False when the answer is another one.
bool WaitForRoster(const engine::Answer& answer, const Environment& environment,
                   engine::Shard& shard, const v1::SubmitRollCallRequest& request,
                   int64_t deadline_us, std::function<void()> again, std::function<void()> give_up);

// Where the reason of a signed late roll call is sealed: under the principal who signed it.
inline vault::SealPlace LateReasonPlace(std::string_view principal) {
  return {base::AsId(principal), "twinline.attendance.v1.RollCallTaken",
          v1::RollCallTaken::kLateReasonFieldNumber};
}

}  // namespace twinline::attendance

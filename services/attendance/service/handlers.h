// RPC handlers of attendance. A roll call is on the hot path: it touches no vault unless it carries
// a text (P-9), and its reply is filled from the commit's outcome alone.
#pragma once

#include <functional>
#include <memory>
#include <string>

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

// Where the reason of a signed late roll call is sealed: under the principal who signed it.
inline vault::SealPlace LateReasonPlace(std::string_view principal) {
  return {base::AsId(principal), "twinline.attendance.v1.RollCallTaken",
          v1::RollCallTaken::kLateReasonFieldNumber};
}

}  // namespace twinline::attendance

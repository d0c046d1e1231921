// The RPCs OperationService.GetClock and ConfirmClock.
#pragma once

#include <vector>

#include "platform/engine/shard.h"
#include "platform/rpc/server.h"
#include "platform/runtime/clock_watch.h"

namespace twinline::runtime {

class ClockService {
 public:
  // Both outlive the service and every call.
  ClockService(ClockWatch* watch, std::vector<engine::Shard*> shards)
      : watch_(watch), shards_(std::move(shards)) {}
  void Register(rpc::ServiceRegistry* registry);

 private:
  void Answer(const rpc::CallPtr& call) const;
  void Confirm(const rpc::CallPtr& call);

  ClockWatch* const watch_;
  const std::vector<engine::Shard*> shards_;
};

}  // namespace twinline::runtime

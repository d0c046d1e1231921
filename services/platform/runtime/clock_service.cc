#include "platform/runtime/clock_service.h"

#include <cstdlib>
#include <string>

#include "fmt/format.h"
#include "platform/base/civil.h"
#include "spdlog/spdlog.h"
#include "twinline/operation/v1/operation.pb.h"

namespace twinline::runtime {
namespace {

// Somebody reads one clock, types it, and a network lies between.
constexpr int64_t kDiffersUs = int64_t{120} * 1'000'000;

base::Refusal Differs(base::Timestamp server, base::Timestamp seen) {
  return {
      "CLOCK_DIFFERS",
      fmt::format("服务器时间为 {}，您的时间为 {}，相差超过两分钟，未予确认。请核对北京时间，"
                  "校准服务器时钟后再确认。",
                  base::ToIso8601(server), base::ToIso8601(seen)),
      fmt::format("the server's clock says {}, yours {}: more than two minutes apart, nothing "
                  "was confirmed; set the server's clock right, then confirm it",
                  base::ToIso8601(server), base::ToIso8601(seen)),
      {{"server_time_us", std::to_string(server.us)}, {"server_time", base::ToIso8601(server)}}};
}

}  // namespace

void ClockService::Register(rpc::ServiceRegistry* registry) {
  registry->Unary("twinline.operation.v1.OperationService.GetClock",
                  [this](rpc::CallPtr call) { Answer(call); });
  registry->Unary("twinline.operation.v1.OperationService.ConfirmClock",
                  [this](rpc::CallPtr call) { Confirm(call); });
}

void ClockService::Answer(const rpc::CallPtr& call) const {
  auto& reply = rpc::Out<operation::v1::ClockReply>(*call);
  reply.set_now_unix_us(watch_->Now().us);
  reply.set_steps(watch_->Steps());
  if (const auto evidence = watch_->Evidence()) {
    reply.set_vouched_by(evidence->kind());
    reply.set_max_error_us(evidence->max_error_us());
  }
  for (const engine::Shard* shard : shards_) {
    const engine::ShardStatus status = shard->Status();
    auto* one = reply.add_shards();
    one->set_journal(shard->journal_name());
    one->set_serving(status.serving);
    one->set_notice(status.notice);
    one->set_reason(status.reason);
  }
  call->Finish();
}

void ClockService::Confirm(const rpc::CallPtr& call) {
  const base::Timestamp seen{rpc::In<operation::v1::ConfirmClockRequest>(*call).seen_unix_us()};
  const base::Timestamp now = watch_->Now();
  if (std::llabs(seen.us - now.us) > kDiffersUs) return call->Finish(Differs(now, seen));
  watch_->Confirm(call->actor());
  spdlog::info("the clock was confirmed by {} of {}", base::AsId(call->actor().subject()).hex(),
               call->actor().office());
  for (engine::Shard* shard : shards_) shard->Lead();
  Answer(call);
}

}  // namespace twinline::runtime

// What decides who must act by when.
#include "accountability/domain/rule_set.h"
#include "accountability/service/handlers.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;

void AdoptRuleSet(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::AdoptAccountabilityRuleSetRequest>(*call);
  v1::AdoptRuleSetCommand command;
  command.set_version(request.version());
  command.set_valid_from(request.valid_from().days());
  *command.mutable_rules() = request.rules();
  Write(call, deps, command);
}

void AdoptCalendar(const rpc::CallPtr& call, const Deps& deps) {
  v1::AdoptCalendarCommand command;
  *command.mutable_calendar() = rpc::In<v1::AdoptAccountabilityCalendarRequest>(*call).calendar();
  Write(call, deps, command);
}

void GetRuleSet(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::GetRuleSetRequest>(*call);
  const base::CivilDay day =
      request.has_on() ? base::CivilDay{request.on().days()} : base::DayOf(deps.clock->Now());
  const v1::RuleSetRow row = RulesOn(*deps.shard->Read().rows, day);
  auto& reply = rpc::Out<v1::GetRuleSetReply>(*call);
  reply.set_version(row.version());
  *reply.mutable_rules() = row.rules();
  call->Finish();
}

}  // namespace

void RegisterRuleHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "AdoptRuleSet", &AdoptRuleSet);
  Serve(registry, deps, "AdoptCalendar", &AdoptCalendar);
  Serve(registry, deps, "GetRuleSet", &GetRuleSet);
}

}  // namespace twinline::accountability

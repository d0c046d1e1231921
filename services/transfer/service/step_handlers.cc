// Deciding, withdrawing and overriding.
#include "platform/vault/owner_key.h"
#include "transfer/domain/refusals.h"
#include "transfer/service/handlers.h"
#include "transfer/tables/tables.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::transfer {
namespace {

using runtime::Deps;

template <typename Command>
void Submit(const rpc::CallPtr& call, const Deps& deps, const Command& command) {
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<Command>(), command.SerializeAsString(),
                   [call, business = command.business_id()](const engine::Accepted&,
                                                            const engine::ReadView& view) {
                     FillBusiness(call, *view.rows, business);
                   });
}

absl::Status SealReason(const Deps& deps, const v1::BusinessRow& row, std::string_view message,
                        uint32_t field, const std::string& text, types::v1::Sealed* out) {
  return vault::SealText(*deps.vault, *deps.sealer,
                         {base::AsId(row.facts().child_id()), message, field}, text, out);
}

void DecideStep(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::DecideStepRequest>(*call);
  const auto row = FindCovered(call, *deps.shard->Read().rows, request.business_id());
  if (!row) return;
  v1::DecideStep command;
  command.set_business_id(request.business_id());
  command.set_office(call->duty()->office);
  command.set_role(call->duty()->role);
  command.set_step(request.step());
  command.set_outcome(request.approve() ? "DONE" : "REFUSED");
  command.set_reason_code(request.reason_code());
  const absl::Status sealed = SealReason(deps, *row, "twinline.transfer.v1.StepDecided",
                                         v1::StepDecided::kReasonTextFieldNumber,
                                         request.reason_text(), command.mutable_reason_text());
  if (!sealed.ok()) return call->Finish(sealed);
  Submit(call, deps, command);
}

void Withdraw(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::WithdrawBusinessRequest>(*call);
  if (!FindCovered(call, *deps.shard->Read().rows, request.business_id())) return;
  v1::WithdrawBusiness command;
  command.set_business_id(request.business_id());
  command.set_office(call->duty()->office);
  command.set_reason(request.reason());
  Submit(call, deps, command);
}

void Override(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::OverrideRefusalRequest>(*call);
  const auto row = FindCovered(call, *deps.shard->Read().rows, request.business_id());
  if (!row) return;
  v1::OverrideRefusal command;
  command.set_business_id(request.business_id());
  command.set_office(call->duty()->office);
  const absl::Status sealed = SealReason(deps, *row, "twinline.transfer.v1.RefusalOverridden",
                                         v1::RefusalOverridden::kReasonFieldNumber,
                                         request.reason(), command.mutable_reason());
  if (!sealed.ok()) return call->Finish(sealed);
  Submit(call, deps, command);
}

void AdoptCalendar(const rpc::CallPtr& call, const Deps& deps) {
  v1::AdoptCalendar command;
  *command.mutable_calendar() = rpc::In<v1::AdoptCalendarRequest>(*call).calendar();
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<v1::AdoptCalendar>(),
                   command.SerializeAsString(), nullptr);
}

}  // namespace

void RegisterStepHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  registry.Unary("twinline.transfer.v1.ApprovalService.DecideStep",
                 [&deps](rpc::CallPtr call) { DecideStep(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.WithdrawBusiness",
                 [&deps](rpc::CallPtr call) { Withdraw(call, deps); });
  registry.Unary("twinline.transfer.v1.TransferService.OverrideRefusal",
                 [&deps](rpc::CallPtr call) { Override(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.AdoptCalendar",
                 [&deps](rpc::CallPtr call) { AdoptCalendar(call, deps); });
}

}  // namespace twinline::transfer

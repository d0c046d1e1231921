// Acts of people on a case: each RPC is one action of the rule table.
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/rules.h"
#include "accountability/service/handlers.h"
#include "platform/base/status_macros.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;

// A vault key is made only for a child that the registry knows.
bool KnownChild(const rpc::CallPtr& call, const Deps& deps, std::string_view child_id) {
  if (FindChild(*deps.shard->Read().rows, child_id, {})) return true;
  call->Finish(ChildUnknown());
  return false;
}

absl::Status SealAct(const Deps& deps, const v1::CaseActRequest& act,
                     v1::ActOnCaseCommand* command) {
  command->set_case_id(act.case_id());
  command->set_child_id(act.child_id());
  command->set_on(act.on().days());
  *command->mutable_evidence() = act.evidence();
  TWINLINE_RETURN_IF_ERROR(CheckEvidenceStored(deps, act.evidence()));
  return SealCaseText(deps, act.child_id(), "note", act.note(), command->mutable_note());
}

void Submit(const rpc::CallPtr& call, const Deps& deps, std::string_view action,
            const v1::CaseActRequest& act, v1::ActOnCaseCommand command) {
  if (!KnownChild(call, deps, act.child_id())) return;
  command.set_role(RoleOf(*call));
  command.set_action(std::string(action));
  if (const absl::Status sealed = SealAct(deps, act, &command); !sealed.ok())
    return call->Finish(sealed);
  Write(call, deps, command, FillCase(call, act.child_id()));
}

template <const std::string_view& action>
void Plain(const rpc::CallPtr& call, const Deps& deps) {
  Submit(call, deps, action, rpc::In<v1::CaseActRequest>(*call), {});
}

void Deny(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::DenyResponsibilityRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_evidence_type(request.evidence_type());
  Submit(call, deps, kDenyResponsibility, request.act(), std::move(command));
}

void Decide(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::DecideTownshipRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_township(request.township());
  Submit(call, deps, kDecideTownship, request.act(), std::move(command));
}

void Place(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ProposePlacementRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_code(request.placement());
  Submit(call, deps, kProposePlacement, request.act(), std::move(command));
}

void Confirm(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ConfirmDropoutRequest>(*call);
  if (!KnownChild(call, deps, request.act().child_id())) return;
  v1::ActOnCaseCommand command;
  const absl::Status sealed = SealCaseText(deps, request.act().child_id(), "reason_code",
                                           request.reason_code(), command.mutable_reason_code());
  if (!sealed.ok()) return call->Finish(sealed);
  Submit(call, deps, kConfirmDropout, request.act(), std::move(command));
}

void End(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ProposeEndRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_code(request.ground());
  Submit(call, deps, kProposeEnd, request.act(), std::move(command));
}

void Sign(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::SignCloseRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_code(request.outcome());
  Submit(call, deps, kSignClose, request.act(), std::move(command));
}

// The reason of an override is a reason, not a remark.
void Override(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::OverrideCloseRequest>(*call);
  v1::ActOnCaseCommand command;
  command.set_code(request.outcome());
  Submit(call, deps, kOverrideClose, request.act(), std::move(command));
}

void SignAlarm(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::SignFalseAlarmRequest>(*call);
  Submit(call, deps, request.agree() ? kSignFalseAlarm : kRejectFalseAlarm, request.act(), {});
}

void Open(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::OpenCaseRequest>(*call);
  if (!KnownChild(call, deps, request.child_id())) return;
  v1::OpenCaseCommand command;
  command.set_role(RoleOf(*call));
  command.set_child_id(request.child_id());
  const absl::Status sealed =
      SealCaseText(deps, request.child_id(), "note", request.reason(), command.mutable_note());
  if (!sealed.ok()) return call->Finish(sealed);
  Write(call, deps, command, FillCase(call, request.child_id()));
}

absl::Status SealPersuasion(const Deps& deps, const v1::RecordPersuasionRequest& request,
                            v1::RecordPersuasionCommand* command) {
  TWINLINE_RETURN_IF_ERROR(CheckEvidenceStored(deps, request.evidence()));
  TWINLINE_RETURN_IF_ERROR(
      SealCaseText(deps, request.child_id(), "place", request.place(), command->mutable_place()));
  TWINLINE_RETURN_IF_ERROR(
      SealCaseText(deps, request.child_id(), "met", request.met(), command->mutable_met()));
  return SealCaseText(deps, request.child_id(), "said", request.said(), command->mutable_said());
}

void Persuade(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::RecordPersuasionRequest>(*call);
  if (!KnownChild(call, deps, request.child_id())) return;
  v1::RecordPersuasionCommand command;
  command.set_role(RoleOf(*call));
  command.set_case_id(request.case_id());
  command.set_child_id(request.child_id());
  command.set_on(request.on().days());
  command.set_method(request.method());
  command.set_result(request.result());
  *command.mutable_evidence() = request.evidence();
  *command.mutable_sensitive() = request.sensitive();
  if (const absl::Status sealed = SealPersuasion(deps, request, &command); !sealed.ok())
    return call->Finish(sealed);
  Write(call, deps, command, FillCase(call, request.child_id()));
}

}  // namespace

void RegisterActHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "OpenCase", &Open);
  Serve(registry, deps, "RecordPersuasion", &Persuade);
  Serve(registry, deps, "TakeOver", &Plain<kTakeOver>);
  Serve(registry, deps, "DenyResponsibility", &Deny);
  Serve(registry, deps, "DecideTownship", &Decide);
  Serve(registry, deps, "ReportReturn", &Plain<kReportReturn>);
  Serve(registry, deps, "ClaimElsewhere", &Plain<kClaimElsewhere>);
  Serve(registry, deps, "ProveElsewhere", &Plain<kProveElsewhere>);
  Serve(registry, deps, "ProposePlacement", &Place);
  Serve(registry, deps, "ConfirmDropout", &Confirm);
  Serve(registry, deps, "ProposeEnd", &End);
  Serve(registry, deps, "SignClose", &Sign);
  Serve(registry, deps, "OverrideClose", &Override);
  Serve(registry, deps, "ProposeFalseAlarm", &Plain<kProposeFalseAlarm>);
  Serve(registry, deps, "SignFalseAlarm", &SignAlarm);
}

}  // namespace twinline::accountability

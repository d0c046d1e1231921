// Taking roll calls one at a time, late ones signed by the principal too.
#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/base/status_macros.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {

using base::AsId;

namespace {

constexpr std::string_view kService = "twinline.attendance.v1.AttendanceService.";
constexpr size_t kReasonMax = 500;  // bytes

std::string Method(std::string_view name) { return std::string(kService) + std::string(name); }

// A reason is sealed under the child's key; who the child is, the registry's copy here says.
absl::Status SealReason(const v1::MarkedException& given, const Environment& environment,
                        const engine::Shard& shard, v1::Exception* exception) {
  if (given.reason().empty()) return absl::OkStatus();
  if (given.reason().size() > kReasonMax)
    return absl::InvalidArgumentError("a reason is at most 500 bytes long");
  const auto facts =
      base::Find<v1::ForeignRegistration>(*shard.Read().rows, AsId(given.registration_id()));
  // An unknown registration is refused by Decide; its reason is not kept.
  if (!facts) return absl::OkStatus();
  return vault::SealText(*environment.deps.vault, *environment.deps.sealer,
                         {AsId(facts->child_id()), "twinline.attendance.v1.Exception",
                          v1::Exception::kReasonFieldNumber},
                         given.reason(), exception->mutable_reason());
}

void FillReply(const rpc::Call& call, const engine::Accepted& accepted,
               const engine::ReadView& view, const v1::SubmitRollCallRequest& request,
               v1::SubmitRollCallReply* reply) {
  reply->set_crossed(static_cast<uint32_t>(accepted.entities.size()));
  const auto row =
      base::Find<v1::ClassDayRow>(*view.rows, AsId(request.class_id()), request.day().days());
  if (!row) return;
  reply->set_judged(row->judged());
  // Kept beside the first: the caller's own, not another's that came after the caller's.
  const v1::SessionMarks& second = request.session() == types::v1::SESSION_MORNING
                                       ? row->conflict_morning()
                                       : row->conflict_afternoon();
  reply->set_conflict(!second.by().empty() && second.by() == call.principal().subject.bytes());
}

const v1::SubmitRollCallRequest& RollCallOf(const rpc::Call& call) {
  const auto* late = dynamic_cast<const v1::SignLateRollCallRequest*>(&call.request());
  return late != nullptr ? late->roll_call() : rpc::In<v1::SubmitRollCallRequest>(call);
}

// The command of the call's request.
absl::StatusOr<v1::TakeRollCall> CommandOfCall(const rpc::Call& call,
                                               const Environment& environment) {
  absl::StatusOr<v1::TakeRollCall> command = CommandOf(RollCallOf(call), environment);
  const auto* late = dynamic_cast<const v1::SignLateRollCallRequest*>(&call.request());
  if (!command.ok() || late == nullptr) return command;
  command->set_signed_by_principal(true);
  if (late->reason().empty()) return command;  // Decide refuses
  // The reason concerns the class, not one child, and is the principal's own word.
  TWINLINE_RETURN_IF_ERROR(vault::SealText(*environment.deps.vault, *environment.deps.sealer,
                                           LateReasonPlace(call.actor().subject()), late->reason(),
                                           command->mutable_late_reason()));
  return command;
}

void TakeRollCall(const rpc::CallPtr& call, const Environment& environment) {
  if (RollCallOf(*call).exceptions_size() > static_cast<int>(kExceptionsMax))
    return call->Finish(TooManyExceptions());
  const auto command = CommandOfCall(*call, environment);
  if (!command.ok()) return call->Finish(command.status());
  rpc::SubmitWrite(call, environment.shards.OfClass(command->class_id()),
                   base::CommandType<v1::TakeRollCall>(), command->SerializeAsString(),
                   [call](const engine::Accepted& accepted, const engine::ReadView& view) {
                     FillReply(*call, accepted, view, RollCallOf(*call),
                               &rpc::Out<v1::SubmitRollCallReply>(*call));
                   });
}

}  // namespace

base::Refusal TooManyExceptions() {
  return {"TOO_MANY_EXCEPTIONS",
          "一次点名的例外不能超过200条。请核对班级。",
          "A roll call has at most 200 exceptions. Check the class.",
          {}};
}

absl::StatusOr<v1::TakeRollCall> CommandOf(const v1::SubmitRollCallRequest& request,
                                           const Environment& environment) {
  v1::TakeRollCall command;
  command.set_class_id(request.class_id());
  command.set_day(request.day().days());
  command.set_session(request.session());
  command.set_roster_version(request.roster_version());
  command.set_claimed_at_us(request.claimed_at_us());
  for (const v1::MarkedException& given : request.exceptions()) {
    v1::Exception* exception = command.add_exceptions();
    exception->set_registration_id(given.registration_id());
    exception->set_code(given.code());
    exception->set_minutes_late(given.minutes_late());
    TWINLINE_RETURN_IF_ERROR(
        SealReason(given, environment, environment.shards.OfClass(request.class_id()), exception));
  }
  return command;
}

void RegisterRollCallHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  for (const char* name : {"SubmitRollCall", "SignLateRollCall"}) {
    registry.Unary(Method(name),
                   [&environment](rpc::CallPtr call) { TakeRollCall(call, environment); });
  }
}

}  // namespace twinline::attendance

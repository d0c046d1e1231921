// Corrections, conflicts, calendars and rule sets.
#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {
namespace {

using base::AsId;

std::string Method(std::string_view name) {
  return "twinline.attendance.v1.AttendanceService." + std::string(name);
}

template <typename Command>
void Submit(const rpc::CallPtr& call, engine::Shard& shard, const Command& command,
            rpc::Fill fill = nullptr) {
  rpc::SubmitWrite(call, shard, base::CommandType<Command>(), command.SerializeAsString(),
                   std::move(fill));
}

void ProposeCorrection(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ProposeCorrectionRequest>(*call);
  engine::Shard& shard = environment.shards.OfClass(request.class_id());
  v1::ProposeCorrection command;
  command.set_class_id(request.class_id());
  command.set_day(request.day().days());
  command.set_session(request.session());
  command.set_registration_id(request.registration_id());
  command.set_code_after(request.code_after());
  // The reason is about the child whose mark it is.
  const auto facts =
      base::Find<v1::ForeignRegistration>(*shard.Read().rows, AsId(request.registration_id()));
  if (facts) {
    const absl::Status sealed =
        vault::SealText(*environment.deps.vault, *environment.deps.sealer,
                        {AsId(facts->child_id()), "twinline.attendance.v1.CorrectionProposed",
                         v1::CorrectionProposed::kReasonFieldNumber},
                        request.reason(), command.mutable_reason());
    if (!sealed.ok()) return call->Finish(sealed);
  }
  Submit(call, shard, command, [call](const engine::Accepted& accepted, const engine::ReadView&) {
    if (!accepted.entities.empty()) {
      rpc::Out<v1::ProposeCorrectionReply>(*call).set_correction_id(
          accepted.entities.front().str());
    }
  });
}

void SignCorrection(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::SignCorrectionRequest>(*call);
  engine::Shard& shard = environment.shards.OfClass(request.class_id());
  // The right was checked for the class that the request names; Decide refuses a correction of
  // another.
  v1::SignCorrection command;
  command.set_correction_id(request.correction_id());
  command.set_class_id(request.class_id());
  Submit(call, shard, command);
}

void ResolveConflict(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ResolveConflictRequest>(*call);
  v1::ResolveConflict command;
  command.set_class_id(request.class_id());
  command.set_day(request.day().days());
  command.set_session(request.session());
  command.set_second_wins(request.second_wins());
  Submit(call, environment.shards.OfClass(request.class_id()), command);
}

// A school's calendar goes to its shard; the county's default and rule sets to every shard, the
// first answers.
template <typename Command>
void SubmitToAll(const rpc::CallPtr& call, const Environment& environment, const Command& command) {
  const auto& shards = environment.shards.all();
  for (size_t i = 1; i < shards.size(); ++i) {
    rpc::SubmitMessage(call, *shards[i], call->request(), base::CommandType<Command>(),
                       command.SerializeAsString(), [](engine::Answer) {});
  }
  Submit(call, *shards.front(), command);
}

void AdoptSchoolCalendar(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::AdoptSchoolCalendarRequest>(*call);
  if (!request.school_code().empty() && !call->reach().CoversSchool(request.school_code())) {
    return call->Finish(base::Refusal{"PERMISSION_SCOPE",
                                      "该校不在您的管辖范围内。",
                                      "This school is not within your duty's reach.",
                                      {}});
  }
  v1::AdoptSchoolCalendar command;
  command.set_school_code(request.school_code());
  *command.mutable_calendar() = request.calendar();
  if (request.school_code().empty()) return SubmitToAll(call, environment, command);
  Submit(call, environment.shards.OfSchool(request.school_code()), command);
}

void AdoptRuleSet(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::AdoptRuleSetRequest>(*call);
  v1::AdoptRuleSet command;
  command.set_version(request.version());
  command.set_valid_from(request.valid_from().days());
  *command.mutable_rules() = request.rules();
  SubmitToAll(call, environment, command);
}

}  // namespace

void RegisterCorrectionHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const std::pair<const char*, void (*)(const rpc::CallPtr&, const Environment&)> handlers[] = {
      {"ProposeCorrection", ProposeCorrection}, {"SignCorrection", SignCorrection},
      {"ResolveConflict", ResolveConflict},     {"AdoptSchoolCalendar", AdoptSchoolCalendar},
      {"AdoptRuleSet", AdoptRuleSet},
  };
  for (const auto& [name, handler] : handlers) {
    registry.Unary(Method(name),
                   [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  }
}

}  // namespace twinline::attendance

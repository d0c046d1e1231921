// Corrections, conflicts, calendars and rule sets.
#include <memory>
#include <mutex>

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
  if (facts && !request.reason().empty()) {  // without one Decide refuses
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

// What every shard must know: the call is answered when all have it, by the first that says no.
// When one of them did not answer, the same id asks again: who has it already says so.
class ForAllShards : public std::enable_shared_from_this<ForAllShards> {
 public:
  ForAllShards(rpc::CallPtr call, size_t shards) : call_(std::move(call)), open_(shards) {}

  void Answered(engine::Shard& shard, const engine::Answer& answer) {
    {
      const std::lock_guard lock(mutex_);
      const bool no = !std::holds_alternative<engine::Accepted>(answer);
      if (worst_ == nullptr || no) {
        worst_ = &shard;
        answer_ = answer;
      }
      if (--open_ > 0) return;
    }
    rpc::AnswerWrite(call_, *worst_, nullptr, answer_);
  }

 private:
  const rpc::CallPtr call_;
  std::mutex mutex_;
  size_t open_;
  engine::Shard* worst_ = nullptr;
  engine::Answer answer_;
};

template <typename Command>
void SubmitToAll(const rpc::CallPtr& call, const Environment& environment, const Command& command) {
  const auto& shards = environment.shards.all();
  const auto all = std::make_shared<ForAllShards>(call, shards.size());
  for (engine::Shard* shard : shards) {
    rpc::SubmitCall(call, *shard, base::CommandType<Command>(), command.SerializeAsString(),
                    [all, shard](const engine::Answer& answer) { all->Answered(*shard, answer); });
  }
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

// Taking roll calls: one at a time, many on a stream, and late ones signed by the principal.
#include <atomic>
#include <mutex>

#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/base/status_macros.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {

using base::AsId;

namespace {

constexpr std::string_view kService = "twinline.attendance.v1.AttendanceService.";
constexpr size_t kReasonMax = 500;  // bytes
// Messages of one stream that may wait for their shard.
constexpr int kStreamWindow = 256;

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

void FillReply(const engine::Accepted& accepted, const engine::ReadView& view,
               const v1::SubmitRollCallRequest& request, v1::SubmitRollCallReply* reply) {
  reply->set_crossed(static_cast<uint32_t>(accepted.entities.size()));
  const auto row =
      base::Find<v1::ClassDayRow>(*view.rows, AsId(request.class_id()), request.day().days());
  if (!row) return;
  reply->set_judged(row->judged());
  reply->set_conflict(request.session() == types::v1::SESSION_MORNING
                          ? row->has_conflict_morning()
                          : row->has_conflict_afternoon());
}

void SubmitRollCall(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::SubmitRollCallRequest>(*call);
  if (request.exceptions_size() > static_cast<int>(kExceptionsMax))
    return call->Finish(TooManyExceptions());
  const auto command = CommandOf(request, environment);
  if (!command.ok()) return call->Finish(command.status());
  rpc::SubmitWrite(call, environment.shards.OfClass(request.class_id()),
                   base::CommandType<v1::TakeRollCall>(), command->SerializeAsString(),
                   [call](const engine::Accepted& accepted, const engine::ReadView& view) {
                     FillReply(accepted, view, rpc::In<v1::SubmitRollCallRequest>(*call),
                               &rpc::Out<v1::SubmitRollCallReply>(*call));
                   });
}

void SignLateRollCall(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::SignLateRollCallRequest>(*call);
  const v1::SubmitRollCallRequest& roll_call = request.roll_call();
  if (roll_call.exceptions_size() > static_cast<int>(kExceptionsMax))
    return call->Finish(TooManyExceptions());
  auto command = CommandOf(roll_call, environment);
  if (!command.ok()) return call->Finish(command.status());
  command->set_signed_by_principal(true);
  // The reason concerns the class, not one child: sealed under the installation's own key.
  const absl::Status sealed =
      vault::SealText(*environment.deps.vault, *environment.deps.sealer,
                      {environment.deps.installation.id, "twinline.attendance.v1.TakeRollCall",
                       v1::TakeRollCall::kLateReasonFieldNumber},
                      request.reason(), command->mutable_late_reason());
  if (!sealed.ok()) return call->Finish(sealed);
  rpc::SubmitWrite(call, environment.shards.OfClass(roll_call.class_id()),
                   base::CommandType<v1::TakeRollCall>(), command->SerializeAsString(),
                   [call](const engine::Accepted& accepted, const engine::ReadView& view) {
                     FillReply(accepted, view,
                               rpc::In<v1::SignLateRollCallRequest>(*call).roll_call(),
                               &rpc::Out<v1::SubmitRollCallReply>(*call));
                   });
}

// One stream of roll calls. Each message is a write of its own; the reply leaves when the last of
// them is durable.
class RollCallStream : public std::enable_shared_from_this<RollCallStream> {
 public:
  RollCallStream(std::shared_ptr<rpc::ClientStreamCall> call, const Environment& environment)
      : call_(std::move(call)), environment_(environment) {}

  void OnMessage(const v1::SubmitRollCallRequest& request) {
    ++open_;
    const std::string id = request.write().request_id();
    if (request.exceptions_size() > static_cast<int>(kExceptionsMax)) {
      Done(id, TooManyExceptions(), nullptr);
    } else if (const auto command = CommandOf(request, environment_); !command.ok()) {
      Done(id, command.status(), nullptr);
    } else {
      engine::Shard* shard = &environment_.shards.OfClass(request.class_id());
      rpc::SubmitMessage(call_, *shard, request, base::CommandType<v1::TakeRollCall>(),
                         command->SerializeAsString(),
                         [self = shared_from_this(), id, shard](engine::Answer answer) {
                           self->Done(id, answer, shard);
                         });
    }
    bool more = false;
    {
      std::lock_guard lock(mutex_);
      if (open_ < kStreamWindow) {
        more = true;
      } else {
        paused_ = true;
      }
    }
    if (more) call_->Next();
  }

  void OnEnd() {
    bool finish = false;
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
      finish = open_ == 0;
    }
    if (finish) call_->Finish();
  }

 private:
  void Done(const std::string& id, const engine::Answer& answer, const engine::Shard* shard) {
    bool finish = false, resume = false;
    {
      std::lock_guard lock(mutex_);
      auto& reply = rpc::Out<v1::SubmitRollCallsReply>(*call_);
      if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
        reply.set_accepted(reply.accepted() + 1);
        reply.mutable_read_token()->set_journal(shard->journal_name());
        reply.mutable_read_token()->set_pos(std::max(reply.read_token().pos(), accepted->pos));
      } else {
        AddRefused(id, answer, &reply);
      }
      --open_;
      finish = ended_ && open_ == 0;
      resume = paused_ && open_ < kStreamWindow / 2;
      if (resume) paused_ = false;
    }
    if (finish) call_->Finish();
    if (resume) call_->Next();
  }

  static void AddRefused(const std::string& id, const engine::Answer& answer,
                         v1::SubmitRollCallsReply* reply) {
    v1::RefusedRollCall* refused = reply->add_refused();
    refused->set_request_id(id);
    if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
      refused->mutable_refusal()->set_code(refusal->code);
      refused->mutable_refusal()->set_message_zh(refusal->zh);
      refused->mutable_refusal()->set_message_en(refusal->en);
    } else {
      const absl::Status& status = std::get<absl::Status>(answer);
      refused->mutable_refusal()->set_code("UNKNOWN_OUTCOME");
      refused->mutable_refusal()->set_message_zh("结果未知，请用同一请求号重试。");
      refused->mutable_refusal()->set_message_en(std::string(status.message()));
    }
  }

  const std::shared_ptr<rpc::ClientStreamCall> call_;
  const Environment& environment_;
  std::mutex mutex_;
  std::atomic<int> open_{0};
  bool ended_ = false;
  bool paused_ = false;
};

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
  registry.Unary(Method("SubmitRollCall"),
                 [&environment](rpc::CallPtr call) { SubmitRollCall(call, environment); });
  registry.Unary(Method("SignLateRollCall"),
                 [&environment](rpc::CallPtr call) { SignLateRollCall(call, environment); });
  registry.ClientStream(
      Method("SubmitRollCalls"), [&environment](std::shared_ptr<rpc::ClientStreamCall> call) {
        auto stream = std::make_shared<RollCallStream>(call, environment);
        rpc::ClientStreamHandler handler;
        handler.on_message = [stream](const google::protobuf::Message& message) {
          stream->OnMessage(static_cast<const v1::SubmitRollCallRequest&>(message));
        };
        handler.on_end = [stream] { stream->OnEnd(); };
        return handler;
      });
}

}  // namespace twinline::attendance

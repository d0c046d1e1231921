// One stream of roll calls. Each message is a write of its own; the reply leaves when the last of
// them is durable.
#include <algorithm>
#include <memory>
#include <mutex>

#include "attendance/service/handlers.h"

namespace twinline::attendance {
namespace {

// Messages of one stream that may wait for their shard.
constexpr int kWindow = 256;
// Refused ones that a reply lists; then no more are read.
constexpr int kRefusedMax = 500;

types::v1::RefusalDetail DetailOf(const engine::Answer& answer) {
  types::v1::RefusalDetail detail;
  if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
    detail.set_code(refusal->code);
    detail.set_message_zh(refusal->zh);
    detail.set_message_en(refusal->en);
  } else {
    detail.set_code("UNKNOWN_OUTCOME");
    detail.set_message_zh("结果未知，请用同一请求号重试。");
    detail.set_message_en(std::string(std::get<absl::Status>(answer).message()));
  }
  return detail;
}

class RollCallStream : public std::enable_shared_from_this<RollCallStream> {
 public:
  RollCallStream(std::shared_ptr<rpc::ClientStreamCall> call, const Environment& environment)
      : call_(std::move(call)), environment_(environment) {}

  void OnMessage(const v1::SubmitRollCallRequest& message) {
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    Submit(std::make_shared<const v1::SubmitRollCallRequest>(message));
    bool more = false;
    {
      const std::lock_guard lock(mutex_);
      more = open_ < kWindow && HasRoom();
      paused_ = !more;
    }
    if (more) call_->Next();
  }

  void OnEnd() {
    bool finish = false;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      finish = open_ == 0;
    }
    if (finish) call_->Finish();
  }

 private:
  using Request = std::shared_ptr<const v1::SubmitRollCallRequest>;

  void Submit(const Request& request) {
    if (request->exceptions_size() > static_cast<int>(kExceptionsMax)) {
      return Done(*request, TooManyExceptions(), nullptr);
    }
    const auto command = CommandOf(*request, environment_);
    if (!command.ok()) return Done(*request, command.status(), nullptr);
    engine::Shard* shard = &environment_.shards.OfClass(request->class_id());
    rpc::SubmitMessage(call_, *shard, *request, base::CommandType<v1::TakeRollCall>(),
                       command->SerializeAsString(),
                       [self = shared_from_this(), request, shard](const engine::Answer& answer) {
                         self->Done(*request, answer, shard);
                       });
  }

  // Every message that is at work may yet be refused.
  bool HasRoom() const {
    return rpc::Out<v1::SubmitRollCallsReply>(*call_).refused_size() + open_ < kRefusedMax;
  }

  void Done(const v1::SubmitRollCallRequest& request, const engine::Answer& answer,
            const engine::Shard* shard) {
    bool finish = false, resume = false;
    {
      const std::lock_guard lock(mutex_);
      auto& reply = rpc::Out<v1::SubmitRollCallsReply>(*call_);
      if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
        reply.set_accepted(reply.accepted() + 1);
        auto& token = *reply.mutable_read_token();
        if (token.journal() != shard->journal_name()) {
          token.set_journal(shard->journal_name());
          token.set_pos(0);
        }
        token.set_pos(std::max(token.pos(), accepted->pos));
      } else {
        v1::RefusedRollCall* refused = reply.add_refused();
        refused->set_request_id(request.write().request_id());
        *refused->mutable_refusal() = DetailOf(answer);
      }
      --open_;
      const bool full = reply.refused_size() >= kRefusedMax;
      if (full && !ended_) reply.set_stopped(true);
      finish = open_ == 0 && (ended_ || full);
      resume = paused_ && !ended_ && open_ < kWindow / 2 && HasRoom();
      if (resume) paused_ = false;
    }
    if (finish) call_->Finish();
    if (resume) call_->Next();
  }

  const std::shared_ptr<rpc::ClientStreamCall> call_;
  const Environment& environment_;
  std::mutex mutex_;
  int open_ = 0;         // messages without an answer
  bool ended_ = false;   // the client has sent all
  bool paused_ = false;  // nothing is being read
};

}  // namespace

void RegisterRollCallStream(rpc::ServiceRegistry& registry, const Environment& environment) {
  registry.ClientStream(
      "twinline.attendance.v1.AttendanceService.SubmitRollCalls",
      [&environment](std::shared_ptr<rpc::ClientStreamCall> call) {
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

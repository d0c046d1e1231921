// One request, one reply.
//
// Two counts of who still needs the object: gRPC until OnDone, the handler until it drops its
// CallPtr, and one for each thing waited for. `answered_` is taken once, by whoever finishes first:
// the handler, the client's cancelling, or a handler that let go without a word.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "platform/rpc/access_refusals.h"
#include "platform/rpc/byte_buffers.h"
#include "platform/rpc/calls.h"
#include "platform/rpc/status_map.h"

namespace twinline::rpc {
namespace {

class UnaryCall final : public BasicCall<Call>, public grpc::ServerUnaryReactor {
 public:
  UnaryCall(ServerCore* server, const Method* method, const UnaryHandler* handler,
            grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : BasicCall(server, method, context), handler_(handler), response_(response) {}

  void Begin(const grpc::ByteBuffer& bytes) {
    if (core_.server->in_flight.fetch_add(1) >= core_.server->in_flight_max) {
      return Finish(ServerBusy());
    }
    auto refusal = core_.Identify();
    if (!refusal) refusal = core_.Parse(bytes);
    if (!refusal) refusal = core_.Allow();
    Proceed(std::move(refusal));
  }

  using BasicCall::reply;

  void Finish() override {
    if (answered_.exchange(true)) return;
    *response_ = SerialiseBytes(*core_.reply);
    AddRef();
    const bool waits = core_.NoteShown(*core_.reply, [this](bool durable) {
      Send(durable ? grpc::Status::OK : ToGrpc(AccessNotRecorded()));
      Unref();
    });
    if (waits) return;
    Send(grpc::Status::OK);
    Unref();
  }

  void Finish(const base::Refusal& refusal) override {
    if (answered_.exchange(true)) return;
    AddRef();
    const bool waits =
        IsRecorded(refusal) && core_.NoteRefusal(refusal, [this, refusal](bool durable) {
          Send(ToGrpc(durable ? refusal : AccessNotRecorded()));
          Unref();
        });
    if (waits) return;
    Send(ToGrpc(refusal));
    Unref();
  }

  void Finish(const absl::Status& status) override {
    if (status.ok()) return Finish();
    if (const auto refusal = RefusalIn(status)) return Finish(*refusal);
    if (answered_.exchange(true)) return;
    Send(ToGrpc(status));
  }

  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
    if (!answered_.exchange(true)) Send(grpc::Status::CANCELLED);
  }
  void OnDone() override { Unref(); }

 private:
  void Proceed(std::optional<base::Refusal> refusal) {
    if (refusal && core_.MayAskAgain()) {
      AddRef();
      return core_.AskAgain([this] {
        if (!answered_.load()) {
          auto again = core_.Identify();
          Proceed(again ? std::move(again) : core_.Allow());
        }
        Unref();
      });
    }
    if (refusal) return Finish(*refusal);
    AddRef();
    (*handler_)(CallPtr(static_cast<Call*>(this), [this](Call*) {
      Finish(absl::InternalError("the handler let go of the call without an answer"));
      Unref();
    }));
  }

  void Send(const grpc::Status& status) {
    core_.AddTrailers();
    core_.Observe(status.error_code());
    core_.server->in_flight.fetch_sub(1);
    grpc::ServerUnaryReactor::Finish(status);
  }

  const UnaryHandler* const handler_;
  grpc::ByteBuffer* const response_;
  std::atomic<bool> answered_{false};
};

}  // namespace

bool IsRecorded(const base::Refusal& refusal) {
  const grpc::StatusCode code = CodeOf(refusal);
  return code != grpc::StatusCode::RESOURCE_EXHAUSTED && code != grpc::StatusCode::UNAVAILABLE;
}

grpc::ServerUnaryReactor* ServeUnary(ServerCore* server, const Method* method,
                                     const UnaryHandler* handler,
                                     grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(server, method, handler, context, response);
  call->Begin(*request);
  return call;
}

}  // namespace twinline::rpc

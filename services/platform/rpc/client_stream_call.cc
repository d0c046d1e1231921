// Many messages, one reply. Rights are checked for each message, since each may name another class;
// the handler is made with the first one that is allowed, or at the end when there was none. The
// next message is read when the handler asks for it.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "platform/rpc/access_refusals.h"
#include "platform/rpc/byte_buffers.h"
#include "platform/rpc/calls.h"
#include "platform/rpc/status_map.h"

namespace twinline::rpc {
namespace {

class ClientStreamCallImpl final : public BasicCall<ClientStreamCall>,
                                   public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  ClientStreamCallImpl(ServerCore* server, const Method* method, const ClientStreamFactory* factory,
                       grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : BasicCall(server, method, context), factory_(factory), response_(response) {}

  void Begin() {
    if (core_.server->streams.fetch_add(1) >= core_.server->streams_max) {
      return Finish(ServerBusy());
    }
    if (const auto refusal = core_.Identify()) return Finish(*refusal);
    Next();
  }

  void Next() override {
    if (!answered_.load()) StartRead(&incoming_);
  }

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
  void Finish(const absl::Status& status) override {
    if (status.ok()) return Finish();
    if (const auto refusal = RefusalIn(status)) return Finish(*refusal);
    if (!answered_.exchange(true)) Send(ToGrpc(status));
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

  void OnReadDone(bool ok) override {
    if (answered_.load()) return;
    if (!ok) {
      if (cancelled()) return;
      Open();
      if (handler_.on_end) handler_.on_end();
      return;
    }
    auto refusal = core_.Parse(incoming_);
    if (!refusal) refusal = core_.Allow();
    Deliver(std::move(refusal));
  }
  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
    if (!answered_.exchange(true)) Send(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    // Releases what the handler holds, its own pointer to this call included.
    handler_ = {};
    Unref();
  }

 private:
  void Deliver(std::optional<base::Refusal> refusal) {
    if (refusal && core_.MayAskAgain()) {
      AddRef();
      return core_.AskAgain([this] {
        if (!answered_.load()) {
          auto again = core_.Identify();
          Deliver(again ? std::move(again) : core_.Allow());
        }
        Unref();
      });
    }
    if (refusal) return Finish(*refusal);
    Open();
    if (handler_.on_message) handler_.on_message(*core_.request);
  }

  void Open() {
    if (opened_) return;
    opened_ = true;
    AddRef();
    handler_ = (*factory_)(std::shared_ptr<ClientStreamCall>(
        static_cast<ClientStreamCall*>(this), [this](ClientStreamCall*) {
          Finish(absl::InternalError("the handler let go of the stream without an answer"));
          Unref();
        }));
  }

  void Send(const grpc::Status& status) {
    core_.AddTrailers();
    core_.Observe(status.error_code());
    core_.server->streams.fetch_sub(1);
    grpc::ServerReadReactor<grpc::ByteBuffer>::Finish(status);
  }

  const ClientStreamFactory* const factory_;
  grpc::ByteBuffer* const response_;
  grpc::ByteBuffer incoming_;
  ClientStreamHandler handler_;
  bool opened_ = false;
  std::atomic<bool> answered_{false};
};

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* ServeClientStream(ServerCore* server,
                                                             const Method* method,
                                                             const ClientStreamFactory* factory,
                                                             grpc::CallbackServerContext* context,
                                                             grpc::ByteBuffer* response) {
  auto* call = new ClientStreamCallImpl(server, method, factory, context, response);
  call->Begin();
  return call;
}

}  // namespace twinline::rpc

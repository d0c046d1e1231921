// One request, many messages back. A message that shows a child waits for its own access entry
// messages leave in the order in which they were written, so one that waits holds back
// those behind it.
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "platform/rpc/access_refusals.h"
#include "platform/rpc/byte_buffers.h"
#include "platform/rpc/calls.h"
#include "platform/rpc/status_map.h"

namespace twinline::rpc {
namespace {

// What may wait for a slow client; beyond, the stream is ended and the client resumes.
constexpr size_t kWaitingMax = 4'096;

struct Outgoing {
  grpc::ByteBuffer bytes;
  bool ready = false;
};

class ServerStreamCall final : public BasicCall<StreamCall>,
                               public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  ServerStreamCall(ServerCore* server, const Method* method, const ServerStreamHandler* handler,
                   grpc::CallbackServerContext* context)
      : BasicCall(server, method, context), handler_(handler) {}

  void Begin(const grpc::ByteBuffer& bytes) {
    if (core_.server->streams.fetch_add(1) >= core_.server->streams_max) {
      return Finish(ServerBusy());
    }
    auto refusal = core_.Identify();
    if (!refusal) refusal = core_.Parse(bytes);
    if (!refusal) refusal = core_.Allow();
    Proceed(std::move(refusal));
  }

  bool Write(const google::protobuf::Message& message) override {
    auto out = std::make_shared<Outgoing>();
    out->bytes = SerialiseBytes(message);
    {
      const std::lock_guard lock(mutex_);
      if (end_) return false;
      if (waiting_.size() >= kWaitingMax) {
        End(ToGrpc(absl::ResourceExhaustedError("the client reads too slowly; resume the stream")));
        return false;
      }
      waiting_.push_back(out);
    }
    AddRef();
    const bool waits = core_.NoteShown(message, [this, out](bool durable) {
      Noted(out, durable);
      Unref();
    });
    core_.extra = {};
    if (!waits) {
      Noted(out, true);
      Unref();
    }
    return true;
  }

  void Finish() override { Close(grpc::Status::OK); }
  void Finish(const absl::Status& status) override { Close(ToGrpc(status)); }
  void Finish(const base::Refusal& refusal) override {
    // The handler may let go of the call while the refusal is being recorded.
    answered_.store(true, std::memory_order_relaxed);
    AddRef();
    const bool waits =
        IsRecorded(refusal) && core_.NoteRefusal(refusal, [this, refusal](bool durable) {
          Close(ToGrpc(durable ? refusal : AccessNotRecorded()));
          Unref();
        });
    if (waits) return;
    Close(ToGrpc(refusal));
    Unref();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) End(grpc::Status::CANCELLED);
    Pump();
  }
  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    End(grpc::Status::CANCELLED);
    Pump();
  }
  void OnDone() override { Unref(); }

 private:
  void Proceed(std::optional<base::Refusal> refusal) {
    if (refusal && core_.MayAskAgain()) {
      AddRef();
      return core_.AskAgain([this] {
        auto again = core_.Identify();
        Proceed(again ? std::move(again) : core_.Allow());
        Unref();
      });
    }
    if (refusal) return Finish(*refusal);
    AddRef();
    (*handler_)(StreamCallPtr(static_cast<StreamCall*>(this), [this](StreamCall*) {
      if (!answered_.load(std::memory_order_relaxed)) {
        Close(ToGrpc(absl::InternalError("the handler let go of the stream without ending it")));
      }
      Unref();
    }));
  }

  void Noted(const std::shared_ptr<Outgoing>& out, bool durable) {
    const std::lock_guard lock(mutex_);
    out->ready = true;
    if (!durable) End(ToGrpc(AccessNotRecorded()));
    Pump();
  }

  // Ends after what is already waiting.
  void Close(grpc::Status status) {
    const std::lock_guard lock(mutex_);
    if (end_) return;
    end_ = std::move(status);
    Pump();
  }
  // Ends at once; with the lock held.
  void End(grpc::Status status) {
    if (!finished_) waiting_.clear();
    if (!end_ || end_->ok()) end_ = std::move(status);
  }

  // With the lock held: the next write, or the end.
  void Pump() {
    if (writing_ || finished_) return;
    if (!waiting_.empty()) {
      if (!waiting_.front()->ready) return;
      current_ = waiting_.front();
      waiting_.pop_front();
      writing_ = true;
      StartWrite(&current_->bytes);
      return;
    }
    if (!end_) return;
    finished_ = true;
    core_.AddTrailers();
    core_.Observe(end_->error_code());
    core_.server->streams.fetch_sub(1);
    grpc::ServerWriteReactor<grpc::ByteBuffer>::Finish(*end_);
  }

  const ServerStreamHandler* const handler_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Outgoing>> waiting_;
  std::shared_ptr<Outgoing> current_;  // being written
  bool writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> end_;
  std::atomic<bool> answered_{false};
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeServerStream(ServerCore* server,
                                                              const Method* method,
                                                              const ServerStreamHandler* handler,
                                                              grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request) {
  auto* call = new ServerStreamCall(server, method, handler, context);
  call->Begin(*request);
  return call;
}

}  // namespace twinline::rpc

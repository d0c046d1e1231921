// What every call in flight is made of, whatever its shape: messages on an arena, the caller, the
// check of rights, the access entry before a reply leaves. The three shapes (unary_call.cc,
// server_stream_call.cc, client_stream_call.cc) add only how bytes come and go. Private to the RPC
// layer.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/arena.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "platform/rpc/access_recorder.h"
#include "platform/rpc/authorise.h"
#include "platform/rpc/completions.h"
#include "platform/rpc/method.h"
#include "platform/rpc/observer.h"
#include "platform/rpc/server.h"

namespace twinline::rpc {

// What all calls of a server share; outlives them.
struct ServerCore {
  Authoriser authoriser;
  AccessRecorder* recorder = nullptr;  // null: nothing is recorded (tests, tools)
  WriteEnvironment environment;
  Completions* completions = nullptr;
  CallObserver* observer = nullptr;  // may be null
  int64_t default_deadline_us = 30'000'000;
  size_t in_flight_max = 256;
  size_t streams_max = 1'024;
  std::atomic<size_t> in_flight{0};
  std::atomic<size_t> streams{0};
};

class CallCore {
 public:
  CallCore(ServerCore* server, const Method* method, grpc::CallbackServerContext* context);

  // Reads the request; a refusal when it is too large or no such message. The bytes stay with the
  // call.
  std::optional<base::Refusal> Parse(const grpc::ByteBuffer& bytes);
  // Who calls, and whether the parsed request is allowed.
  std::optional<base::Refusal> Identify();
  std::optional<base::Refusal> Allow();
  // After a refusal: whether it may come from the directory's lag and was not yet asked twice.
  bool MayAskAgain() const { return caller.may_be_lag && !asked_again_; }
  // Calls `then` on a completion thread when the directory is current.
  void AskAgain(std::function<void()> then);

  // Gathers what `message` and the handler's own words show, notes it, and calls `then(ok)` when
  // that is durable; returns false, without calling, when nothing needs to be noted.
  bool NoteShown(const google::protobuf::Message& message, AccessLog::Durable then);
  // The same for a refusal.
  bool NoteRefusal(const base::Refusal& refusal, AccessLog::Durable then);

  void BeganSession(const base::Id16& subject, uint64_t session, std::string_view device);
  const Origin& origin();

  journal::v1::Actor actor() const;
  // The server's time for the client's ids; before the status is sent.
  void AddTrailers();
  void Observe(int grpc_code) const;

  ServerCore* const server;
  const Method* const method;
  grpc::CallbackServerContext* const context;
  Caller caller;
  google::protobuf::Message* request = nullptr;
  google::protobuf::Message* reply = nullptr;
  int64_t started_us = 0;
  int64_t deadline_us = 0;
  Shown extra;
  std::string_view body;

 private:
  std::string_view Header(const char* name) const;
  std::vector<base::Id16> ChildrenOfRequest() const;
  Shown Gather(const google::protobuf::Message& message) const;

  static constexpr size_t kFirstBlock = 2'048;
  alignas(8) char first_block_[kFirstBlock];
  google::protobuf::Arena arena_;
  grpc::Slice slice_;
  std::optional<Origin> origin_;
  bool asked_again_ = false;
};

// The part of Call that is the same for every shape.
template <typename Interface>
class BasicCall : public Interface {
 public:
  BasicCall(ServerCore* server, const Method* method, grpc::CallbackServerContext* context)
      : core_(server, method, context) {}

  const google::protobuf::Message& request() const override { return *core_.request; }
  google::protobuf::Message& reply() override { return *core_.reply; }
  const Principal& principal() const override { return core_.caller.principal; }
  const Duty* duty() const override { return core_.caller.chosen(); }
  journal::v1::Actor actor() const override { return core_.actor(); }
  const Reach& reach() const override { return core_.caller.reach(); }
  void Shows(const base::Id16& child) override { core_.extra.children.push_back(child); }
  void ShowsClassList(const base::Id16& class_id, uint32_t roster_version) override {
    core_.extra.class_lists.emplace_back(class_id, roster_version);
  }
  void BeganSession(const base::Id16& subject, uint64_t session, std::string_view device) override {
    core_.BeganSession(subject, session, device);
  }
  std::string address() override { return core_.origin().address; }
  bool cancelled() const override { return cancelled_.load(std::memory_order_relaxed); }
  int64_t deadline_monotonic_us() const override { return core_.deadline_us; }
  std::string_view received_body() const override { return core_.body; }
  std::string_view method_name() const override { return core_.method->full_name; }
  const WriteEnvironment* environment() const override { return &core_.server->environment; }

 protected:
  void AddRef() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  CallCore core_;
  std::atomic<bool> cancelled_{false};

 private:
  std::atomic<int> refs_{1};  // gRPC's, until OnDone
};

}  // namespace twinline::rpc

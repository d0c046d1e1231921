// The gRPC server, driven by descriptors: every method of a registered service is served by one raw
// callback handler, so that authentication, rights, limits, deadlines, idempotency windows, access
// records and status mapping exist once (docs/architecture.md). Who may call what is declared
// beside the RPC in proto options (twinline.types.v1.access); a method without that declaration is
// not served.
//
// A handler runs on a gRPC thread and never blocks: a read answers from a snapshot, a write
// enqueues to its shard and is finished from the engine thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/base/ids.h"
#include "platform/base/refusal.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/rpc/rights.h"

namespace twinline::rpc {

// What writes need of the process, injected once.
struct WriteEnvironment {
  const base::Clock* clock = nullptr;  // record time: wall, or driven in a demonstration
  // 16 bytes of HMAC under the month's key; vault::RequestFingerprints.
  std::function<absl::StatusOr<std::string>(const base::Id16& request_id, std::string_view rpc,
                                            std::string_view body)>
      fingerprint;
  // Runs work off the engine thread: filling and sending a reply costs more than deciding it.
  std::function<void(std::function<void()>)> later;
};

// One call in flight. Finish it exactly once, from any thread; a call dropped unfinished answers
// INTERNAL.
class Call {
 public:
  virtual ~Call() = default;

  virtual const google::protobuf::Message& request() const = 0;
  virtual google::protobuf::Message& reply() = 0;

  // Who calls, and the duty that gave the right (chosen by the interceptor; null for public RPCs).
  virtual const Principal& principal() const = 0;
  virtual const Duty* duty() const = 0;
  virtual journal::v1::Actor actor() const = 0;

  // The reach of the duty, for handlers that list: everything outside is left out.
  virtual const Reach& reach() const = 0;

  // Adds a child to the access entry beside those found by (shows_child) fields in the reply.
  virtual void Shows(const base::Id16& child) = 0;
  // The reply is a class list: the access entry names class and roster version instead of its
  // pupils, and the (shows_child) fields of the reply are not noted one by one.
  virtual void ShowsClassList(const base::Id16& class_id, uint32_t roster_version) {}

  // A log-in made this session from `device`, as the client calls it: noted with the address in the
  // access journal, before anything is done in it.
  virtual void BeganSession(const base::Id16& subject, uint64_t session, std::string_view device) {}
  // The caller's network address without the port; empty in calls made by hand in tests.
  virtual std::string address() { return {}; }

  virtual void Finish() = 0;  // OK with reply()
  virtual void Finish(const base::Refusal& refusal) = 0;
  virtual void Finish(const absl::Status& status) = 0;
  virtual bool cancelled() const = 0;
  virtual int64_t deadline_monotonic_us()
      const = 0;  // a server default of 30 s when the client set none

  // The request as received (valid as long as the call); empty in calls made by hand in tests.
  virtual std::string_view received_body() const { return {}; }
  virtual std::string_view method_name() const { return {}; }
  virtual const WriteEnvironment* environment() const { return nullptr; }
};
using CallPtr = std::shared_ptr<Call>;

// A server stream: messages are written one after another; an access entry is durable before each
// message that shows a child.
class StreamCall : public Call {
 public:
  // Queues one message; false when the client is gone.
  virtual bool Write(const google::protobuf::Message& message) = 0;
};
using StreamCallPtr = std::shared_ptr<StreamCall>;

// A client stream: `on_message` for each request message, `on_end` when the client half-closes;
// reply by Finish. Flow control: the next message is read after `Next()`.
class ClientStreamCall : public Call {
 public:
  virtual void Next() = 0;
};
struct ClientStreamHandler {
  std::function<void(const google::protobuf::Message&)> on_message;
  std::function<void()> on_end;
};

class ServiceRegistry {
 public:
  virtual ~ServiceRegistry() = default;
  // `method` is the full name with a dot, "twinline.registry.v1.RegistryService.CreateStudent".
  virtual void Unary(std::string_view method, std::function<void(CallPtr)> handler) = 0;
  virtual void ServerStream(std::string_view method,
                            std::function<void(StreamCallPtr)> handler) = 0;
  virtual void ClientStream(
      std::string_view method,
      std::function<ClientStreamHandler(std::shared_ptr<ClientStreamCall>)> handler) = 0;
  // Identity calls it when a signing key was withdrawn: tokens verified so far are verified again.
  virtual void ForgetTokens() {}
};

// Typed view of a call: `In<GetStudentRequest>(call)`, `Out<GetStudentReply>(call)`.
template <typename Request>
const Request& In(const Call& call) {
  // Naming the descriptor makes the linker keep the file that declares the RPC; inlined accessors
  // alone would not.
  [[maybe_unused]] static const auto* const kept = Request::descriptor();
  return static_cast<const Request&>(call.request());
}
template <typename Reply>
Reply& Out(Call& call) {
  return static_cast<Reply&>(call.reply());
}

// The write path of every handler: takes `request_id` from the request's WriteOptions field (field
// named "write"), refuses ids outside the window (REQUEST_ID_EXPIRED with the server's time, R-15,
// R-70), fingerprints the received body, submits, and on acceptance sets the reply's `read_token`
// field (if it has one), calls `fill(accepted, view)` on the state that contains the write, and
// finishes the call.
using Fill = std::function<void(const engine::Accepted&, const engine::ReadView&)>;
void SubmitWrite(const CallPtr& call, engine::Shard& shard, uint32_t command_type, std::string body,
                 Fill fill, engine::Lane lane = engine::Lane::kPeople);

// The two halves of SubmitWrite, for a handler that looks at the answer before it is given: `done`
// runs once, off the engine thread where the process has another, and ends with AnswerWrite.
void SubmitCall(const CallPtr& call, engine::Shard& shard, uint32_t command_type, std::string body,
                std::function<void(engine::Answer)> done,
                engine::Lane lane = engine::Lane::kPeople);
void AnswerWrite(const CallPtr& call, engine::Shard& shard, const Fill& fill,
                 const engine::Answer& answer);

// One write among many on a client stream: the same checks for a message of its own request id;
// `done` gets the answer on the engine thread, a refusal of the id at once.
void SubmitMessage(const CallPtr& call, engine::Shard& shard,
                   const google::protobuf::Message& message, uint32_t command_type,
                   std::string body, std::function<void(engine::Answer)> done);

// Honours the request's optional `read_token` (field of that name) for this shard, then calls
// `read` with a view that contains it.
void WithView(const CallPtr& call, engine::Shard& shard,
              std::function<void(const engine::ReadView&)> read);

}  // namespace twinline::rpc

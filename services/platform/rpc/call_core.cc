// The common part of calls.
#include "platform/rpc/call_core.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "grpc/support/time.h"
#include "grpcpp/support/slice.h"
#include "platform/base/hash.h"
#include "platform/base/keys.h"
#include "platform/base/utf8.h"
#include "platform/rpc/access_refusals.h"

namespace twinline::rpc {
namespace {

constexpr size_t kDeviceMax = 256;

google::protobuf::ArenaOptions FirstBlock(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

void SortUnique(std::vector<base::Id16>* ids) {
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
}

// "ipv4:10.1.2.3:4711" -> "10.1.2.3"; "ipv6:%5B::1%5D:4711" -> "::1".
std::string WithoutPort(std::string_view peer) {
  const size_t scheme = peer.find(':');
  if (scheme == std::string_view::npos || peer.substr(0, 2) != "ip") return std::string(peer);
  peer.remove_prefix(scheme + 1);
  const size_t port = peer.rfind(':');
  std::string address(peer.substr(0, port));
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"}) {
    if (const size_t at = address.find(bracket); at != std::string::npos) {
      address.erase(at, bracket.size());
    }
  }
  return address;
}

// Only a gateway on this machine may say for whom it asks.
bool IsLocal(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("unix") ||
         address.starts_with("inproc");
}

int64_t DeadlineOf(const grpc::CallbackServerContext& context, int64_t now, int64_t fallback) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return now + fallback;
  const gpr_timespec point = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_MONOTONIC);
  const gpr_timespec left = gpr_time_sub(point, gpr_now(GPR_CLOCK_MONOTONIC));
  const int64_t micros = left.tv_sec * 1'000'000 + left.tv_nsec / 1'000;
  return now + std::max<int64_t>(micros, 0);
}

}  // namespace

CallCore::CallCore(ServerCore* server_core, const Method* served,
                   grpc::CallbackServerContext* call_context)
    : server(server_core),
      method(served),
      context(call_context),
      started_us(base::MonotonicUs()),
      arena_(FirstBlock(first_block_, kFirstBlock)) {
  deadline_us = DeadlineOf(*context, started_us, server->default_deadline_us);
  request = method->request_prototype->New(&arena_);
  reply = method->reply_prototype->New(&arena_);
}

std::string_view CallCore::Header(const char* name) const {
  const auto& metadata = context->client_metadata();
  const auto it = metadata.find(name);
  if (it == metadata.end()) return {};
  return {it->second.data(), it->second.size()};
}

const Origin& CallCore::origin() {
  if (!origin_) {
    origin_.emplace();
    origin_->address = WithoutPort(context->peer());
    if (IsLocal(origin_->address)) {
      if (const auto address = Header("x-twinline-address"); !address.empty()) {
        origin_->address = address;
      }
    }
    origin_->device = Header("x-twinline-device");
  }
  return *origin_;
}

std::optional<base::Refusal> CallCore::Parse(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() > method->max_request_bytes) return RequestTooLarge(method->max_request_bytes);
  request->Clear();
  body = {};
  if (bytes.Length() == 0) return std::nullopt;
  if (!bytes.TrySingleSlice(&slice_).ok() && !bytes.DumpToSingleSlice(&slice_).ok()) {
    return RequestUnreadable();
  }
  body = {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  if (!request->ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return RequestUnreadable();
  }
  return std::nullopt;
}

std::optional<base::Refusal> CallCore::Identify() {
  if (method->access.public_()) return std::nullopt;
  caller.may_be_lag = false;
  auto refusal = server->authoriser.Identify(*method, Header("authorization"),
                                             Header("x-twinline-duty"), &caller);
  AccessRecorder* recorder = server->recorder;
  if (recorder != nullptr && caller.principal.session != 0 &&
      recorder->NewSight(caller.principal.session, origin().address)) {
    recorder->NoteSession(actor(), origin());
  }
  return refusal;
}

std::optional<base::Refusal> CallCore::Allow() {
  return server->authoriser.Allow(*method, *request, &caller);
}

void CallCore::BeganSession(const base::Id16& subject, uint64_t session, std::string_view device) {
  AccessRecorder* recorder = server->recorder;
  if (recorder == nullptr || !recorder->NewSight(session, origin().address)) return;
  Origin seen = origin();
  if (!device.empty()) seen.device = base::TruncateUtf8(device, kDeviceMax);
  journal::v1::Actor began;
  began.set_subject(subject.str());
  began.set_session(session);
  recorder->NoteSession(began, seen);
}

void CallCore::AskAgain(std::function<void()> then) {
  asked_again_ = true;
  server->authoriser.directory()->WhenCurrent(
      [completions = server->completions, then = std::move(then)]() mutable {
        completions->Run(std::move(then));
      });
}

std::vector<base::Id16> CallCore::ChildrenOfRequest() const {
  std::vector<base::Id16> children;
  method->child.ForEach(*request, [&](std::string_view bytes) {
    children.push_back(base::AsId(bytes));
    return true;
  });
  SortUnique(&children);
  return children;
}

Shown CallCore::Gather(const google::protobuf::Message& message) const {
  Shown shown = extra;
  if (shown.class_lists.empty() && method->shown.any()) {
    method->shown.ForEach(message, [&](std::string_view bytes) {
      if (const base::Id16 child = base::AsId(bytes); !child.empty())
        shown.children.push_back(child);
    });
  }
  const std::vector<base::Id16> named = ChildrenOfRequest();
  if (!method->access.write()) {
    // Asking about a child is looking at it, whatever the reply's fields are.
    shown.children.insert(shown.children.end(), named.begin(), named.end());
  } else {
    // The commit is the evidence for the child that the write names.
    std::erase_if(shown.children, [&](const base::Id16& child) {
      return std::binary_search(named.begin(), named.end(), child);
    });
  }
  SortUnique(&shown.children);
  return shown;
}

bool CallCore::NoteShown(const google::protobuf::Message& message, AccessLog::Durable then) {
  if (server->recorder == nullptr) return false;
  if (!method->shown.any() && method->child.empty() && extra.empty()) return false;
  const Shown shown = Gather(message);
  if (shown.empty()) return false;
  std::string purpose;
  method->reason.ForEach(*request, [&](std::string_view text) {
    purpose = text;
    return false;
  });
  // W3C traceparent: 00-<32 hex>-<16 hex>-<2 hex>.
  std::string trace;
  if (const auto parent = Header("traceparent"); parent.size() >= 35) {
    trace = base::FromHex(parent.substr(3, 32)).value_or("");
  }
  server->recorder->NoteShown(*method, actor(), shown, purpose, trace, std::move(then));
  return true;
}

bool CallCore::NoteRefusal(const base::Refusal& refusal, AccessLog::Durable then) {
  if (server->recorder == nullptr) return false;
  const auto fingerprint = [this]() -> std::string {
    if (!server->environment.fingerprint || body.empty()) return {};
    // A fast hash of a password, kept for years, is not what Argon2 was chosen for.
    if (method->holds_secret) return {};
    // A request without an id of its own is fingerprinted under the key of this month.
    const base::Id16 month =
        base::MakeUuidV7(server->environment.clock->Now(), std::string(10, '\0'));
    return server->environment.fingerprint(month, method->full_name, body).value_or("");
  };
  server->recorder->NoteRefusal(*method, actor(), origin(), refusal.code, ChildrenOfRequest(),
                                fingerprint, std::move(then));
  return true;
}

journal::v1::Actor CallCore::actor() const {
  journal::v1::Actor actor;
  if (!caller.principal.subject.empty()) actor.set_subject(caller.principal.subject.str());
  actor.set_session(caller.principal.session);
  actor.set_service(caller.principal.service);
  if (const Duty* duty = caller.chosen()) {
    actor.set_duty(duty->duty_id.str());
    actor.set_office(duty->office);
    actor.set_line(duty->line);
  }
  return actor;
}

void CallCore::AddTrailers() {
  if (server->environment.clock == nullptr) return;
  context->AddTrailingMetadata("x-twinline-time-us",
                               std::to_string(server->environment.clock->Now().us));
}

void CallCore::Observe(int grpc_code) const {
  if (server->observer == nullptr) return;
  server->observer->Done(*method, grpc_code, base::MonotonicUs() - started_us);
}

}  // namespace twinline::rpc

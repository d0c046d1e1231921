#include "tools/demo/api.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "platform/base/time.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::demo {

void Stop(const std::string& why) {
  std::fprintf(stderr, "\n演示中止 / demonstration stopped: %s\n", why.c_str());
  std::exit(1);
}

void Api::Route(std::string prefix, rpc::Client client) {
  routes_.emplace_back(std::move(prefix), std::move(client));
}

const rpc::Client& Api::ClientOf(std::string_view method) const {
  for (const auto& [prefix, client] : routes_) {
    if (method.starts_with(prefix)) return client;
  }
  return client_;
}

std::string Api::TokenOf(const base::Id16& staff) {
  if (staff.empty()) return {};
  {
    std::lock_guard lock(mutex_);
    if (const auto it = tokens_.find(staff.str()); it != tokens_.end()) return it->second;
  }
  identity::v1::IssueDemoTokenRequest request;
  request.set_subject(staff.str());
  request.set_minutes(1440);
  identity::v1::TokenReply reply;
  constexpr std::string_view kMethod = "twinline.identity.v1.IdentityService.IssueDemoToken";
  const rpc::CallResult result = ClientOf(kMethod).Call(kMethod, request, &reply);
  if (!result.ok()) Stop("no token: " + result.status.ToString());
  SetToken(staff, reply.token());
  return reply.token();
}

void Api::SetToken(const base::Id16& staff, std::string token) {
  std::lock_guard lock(mutex_);
  tokens_[staff.str()] = std::move(token);
}

void Api::Stamp(google::protobuf::Message* request) {
  const auto* field = request->GetDescriptor()->FindFieldByName("write");
  if (field == nullptr || field->message_type() != types::v1::WriteOptions::descriptor()) return;
  auto* write = static_cast<types::v1::WriteOptions*>(
      request->GetReflection()->MutableMessage(request, field));
  if (write->request_id().empty()) write->set_request_id(rpc::NewRequestId(now_us_).str());
}

rpc::CallResult Api::Call(std::string_view method, google::protobuf::Message& request,
                          google::protobuf::Message* reply, const base::Id16& staff) {
  Stamp(&request);
  rpc::CallOptions options;
  options.token = TokenOf(staff);
  options.deadline_us = 120'000'000;
  const int64_t give_up = base::MonotonicUs() + 60'000'000;
  for (;;) {
    rpc::CallResult result = ClientOf(method).Call(method, request, reply, options);
    const bool again =
        absl::IsUnavailable(result.status) || absl::IsResourceExhausted(result.status);
    if (!again || base::MonotonicUs() > give_up) return result;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Api::Must(std::string_view method, google::protobuf::Message& request,
               google::protobuf::Message* reply, const base::Id16& staff) {
  const rpc::CallResult result = Call(method, request, reply, staff);
  if (result.ok()) return;
  Stop(std::string(method) + ": " + result.code() + " " +
       (result.refusal ? result.refusal->zh : std::string(result.status.message())));
}

void Api::CallAsync(std::string_view method, google::protobuf::Message& request,
                    std::shared_ptr<google::protobuf::Message> reply, const base::Id16& staff,
                    std::function<void(const rpc::CallResult&)> done) {
  Stamp(&request);
  rpc::CallOptions options;
  options.token = TokenOf(staff);
  options.deadline_us = 120'000'000;
  slots_.acquire();
  ClientOf(method).CallAsync(method, request, reply.get(), options,
                             [this, reply, done = std::move(done)](rpc::CallResult result) {
                               done(result);
                               slots_.release();
                             });
}

void Api::WaitAll() {
  for (int i = 0; i < kInFlight; ++i) slots_.acquire();
  slots_.release(kInFlight);
}

}  // namespace twinline::demo

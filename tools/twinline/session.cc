// Tokens, retries and request ids of one command.
#include "tools/twinline/session.h"

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/absl_view.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"
#include "tools/twinline/exit_code.h"
#include "tools/twinline/parse.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::cli {
namespace {

constexpr int64_t kDeadlineUs = 60'000'000;
constexpr int64_t kRenewBeforeUs = 20'000'000;  // a token that ends within it is renewed at once
constexpr uint32_t kDemoMinutes = 720;

std::string Full(std::string_view method) {
  std::string full("twinline.");
  return full.append(method);
}

types::v1::WriteOptions* WriteOf(google::protobuf::Message* request) {
  const auto* field = request->GetDescriptor()->FindFieldByName("write");
  if (field == nullptr || field->message_type() != types::v1::WriteOptions::descriptor()) {
    return nullptr;
  }
  return static_cast<types::v1::WriteOptions*>(
      request->GetReflection()->MutableMessage(request, field));
}

rpc::CallResult NotLoggedIn(std::string_view why) {
  rpc::CallResult result;
  result.status = absl::UnauthenticatedError(base::ToAbsl(why));
  result.refusal = base::Refusal{"NOT_LOGGED_IN",
                                 "尚未登录，或登录已经失效。",
                                 absl::StrCat("you are not logged in here: ", base::ToAbsl(why)),
                                 {}};
  return result;
}

}  // namespace

absl::StatusOr<Session> Session::Connect(SessionOptions options, TokenStore store) {
  TWINLINE_ASSIGN_OR_RETURN(rpc::Client client, rpc::Client::Connect(options.channel));
  Session session(std::move(client), std::move(options), std::move(store));
  TWINLINE_ASSIGN_OR_RETURN(session.token_, session.store_.Load());
  return session;
}

rpc::CallOptions Session::OptionsOf(bool with_token, int64_t deadline_us) const {
  rpc::CallOptions options;
  if (with_token && token_) options.token = token_->token;
  if (with_token) options.duty = options_.duty;
  options.deadline_us = deadline_us;
  return options;
}

rpc::CallResult Session::Send(const std::string& method, google::protobuf::Message& request,
                              google::protobuf::Message* reply, bool with_token) {
  int64_t pause = options_.pause_us;
  for (int attempt = 0;; ++attempt) {
    rpc::CallResult result =
        client_.Call(method, request, reply, OptionsOf(with_token, kDeadlineUs));
    if (result.server_time_us > 0) server_time_us_ = result.server_time_us;
    if (!WorthRetrying(result.status.code()) || attempt >= options_.retries) return result;
    std::this_thread::sleep_for(std::chrono::microseconds(pause));
    pause *= 2;
  }
}

rpc::CallResult Session::CallPublic(std::string_view method, google::protobuf::Message& request,
                                    google::protobuf::Message* reply) {
  return Send(Full(method), request, reply, false);
}

rpc::CallResult Session::Call(std::string_view method, google::protobuf::Message& request,
                              google::protobuf::Message* reply) {
  if (rpc::CallResult ready = Prepare(); !ready.ok()) return ready;
  Stamp(&request);
  const std::string full = Full(method);
  rpc::CallResult result = Send(full, request, reply, true);
  if (result.code() == "REQUEST_ID_EXPIRED") {
    // Nothing was executed: the local clock or a long pause made the id unusable.
    if (auto* write = WriteOf(&request)) write->clear_request_id();
    Stamp(&request);
    result = Send(full, request, reply, true);
  }
  if (absl::IsUnauthenticated(result.status)) {
    if (rpc::CallResult renewed = Renew(true); !renewed.ok()) return result;
    result = Send(full, request, reply, true);
  }
  return result;
}

rpc::CallResult Session::Prepare() {
  if (!token_) return NotLoggedIn(absl::StrCat("no token in ", store_.file().string()));
  if (token_->expires_us > base::SystemClock().Now().us + kRenewBeforeUs) return {};
  return Renew(false);
}

rpc::CallResult Session::Renew(bool even_if_fresh) {
  auto lock = store_.LockFile();
  if (!lock.ok()) return {lock.status(), std::nullopt, 0};
  // Another command may have renewed it while this one waited.
  if (auto stored = store_.Load(); stored.ok() && *stored) {
    const bool newer = (*stored)->token != token_->token;
    token_ = **stored;
    const bool fresh = token_->expires_us > base::SystemClock().Now().us + kRenewBeforeUs;
    if (fresh && (newer || !even_if_fresh)) return {};
  }
  identity::v1::TokenReply reply;
  rpc::CallResult result;
  if (token_->demo) {
    identity::v1::IssueDemoTokenRequest request;
    request.set_subject(ParseId(token_->subject).value_or(base::Id16()).str());
    request.set_minutes(kDemoMinutes);
    result = CallPublic("identity.v1.IdentityService.IssueDemoToken", request, &reply);
  } else {
    if (token_->refresh_token.empty()) return NotLoggedIn("the session has ended");
    identity::v1::RefreshRequest request;
    request.set_refresh_token(token_->refresh_token);
    // A refresh token is good once: a lost answer is answered by logging in, never by sending it
    // again.
    result = client_.Call(Full("identity.v1.IdentityService.Refresh"), request, &reply,
                          OptionsOf(false, kDeadlineUs));
  }
  if (!result.ok()) return result;
  if (absl::Status kept = Keep(reply, token_->login, token_->demo); !kept.ok()) {
    result.status = kept;
  }
  return result;
}

rpc::Client::Reader Session::OpenReader(std::string_view method,
                                        const google::protobuf::Message& request) {
  return client_.OpenReader(Full(method), request, OptionsOf(true, 0));
}

rpc::Client::Writer Session::OpenWriter(std::string_view method) {
  return client_.OpenWriter(Full(method), OptionsOf(true, 0));
}

void Session::Stamp(google::protobuf::Message* request) {
  auto* write = WriteOf(request);
  if (write == nullptr || !write->request_id().empty()) return;
  const auto now = NowUs();
  write->set_request_id(rpc::NewRequestId(now.ok() ? *now : base::SystemClock().Now().us).str());
}

absl::StatusOr<int64_t> Session::NowUs() {
  if (server_time_us_ > 0) return server_time_us_;
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  const rpc::CallResult result = Call("identity.v1.IdentityService.WhoAmI", request, &reply);
  if (!result.ok()) return result.status;
  if (reply.server_time_us() > 0) server_time_us_ = reply.server_time_us();
  if (server_time_us_ == 0) return absl::UnavailableError("the server does not tell its time");
  return server_time_us_;
}

absl::StatusOr<base::CivilDay> Session::Today() {
  TWINLINE_ASSIGN_OR_RETURN(const int64_t now, NowUs());
  return base::DayOf(base::Timestamp{now});
}

absl::Status Session::Keep(const identity::v1::TokenReply& reply, const std::string& login,
                           bool demo) {
  StoredToken token;
  token.server = options_.channel.target;
  token.token = reply.token();
  token.refresh_token = reply.refresh_token();
  token.expires_us = reply.expires_us();
  token.subject = base::Id16::FromBytes(reply.subject()).value_or(base::Id16()).hex();
  token.login = login;
  token.banner = reply.realm_banner();
  token.demo = demo;
  if (reply.server_time_us() > 0) server_time_us_ = reply.server_time_us();
  TWINLINE_RETURN_IF_ERROR(store_.Save(token));
  token_ = std::move(token);
  return absl::OkStatus();
}

absl::Status Session::Forget() {
  token_.reset();
  return store_.Forget();
}

}  // namespace twinline::cli

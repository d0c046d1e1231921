// Building, starting and stopping the server.
#include "platform/rpc/grpc_server.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "grpc/support/time.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "platform/base/absl_view.h"
#include "platform/base/status_macros.h"

namespace twinline::rpc {
namespace {

// All connections and requests of this process together.
constexpr size_t kMemoryQuotaBytes = size_t{1} << 30;

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path));
  }
  return text.str();
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(const TlsFiles& tls) {
  if (tls.certificate.empty() && tls.key.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  TWINLINE_ASSIGN_OR_RETURN(pair.private_key, ReadText(tls.key));
  TWINLINE_ASSIGN_OR_RETURN(pair.cert_chain, ReadText(tls.certificate));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  if (!tls.client_ca.empty()) {
    TWINLINE_ASSIGN_OR_RETURN(options.pem_root_certs, ReadText(tls.client_ca));
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(options);
}

void EnablePlugins() {
  static const bool once = [] {
    // Debian builds absl with its checker of lock order on: each lock that gRPC takes would go
    // through one graph of the whole process, under one lock.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace

Server::Server(ServerOptions options)
    : options_(std::move(options)),
      core_{Authoriser(options_.verifier, options_.directory, options_.record_clock,
                       options_.real_clock),
            options_.recorder,
            {options_.record_clock, options_.fingerprint, nullptr},
            options_.completions,
            options_.observer,
            options_.default_deadline_us,
            options_.in_flight_max,
            options_.streams_max} {
  core_.environment.later = [this](std::function<void()> work) {
    // A lone caller is answered sooner on the thread that has the answer; a crowd by another
    // thread, while the engine decides its next batch.
    if (core_.in_flight.load(std::memory_order_relaxed) <= 1) return work();
    core_.completions->Run(std::move(work));
  };
}

Server::~Server() { Stop(0); }

void Server::Register(std::string_view name, Handler handler, bool client_streams,
                      bool server_streams) {
  const auto fail = [&](absl::Status status) {
    if (registration_.ok()) registration_ = std::move(status);
  };
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(std::string(name));
  if (descriptor == nullptr) {
    return fail(absl::NotFoundError(absl::StrCat("no RPC is named ", base::ToAbsl(name))));
  }
  if (descriptor->client_streaming() != client_streams ||
      descriptor->server_streaming() != server_streams) {
    return fail(absl::InvalidArgumentError(
        absl::StrCat(base::ToAbsl(name), " is declared with another shape of streaming")));
  }
  auto method = DescribeMethod(descriptor);
  if (!method.ok()) return fail(method.status());
  if ((*method)->access.demo_only() && !options_.demo_methods) return;
  for (const Method* known : described_) {
    if (known->full_name == name) {
      return fail(absl::AlreadyExistsError(absl::StrCat(base::ToAbsl(name), " is served twice")));
    }
  }
  (*method)->index = static_cast<uint32_t>(described_.size());
  described_.push_back(method->get());
  pending_[descriptor->service()->full_name()].push_back({*std::move(method), std::move(handler)});
}

void Server::Unary(std::string_view method, std::function<void(CallPtr)> handler) {
  Register(method, UnaryHandler(std::move(handler)), false, false);
}
void Server::ServerStream(std::string_view method, std::function<void(StreamCallPtr)> handler) {
  Register(method, ServerStreamHandler(std::move(handler)), false, true);
}
void Server::ClientStream(
    std::string_view method,
    std::function<ClientStreamHandler(std::shared_ptr<ClientStreamCall>)> handler) {
  Register(method, ClientStreamFactory(std::move(handler)), true, false);
}

absl::Status Server::Start() {
  TWINLINE_RETURN_IF_ERROR(registration_);
  EnablePlugins();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxRequestBytes + (size_t{1} << 20)));
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetResourceQuota(grpc::ResourceQuota("twinline").Resize(kMemoryQuotaBytes));
  if (!options_.listen.empty()) {
    TWINLINE_ASSIGN_OR_RETURN(const auto credentials, Credentials(options_.tls));
    builder.AddListeningPort(options_.listen, credentials, &port_);
  }
  for (auto& [name, methods] : pending_) {
    services_.push_back(std::make_unique<DynamicService>(&core_, std::move(methods)));
    builder.RegisterService(services_.back().get());
  }
  pending_.clear();
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || (!options_.listen.empty() && port_ == 0)) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options_.listen, ": the address is taken or not one of this machine"));
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

void Server::SetHealth(const std::string& name, bool serving) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(name, serving);
}

void Server::Stop(int64_t grace_us) {
  if (server_ == nullptr) return;
  const gpr_timespec deadline =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(grace_us, GPR_TIMESPAN));
  server_->Shutdown(deadline);
  server_->Wait();
  server_.reset();
  services_.clear();
}

}  // namespace twinline::rpc

// The one gRPC server of a process: services are registered by descriptor, then it listens. Health
// (whole server and one name per shard), reflection and limits come with it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "platform/rpc/dynamic_service.h"
#include "platform/rpc/server.h"

namespace grpc {
class Channel;
class Server;
}  // namespace grpc

namespace twinline::rpc {

// PEM files; all empty: no TLS.
struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string client_ca;  // set: clients must present a certificate signed by it
};

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  // empty: in-process only
  TlsFiles tls;
  size_t in_flight_max = 256;
  size_t streams_max = 1'024;
  int64_t default_deadline_us = 30'000'000;
  bool demo_methods = false;  // a DEMO realm with a driven clock: serves (demo_only) methods

  TokenVerifier verifier;
  const Directory* directory = nullptr;
  const base::Clock* record_clock = nullptr;
  const base::Clock* real_clock = nullptr;
  AccessRecorder* recorder = nullptr;  // null: nothing is recorded
  decltype(WriteEnvironment::fingerprint) fingerprint;
  Completions* completions = nullptr;
  CallObserver* observer = nullptr;
};

class Server final : public ServiceRegistry {
 public:
  explicit Server(ServerOptions options);
  ~Server() override;

  // A method that does not exist, is not declared or has another shape is an error of Start.
  void Unary(std::string_view method, std::function<void(CallPtr)> handler) override;
  void ServerStream(std::string_view method, std::function<void(StreamCallPtr)> handler) override;
  void ClientStream(
      std::string_view method,
      std::function<ClientStreamHandler(std::shared_ptr<ClientStreamCall>)> handler) override;

  void ForgetTokens() override { core_.authoriser.ForgetTokens(); }

  absl::Status Start();
  // The port it listens on, after Start; 0 when in-process only.
  int port() const { return port_; }
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Health of "" (the server) or of a name such as "registry/0".
  void SetHealth(const std::string& name, bool serving);

  // Refuses new calls, waits for those at work up to `grace_us`, then cancels them. Idempotent.
  void Stop(int64_t grace_us);

  // Every method served, in the order of their index.
  std::vector<const Method*> methods() const { return described_; }
  size_t in_flight() const { return core_.in_flight.load(); }

 private:
  void Register(std::string_view name, Handler handler, bool client_streams, bool server_streams);

  ServerOptions options_;
  ServerCore core_;
  absl::Status registration_;
  std::map<std::string, std::vector<ServedMethod>> pending_;  // by service
  std::vector<const Method*> described_;
  std::vector<std::unique_ptr<DynamicService>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace twinline::rpc

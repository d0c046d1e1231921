// A client without generated stubs: any RPC by its full name with its messages. For the command
// line, the demonstration, tests and load generation. What the server refused comes back as a
// refusal with code and both languages.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/base/ids.h"
#include "platform/base/refusal.h"

namespace grpc {
class Channel;
}

namespace twinline::rpc {

struct CallOptions {
  std::string token;                 // empty: none is sent
  std::string duty;                  // 32 hex digits: choose this duty (x-twinline-duty)
  int64_t deadline_us = 30'000'000;  // 0: none
};

struct CallResult {
  absl::Status status;
  std::optional<base::Refusal> refusal;  // whenever the server sent details
  int64_t server_time_us = 0;            // 0 when it sent none

  bool ok() const { return status.ok(); }
  // Refusal code, or the name of the status.
  std::string code() const;
};

struct ChannelOptions {
  std::string target = "127.0.0.1:50051";
  std::string ca_file;           // PEM; empty: no TLS
  std::string certificate_file;  // with key_file: this client's own certificate
  std::string key_file;
  bool own_connection =
      false;  // do not share one TCP connection with other channels of this process
};

class Client {
 public:
  static absl::StatusOr<Client> Connect(const ChannelOptions& options);
  explicit Client(std::shared_ptr<grpc::Channel> channel);

  // `method`: "twinline.registry.v1.RegistryService.GetStudent". Blocks.
  CallResult Call(std::string_view method, const google::protobuf::Message& request,
                  google::protobuf::Message* reply, const CallOptions& options = {}) const;

  // `done` is called on a gRPC thread; `reply` lives until then.
  void CallAsync(std::string_view method, const google::protobuf::Message& request,
                 google::protobuf::Message* reply, const CallOptions& options,
                 std::function<void(CallResult)> done) const;

  // Reads a server stream; one thread reads, any thread may Cancel.
  class Reader {
   public:
    Reader(Reader&&) noexcept;
    ~Reader();                                      // cancels what is not finished
    bool Read(google::protobuf::Message* message);  // false at the end
    CallResult Finish();
    void Cancel();

   private:
    friend class Client;
    struct State;
    explicit Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Reader OpenReader(std::string_view method, const google::protobuf::Message& request,
                    const CallOptions& options = {}) const;

  // Writes a client stream.
  class Writer {
   public:
    Writer(Writer&&) noexcept;
    ~Writer();
    bool Write(const google::protobuf::Message& message);  // false: the server has answered already
    CallResult Finish(google::protobuf::Message* reply);

   private:
    friend class Client;
    struct State;
    explicit Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Writer OpenWriter(std::string_view method, const CallOptions& options = {}) const;

  // The standard health service: true when SERVING.
  absl::StatusOr<bool> Healthy(const std::string& name = "") const;
  // Waits until connected; false when that took longer.
  bool WaitConnected(int64_t timeout_us) const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

// A request id of now, or of the server's time when the local clock is wrong.
base::Id16 NewRequestId(int64_t now_us);

}  // namespace twinline::rpc

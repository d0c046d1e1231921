// A connection as somebody: takes the stored token, renews it when it runs out, mints request ids
// in the server's time, and sends a write again with the same id when nobody knows what
// became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/base/civil.h"
#include "platform/rpc/client.h"
#include "tools/twinline/token_store.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::cli {

struct SessionOptions {
  rpc::ChannelOptions channel;
  std::string duty;            // 32 hex digits, or empty
  int retries = 4;             // further attempts
  int64_t pause_us = 250'000;  // before the first of them; doubled each time
};

class Session {
 public:
  static absl::StatusOr<Session> Connect(SessionOptions options, TokenStore store);

  // `method` without "twinline.": "registry.v1.RegistryService.GetChild". Fills `write.request_id`
  // when the request has one and it is empty; the request keeps it.
  rpc::CallResult Call(std::string_view method, google::protobuf::Message& request,
                       google::protobuf::Message* reply);
  // The same without a token: log-in and what is public.
  rpc::CallResult CallPublic(std::string_view method, google::protobuf::Message& request,
                             google::protobuf::Message* reply);

  // Streams have no automatic retry. Without a good token the first result says so.
  rpc::CallResult Prepare();  // renews the token
  rpc::Client::Reader OpenReader(std::string_view method, const google::protobuf::Message& request);
  rpc::Client::Writer OpenWriter(std::string_view method);
  void Stamp(google::protobuf::Message* request);

  // The server's time (driven in a demonstration); asked for once.
  absl::StatusOr<int64_t> NowUs();
  absl::StatusOr<base::CivilDay> Today();

  const std::optional<StoredToken>& token() const { return token_; }
  // Keeps a fresh token, in memory and in the store.
  absl::Status Keep(const identity::v1::TokenReply& reply, const std::string& login, bool demo);
  absl::Status Forget();
  const TokenStore& store() const { return store_; }
  void set_duty(std::string duty) { options_.duty = std::move(duty); }
  const rpc::Client& client() const { return client_; }

 private:
  Session(rpc::Client client, SessionOptions options, TokenStore store)
      : client_(std::move(client)), options_(std::move(options)), store_(std::move(store)) {}

  rpc::CallResult Renew(bool even_if_fresh);
  rpc::CallResult Send(const std::string& method, google::protobuf::Message& request,
                       google::protobuf::Message* reply, bool with_token);
  rpc::CallOptions OptionsOf(bool with_token, int64_t deadline_us) const;

  rpc::Client client_;
  SessionOptions options_;
  TokenStore store_;
  std::optional<StoredToken> token_;
  int64_t server_time_us_ = 0;
};

}  // namespace twinline::cli

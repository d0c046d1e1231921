// The demonstration speaks to the server as everybody does: through the public gRPC API, with a
// token of the person who acts. Request ids are minted in driven time; an unknown outcome is
// retried with the same id.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <semaphore>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/base/ids.h"
#include "platform/rpc/client.h"

namespace twinline::demo {

class Api {
 public:
  explicit Api(rpc::Client client) : client_(std::move(client)) {}

  void SetNow(int64_t driven_us) { now_us_ = driven_us; }
  int64_t now_us() const { return now_us_; }
  const rpc::Client& client() const { return client_; }
  // Where services run apart: calls to methods that begin with `prefix` ("twinline.audit.") go to
  // `client`, all others to the client of the constructor.
  void Route(std::string prefix, rpc::Client client);
  const rpc::Client& ClientOf(std::string_view method) const;
  // After the server was started again.
  void SetClient(rpc::Client client) { client_ = std::move(client); }

  // A token for a staff member (demonstration issuer); cached for the run.
  std::string TokenOf(const base::Id16& staff);
  void SetToken(const base::Id16& staff, std::string token);

  // Calls as `staff`; stamps `write.request_id` when the request has one. UNAVAILABLE is retried
  // with the same id for up to a minute.
  rpc::CallResult Call(std::string_view method, google::protobuf::Message& request,
                       google::protobuf::Message* reply, const base::Id16& staff);
  // The same for a call that must succeed: stops the program with the server's words when it does
  // not.
  void Must(std::string_view method, google::protobuf::Message& request,
            google::protobuf::Message* reply, const base::Id16& staff);

  // At most `kInFlight` at a time; `done` runs on a gRPC thread.
  void CallAsync(std::string_view method, google::protobuf::Message& request,
                 std::shared_ptr<google::protobuf::Message> reply, const base::Id16& staff,
                 std::function<void(const rpc::CallResult&)> done);
  void WaitAll();

 private:
  static constexpr int kInFlight = 96;
  void Stamp(google::protobuf::Message* request);

  rpc::Client client_;
  std::vector<std::pair<std::string, rpc::Client>> routes_;
  std::atomic<int64_t> now_us_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> tokens_;  // by staff id
  std::counting_semaphore<kInFlight> slots_{kInFlight};
};

[[noreturn]] void Stop(const std::string& why);

}  // namespace twinline::demo

// The servers of one played term: one process with the embedded log, or Twinline over Kafka.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/civil.h"
#include "tools/demo/api.h"
#include "tools/demo/server_process.h"

namespace twinline::demo {

class Servers {
 public:
  struct Plan {
    std::filesystem::path bin;   // where twinlined and twinline are
    std::filesystem::path data;  // data directory; made when it holds no installation
    base::CivilDay clock_start;
    int port = 0;
    // Over Kafka: the brokers (without TLS, on this machine), and what stands before every topic
    // after "demo.". The topics are made when they are missing.
    std::string brokers;
    std::string topic_prefix;
  };
  static absl::StatusOr<Servers> Start(const Plan& plan);

  absl::StatusOr<rpc::Client> Connect() const;
  int port() const { return processes_.front().port(); }
  std::vector<pid_t> pids() const;
  void Stop();
  // Waits until they end by themselves; true when they ended well.
  bool Wait();

 private:
  Servers() = default;
  std::vector<ServerProcess> processes_;
};

}  // namespace twinline::demo

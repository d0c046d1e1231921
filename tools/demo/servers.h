// The servers of one played term: one process with the embedded log, or Twinline over Kafka, in one
// process or in one for each service.
#pragma once

#include <filesystem>
#include <memory>
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
    int port = 0;  // of the process with the registry
    // Over Kafka: the brokers (without TLS, on this machine), and what stands before every topic
    // after "demo.". The topics are made when they are missing.
    std::string brokers;
    std::string topic_prefix;
    bool apart = false;  // over Kafka only: a process for each service
  };
  static absl::StatusOr<Servers> Start(const Plan& plan);

  // Calls of every service go to its process.
  absl::StatusOr<std::unique_ptr<Api>> Connect() const;
  std::vector<pid_t> pids() const;
  int port() const { return members_.front().process.port(); }

  // The process that runs `service`: kill -9, and a new one on the same address.
  void Kill(const std::string& service);
  absl::Status StartAgain(const std::string& service);
  void Stop();
  // Waits until they end by themselves; true when they ended well.
  bool Wait();

 private:
  struct Member {
    std::string service;  // "registry"; "all" for one process
    ServerProcess::Spec spec;
    ServerProcess process;
  };
  Servers() = default;
  absl::Status Add(const Plan& plan, const std::string& service, uint32_t slot, int port,
                   const std::string& more_config);
  absl::Status StartApart(const Plan& plan);
  Member& Of(const std::string& service);

  std::vector<Member> members_;  // the registry's first
};

}  // namespace twinline::demo

#include "tools/demo/servers.h"

#include <sys/wait.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "tools/demo/spawn.h"

namespace twinline::demo {
namespace {

constexpr int64_t kConnectUs = 10'000'000;

absl::Status MakeTopics(const Servers::Plan& plan) {
  return RunToEnd({(plan.bin / "twinline").string(), "admin", "topics", "--create", "--demo",
                   "--brokers", plan.brokers, "--prefix", plan.topic_prefix, "--replicas", "1"});
}

std::string ConfigOf(const Servers::Plan& plan) {
  if (plan.brokers.empty()) return {};
  return absl::StrCat("journals { medium: \"kafka\" }\nkafka { brokers: \"", plan.brokers,
                      "\" replicas: 1 topic_prefix: \"", plan.topic_prefix, "\" }\n");
}

}  // namespace

absl::StatusOr<Servers> Servers::Start(const Plan& plan) {
  Servers servers;
  if (!plan.brokers.empty()) TWINLINE_RETURN_IF_ERROR(MakeTopics(plan));
  TWINLINE_ASSIGN_OR_RETURN(ServerProcess process,
                            ServerProcess::Start(plan.bin / "twinlined", plan.data,
                                                 plan.clock_start, plan.port, ConfigOf(plan)));
  servers.processes_.push_back(std::move(process));
  return servers;
}

absl::StatusOr<rpc::Client> Servers::Connect() const {
  rpc::ChannelOptions channel;
  channel.target = absl::StrCat("127.0.0.1:", port());
  TWINLINE_ASSIGN_OR_RETURN(rpc::Client client, rpc::Client::Connect(channel));
  if (!client.WaitConnected(kConnectUs)) return absl::UnavailableError("cannot reach twinlined");
  return client;
}

std::vector<pid_t> Servers::pids() const {
  std::vector<pid_t> pids;
  for (const ServerProcess& process : processes_) pids.push_back(process.pid());
  return pids;
}

void Servers::Stop() {
  for (ServerProcess& process : processes_) process.Stop();
}

bool Servers::Wait() {
  bool well = true;
  for (ServerProcess& process : processes_) well = process.Wait() == 0 && well;
  return well;
}

}  // namespace twinline::demo

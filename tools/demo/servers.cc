#include "tools/demo/servers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/check.h"
#include "platform/base/status_macros.h"
#include "tools/demo/spawn.h"

namespace twinline::demo {
namespace {

constexpr int64_t kConnectUs = 10'000'000;
constexpr char kAll[] = "all";
constexpr char kRegistry[] = "registry";

// Service, what its methods begin with, and its access slot where services run apart.
struct Apart {
  const char* service;
  const char* methods;
  uint32_t slot;
};
constexpr Apart kOthers[] = {
    {"transfer", "twinline.transfer.", 1},
    {"attendance", "twinline.attendance.", 2},
    {"accountability", "twinline.accountability.", 3},
    {"identity", "twinline.identity.", 4},
    {"audit", "twinline.audit.", 5},
};

absl::Status MakeTopics(const Servers::Plan& plan) {
  return RunToEnd({(plan.bin / "twinline").string(), "admin", "topics", "--create", "--demo",
                   "--brokers", plan.brokers, "--prefix", plan.topic_prefix, "--replicas", "1"});
}

std::string ConfigOf(const Servers::Plan& plan) {
  if (plan.brokers.empty()) return {};
  return absl::StrCat("journals { medium: \"kafka\" }\nkafka { brokers: \"", plan.brokers,
                      "\" replicas: 1 topic_prefix: \"", plan.topic_prefix, "\" }\n");
}

absl::StatusOr<rpc::Client> ConnectTo(int port) {
  rpc::ChannelOptions channel;
  channel.target = absl::StrCat("127.0.0.1:", port);
  TWINLINE_ASSIGN_OR_RETURN(rpc::Client client, rpc::Client::Connect(channel));
  if (!client.WaitConnected(kConnectUs)) {
    return absl::UnavailableError(absl::StrCat("cannot reach twinlined at ", channel.target));
  }
  return client;
}

}  // namespace

absl::StatusOr<Servers> Servers::Start(const Plan& plan) {
  if (!plan.brokers.empty()) TWINLINE_RETURN_IF_ERROR(MakeTopics(plan));
  std::filesystem::create_directories(plan.data);
  // The medium stands in the configuration, and a new installation has its keys there.
  ServerProcess::WriteConfig(plan.data, kAll, ConfigOf(plan));
  TWINLINE_RETURN_IF_ERROR(
      ServerProcess::Init(plan.bin / "twinlined", plan.data,
                          {"--config", (plan.data / "all.textproto").string(), "--clock", "driven",
                           "--clock-start", plan.clock_start.ToString()}));
  Servers servers;
  TWINLINE_RETURN_IF_ERROR(plan.apart ? servers.StartApart(plan)
                                      : servers.Add(plan, kAll, 0, plan.port, {}));
  return servers;
}

absl::Status Servers::Add(const Plan& plan, const std::string& service, uint32_t slot, int port,
                          const std::string& more_config) {
  ServerProcess::Spec spec;
  spec.binary = plan.bin / "twinlined";
  spec.data = plan.data;
  spec.name = service;
  spec.flags = {"--services", service};
  spec.port = port;
  spec.config = absl::StrCat(ConfigOf(plan), "access { slot: ", slot, " }\n", more_config);
  TWINLINE_ASSIGN_OR_RETURN(ServerProcess process, ServerProcess::Run(spec));
  spec.port = process.port();
  members_.push_back({service, std::move(spec), std::move(process)});
  return absl::OkStatus();
}

absl::Status Servers::StartApart(const Plan& plan) {
  if (!std::filesystem::exists(plan.data / "first-accounts.txt")) {
    // The first accounts are staff of the registry and accounts of identity: made by one process.
    TWINLINE_RETURN_IF_ERROR(Add(plan, "registry,identity", 0, 0, {}));
    Stop();
    members_.clear();
  }
  std::string peers;
  for (const Apart& other : kOthers) {
    TWINLINE_RETURN_IF_ERROR(
        Add(plan, other.service, other.slot, 0, "demo_clock { moved_elsewhere: true }\n"));
    absl::StrAppend(&peers, "peers: \"127.0.0.1:", members_.back().process.port(), "\" ");
  }
  TWINLINE_RETURN_IF_ERROR(
      Add(plan, kRegistry, 0, plan.port, absl::StrCat("demo_clock { ", peers, "}\n")));
  std::rotate(members_.begin(), members_.end() - 1, members_.end());
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Api>> Servers::Connect() const {
  TWINLINE_ASSIGN_OR_RETURN(rpc::Client first, ConnectTo(port()));
  auto api = std::make_unique<Api>(std::move(first));
  for (const Member& member : members_) {
    for (const Apart& other : kOthers) {
      if (member.service != other.service) continue;
      TWINLINE_ASSIGN_OR_RETURN(rpc::Client client, ConnectTo(member.process.port()));
      api->Route(other.methods, std::move(client));
    }
  }
  return api;
}

Servers::Member& Servers::Of(const std::string& service) {
  for (Member& member : members_) {
    if (member.service == service || member.service == kAll) return member;
  }
  TWINLINE_CHECK(false, "no process runs this service");
  return members_.front();
}

void Servers::Kill(const std::string& service) { Of(service).process.Kill(); }

absl::Status Servers::StartAgain(const std::string& service) {
  Member& member = Of(service);
  TWINLINE_ASSIGN_OR_RETURN(member.process, ServerProcess::Run(member.spec));
  return absl::OkStatus();
}

std::vector<pid_t> Servers::pids() const {
  std::vector<pid_t> pids;
  for (const Member& member : members_) pids.push_back(member.process.pid());
  return pids;
}

void Servers::Stop() {
  for (Member& member : members_) member.process.Stop();
}

bool Servers::Wait() {
  bool well = true;
  for (Member& member : members_) well = member.process.Wait() == 0 && well;
  return well;
}

}  // namespace twinline::demo

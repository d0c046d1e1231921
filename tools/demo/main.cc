// twinline-demo: starts the server on a demonstration directory, loads a generated county, plays a
// term through the public API and keeps serving. The last line of the played term is JSON. With
// --shape kafka the journals lie in a Kafka broker, and what was played is compared with the same
// term on the embedded log.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/time.h"
#include "tools/demo/broker_process.h"
#include "tools/demo/export.h"
#include "tools/demo/guide.h"
#include "tools/demo/play.h"
#include "tools/demo/progress.h"
#include "tools/demo/servers.h"

namespace {

using namespace twinline;
namespace fs = std::filesystem;

constexpr size_t kDifferencesShown = 20;
constexpr int kCannotRun = 77;

std::vector<pid_t> serving;  // for the handler of SIGTERM

struct Flags {
  bool once = false;
  int port = 50051;
  std::string data;
  std::string shape = "embedded";
  std::string brokers;
  bool together = false;
  demo::Script script;
};

// Starts the servers of `plan` and plays the term; they go on serving.
struct Performance {
  demo::Servers servers;
  std::unique_ptr<demo::Api> api;
  demo::Played played;
};
Performance Perform(const demo::Servers::Plan& plan, const Flags& flags,
                    const datagen::County& county) {
  auto servers = demo::Servers::Start(plan);
  if (!servers.ok()) demo::Stop(std::string(servers.status().message()));
  auto api = servers->Connect();
  if (!api.ok()) demo::Stop(std::string(api.status().message()));
  const int64_t started = base::MonotonicUs();
  Performance performance{*std::move(servers), *std::move(api), {}};
  performance.played =
      demo::Play(*performance.api, flags.script, county, demo::FirstAdmins(plan.data));
  performance.played.line["seconds"] =
      static_cast<double>((base::MonotonicUs() - started) / 100'000) / 10;
  return performance;
}

// The same term on the embedded log; prints what differs. 0 when nothing does.
size_t CompareWithEmbedded(Performance& over_kafka, demo::Servers::Plan plan, const Flags& flags,
                           const datagen::County& county) {
  const std::vector<std::string> found = demo::Export(*over_kafka.api, over_kafka.played.loaded);
  demo::Progress::Say("同一学期，单机日志 the same term on the embedded log");
  plan.data += "-embedded";
  plan.brokers.clear();
  plan.apart = false;
  plan.port = 0;
  Performance embedded = Perform(plan, flags, county);
  const std::vector<std::string> expected = demo::Export(*embedded.api, embedded.played.loaded);
  embedded.servers.Stop();
  fs::remove_all(plan.data);
  const std::vector<std::string> differences = demo::Differences(expected, found);
  for (size_t i = 0; i < differences.size() && i < kDifferencesShown; ++i) {
    std::fprintf(stderr, "%s\n", differences[i].c_str());
  }
  auto& line = over_kafka.played.line;
  size_t different = differences.size();
  for (const char* count : {"pupils", "roll_calls", "cases_opened", "cases_closed",
                            "transfers_completed", "alerts_delivered"}) {
    if (line[count] == embedded.played.line[count]) continue;
    std::fprintf(stderr, "%s: embedded %s, over Kafka %s\n", count,
                 embedded.played.line[count].dump().c_str(), line[count].dump().c_str());
    ++different;
  }
  line["compared_lines"] = expected.size();
  line["differences"] = different;
  line["seconds_embedded"] = embedded.played.line["seconds"];
  return different;
}

int Run(const Flags& flags, const fs::path& here) {
  demo::Servers::Plan plan;
  plan.bin = here;
  plan.data = flags.data.empty()
                  ? fs::temp_directory_path() / ("twinline-demo-" + std::to_string(getpid()))
                  : fs::path(flags.data);
  plan.clock_start = flags.script.clock_start();
  plan.port = flags.port;
  if (fs::exists(plan.data / "played")) {
    std::fprintf(
        stderr,
        "%s 已经演示过；请换一个目录或删除它 / was played already; name another directory\n",
        plan.data.c_str());
    return 1;
  }
  const bool kafka = flags.shape == "kafka";
  std::optional<demo::BrokerProcess> broker;
  if (kafka) {
    plan.brokers = flags.brokers;
    plan.apart = !flags.together;
    plan.topic_prefix = "play-" + std::to_string(getpid()) + ".";
    if (flags.brokers.empty()) {
      auto started = demo::BrokerProcess::Start(KAFKA_BROKER, plan.data / "kafka");
      if (!started.ok()) {
        std::fprintf(stderr, "%s\n", std::string(started.status().message()).c_str());
        return absl::IsNotFound(started.status()) ? kCannotRun : 1;
      }
      broker.emplace(*std::move(started));
      plan.brokers = broker->brokers();
    }
  }
  const datagen::County county = flags.script.County();
  Performance performance = Perform(plan, flags, county);
  const size_t different = kafka ? CompareWithEmbedded(performance, plan, flags, county) : 0;
  if (!flags.once) {
    demo::PrintGuide(*performance.api, county, performance.played.loaded, here,
                     performance.servers.port(), plan.data);
  }
  std::printf("%s\n", performance.played.line.dump().c_str());
  std::fflush(stdout);
  if (flags.once) {
    performance.servers.Stop();
    broker.reset();
    if (flags.data.empty()) fs::remove_all(plan.data);
    return different == 0 ? 0 : 1;
  }
  // Ctrl-C reaches the servers too, a kill of this process does not: it is passed on. They stop by
  // themselves, and we with them.
  signal(SIGINT, SIG_IGN);
  serving = performance.servers.pids();
  signal(SIGTERM, [](int) {
    for (const pid_t pid : serving) kill(pid, SIGTERM);
  });
  return performance.servers.Wait() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"演示：加载一个虚构的县并演一个学期 / play a school term of a made-up county"};
  Flags flags;
  app.add_flag("--once", flags.once, "演完即停 / stop at the end");
  app.add_flag("--small", flags.script.small, "五所学校、三周 / five schools, three weeks");
  app.add_option("--seed", flags.script.seed, "随机种子 / seed of the county");
  app.add_option("--port", flags.port, "gRPC 端口，0 自动 / port, 0 takes a free one");
  app.add_option("--weeks", flags.script.weeks, "只演若干周 / play only so many weeks");
  app.add_option("--data", flags.data, "数据目录（默认临时目录）/ data directory");
  app.add_option(
         "--shape", flags.shape,
         "单机日志或 Kafka / embedded, or kafka: journals in a broker, compared with embedded")
      ->check(CLI::IsMember({"embedded", "kafka"}));
  app.add_option("--brokers", flags.brokers,
                 "已有的 Kafka（默认自行启动）/ with --shape kafka: brokers that run already");
  app.add_flag("--together", flags.together,
               "所有服务同一进程 / with --shape kafka: all services in one process");
  CLI11_PARSE(app, argc, argv);
  if (flags.once && app.count("--port") == 0) flags.port = 0;
  signal(SIGPIPE, SIG_IGN);
  return Run(flags, fs::read_symlink("/proc/self/exe").parent_path());
}

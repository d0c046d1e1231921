// twinline-demo: starts the server on a demonstration directory, loads a generated county, plays a
// term through the public API and keeps serving. The last line of the played term is JSON.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "platform/base/hash.h"
#include "platform/base/time.h"
#include "tools/datagen/county.h"
#include "tools/demo/guide.h"
#include "tools/demo/loader.h"
#include "tools/demo/progress.h"
#include "tools/demo/server_process.h"
#include "tools/demo/term.h"
#include "twinline/audit/v1/audit.pb.h"

namespace {

using namespace twinline;
namespace fs = std::filesystem;

struct Flags {
  bool once = false;
  bool small = false;
  uint64_t seed = 1;
  int port = 50051;
  int weeks = 0;
  std::string data;
};

// How much the trees hold once audit has caught up with every journal, and the root that signs them
// all.
std::pair<uint64_t, std::string> AuditHead(demo::Api& api, const base::Id16& auditor) {
  audit::v1::GetStatusRequest wait;
  wait.set_wait(true);
  audit::v1::GetStatusReply status;
  api.Must("twinline.audit.v1.AuditService.GetStatus", wait, &status, auditor);
  uint64_t leaves = 0;
  for (const audit::v1::JournalStatus& journal : status.journals()) leaves += journal.indexed();
  audit::v1::GetCheckpointRequest request;
  audit::v1::GetCheckpointReply reply;
  api.Must("twinline.audit.v1.AuditService.GetCheckpoint", request, &reply, auditor);
  // A checkpoint is origin, size, root (base64), a line each.
  std::istringstream lines(reply.note());
  std::string line;
  for (int i = 0; i < 3; ++i) std::getline(lines, line);
  return {leaves, base::ToHex(base::FromBase64(line).value_or(std::string()))};
}

int Run(const Flags& flags, const fs::path& here) {
  const int64_t started = base::MonotonicUs();
  // Autumn term of 2026: the calendar of the State Council with its National Day and make-up days.
  const base::CivilDay first = base::CivilDay::FromYmd(2026, 9, 1);
  const base::CivilDay last = flags.weeks > 0 ? first + flags.weeks * 7 - 1
                              : flags.small   ? first + 3 * 7 - 1
                                              : base::CivilDay::FromYmd(2027, 1, 22);
  const fs::path data =
      flags.data.empty() ? fs::temp_directory_path() / ("twinline-demo-" + std::to_string(getpid()))
                         : fs::path(flags.data);
  if (fs::exists(data / "played")) {
    std::fprintf(
        stderr,
        "%s 已经演示过；请换一个目录或删除它 / was played already; name another directory\n",
        data.c_str());
    return 1;
  }
  auto server = demo::ServerProcess::Start(here / "twinlined", data, first - 20, flags.port);
  if (!server.ok()) demo::Stop(std::string(server.status().message()));
  rpc::ChannelOptions channel;
  channel.target = "127.0.0.1:" + std::to_string(server->port());
  auto client = rpc::Client::Connect(channel);
  if (!client.ok() || !client->WaitConnected(10'000'000)) demo::Stop("cannot connect to twinlined");
  demo::Api api(*std::move(client));

  datagen::Options options;
  options.seed = flags.seed;
  options.small = flags.small;
  options.term_start = first;
  const datagen::County county = datagen::MakeCounty(options);
  std::fprintf(stderr, "%s：%zu 所学校，%zu 个班，%zu 名学生 / schools, classes, pupils\n",
               county.name.c_str(), county.schools.size(), county.classes.size(),
               county.pupils.size());
  demo::Term::AdvanceTo(api, {base::StartOfDay(first - 12).us + 9LL * 3600 * 1'000'000});
  demo::Loaded loaded = demo::LoadCounty(api, county, first, demo::FirstAdmins(data));
  const std::vector<base::CivilDay> days = demo::AdoptTerm(api, loaded, first, last);
  demo::TermResult result = demo::Term(api, county, loaded, days, flags.seed).Play();
  const auto [leaves, root] = AuditHead(api, loaded.auditor);

  nlohmann::ordered_json line;
  line["pupils"] = county.pupils.size();
  line["roll_calls"] = result.roll_calls;
  line["cases_opened"] = result.cases_opened;
  line["cases_closed"] = result.cases_closed;
  line["transfers_completed"] = result.transfers_completed;
  line["alerts_delivered"] = result.alerts_delivered;
  line["audit_leaves"] = leaves;
  line["root"] = root;
  line["seconds"] = static_cast<double>((base::MonotonicUs() - started) / 100'000) / 10;
  if (!flags.once) demo::PrintGuide(api, county, loaded, here, server->port(), data);
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
  if (flags.once) {
    server->Stop();
    if (flags.data.empty()) fs::remove_all(data);
    return 0;
  }
  // Ctrl-C reaches the server too; it stops by itself and we with it.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  return server->Wait() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"演示：加载一个虚构的县并演一个学期 / play a school term of a made-up county"};
  Flags flags;
  app.add_flag("--once", flags.once, "演完即停 / stop at the end");
  app.add_flag("--small", flags.small, "五所学校、三周 / five schools, three weeks");
  app.add_option("--seed", flags.seed, "随机种子 / seed of the county");
  app.add_option("--port", flags.port, "gRPC 端口，0 自动 / port, 0 takes a free one");
  app.add_option("--weeks", flags.weeks, "只演若干周 / play only so many weeks");
  app.add_option("--data", flags.data, "数据目录（默认临时目录）/ data directory");
  CLI11_PARSE(app, argc, argv);
  if (flags.once && app.count("--port") == 0) flags.port = 0;
  signal(SIGPIPE, SIG_IGN);
  return Run(flags, fs::read_symlink("/proc/self/exe").parent_path());
}

#include "tools/bench/roll_calls.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <sstream>

#include "platform/base/time.h"
#include "tools/bench/bare_server.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::bench {
namespace {

namespace av1 = attendance::v1;
namespace fs = std::filesystem;

constexpr const char* kUnary = "twinline.attendance.v1.AttendanceService.SubmitRollCall";
constexpr size_t kAloneCalls = 400;

std::unique_ptr<google::protobuf::Message> Reply() {
  return std::make_unique<av1::SubmitRollCallReply>();
}

struct Sum {
  double seconds = 0;
  size_t calls = 0, failed = 0;
  std::vector<uint32_t> latencies;
  CpuByPart cpu;  // of the server
  void Add(const LoadResult& result) {
    seconds += result.seconds;
    calls += result.calls;
    failed += result.failed;
    latencies.insert(latencies.end(), result.latencies_us.begin(), result.latencies_us.end());
  }
  double rate() const { return static_cast<double>(calls) / seconds; }
  double ms(double p) {
    std::sort(latencies.begin(), latencies.end());
    return latencies.empty()
               ? 0
               : latencies[std::min(
                     latencies.size() - 1,
                     static_cast<size_t>(p / 100 * static_cast<double>(latencies.size())))] /
                     1000.0;
  }
};

class Bare {
 public:
  Bare(BareKind kind, const fs::path& directory) {
    auto server = BareServer::Start(kind, directory);
    if (!server.ok()) demo::Stop(std::string(server.status().message()));
    server_ = *std::move(server);
    for (int i = 0; i < 2; ++i) {
      rpc::ChannelOptions channel;
      channel.target = "127.0.0.1:" + std::to_string(server_->port());
      channel.own_connection = true;
      clients_.push_back(*rpc::Client::Connect(channel));
      clients_.back().WaitConnected(5'000'000);
    }
  }
  LoadResult Run(CountyServer& county, size_t count, size_t in_flight) {
    return RunLoad(
        clients_, kUnary, count, in_flight,
        [&](size_t i) {
          return CallToMake{county.AnyRollCall(i), {}};
        },
        Reply);
  }

 private:
  std::unique_ptr<BareServer> server_;
  std::vector<rpc::Client> clients_;
};

// Whole sessions at `in_flight`; the calls are timed, and that the audit index catches up with
// them. Moving the clock to a session is not.
Sum ServiceSessions(CountyServer& server, int sessions, size_t in_flight) {
  Sum sum;
  for (int s = 0; s < sessions; ++s) {
    server.NextSession();
    server.WaitForAudit();
    const CpuByPart before = server.Cpu();
    sum.Add(RunLoad(
        server.clients(), kUnary, server.classes(), in_flight,
        [&](size_t i) { return server.RollCall(i); }, Reply));
    const int64_t begun = base::MonotonicUs();
    server.WaitForAudit();
    sum.seconds += static_cast<double>(base::MonotonicUs() - begun) / 1e6;
    for (const auto& [part, micros] : Used(before, server.Cpu())) sum.cpu[part] += micros;
  }
  return sum;
}

// The server's CPU per roll call, the dearest part first.
void AddCpu(const CpuByPart& cpu, size_t calls, int rounds, Report* report) {
  std::vector<std::pair<double, std::string>> parts;
  double all = 0;
  for (const auto& [part, micros] : cpu) {
    parts.emplace_back(static_cast<double>(micros) / static_cast<double>(calls), part);
    all += parts.back().first;
  }
  std::sort(parts.rbegin(), parts.rend());
  report->Add({"roll_call_cpu", all, "us", {}, "", rounds, "server CPU per roll call at 128"});
  for (const auto& [micros, part] : parts) {
    if (micros < 0.1) break;
    report->Add({"roll_call_cpu/" + part, micros, "us", {}, "", rounds, "of it"});
  }
}

void Postgres(const fs::path& bin, Report* report) {
  const fs::path script =
      bin.parent_path().parent_path().parent_path() / "tools" / "bench" / "postgres.sh";
  FILE* pipe = popen((script.string() + " 8 32 2>/dev/null").c_str(), "r");
  char layout[16];
  double tps = 0;
  bool any = false;
  while (pipe != nullptr && std::fscanf(pipe, "%15s %lf", layout, &tps) == 2) {
    any = true;
    report->Say("  PostgreSQL, " + std::string(layout) +
                ", 32 clients: " + std::to_string(static_cast<int>(tps)) + "/s");
  }
  if (pipe != nullptr) pclose(pipe);
  if (!any) report->Say("  PostgreSQL is not installed here: no comparison");
}

}  // namespace

void MeasureRollCalls(CountyServer& server, const fs::path& bin, int rounds, int sessions,
                      Report* report) {
  const fs::path bare_directory = server.data().string() + "-bare";
  fs::create_directories(bare_directory);
  std::vector<double> echo_rate, bare_rate, service_rate, bare_alone, service_alone, stream_rate;
  CpuByPart cpu;
  size_t cpu_calls = 0;
  std::vector<double> p50, p99, bare_p99;
  size_t failed = 0;
  {
    Bare echo(BareKind::kEcho, {});
    Bare bare(BareKind::kGroupFsync, bare_directory);
    // Cold: every teacher's token is verified for the first time after a start.
    server.Restart();
    const Sum cold = ServiceSessions(server, 1, 128);
    server.WaitForNameIndex();
    for (int round = 0; round < rounds; ++round) {
      const size_t count = server.classes() * static_cast<size_t>(sessions);
      echo_rate.push_back(echo.Run(server, count, 128).per_second());
      const LoadResult bare_run = bare.Run(server, count, 128);
      bare_rate.push_back(bare_run.per_second());
      bare_p99.push_back(bare_run.percentile_ms(99));
      Sum service = ServiceSessions(server, sessions, 128);
      for (const auto& [part, micros] : service.cpu) cpu[part] += micros;
      cpu_calls += service.calls;
      service_rate.push_back(service.rate());
      p50.push_back(service.ms(50));
      p99.push_back(service.ms(99));
      failed += service.failed;
      bare_alone.push_back(bare.Run(server, kAloneCalls, 1).percentile_ms(50));
      server.NextSession();
      Sum alone;
      alone.Add(RunLoad(
          server.clients(), kUnary, std::min(kAloneCalls, server.classes()), 1,
          [&](size_t i) { return server.RollCall(i); }, Reply));
      service_alone.push_back(alone.ms(50));
      failed += alone.failed;
      const LoadResult stream = server.StreamSession();
      stream_rate.push_back(stream.per_second());
      failed += stream.failed;
    }
    std::ostringstream line;
    line << "  echo of the same message, 128 in flight: " << static_cast<int>(Median(echo_rate))
         << "/s; cold tokens: " << static_cast<int>(cold.rate())
         << "/s; refused or failed: " << failed;
    report->Say(line.str());
  }
  fs::remove_all(bare_directory);
  report->Add({"roll_call_unary_128", Median(service_rate), "calls/s", Median(bare_rate),
               "bare group-fsync loop", rounds,
               "p50 " + std::to_string(Median(p50)) + " ms, p99 " + std::to_string(Median(p99)) +
                   " ms (bare p99 " + std::to_string(Median(bare_p99)) + "), audit caught up"});
  AddCpu(cpu, cpu_calls, rounds, report);
  report->Add({"roll_call_unary_1", Median(service_alone), "ms p50", Median(bare_alone),
               "bare group-fsync loop", rounds, ""});
  report->Add({"roll_call_stream", Median(stream_rate), "calls/s", Median(bare_rate),
               "bare unary loop", rounds, "8 streams"});
  Postgres(bin, report);
}

}  // namespace twinline::bench

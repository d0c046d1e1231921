// twinline-bench: figures of the complete service, each beside its baseline of the same run. Never
// a test.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

#include "absl/synchronization/mutex.h"
#include "tools/bench/alerts.h"
#include "tools/bench/reads.h"
#include "tools/bench/roll_calls.h"
#include "tools/bench/storage.h"

int main(int argc, char** argv) {
  using namespace twinline;
  namespace fs = std::filesystem;
  CLI::App app{"基准测量（不是测试）/ benchmarks, never tests"};
  bool small = false;
  int rounds = 3, sessions = 6;
  std::string out = "build/bench/results.json";
  app.add_flag("--small", small, "five schools: a quick look, not the figures");
  app.add_option("--rounds", rounds, "interleaved rounds, median of");
  std::set<std::string> only;
  app.add_option("--sessions", sessions, "of roll calls per round");
  app.add_option("--out", out, "where the JSON goes");
  app.add_option("--only", only,
                 "million (reads at a million pupils), roll_calls, alerts, reads, storage; all "
                 "when left out")
      ->delimiter(',');
  CLI11_PARSE(app, argc, argv);
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  // As the server does for itself (rpc/grpc_server.cc), so that the bare loops are as quick.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  bench::Report report;
  const auto asked = [&only](const char* part) { return only.empty() || only.contains(part); };
  if (asked("million") && !small) {
    report.Say("loading a million pupils …");
    bench::CountyServer million(bin / "twinlined", small, 15);
    for (int session = 0; session < 10; ++session) million.StreamSession();
    bench::MeasureReads(million, rounds, "_million", &report);
  }
  if (asked("roll_calls") || asked("alerts") || asked("reads") || asked("storage")) {
    report.Say("loading the county …");
    bench::CountyServer server(bin / "twinlined", small);
    if (asked("roll_calls")) bench::MeasureRollCalls(server, bin, rounds, sessions, &report);
    if (asked("alerts")) bench::MeasureAlerts(server, &report);
    if (asked("reads")) bench::MeasureReads(server, rounds, "", &report);
    if (asked("storage")) bench::MeasureStorage(server, rounds, &report);
  }
  report.Finish(out);
  return 0;
}

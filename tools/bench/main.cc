// twinline-bench: figures of the complete service, each beside its baseline of the same run. Never
// a test.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "tools/bench/alerts.h"
#include "tools/bench/reads.h"
#include "tools/bench/roll_calls.h"
#include "tools/bench/storage.h"

int main(int argc, char** argv) {
  using namespace twinline;
  namespace fs = std::filesystem;
  CLI::App app{"基准测量（不是测试）/ benchmarks, never tests"};
  bool small = false;
  int rounds = 3;
  std::string out = "build/bench/results.json";
  app.add_flag("--small", small, "five schools: a quick look, not the figures");
  app.add_option("--rounds", rounds, "interleaved rounds, median of");
  app.add_option("--out", out, "where the JSON goes");
  CLI11_PARSE(app, argc, argv);
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  bench::Report report;
  report.Say("loading the county …");
  bench::CountyServer server(bin / "twinlined", small);
  bench::MeasureRollCalls(server, bin, rounds, &report);
  bench::MeasureAlerts(server, &report);
  bench::MeasureReads(server, rounds, &report);
  bench::MeasureStorage(server, &report);
  report.Finish(out);
  return 0;
}

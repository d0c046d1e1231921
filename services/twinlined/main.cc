// twinlined: one process with the services that it was told to run. Wiring only. To add a service,
// add its line to kServices and its target to CMakeLists.txt.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_split.h"
#include "identity/service/module.h"
#include "platform/base/hash.h"
#include "platform/runtime/config.h"
#include "platform/runtime/host.h"
#include "platform/runtime/installation.h"
#include "platform/runtime/logging.h"
#include "platform/runtime/stop_signal.h"
#include "spdlog/spdlog.h"
#include "twinlined/first_accounts.h"
#include "twinlined/services.h"

namespace twinline {
namespace {

struct Flags {
  std::string data, config, listen, metrics, services = "all";
  std::string init, county = "411282", clock = "wall", clock_start;
  std::vector<std::string> present, attendance_shards;
  int64_t demo_clock_ahead = 0;
  bool print_config = false, check_config = false, adopt_move = false, drill = false;
};

// For whoever starts this process (deploy/systemd): 1 may pass by itself, so starting again is
// sensible; after 2 nothing changes until a person has acted.
constexpr int kMayPass = 1;
constexpr int kPersonMustAct = 2;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "twinlined: %s\n", std::string(status.message()).c_str());
  // A wrong configuration, a directory that was never initialised, acknowledged records that are
  // missing.
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsDataLoss(status)
             ? kPersonMustAct
             : kMayPass;
}

void AddFlags(CLI::App* app, Flags* flags) {
  app->add_option("--data", flags->data, "data directory of the installation");
  app->add_option("--config", flags->config, "configuration file, protobuf text format");
  app->add_option("--listen", flags->listen, "address of the gRPC server; port 0 takes a free one");
  app->add_option("--metrics", flags->metrics, "address of /metrics, or off");
  app->add_option("--services", flags->services, "all, or names with commas");
  app->add_flag("--print-config", flags->print_config, "print the configuration in force and end");
  app->add_flag("--check-config", flags->check_config, "check the configuration and end");
  app->add_flag("--adopt-move", flags->adopt_move,
                "this machine takes the place of the former one");
  app->add_flag("--drill", flags->drill, "try out a copy: reads only, acts on nothing");
  app->add_option("--present", flags->present,
                  "first start of a real installation: names of the two persons who set it up");
  app->add_option("--init", flags->init, "make a new installation and end")
      ->check(CLI::IsMember({"real", "demo"}));
  app->add_option("--county", flags->county, "with --init: county code, six digits");
  app->add_option("--attendance-shard", flags->attendance_shards,
                  "with --init: counties, with commas, whose attendance has a shard of its own; "
                  "may be repeated");
  app->add_option("--clock", flags->clock, "with --init demo: wall or driven")
      ->check(CLI::IsMember({"wall", "driven"}));
  app->add_option("--clock-start", flags->clock_start,
                  "with --clock driven: first day, 2026-08-25");
  app->add_option("--demo-clock-ahead", flags->demo_clock_ahead,
                  "demonstrations with a wall clock: record time runs so many seconds ahead");
}

absl::StatusOr<config::v1::Config> ConfigOf(const Flags& flags) {
  absl::StatusOr<config::v1::Config> config = runtime::LoadConfig(flags.config);
  if (!config.ok()) return config;
  if (!flags.listen.empty()) config->mutable_rpc()->set_listen(flags.listen);
  if (!flags.metrics.empty()) config->mutable_metrics()->set_listen(flags.metrics);
  if (absl::Status checked = runtime::CheckConfig(*config); !checked.ok()) return checked;
  return config;
}

absl::Status Init(const Flags& flags, const config::v1::Config& config) {
  runtime::Installation installation;
  installation.id = *base::Id16::FromBytes(base::RandomBytes(16));
  if (flags.init == "demo") installation.realm = journal::v1::REALM_DEMO;
  if (flags.clock == "driven") installation.clock = journal::v1::CLOCK_KIND_DRIVEN;
  installation.county_code = flags.county;
  for (const std::string& counties : flags.attendance_shards) {
    installation.attendance_shards.push_back(absl::StrSplit(counties, ',', absl::SkipEmpty()));
  }
  if (installation.driven()) {
    const auto day = base::CivilDay::Parse(flags.clock_start);
    if (!day) return absl::InvalidArgumentError("--clock-start: a day such as 2026-08-25");
    installation.clock_start = base::StartOfDay(*day);
  }
  return runtime::InitInstallation(runtime::PlacesOf(flags.data, config), installation,
                                   config.journals().medium() == "kafka");
}

absl::StatusOr<std::vector<std::unique_ptr<runtime::ServiceModule>>> Chosen(
    const std::string& services) {
  std::vector<std::unique_ptr<runtime::ServiceModule>> modules;
  std::vector<std::string> names = absl::StrSplit(services, ',', absl::SkipEmpty());
  for (const twinlined::Service& service : twinlined::Services()) {
    const bool named = std::erase(names, service.name) > 0;
    if (named || services == "all") modules.push_back(service.make());
  }
  if (services != "all" && !names.empty()) {
    return absl::InvalidArgumentError("--services: there is no service " + names.front());
  }
  // Tokens are verified in every process.
  if (std::none_of(modules.begin(), modules.end(),
                   [](const auto& module) { return module->name() == "identity"; })) {
    modules.push_back(identity::MakeTokenCheckModule());
  }
  return modules;
}

absl::Status Serve(const Flags& flags, config::v1::Config config) {
  runtime::HostOptions options;
  options.data = flags.data;
  options.config = std::move(config);
  options.build = TWINLINE_VERSION;
  if (flags.adopt_move) options.on_another_host = runtime::OnAnotherHost::kAdopt;
  options.demo_clock_ahead_us = flags.demo_clock_ahead * 1'000'000;
  if (flags.drill) options.on_another_host = runtime::OnAnotherHost::kDrill;
  auto modules = Chosen(flags.services);
  if (!modules.ok()) return modules.status();
  options.modules = *std::move(modules);
  auto host = runtime::Host::Open(std::move(options));
  if (!host.ok()) return host.status();
  if (absl::Status started = (*host)->Start(); !started.ok()) return started;
  if (!flags.drill) {
    const absl::Status accounts = twinlined::EnsureFirstAccounts(**host, flags.data, flags.present);
    if (!accounts.ok()) return accounts;
  }
  if ((*host)->installation().demo()) spdlog::warn("DEMONSTRATION realm: no real children here");
  // Scripts wait for this line and read the port from it.
  std::printf("listening on port %d\n", (*host)->port());
  std::fflush(stdout);
  runtime::NotifySystemd("READY=1");
  const int signal = runtime::WaitForStopSignal();
  runtime::NotifySystemd("STOPPING=1");
  spdlog::info("stopping on signal {}", signal);
  (*host)->Stop();
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app{"Twinline server (双线学籍与控辍保学)"};
  AddFlags(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kPersonMustAct;
  }
  runtime::BlockStopSignals();
  const absl::StatusOr<config::v1::Config> config = ConfigOf(flags);
  if (!config.ok()) return Fail(config.status());
  if (flags.print_config) {
    std::fputs(runtime::PrintConfig(*config).c_str(), stdout);
    return 0;
  }
  if (flags.check_config) return 0;
  if (flags.data.empty()) return Fail(absl::InvalidArgumentError("--data is needed"));
  absl::Status status =
      runtime::SetUpLogging("twinlined", config->log().level(), config->log().file());
  if (status.ok()) status = flags.init.empty() ? Serve(flags, *config) : Init(flags, *config);
  return status.ok() ? 0 : Fail(status);
}

}  // namespace twinline

int main(int argc, char** argv) { return twinline::Main(argc, argv); }

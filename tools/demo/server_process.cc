#include "tools/demo/server_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>
#include <vector>

#include "platform/base/status_macros.h"
#include "tools/demo/spawn.h"

namespace twinline::demo {
absl::Status ServerProcess::Init(const std::filesystem::path& binary,
                                 const std::filesystem::path& data,
                                 const std::vector<std::string>& flags) {
  if (std::filesystem::exists(data / "installation.textproto")) return absl::OkStatus();
  std::vector<std::string> arguments{binary.string(), "--data", data.string(), "--init", "demo"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return RunToEnd(arguments);
}

absl::StatusOr<ServerProcess> ServerProcess::Start(const std::filesystem::path& binary,
                                                   const std::filesystem::path& data,
                                                   base::CivilDay clock_start, int port,
                                                   const std::string& more_config,
                                                   const std::vector<std::string>& init_flags) {
  std::vector<std::string> init{"--clock", "driven", "--clock-start", clock_start.ToString()};
  init.insert(init.end(), init_flags.begin(), init_flags.end());
  TWINLINE_RETURN_IF_ERROR(Init(binary, data, init));
  return Run({binary, data, "demo", {}, port, more_config});
}

absl::StatusOr<ServerProcess> ServerProcess::StartOnWallClock(const std::filesystem::path& binary,
                                                              const std::filesystem::path& data,
                                                              int64_t ahead_s, int port) {
  TWINLINE_RETURN_IF_ERROR(Init(binary, data, {"--clock", "wall"}));
  return Run({binary, data, "demo", {"--demo-clock-ahead", std::to_string(ahead_s)}, port, {}});
}

std::filesystem::path ServerProcess::WriteConfig(const std::filesystem::path& data,
                                                 const std::string& name,
                                                 const std::string& config) {
  const std::filesystem::path path = data / (name + ".textproto");
  // The demonstration's own words are enough: the server says only what is wrong.
  std::ofstream(path) << "log { level: \"error\" }\n" << config;
  return path;
}

absl::StatusOr<ServerProcess> ServerProcess::Run(const Spec& spec) {
  const std::filesystem::path config = WriteConfig(spec.data, spec.name, spec.config);
  int output = -1;
  ServerProcess process;
  std::vector<std::string> arguments{spec.binary.string(),
                                     "--data",
                                     spec.data.string(),
                                     "--config",
                                     config.string(),
                                     "--listen",
                                     "127.0.0.1:" + std::to_string(spec.port),
                                     "--metrics",
                                     "127.0.0.1:0"};
  arguments.insert(arguments.end(), spec.flags.begin(), spec.flags.end());
  process.pid_ = Spawn(arguments, &output);
  if (process.pid_ <= 0) return absl::InternalError("cannot start " + spec.binary.string());
  FILE* lines = fdopen(output, "r");
  char line[512];
  while (lines != nullptr && std::fgets(line, sizeof line, lines) != nullptr) {
    if (std::sscanf(line, "listening on port %d", &process.port_) == 1) {
      fclose(lines);
      return process;
    }
  }
  if (lines != nullptr) fclose(lines);
  process.Stop();
  return absl::InternalError("twinlined did not start; its words are above");
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), port_(other.port_) {}

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
  Stop();
  pid_ = std::exchange(other.pid_, 0);
  port_ = other.port_;
  return *this;
}

ServerProcess::~ServerProcess() { Stop(); }

int ServerProcess::Stop() {
  if (pid_ > 0) kill(pid_, SIGTERM);
  return Wait();
}

void ServerProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Wait();
}

int ServerProcess::Wait() {
  int status = 0;
  if (pid_ > 0) waitpid(pid_, &status, 0);
  pid_ = 0;
  return status;
}

}  // namespace twinline::demo

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
absl::StatusOr<ServerProcess> ServerProcess::Start(const std::filesystem::path& binary,
                                                   const std::filesystem::path& data,
                                                   base::CivilDay clock_start, int port,
                                                   const std::string& more_config,
                                                   const std::vector<std::string>& init_flags) {
  std::vector<std::string> init{"--clock", "driven", "--clock-start", clock_start.ToString()};
  init.insert(init.end(), init_flags.begin(), init_flags.end());
  return Run(binary, data, init, {}, port, more_config);
}

absl::StatusOr<ServerProcess> ServerProcess::StartOnWallClock(const std::filesystem::path& binary,
                                                              const std::filesystem::path& data,
                                                              int64_t ahead_s, int port) {
  return Run(binary, data, {"--clock", "wall"}, {"--demo-clock-ahead", std::to_string(ahead_s)},
             port, {});
}

absl::StatusOr<ServerProcess> ServerProcess::Run(const std::filesystem::path& binary,
                                                 const std::filesystem::path& data,
                                                 const std::vector<std::string>& init,
                                                 const std::vector<std::string>& more, int port,
                                                 const std::string& more_config) {
  if (!std::filesystem::exists(data / "installation.textproto")) {
    std::vector<std::string> arguments{binary.string(), "--data", data.string(), "--init", "demo"};
    arguments.insert(arguments.end(), init.begin(), init.end());
    TWINLINE_RETURN_IF_ERROR(RunToEnd(arguments));
  }
  // The demonstration's own words are enough: the server says only what is wrong.
  const std::filesystem::path config = data / "demo.textproto";
  std::ofstream(config) << "log { level: \"error\" }\n" << more_config;
  int output = -1;
  ServerProcess process;
  std::vector<std::string> arguments{binary.string(),
                                     "--data",
                                     data.string(),
                                     "--config",
                                     config.string(),
                                     "--listen",
                                     "127.0.0.1:" + std::to_string(port),
                                     "--metrics",
                                     "127.0.0.1:0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  process.pid_ = Spawn(arguments, &output);
  if (process.pid_ <= 0) return absl::InternalError("cannot start " + binary.string());
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

ServerProcess::~ServerProcess() { Stop(); }

int ServerProcess::Stop() {
  if (pid_ > 0) kill(pid_, SIGTERM);
  return Wait();
}

int ServerProcess::Wait() {
  int status = 0;
  if (pid_ > 0) waitpid(pid_, &status, 0);
  pid_ = 0;
  return status;
}

}  // namespace twinline::demo

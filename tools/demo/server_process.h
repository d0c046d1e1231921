// The server of the demonstration: `twinlined --init` and `twinlined` as child processes, stopped
// by their id.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/civil.h"

namespace twinline::demo {

class ServerProcess {
 public:
  // `binary`: path of twinlined. Makes the directory when it holds no installation, with
  // `init_flags` beside the usual ones. `more_config`: lines of twinline.config.v1.Config beside
  // the demonstration's own.
  static absl::StatusOr<ServerProcess> Start(const std::filesystem::path& binary,
                                             const std::filesystem::path& data,
                                             base::CivilDay clock_start, int port,
                                             const std::string& more_config = {},
                                             const std::vector<std::string>& init_flags = {});
  ServerProcess(ServerProcess&& other) noexcept;
  ~ServerProcess();  // stops it

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  void Stop();
  // Waits until the process ends by itself.
  int Wait();

 private:
  ServerProcess() = default;
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace twinline::demo

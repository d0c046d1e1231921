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
  // The same with a wall clock that runs so many seconds ahead of the machine's, or behind it.
  static absl::StatusOr<ServerProcess> StartOnWallClock(const std::filesystem::path& binary,
                                                        const std::filesystem::path& data,
                                                        int64_t ahead_s, int port);
  ServerProcess(ServerProcess&& other) noexcept;
  ~ServerProcess();  // stops it

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  // Both return what waitpid says of its end.
  int Stop();
  // Waits until the process ends by itself.
  int Wait();

 private:
  ServerProcess() = default;
  static absl::StatusOr<ServerProcess> Run(const std::filesystem::path& binary,
                                           const std::filesystem::path& data,
                                           const std::vector<std::string>& init,
                                           const std::vector<std::string>& more, int port,
                                           const std::string& more_config);
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace twinline::demo

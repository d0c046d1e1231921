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
  // `twinlined --init demo` with `flags`; nothing when the directory holds an installation.
  static absl::Status Init(const std::filesystem::path& binary, const std::filesystem::path& data,
                           const std::vector<std::string>& flags);
  // Writes `<data>/<name>.textproto`.
  static std::filesystem::path WriteConfig(const std::filesystem::path& data,
                                           const std::string& name, const std::string& config);
  // One process of several on one directory that holds an installation already.
  struct Spec {
    std::filesystem::path binary, data;
    std::string name;                // of its configuration file in `data`
    std::vector<std::string> flags;  // of twinlined, beside the usual ones
    int port = 0;
    std::string config;  // lines beside the demonstration's own
  };
  static absl::StatusOr<ServerProcess> Run(const Spec& spec);

  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&& other) noexcept;
  ~ServerProcess();  // stops it

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  void Kill();  // kill -9
  // Both return what waitpid says of its end.
  int Stop();
  // Waits until the process ends by itself.
  int Wait();

 private:
  ServerProcess() = default;
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace twinline::demo

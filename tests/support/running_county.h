// A real twinlined process on a temporary demonstration directory with the tiny county loaded
// through its public API, and a term whose days the test walks through.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/tiny_county.h"
#include "tools/demo/api.h"
#include "tools/demo/loader.h"
#include "tools/demo/server_process.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::test {

// With TWINLINE_KEEP_DATA=<directory> in the environment the data directory is copied there at the
// end; tests/golden/record takes its journals from them.
class RunningCounty {
 public:
  // TWINLINED names the binary (set by CMake).
  // `config`: lines of twinline.config.v1.Config, for example where the hub is; `init_flags`: of
  // `twinlined --init` beside the usual ones.
  explicit RunningCounty(std::string config = {}, std::vector<std::string> init_flags = {});
  // The same on a wall clock, which stands at `wall_start` when it begins; its days are not walked
  // through but lived, or slept by Sleep. No term is adopted and nothing loaded before that moment.
  explicit RunningCounty(base::Timestamp wall_start);
  ~RunningCounty();

  demo::Api& api() { return *api_; }
  const datagen::County& county() const { return county_; }
  demo::Loaded& loaded() { return loaded_; }
  const std::vector<base::CivilDay>& days() const { return days_; }
  const std::filesystem::path& data() const { return data_; }

  // Clock to the given hour of school day `day` (index).
  void GoTo(int day, int hour, int minute = 0);
  // Wall clocks: kill -9, and a new process so much later.
  void KillAndSleep(int64_t seconds);
  base::Timestamp WallNow() const { return {base::SystemClock().Now().us + ahead_s_ * 1'000'000}; }
  // kill -9, then a new process on the same directory and port.
  void KillAndRestart();
  pid_t server_pid() const { return server_->pid(); }
  // What waitpid says of its end.
  int StopServer();
  // Starts the server anew with more configuration, protobuf text format.
  void Configure(const std::string& more);
  void StartServer() { Connect(); }

  base::Id16 Teacher(size_t school_class) const {
    return loaded_.staff[county_.classes[school_class].teacher];
  }
  base::Id16 Principal(size_t school) const {
    return loaded_.principal.at("school:" + county_.schools[school].code);
  }
  base::Id16 Registrar(size_t school) const {
    return loaded_.registrar.at("school:" + county_.schools[school].code);
  }
  base::Id16 Township(size_t township) const {
    return loaded_.township_official.at("township:" + county_.townships[township].code);
  }
  base::Id16 Village(size_t village) const;

  // Takes the roll call of a class and session; `exceptions`: pupil index (of the county) and code.
  rpc::CallResult RollCall(size_t school_class, int day, uint32_t session,
                           const std::vector<std::pair<size_t, uint32_t>>& exceptions);
  // Both sessions of every class: all present but the given absentees (unexplained).
  void PlayDay(int day, const std::vector<size_t>& absent);

 private:
  void Connect();
  const std::filesystem::path data_;
  std::string config_;
  const std::vector<std::string> init_flags_;
  datagen::County county_;
  demo::Loaded loaded_;
  std::vector<base::CivilDay> days_;
  std::unique_ptr<demo::ServerProcess> server_;
  std::unique_ptr<demo::Api> api_;
  int port_ = 0;
  bool wall_ = false;
  int64_t ahead_s_ = 0;
};

}  // namespace twinline::test

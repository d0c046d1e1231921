// The complete service under load: twinlined on a demonstration directory with the whole county,
// its tokens and a term of roll calls that are still to be taken, in order.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench/load.h"
#include "tools/datagen/absence.h"
#include "tools/demo/api.h"
#include "tools/demo/loader.h"
#include "tools/demo/server_process.h"

namespace twinline::bench {

// What each kind of thread used: the threads' names without what tells two of a kind apart.
using CpuByPart = std::map<std::string, int64_t>;
// What was used between two looks; parts of nothing are left out.
CpuByPart Used(const CpuByPart& before, const CpuByPart& after);

class CountyServer {
 public:
  // `times`: as in datagen::Options.
  CountyServer(const std::filesystem::path& twinlined, bool small, size_t times = 1);
  ~CountyServer();

  demo::Api& api() { return *api_; }
  const datagen::County& county() const { return county_; }
  const demo::Loaded& loaded() const { return loaded_; }
  const std::vector<rpc::Client>& clients() const { return clients_; }
  const std::filesystem::path& data() const { return data_; }
  size_t classes() const { return county_.classes.size(); }
  size_t pupils() const { return county_.pupils.size(); }
  size_t roll_calls_taken() const { return taken_; }

  // Goes to the next session of the term (morning, afternoon, next day …): moves the clock, waits
  // until everything is idle. What is measured begins after it.
  void NextSession();
  // The roll call of the i-th class in the session that NextSession opened, with its teacher's
  // token.
  CallToMake RollCall(size_t i);
  // All classes of the next session as client streams, one per school and eight at a time: as a
  // gateway that queued off line would send them. A principal's token covers its school's classes.
  LoadResult StreamSession();
  // The same message for the bare servers, which look at nothing.
  std::unique_ptr<google::protobuf::Message> AnyRollCall(size_t i) const;
  // Waits until the audit index has seen everything that is durable.
  void WaitForAudit();
  // After a start the registry opens all names to search in them; waits until that thread rests.
  void WaitForNameIndex() const;
  // Stops and starts the process again: all token caches are cold.
  void Restart();
  // User and system time of the server process so far, by thread name, in microseconds.
  CpuByPart Cpu() const;
  void Stop();
  // Sessions of the term that NextSession can still open.
  size_t sessions_left() const { return 2 * days_.size() - static_cast<size_t>(session_ + 1); }
  bool morning_next() const { return session_ % 2 != 0; }

 private:
  void Connect();
  std::filesystem::path twinlined_, data_;
  datagen::County county_;
  demo::Loaded loaded_;
  std::vector<base::CivilDay> days_;
  std::unique_ptr<datagen::AbsencePlan> plan_;
  std::unique_ptr<demo::ServerProcess> server_;
  std::unique_ptr<demo::Api> api_;
  std::vector<rpc::Client> clients_;
  int session_ = -1;  // 2 * day + (0 morning, 1 afternoon)
  size_t taken_ = 0;
};

}  // namespace twinline::bench

// The line to the ministry's hub, behind which the other provinces are: other installations
// that this one can only ask and wait for. It has no journal of its own. What must be said are the
// rows of HubMessageRow, each erased by the event that the hub took it; what is heard becomes a
// command, and only when that is decided does the hub learn that it need not repeat itself. So a
// crash of either side repeats messages and loses none. Silence stays silence: the step's own
// deadline runs (T04).
//
// Protocol, JSON over HTTP, as docs/hub-protocol.md says it: POST /messages, GET /inbox,
// POST /inbox/ack.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "platform/runtime/service_module.h"

namespace twinline::transfer {

class HubLink {
 public:
  // With an empty deps.hub_url there is no hub, and businesses across provinces only wait.
  explicit HubLink(const runtime::Deps& deps) : deps_(deps) {}
  ~HubLink() { Stop(); }
  void Start();
  void Stop();

 private:
  void Loop();
  void Say();
  void Hear();
  void Acknowledge();

  const runtime::Deps& deps_;
  std::set<std::string> said_;  // taken by the hub, the event that says so is on its way

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::set<std::string> hearing_;     // submitted, not decided yet
  std::vector<std::string> decided_;  // to be acknowledged
  std::thread thread_;
};

}  // namespace twinline::transfer

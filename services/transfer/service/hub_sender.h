// The other province, behind the ministry's hub: another installation that this one can only
// ask and wait for. The sender has no journal of its own: what waits for the hub are the businesses
// at their HUB step, so after a crash or a rebuild it simply asks again (the hub knows the business
// id); an answer becomes a command, and a repeated answer changes nothing. Silence stays silence:
// the step's own deadline runs (T04).
//
// Protocol, JSON over HTTP: POST /applications {business_id, province, school_code, grade,
// opened_on}; GET /answers -> [{business_id, outcome: DONE|REFUSED, code}].
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "platform/base/time.h"
#include "platform/engine/shard.h"

namespace twinline::transfer {

class HubSender {
 public:
  // `url`: "http://127.0.0.1:8085"; empty: there is no hub and cross-province businesses only wait.
  HubSender(std::string url, engine::Shard* shard, const base::Clock* clock);
  ~HubSender();
  void Start();
  void Stop();

 private:
  void Loop();
  void OfferApplications();
  void TakeAnswers();

  const std::string url_;
  engine::Shard* const shard_;
  const base::Clock* const clock_;
  std::set<std::string> offered_;  // accepted by the hub since the start
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace twinline::transfer

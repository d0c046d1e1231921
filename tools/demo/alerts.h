// The inboxes of all township governments: one server stream each, printed as alerts fire.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tools/demo/loader.h"

namespace twinline::demo {

class Alerts {
 public:
  Alerts(Api& api, const datagen::County& county, const Loaded& loaded)
      : api_(api), county_(county), loaded_(loaded) {}
  ~Alerts() { Stop(); }
  void Start();
  // Ends the streams; alerts that reached an inbox.
  size_t Stop();

 private:
  void Watch(const std::string& office, const std::string& name, const base::Id16& official,
             size_t index);

  Api& api_;
  const datagen::County& county_;
  const Loaded& loaded_;
  std::vector<std::unique_ptr<rpc::Client::Reader>> readers_;
  std::vector<std::thread> threads_;
  std::atomic<size_t> delivered_{0};
};

}  // namespace twinline::demo

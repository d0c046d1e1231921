// A hub-stub process beside a running county: the ministry's hub and the province behind it, played
// by the test. It can be killed and comes back on the same port with what it had on file.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace twinline::test {

class HubProcess {
 public:
  // HUB_STUB names the binary (set by CMake). `answer`: done, refused or silent.
  explicit HubProcess(std::string answer = "silent");
  ~HubProcess();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // The line of configuration by which twinlined finds it.
  std::string config() const { return "hub { url: \"" + url() + "\" }\n"; }

  void Kill();  // -9
  void Start();

  // What the other province says next.
  void Say(const nlohmann::json& message);
  // What it has heard so far, each with the number of `times`.
  nlohmann::json Heard();
  // Messages that it has said and nobody has taken.
  nlohmann::json Inbox();

 private:
  nlohmann::json Get(const std::string& path);
  const std::string answer_;
  const std::filesystem::path state_;
  pid_t pid_ = 0;
  int port_ = 0;
};

// Asks until `holds` or twenty seconds have passed; true when it holds. The asking itself is what
// takes time, nothing waits in between.
bool Eventually(const std::function<bool()>& holds);

}  // namespace twinline::test

#include "tests/support/hub_process.h"

#include <httplib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "platform/base/time.h"

namespace twinline::test {

namespace fs = std::filesystem;
using nlohmann::json;

HubProcess::HubProcess(std::string answer)
    : answer_(std::move(answer)),
      state_(fs::temp_directory_path() / ("twinline-hub-" + std::to_string(getpid()) + "-" +
                                          std::to_string(base::MonotonicUs()))) {
  Start();
}

HubProcess::~HubProcess() {
  Kill();
  std::error_code ignored;
  fs::remove(state_, ignored);
}

void HubProcess::Start() {
  int ends[2];
  if (pipe(ends) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    const std::string port = std::to_string(port_);
    execl(HUB_STUB, HUB_STUB, "--port", port.c_str(), "--state", state_.c_str(), "--answer",
          answer_.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  FILE* lines = fdopen(ends[0], "r");
  if (lines == nullptr || std::fscanf(lines, "hub-stub on port %d", &port_) != 1) port_ = 0;
  if (lines != nullptr) std::fclose(lines);
}

void HubProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void HubProcess::Say(const json& message) {
  httplib::Client(url()).Post("/province/say", message.dump(), "application/json");
}

json HubProcess::Get(const std::string& path) {
  const auto response = httplib::Client(url()).Get(path);
  return response ? json::parse(response->body, nullptr, false) : json::array();
}

json HubProcess::Heard() { return Get("/province/heard"); }
json HubProcess::Inbox() { return Get("/inbox"); }

bool Eventually(const std::function<bool()>& holds) {
  const int64_t give_up = base::MonotonicUs() + 20'000'000;
  while (!holds()) {
    if (base::MonotonicUs() > give_up) return false;
  }
  return true;
}

}  // namespace twinline::test

#include "tools/demo/broker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

extern char** environ;

namespace twinline::demo {
namespace {

constexpr int kCannotRun = 77;

std::string TextOf(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<BrokerProcess> BrokerProcess::Start(const std::filesystem::path& script,
                                                   const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  std::array<int, 2> in = {}, out = {};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    return absl::InternalError("pipe");
  }
  const std::string errors = directory / "errors", nodes = directory / "nodes";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
  const std::array<const char*, 4> arguments = {script.c_str(), "run", nodes.c_str(), nullptr};
  BrokerProcess made;
  const int spawned = ::posix_spawnp(&made.pid_, script.c_str(), &actions, nullptr,
                                     const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  made.input_ = in[1];
  if (spawned != 0) {
    made.pid_ = 0;
    ::close(out[0]);
    return absl::NotFoundError("cannot start " + script.string());
  }
  FILE* lines = ::fdopen(out[0], "r");
  std::array<char, 1024> line = {};
  const bool answered = ::fgets(line.data(), line.size(), lines) != nullptr;
  ::fclose(lines);
  if (answered) {
    made.brokers_ = line.data();
    while (made.brokers_.ends_with('\n')) made.brokers_.pop_back();
    return made;
  }
  int state = 0;
  ::waitpid(std::exchange(made.pid_, 0), &state, 0);
  const bool cannot = WIFEXITED(state) && WEXITSTATUS(state) == kCannotRun;
  return cannot ? absl::NotFoundError(TextOf(errors)) : absl::InternalError(TextOf(errors));
}

BrokerProcess::BrokerProcess(BrokerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      input_(std::exchange(other.input_, -1)),
      brokers_(std::move(other.brokers_)) {}

BrokerProcess::~BrokerProcess() {
  if (input_ >= 0) ::close(input_);  // the end of its input stops it
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

}  // namespace twinline::demo

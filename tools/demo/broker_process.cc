#include "tools/demo/broker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/strip.h"

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
                                                   const std::filesystem::path& directory,
                                                   int nodes) {
  std::filesystem::create_directories(directory);
  std::array<int, 2> in = {}, out = {};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    return absl::InternalError("pipe");
  }
  const std::string errors = directory / "errors", data = directory / "nodes",
                    count = std::to_string(nodes);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
  const std::array<const char*, 6> arguments = {script.c_str(), "run",         data.c_str(),
                                                "--nodes",      count.c_str(), nullptr};
  BrokerProcess made;
  const int spawned = ::posix_spawnp(&made.pid_, script.c_str(), &actions, nullptr,
                                     const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  made.input_ = in[1];
  made.output_ = ::fdopen(out[0], "r");
  if (spawned != 0) {
    made.pid_ = 0;
    return absl::NotFoundError("cannot start " + script.string());
  }
  if (auto brokers = made.ReadLine()) {
    made.brokers_ = *std::move(brokers);
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
      output_(std::exchange(other.output_, nullptr)),
      brokers_(std::move(other.brokers_)) {}

BrokerProcess::~BrokerProcess() {
  if (input_ >= 0) ::close(input_);  // the end of its input stops it
  if (output_ != nullptr) ::fclose(output_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> BrokerProcess::ReadLine() {
  std::array<char, 1024> line = {};
  if (::fgets(line.data(), line.size(), output_) == nullptr) return std::nullopt;
  return std::string(absl::StripSuffix(line.data(), "\n"));
}

absl::Status BrokerProcess::Do(const std::string& command) {
  const std::string line = command + "\n";
  if (::write(input_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return absl::UnavailableError("the brokers ended");
  }
  const std::optional<std::string> answer = ReadLine();
  if (!answer) return absl::UnavailableError("the brokers ended");
  return *answer == "ok" ? absl::OkStatus() : absl::InternalError(command + ": " + *answer);
}

}  // namespace twinline::demo

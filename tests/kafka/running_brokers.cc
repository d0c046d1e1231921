#include "tests/kafka/running_brokers.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "platform/base/status_macros.h"

extern char** environ;

namespace twinline::journal_test {
namespace {

constexpr int kCannotRun = 77;

}  // namespace

absl::StatusOr<std::unique_ptr<RunningBrokers>> RunningBrokers::Start(int nodes) {
  std::unique_ptr<RunningBrokers> made(new RunningBrokers());
  made->nodes_ = nodes;
  std::array<int, 2> in = {}, out = {};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    return absl::InternalError("pipe");
  }
  const std::string errors = made->dir_ / "errors";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT, 0600);
  const std::string directory = made->dir_ / "kafka", count = absl::StrCat(nodes);
  const std::array<const char*, 6> arguments = {KAFKA_BROKER, "run",         directory.c_str(),
                                                "--nodes",    count.c_str(), nullptr};
  const int spawned = ::posix_spawnp(&made->child_, KAFKA_BROKER, &actions, nullptr,
                                     const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  made->to_child_ = in[1];
  made->from_child_ = ::fdopen(out[0], "r");
  if (spawned != 0) return absl::NotFoundError(absl::StrCat("cannot start ", KAFKA_BROKER));
  const absl::StatusOr<std::string> brokers = made->ReadLine();
  if (brokers.ok()) {
    made->brokers_ = *brokers;
    return made;
  }
  int state = 0;
  ::waitpid(made->child_, &state, 0);
  made->child_ = -1;
  std::ifstream stream(errors);
  std::ostringstream reason;
  reason << stream.rdbuf();
  const bool cannot = WIFEXITED(state) && WEXITSTATUS(state) == kCannotRun;
  return cannot ? absl::NotFoundError(reason.str()) : absl::InternalError(reason.str());
}

RunningBrokers::~RunningBrokers() {
  if (to_child_ >= 0) ::close(to_child_);  // the end of its input stops it
  if (from_child_ != nullptr) ::fclose(from_child_);
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
}

absl::StatusOr<std::string> RunningBrokers::ReadLine() {
  std::array<char, 1024> line = {};
  if (::fgets(line.data(), line.size(), from_child_) == nullptr) {
    return absl::UnavailableError("the brokers ended");
  }
  return std::string(absl::StripSuffix(line.data(), "\n"));
}

absl::Status RunningBrokers::Do(const std::string& command) {
  const std::string line = command + "\n";
  if (::write(to_child_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return absl::UnavailableError("the brokers ended");
  }
  TWINLINE_ASSIGN_OR_RETURN(const std::string answer, ReadLine());
  return answer == "ok" ? absl::OkStatus()
                        : absl::InternalError(absl::StrCat(command, ": ", answer));
}

}  // namespace twinline::journal_test

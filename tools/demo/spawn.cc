#include "tools/demo/spawn.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace twinline::demo {

pid_t Spawn(const std::vector<std::string>& arguments, int* output) {
  int pipe_ends[2] = {-1, -1};
  if (output != nullptr && pipe(pipe_ends) != 0) return -1;
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    if (output != nullptr) {
      dup2(pipe_ends[1], STDOUT_FILENO);
      close(pipe_ends[0]);
      close(pipe_ends[1]);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  if (output != nullptr) {
    close(pipe_ends[1]);
    *output = pipe_ends[0];
  }
  return pid;
}

absl::Status RunToEnd(const std::vector<std::string>& arguments) {
  int output = -1;
  const pid_t child = Spawn(arguments, &output);
  if (child < 0) return absl::InternalError("cannot start " + arguments.front());
  std::array<char, 4096> ignored = {};
  while (::read(output, ignored.data(), ignored.size()) > 0) {
  }
  ::close(output);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(arguments.front() + " failed; its words are above");
}

}  // namespace twinline::demo

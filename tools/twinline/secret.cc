#include "tools/twinline/secret.h"

#include <termios.h>
#include <unistd.h>

namespace twinline::cli {

std::string ReadSecret(Cli& cli, std::string_view zh, std::string_view en) {
  cli.err() << cli.T(zh, en) << std::flush;
  termios shown = {};
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &shown) == 0;
  if (terminal) {
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  std::string line;
  std::getline(cli.in(), line);
  if (terminal) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  cli.err() << '\n';
  return line;
}

}  // namespace twinline::cli

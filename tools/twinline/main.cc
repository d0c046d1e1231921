// twinline: the command line for people and scripts (docs/cli.md).
#include <csignal>
#include <exception>
#include <iostream>

#include "tools/twinline/app.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_DFL);  // `twinline ... | head` ends quietly
  twinline::cli::Cli cli(std::cout, std::cerr, std::cin);
  try {
    return twinline::cli::RunApp(cli, argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "twinline: " << error.what() << '\n';
    return twinline::cli::kUnavailable;
  }
}

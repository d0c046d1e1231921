// The whole program: global options and every family. Separate from main so that tests can ask each
// command for its help.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/twinline/cli.h"

namespace twinline::cli {

// Language by --lang among the arguments, else TWINLINE_LANG, LC_ALL, LANG; before anything is
// declared.
Lang ChooseLang(int argc, const char* const* argv);

// `cli` outlives the app.
std::unique_ptr<CLI::App> MakeApp(Cli& cli);

// Parses, runs the chosen command, returns the exit code.
int RunApp(Cli& cli, int argc, const char* const* argv);

}  // namespace twinline::cli

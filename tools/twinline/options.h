// Declaring commands and typed options. A value that cannot be read ends the parse with a sentence
// that says what was expected, so a command never sees half-read input.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/ids.h"
#include "tools/twinline/cli.h"
#include "tools/twinline/parse.h"

namespace twinline::cli {

CLI::App* Command(CLI::App& parent, Cli& cli, const std::string& name, std::string_view zh,
                  std::string_view en);
// A command that only holds others.
CLI::App* Family(CLI::App& parent, Cli& cli, const std::string& name, std::string_view zh,
                 std::string_view en);

// Runs `body` when the command was chosen; `options` is what its options filled in.
template <typename Options>
void Run(CLI::App* command, Cli& cli, std::shared_ptr<Options> options,
         int (*body)(Cli&, const Options&)) {
  command->callback([&cli, options = std::move(options), body] {
    cli.action = [&cli, options, body] { return body(cli, *options); };
  });
}

[[noreturn]] void BadValue(const std::string& option, const std::string& text,
                           const std::string& expected);

template <typename Value>
CLI::Option* AddRead(CLI::App* command, const std::string& name, Value* slot,
                     std::optional<Value> (*read)(std::string_view), const std::string& help,
                     const std::string& expected) {
  return command->add_option_function<std::string>(
      name,
      [=](const std::string& text) {
        std::optional<Value> value = read(text);
        if (!value) BadValue(name, text, expected);
        *slot = *std::move(value);
      },
      help);
}

CLI::Option* AddText(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                     std::string_view zh, std::string_view en);
CLI::Option* AddId(CLI::App* command, Cli& cli, const std::string& name, base::Id16* slot,
                   std::string_view zh, std::string_view en);
CLI::Option* AddChild(CLI::App* command, Cli& cli, const std::string& name, ChildRef* slot,
                      std::string_view zh, std::string_view en);
CLI::Option* AddClass(CLI::App* command, Cli& cli, const std::string& name, ClassRef* slot,
                      std::string_view zh, std::string_view en);
CLI::Option* AddDay(CLI::App* command, Cli& cli, const std::string& name,
                    std::optional<DayArg>* slot, std::string_view zh, std::string_view en);
CLI::Option* AddOffice(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                       std::string_view zh, std::string_view en);
// --html FILE: the same as an A4 sheet to print.
CLI::Option* AddHtml(CLI::App* command, Cli& cli, std::string* slot);
CLI::Option* AddFlag(CLI::App* command, Cli& cli, const std::string& name, bool* slot,
                     std::string_view zh, std::string_view en);
// One of the codes; help lists them with their words.
CLI::Option* AddCode(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                     const std::vector<std::string>& codes, std::string_view zh,
                     std::string_view en, std::string_view place = {});

}  // namespace twinline::cli

// Typed options over CLI11.
#include "tools/twinline/options.h"

#include <utility>

#include "fmt/format.h"
#include "tools/twinline/words.h"

namespace twinline::cli {

CLI::App* Command(CLI::App& parent, Cli& cli, const std::string& name, std::string_view zh,
                  std::string_view en) {
  CLI::App* command = parent.add_subcommand(name, cli.T(zh, en));
  command->group(cli.T("命令", "Commands"));
  command->get_help_ptr()->group(cli.T("选项", "Options"));
  return command;
}

CLI::App* Family(CLI::App& parent, Cli& cli, const std::string& name, std::string_view zh,
                 std::string_view en) {
  CLI::App* family = Command(parent, cli, name, zh, en);
  family->require_subcommand(1);
  return family;
}

void BadValue(const std::string& option, const std::string& text, const std::string& expected) {
  throw CLI::ValidationError(option, fmt::format("\"{}\": {}", text, expected));
}

CLI::Option* AddText(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                     std::string_view zh, std::string_view en) {
  return command->add_option(name, *slot, cli.T(zh, en));
}

CLI::Option* AddId(CLI::App* command, Cli& cli, const std::string& name, base::Id16* slot,
                   std::string_view zh, std::string_view en) {
  return AddRead<base::Id16>(
      command, name, slot, ParseId, cli.T(zh, en),
      cli.T("应为 32 位十六进制或 UUID", "expected 32 hex digits or a UUID"));
}

CLI::Option* AddChild(CLI::App* command, Cli& cli, const std::string& name, ChildRef* slot,
                      std::string_view zh, std::string_view en) {
  return AddRead<ChildRef>(
      command, name, slot, ParseChild, cli.T(zh, en),
      cli.T("应为学生编号（32 位十六进制）、学籍号或身份证件号码",
            "expected a child id (32 hex digits), a student number or an ID number"));
}

CLI::Option* AddClass(CLI::App* command, Cli& cli, const std::string& name, ClassRef* slot,
                      std::string_view zh, std::string_view en) {
  return AddRead<ClassRef>(command, name, slot, ParseClass, cli.T(zh, en),
                           cli.T("应为班级编号，或 学校标识码/年级-班号，如 3141000001/7-3",
                                 "expected a class id or SCHOOL_CODE/7-3"));
}

CLI::Option* AddDay(CLI::App* command, Cli& cli, const std::string& name,
                    std::optional<DayArg>* slot, std::string_view zh, std::string_view en) {
  return command->add_option_function<std::string>(
      name,
      [slot, name,
       expected = cli.T("应为日期，如 2026-09-01 或 今天",
                        "expected a date such as 2026-09-01, or today")](const std::string& text) {
        *slot = ParseDay(text);
        if (!*slot) BadValue(name, text, expected);
      },
      cli.T(zh, en));
}

CLI::Option* AddOffice(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                       std::string_view zh, std::string_view en) {
  return AddRead<std::string>(
      command, name, slot, ParseOffice, cli.T(zh, en),
      cli.T("应为机构代码，如 school:2141000001、township:411282100、bureau:411282，或单写代码",
            "expected an office such as school:2141000001, township:411282100 or bureau:411282, or "
            "the bare code"));
}

CLI::Option* AddHtml(CLI::App* command, Cli& cli, std::string* slot) {
  return AddText(command, cli, "--html", slot, "写成可打印的 A4 网页文件",
                 "write an A4 page to print instead");
}

CLI::Option* AddFlag(CLI::App* command, Cli& cli, const std::string& name, bool* slot,
                     std::string_view zh, std::string_view en) {
  return command->add_flag(name, *slot, cli.T(zh, en));
}

CLI::Option* AddCode(CLI::App* command, Cli& cli, const std::string& name, std::string* slot,
                     const std::vector<std::string>& codes, std::string_view zh,
                     std::string_view en, std::string_view place) {
  std::string list;
  for (const std::string& code : codes) {
    if (!list.empty()) list += ", ";
    list += fmt::format("{} {}", code, Word(cli.lang(), code, place));
  }
  return command->add_option(name, *slot, cli.T(zh, en) + ": " + list)
      ->check(CLI::IsMember(codes).description(""));
}

}  // namespace twinline::cli

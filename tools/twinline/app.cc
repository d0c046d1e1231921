// Global options, the order of the families, and what happens to a command line that cannot be
// read.
#include "tools/twinline/app.h"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"

namespace twinline::cli {
namespace {

void AddGlobals(CLI::App& app, Cli& cli) {
  Globals& globals = cli.globals;
  app.add_option("--server", globals.server,
                 cli.T("服务器地址，默认 127.0.0.1:50051", "server, 127.0.0.1:50051 by default"))
      ->envname("TWINLINE_SERVER");
  app.add_option("--as", globals.as_file,
                 cli.T("使用另一个登录文件，便于一台机器上几个人操作",
                       "another token file, for several people at one machine"));
  app.add_option("--duty", globals.duty,
                 cli.T("以哪一项任职办理：任职编号、角色或机构",
                       "act in this duty: its id, a role or an office"));
  app.add_option("--lang", globals.lang_name, cli.T("界面语言：zh 或 en", "language: zh or en"))
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--ca", globals.ca_file,
                 cli.T("TLS：信任的根证书（PEM）", "TLS: trusted root certificates (PEM)"))
      ->check(CLI::ExistingFile);
  app.add_option("--cert", globals.certificate_file,
                 cli.T("TLS：本机证书", "TLS: this client's certificate"))
      ->check(CLI::ExistingFile);
  app.add_option("--key", globals.key_file,
                 cli.T("TLS：本机私钥", "TLS: this client's private key"))
      ->check(CLI::ExistingFile);
  app.add_flag("--json", globals.json, cli.T("以 JSON 输出", "print JSON"));
  app.add_flag("--yes,-y", globals.yes, cli.T("不再询问确认", "do not ask for confirmation"));
}

// The words that CLI11 puts into help by itself. Those of the left column stay as they are: it is
// padded by bytes.
void SetLabels(CLI::App& app, Lang lang) {
  if (lang != Lang::kZh) return;
  static constexpr std::pair<const char*, const char*> kLabels[] = {{"Usage", "用法"},
                                                                    {"OPTIONS", "选项"},
                                                                    {"SUBCOMMAND", "命令"},
                                                                    {"SUBCOMMANDS", "命令"},
                                                                    {"Positionals", "参数"}};
  for (const auto& [label, word] : kLabels) app.get_formatter()->label(label, word);
  app.option_defaults()->group("选项");
  app.set_help_flag("-h,--help", "显示本说明");
}

// What CLI11 found wrong, with a Chinese beginning; the rest names the option.
std::string UsageZh(const CLI::ParseError& error) {
  const std::string name = error.get_name();
  std::string zh = "命令有误：";
  if (name == "RequiredError") zh = "缺少必填内容：";
  if (name == "ExtrasError") zh = "多余或不认识的内容：";
  if (name == "ValidationError" || name == "ConversionError") zh = "值不合要求：";
  if (name == "ExcludesError") zh = "选项不可同用：";
  if (name == "ArgumentMismatch") zh = "值的个数不对：";
  return zh + error.what();
}

}  // namespace

Lang ChooseLang(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument(argv[i]);
    if (argument.starts_with("--lang=")) return LangOfLocale(argument.substr(7));
    if (argument == "--lang" && i + 1 < argc) return LangOfLocale(argv[i + 1]);
  }
  for (const char* name : {"TWINLINE_LANG", "LC_ALL", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != 0) return LangOfLocale(value);
  }
  return Lang::kZh;
}

std::unique_ptr<CLI::App> MakeApp(Cli& cli) {
  auto app = std::make_unique<CLI::App>(
      cli.T("双线：学籍、审批、点名、控辍保学和留痕的命令行",
            "Twinline: registry, approvals, roll calls, dropout cases and trails"),
      "twinline");
  SetLabels(*app, cli.lang());
  app->fallthrough();
  app->require_subcommand(1);
  AddGlobals(*app, cli);
  AddLogin(*app, cli);
  AddPlaces(*app, cli);
  AddStudents(*app, cli);
  AddApprovals(*app, cli);
  AddClassRuns(*app, cli);
  AddRollCall(*app, cli);
  AddCases(*app, cli);
  AddWebhooks(*app, cli);
  AddErasure(*app, cli);
  AddAccounts(*app, cli);
  AddRules(*app, cli);
  AddTrail(*app, cli);
  AddAuditVerify(*app, cli);
  AddClock(*app, cli);
  AddAdmin(*app, cli);
  AddCall(*app, cli);
  return app;
}

int RunApp(Cli& cli, int argc, const char* const* argv) {
  cli.globals.lang = ChooseLang(argc, argv);
  const std::unique_ptr<CLI::App> app = MakeApp(cli);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app->exit(error, cli.out(), cli.err());  // --help
    return cli.Fail(kUsage, "USAGE", UsageZh(error), error.what());
  }
  return cli.action ? cli.action() : static_cast<int>(kUsage);
}

}  // namespace twinline::cli

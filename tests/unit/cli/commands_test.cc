// Every command explains itself in both languages, and every way out has its exit code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tools/twinline/app.h"
#include "tools/twinline/services.h"

namespace twinline::cli {
namespace {

struct Result {
  int code = 0;
  std::string out;
  std::string err;
};

class CliTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("XDG_CONFIG_HOME", directory_.path().c_str(), 1);
    ::unsetenv("TWINLINE_SERVER");
    ::setenv("TWINLINE_LANG", "zh", 1);
  }

  // A server that nobody runs: port 1 of this machine refuses at once.
  Result Run(std::vector<std::string> arguments, const std::string& input = "") {
    std::vector<const char*> argv = {"twinline"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(input);
    Cli cli(out, err, in);
    const int code = RunApp(cli, static_cast<int>(argv.size()), argv.data());
    return {code, out.str(), err.str()};
  }

  test_support::TempDir directory_;
};

void ForEachCommand(CLI::App& app, std::vector<std::string> path,
                    const std::function<void(const std::vector<std::string>&)>& visit) {
  visit(path);
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) {
    auto longer = path;
    longer.push_back(sub->get_name());
    ForEachCommand(*sub, longer, visit);
  }
}

TEST_F(CliTest, EveryCommandHasHelpInBothLanguages) {
  std::ostringstream none;
  std::istringstream nothing;
  Cli cli(none, none, nothing);
  const auto app = MakeApp(cli);
  size_t commands = 0;
  ForEachCommand(*app, {}, [&](const std::vector<std::string>& path) {
    for (const char* lang : {"zh", "en"}) {
      std::vector<std::string> arguments = {"--lang", lang};
      arguments.insert(arguments.end(), path.begin(), path.end());
      arguments.push_back("--help");
      const Result result = Run(arguments);
      std::string name;
      for (const std::string& part : path) name += part + " ";
      EXPECT_EQ(result.code, kOk) << name;
      EXPECT_NE(result.out.find(std::string(lang) == "zh" ? "用法" : "Usage"), std::string::npos)
          << name;
      if (path.empty()) {
        EXPECT_EQ(result.out.find("学籍") != std::string::npos, std::string(lang) == "zh");
      }
    }
    ++commands;
  });
  EXPECT_GT(commands, 75u);
}

TEST_F(CliTest, TheFamiliesOfTheManualExist) {
  for (const std::vector<std::string>& path :
       std::vector<std::vector<std::string>>{{"login"},
                                             {"logout"},
                                             {"whoami"},
                                             {"students", "show"},
                                             {"students", "find"},
                                             {"students", "search"},
                                             {"students", "class"},
                                             {"students", "history"},
                                             {"students", "as-of"},
                                             {"students", "reveal"},
                                             {"students", "place"},
                                             {"students", "correct"},
                                             {"students", "watch"},
                                             {"students", "import"},
                                             {"students", "export", "request"},
                                             {"students", "export", "approve"},
                                             {"students", "export", "download"},
                                             {"approvals", "start-transfer"},
                                             {"approvals", "suspend"},
                                             {"approvals", "resume"},
                                             {"approvals", "list"},
                                             {"approvals", "show"},
                                             {"approvals", "approve"},
                                             {"approvals", "refuse"},
                                             {"approvals", "withdraw"},
                                             {"approvals", "override"},
                                             {"approvals", "why"},
                                             {"roll-call", "take"},
                                             {"roll-call", "show"},
                                             {"roll-call", "correct"},
                                             {"roll-call", "sign"},
                                             {"roll-call", "unmarked"},
                                             {"roll-call", "streaks"},
                                             {"cases", "list"},
                                             {"cases", "show"},
                                             {"cases", "persuade"},
                                             {"cases", "returned"},
                                             {"cases", "elsewhere"},
                                             {"cases", "confirm"},
                                             {"cases", "sign"},
                                             {"cases", "false-alarm"},
                                             {"cases", "alerts"},
                                             {"cases", "watch-alerts"},
                                             {"cases", "ack"},
                                             {"cases", "deliveries"},
                                             {"cases", "resend"},
                                             {"trail", "child"},
                                             {"trail", "actor"},
                                             {"trail", "office"},
                                             {"proof", "entry"},
                                             {"proof", "checkpoint"},
                                             {"proof", "consistency"},
                                             {"audit", "verify"},
                                             {"clock", "show"},
                                             {"clock", "advance"},
                                             {"admin", "status"},
                                             {"admin", "rebuild"},
                                             {"admin", "snapshot"},
                                             {"admin", "backup"},
                                             {"admin", "restore"},
                                             {"admin", "adopt"},
                                             {"admin", "fsck"},
                                             {"call"}}) {
    std::vector<std::string> arguments = path;
    arguments.push_back("--help");
    EXPECT_EQ(Run(arguments).code, kOk) << path.back();
  }
}

// Methods are called by name, so no compiler says when one is renamed.
TEST(Methods, EveryMethodThatIsCalledExists) {
  std::set<std::string> known;
  for (const auto* service : KnownServices()) {
    for (int i = 0; i < service->method_count(); ++i) known.insert(service->method(i)->full_name());
  }
  static const std::regex quoted("\"([a-z]+\\.v1\\.[A-Z][A-Za-z]+\\.[A-Z][A-Za-z]+)\"");
  std::set<std::string> called;
  for (const auto& entry : std::filesystem::directory_iterator(TWINLINE_CLI_DIR)) {
    if (entry.path().extension() != ".cc") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it) {
      called.insert("twinline." + it->str(1));
    }
  }
  EXPECT_GT(called.size(), 70u);
  for (const std::string& method : called) EXPECT_TRUE(known.contains(method)) << method;
}

TEST_F(CliTest, AWrongCommandLineIsUsage) {
  EXPECT_EQ(Run({}).code, kUsage);
  EXPECT_EQ(Run({"studnets", "show"}).code, kUsage);
  EXPECT_EQ(Run({"students", "show"}).code, kUsage) << "the child is missing";
  const Result bad = Run({"students", "show", "张三"});
  EXPECT_EQ(bad.code, kUsage);
  EXPECT_NE(bad.err.find("学籍号"), std::string::npos) << bad.err;
  EXPECT_EQ(Run({"approvals", "why", "2026-02-30", "10"}).code, kUsage);
  EXPECT_EQ(Run({"roll-call", "show", "3141000001/12-1"}).code, kUsage);
}

// An option that may be given several times must not swallow the argument behind it.
TEST_F(CliTest, ARepeatableOptionTakesOneValueATime) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"roll-call", "take", "--absent", "张三,李四", "--absent", "王五", "3141000001/7-3"},
           {"students", "watch", "--add", "ORPHAN", "0190a1b2c3d47e5f8091a2b3c4d5e6f7"},
           {"cases", "returned", "--evidence", "a.jpg", "0190a1b2c3d47e5f8091a2b3c4d5e6f7"}}) {
    EXPECT_EQ(Run(arguments).code, kNotLoggedIn) << arguments[1];
  }
}

TEST_F(CliTest, GlobalOptionsMayStandBehindTheCommand) {
  const Result result = Run({"whoami", "--server", "127.0.0.1:1", "--lang", "en", "--json"});
  EXPECT_EQ(result.code, kNotLoggedIn);
  const auto json = nlohmann::json::parse(result.err);
  EXPECT_EQ(json["error"]["code"], "NOT_LOGGED_IN");
  EXPECT_EQ(json["error"]["exit_code"], kNotLoggedIn);
  EXPECT_FALSE(json["error"]["message_zh"].get<std::string>().empty());
}

TEST_F(CliTest, WithoutATokenNothingIsSent) {
  const Result result = Run({"--server", "127.0.0.1:1", "students", "search", "zs"});
  EXPECT_EQ(result.code, kNotLoggedIn);
  EXPECT_NE(result.err.find("twinline login"), std::string::npos) << "says what to do next";
  EXPECT_EQ(result.out, "");
}

TEST_F(CliTest, AServerThatIsNotThereIsUnavailable) {
  const Result result = Run({"--server", "127.0.0.1:1", "proof", "checkpoint"});
  EXPECT_EQ(result.code, kUnavailable);
  EXPECT_NE(result.err.find("--server"), std::string::npos);
}

TEST_F(CliTest, ADirectoryThatIsNoInstallationIsRefused) {
  const std::string data = directory_.path();
  const Result result = Run({"admin", "fsck", "--data", data});
  EXPECT_EQ(result.code, kRefused) << result.err;
  EXPECT_NE(result.err.find("installation.textproto"), std::string::npos) << result.err;
}

TEST(ExitCode, FollowsTheStatus) {
  using absl::StatusCode;
  EXPECT_EQ(ExitCodeOf(StatusCode::kOk), kOk);
  EXPECT_EQ(ExitCodeOf(StatusCode::kFailedPrecondition), kRefused);
  EXPECT_EQ(ExitCodeOf(StatusCode::kPermissionDenied), kRefused);
  EXPECT_EQ(ExitCodeOf(StatusCode::kNotFound), kRefused);
  EXPECT_EQ(ExitCodeOf(StatusCode::kInvalidArgument), kUsage);
  EXPECT_EQ(ExitCodeOf(StatusCode::kUnauthenticated), kNotLoggedIn);
  EXPECT_EQ(ExitCodeOf(StatusCode::kUnavailable), kUnavailable);
  EXPECT_EQ(ExitCodeOf(StatusCode::kDeadlineExceeded), kUnavailable);
  EXPECT_EQ(ExitCodeOf(StatusCode::kInternal), kUnavailable);
}

TEST(ExitCode, OnlyUnknownOutcomesAreRetried) {
  using absl::StatusCode;
  EXPECT_TRUE(WorthRetrying(StatusCode::kUnavailable));
  EXPECT_TRUE(WorthRetrying(StatusCode::kResourceExhausted));
  EXPECT_FALSE(WorthRetrying(StatusCode::kFailedPrecondition));
  EXPECT_FALSE(WorthRetrying(StatusCode::kUnauthenticated));
}

TEST(Lang, TheArgumentWinsOverTheEnvironment) {
  ::setenv("TWINLINE_LANG", "en_US.UTF-8", 1);
  const char* chosen[] = {"twinline", "whoami", "--lang", "zh"};
  EXPECT_EQ(ChooseLang(4, chosen), Lang::kZh);
  const char* silent[] = {"twinline", "whoami"};
  EXPECT_EQ(ChooseLang(2, silent), Lang::kEn);
  ::setenv("TWINLINE_LANG", "C.UTF-8", 1);
  EXPECT_EQ(ChooseLang(2, silent), Lang::kZh) << "Chinese unless English is asked for";
}

}  // namespace
}  // namespace twinline::cli

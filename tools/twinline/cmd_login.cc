// twinline login, logout, whoami.
#include <unistd.h>

#include <string>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/secret.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

struct LoginOptions {
  std::string login;
  std::string demo;
  bool change = false;
};

std::string Device() {
  char host[256] = "unknown";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("twinline on {}", host);
}

// A login name becomes a staff id through an account that may look it up: whoever is logged in
// already.
int SubjectOf(Cli& cli, Session& session, const std::string& who, std::string* subject) {
  if (const auto id = ParseId(who)) {
    *subject = id->str();
    return kOk;
  }
  identity::v1::GetAccountRequest request;
  request.set_login(who);
  identity::v1::GetAccountReply reply;
  constexpr std::string_view kMethod = "identity.v1.IdentityService.GetAccount";
  bool found = session.token() && session.Call(kMethod, request, &reply).ok();
  if (!found && !cli.globals.as_file.empty()) {
    // Several people at one machine: the administrator's token lies in the usual place.
    SessionOptions options;
    options.channel.target = cli.globals.server;
    auto usual = Session::Connect(options, TokenStore(TokenStore::DefaultFile(cli.globals.server)));
    found = usual.ok() && usual->token() && usual->Call(kMethod, request, &reply).ok();
  }
  if (found) {
    *subject = reply.subject();
    return kOk;
  }
  return cli.Fail(
      kUsage, "STAFF_ID_NEEDED",
      "按登录名查找人员需要管理员先登录；请改用人员编号（演示启动时打印，或用 twinline places "
      "staff 查看）",
      "finding a person by login needs an administrator who is logged in; use the staff id (the "
      "demonstration prints it, and so does twinline places staff)");
}

int LoginDemo(Cli& cli, Session& session, const LoginOptions& options) {
  std::string subject;
  if (int code = SubjectOf(cli, session, options.demo, &subject)) return code;
  identity::v1::IssueDemoTokenRequest request;
  request.set_subject(subject);
  request.set_minutes(720);
  identity::v1::TokenReply reply;
  const rpc::CallResult result =
      session.CallPublic("identity.v1.IdentityService.IssueDemoToken", request, &reply);
  if (absl::IsUnimplemented(result.status)) {
    return cli.Fail(kRefused, "NOT_A_DEMONSTRATION",
                    "这不是演示环境，请用账号和口令登录：twinline login 登录名",
                    "this is no demonstration; log in with a password: twinline login NAME");
  }
  if (!result.ok()) return cli.Fail(result);
  if (reply.subject().empty()) reply.set_subject(subject);
  if (absl::Status kept = session.Keep(reply, options.demo, true); !kept.ok())
    return cli.Fail(kept);
  cli.Note(fmt::format("已以演示身份登录：{}　{}", Hex(subject), reply.realm_banner()),
           fmt::format("logged in as {} {}", Hex(subject), reply.realm_banner()));
  return kOk;
}

int LoginPassword(Cli& cli, Session& session, const LoginOptions& options) {
  if (options.login.empty()) {
    return cli.Fail(kUsage, "LOGIN_MISSING", "请写明登录名：twinline login 登录名",
                    "name the account: twinline login NAME");
  }
  identity::v1::LogInRequest request;
  request.set_login(options.login);
  request.set_password(ReadSecret(cli, "口令：", "password: "));
  request.set_device(Device());
  if (options.change) request.set_new_password(ReadSecret(cli, "新口令：", "new password: "));
  identity::v1::TokenReply reply;
  rpc::CallResult result = session.CallPublic("identity.v1.IdentityService.LogIn", request, &reply);
  if (result.code() == "PASSWORD_MUST_CHANGE" && !options.change) {
    cli.Note("首次登录须更换口令。", "the first password must be changed.");
    request.set_new_password(ReadSecret(cli, "新口令：", "new password: "));
    result = session.CallPublic("identity.v1.IdentityService.LogIn", request, &reply);
  }
  if (!result.ok()) return cli.Fail(result);
  if (absl::Status kept = session.Keep(reply, options.login, false); !kept.ok()) {
    return cli.Fail(kept);
  }
  cli.Note(fmt::format("已登录：{}", options.login), fmt::format("logged in: {}", options.login));
  return kOk;
}

int LoginBody(Cli& cli, const LoginOptions& options) {
  int code = kOk;
  cli.globals.duty.clear();  // nobody has a duty before logging in
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  return options.demo.empty() ? LoginPassword(cli, *session, options)
                              : LoginDemo(cli, *session, options);
}

struct NoOptions {};

int LogoutBody(Cli& cli, const NoOptions&) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  if (session->token()) {
    identity::v1::LogOutRequest request;
    identity::v1::LogOutReply reply;
    const rpc::CallResult result =
        session->Call("identity.v1.IdentityService.LogOut", request, &reply);
    // Ended already is as good as ended now; without a server the local file goes anyway.
    if (!result.ok() && !absl::IsUnauthenticated(result.status)) cli.Fail(result);
  }
  if (absl::Status forgotten = session->Forget(); !forgotten.ok()) return cli.Fail(forgotten);
  cli.Note("已退出登录。", "logged out.");
  return kOk;
}

int WhoamiBody(Cli& cli, const NoOptions&) {
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  if (int code = cli.Call("identity.v1.IdentityService.WhoAmI", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  Sheet sheet;
  sheet.Add(cli.T("姓名", "name"), cli.names().Person(reply.subject()));
  sheet.Add(cli.T("登录名", "login"), reply.login());
  sheet.Add(cli.T("人员编号", "staff id"), Hex(reply.subject()));
  sheet.Add(cli.T("会话", "session"), std::to_string(reply.session()));
  sheet.Add(cli.T("服务器时间", "server time"), Moment(reply.server_time_us()));
  sheet.Print(cli.out());
  Table table({cli.T("任职编号", "duty"), cli.T("角色", "role"), cli.T("机构", "office"),
               cli.T("自", "from"), cli.T("至", "to")});
  for (const auto& duty : reply.duties()) {
    table.Add({Hex(duty.duty_id()), RoleWord(cli.lang(), duty.role()),
               cli.names().Office(duty.office()), Day(duty.from()), Day(duty.to())});
  }
  cli.out() << '\n';
  if (table.empty()) {
    cli.Nothing("没有有效任职，因此没有任何权限。请联系安全管理员。",
                "no duty, and so no rights. Ask the security administrator.");
  }
  table.Print(cli.out());
  return kOk;
}

}  // namespace

void AddLogin(CLI::App& app, Cli& cli) {
  auto login = std::make_shared<LoginOptions>();
  CLI::App* command = Command(app, cli, "login", "登录", "log in");
  AddText(command, cli, "name", &login->login, "登录名", "login name");
  AddText(command, cli, "--demo", &login->demo, "演示环境：以此人员（编号或登录名）登录，不需口令",
          "in a demonstration: as this person (staff id or login), without a password");
  AddFlag(command, cli, "--change-password", &login->change, "同时更换口令",
          "change the password at the same time");
  Run(command, cli, login, LoginBody);

  auto none = std::make_shared<NoOptions>();
  Run(Command(app, cli, "logout", "退出登录并删除本机登录文件",
              "log out and remove the token file"),
      cli, none, LogoutBody);
  Run(Command(app, cli, "whoami", "我是谁、有哪些任职", "who am I, and what are my duties"), cli,
      none, WhoamiBody);
}

}  // namespace twinline::cli

// twinline accounts: whoever may log in. Made by the system administrator, locked, unlocked and
// reset by the security administrator (三员).
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/secret.h"
#include "tools/twinline/table.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::cli {
namespace {

namespace iv1 = identity::v1;

constexpr char kService[] = "identity.v1.IdentityService.";

constexpr size_t kKeysMax = size_t{1} << 20;

struct Options {
  std::string account;  // login or staff id
  std::string issuer;
  std::string audience;
  std::string jwks;
  std::string claim;
  base::Id16 staff;
  std::string login;
  std::string reason;
  std::string session;
};

int Find(Cli& cli, const std::string& account, iv1::GetAccountReply* reply) {
  iv1::GetAccountRequest request;
  if (const auto id = ParseId(account)) {
    request.set_subject(id->str());
  } else {
    request.set_login(account);
  }
  return cli.Call(std::string(kService) + "GetAccount", request, reply);
}

std::string FirstPassword(Cli& cli) {
  return ReadSecret(cli, "初始口令（首次登录须更换）：",
                    "first password (to be changed at the first log-in): ");
}

int CreateBody(Cli& cli, const Options& options) {
  iv1::CreateAccountRequest request;
  request.set_staff_id(options.staff.str());
  request.set_login(options.login);
  request.set_first_password(FirstPassword(cli));
  iv1::CreateAccountReply reply;
  if (int code = cli.Call(std::string(kService) + "CreateAccount", request, &reply)) return code;
  if (!cli.PrintedJson(reply)) {
    cli.Note(fmt::format("已建账号 {}。", options.login),
             fmt::format("account {} is made.", options.login));
  }
  return kOk;
}

int ShowBody(Cli& cli, const Options& options) {
  iv1::GetAccountReply reply;
  if (int code = Find(cli, options.account, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  const std::string lock =
      reply.lock_reason().empty() ? cli.T("正常", "open")
      : reply.locked_until_us() == 0
          ? cli.T("已停用：", "locked: ") + reply.lock_reason()
          : cli.T("锁定至 ", "locked until ") + Moment(reply.locked_until_us());
  cli.out() << fmt::format(
      "{}  {}  {}{}\n", reply.login(), Hex(reply.subject()), lock,
      reply.must_change() ? cli.T("，须更换口令", ", password must be changed") : std::string());
  Table table({cli.T("会话", "session"), cli.T("方式", "by"), cli.T("开始", "since"),
               cli.T("到期", "until")});
  for (const auto& one : reply.sessions()) {
    table.Add({fmt::format("{:016x}", one.session()),
               one.issuer().empty() ? one.assurance() : one.issuer(), MomentShort(one.started_us()),
               MomentShort(one.expires_us())});
  }
  table.Print(cli.out());
  return kOk;
}

int Done(Cli& cli, const iv1::AccountReply& reply) {
  if (!cli.PrintedJson(reply)) cli.Note("已办理。", "done.");
  return kOk;
}

int LockBody(Cli& cli, const Options& options) {
  iv1::GetAccountReply account;
  if (int code = Find(cli, options.account, &account)) return code;
  iv1::LockAccountRequest request;
  request.set_subject(account.subject());
  request.set_reason(options.reason);
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "LockAccount", request, &reply)) return code;
  return Done(cli, reply);
}

int UnlockBody(Cli& cli, const Options& options) {
  iv1::GetAccountReply account;
  if (int code = Find(cli, options.account, &account)) return code;
  iv1::UnlockAccountRequest request;
  request.set_subject(account.subject());
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "UnlockAccount", request, &reply)) return code;
  return Done(cli, reply);
}

int ResetBody(Cli& cli, const Options& options) {
  iv1::GetAccountReply account;
  if (int code = Find(cli, options.account, &account)) return code;
  iv1::ResetPasswordRequest request;
  request.set_subject(account.subject());
  request.set_first_password(FirstPassword(cli));
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "ResetPassword", request, &reply)) return code;
  return Done(cli, reply);
}

int EndBody(Cli& cli, const Options& options) {
  iv1::EndSessionRequest request;
  size_t used = 0;
  try {
    request.set_session(std::stoull(options.session, &used, 16));
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != options.session.size()) {
    return cli.Fail(kUsage, "SESSION_UNREADABLE",
                    "会话应为16位十六进制数，见 twinline accounts show",
                    "a session is 16 hex digits; see twinline accounts show");
  }
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "EndSession", request, &reply)) return code;
  return Done(cli, reply);
}

int TrustBody(Cli& cli, const Options& options) {
  auto keys = ReadWholeFile(options.jwks, kKeysMax);
  if (!keys.ok()) return cli.Fail(keys.status());
  iv1::TrustIssuerRequest request;
  request.set_issuer(options.issuer);
  request.set_audience(options.audience);
  request.set_jwks(*std::move(keys));
  request.set_subject_claim(options.claim);
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "TrustIssuer", request, &reply)) return code;
  return Done(cli, reply);
}

int DistrustBody(Cli& cli, const Options& options) {
  if (!cli.Confirm("停止信任该登录来源，其会话不再续期。",
                   "Trust this issuer no more; its sessions are not renewed.")) {
    return cli.NotConfirmed();
  }
  iv1::DistrustIssuerRequest request;
  request.set_issuer(options.issuer);
  iv1::AccountReply reply;
  if (int code = cli.Call(std::string(kService) + "DistrustIssuer", request, &reply)) return code;
  return Done(cli, reply);
}

int RotateBody(Cli& cli, const Options&) {
  iv1::RotateSigningKeyRequest request;
  iv1::RotateSigningKeyReply reply;
  if (int code = cli.Call(std::string(kService) + "RotateSigningKey", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note(fmt::format("已启用新的令牌签名密钥 {}；旧密钥签发的令牌到期前仍有效。", reply.kid()),
           fmt::format("tokens are signed with the new key {}; those of the former one stay good "
                       "until they expire.",
                       reply.kid()));
  return kOk;
}

void AddIssuers(CLI::App& accounts, Cli& cli) {
  CLI::App* issuer = Family(accounts, cli, "issuer", "外部统一身份认证（OIDC）：信任、停止信任",
                            "outside OIDC issuers: trust, distrust");
  auto trust = std::make_shared<Options>();
  CLI::App* command = Command(*issuer, cli, "trust", "信任一个登录来源，或更换其公钥",
                              "trust an issuer, or take its new keys");
  AddText(command, cli, "issuer", &trust->issuer, "签发者（iss）", "issuer (iss)")->required();
  AddText(command, cli, "--audience", &trust->audience, "受众（aud）", "audience (aud)")
      ->required();
  AddText(command, cli, "--jwks", &trust->jwks, "公钥文件（JWKS）", "file with its keys (JWKS)")
      ->required()
      ->check(CLI::ExistingFile);
  AddText(command, cli, "--subject-claim", &trust->claim, "以哪一项声明对应登录名",
          "the claim that names the account");
  Run(command, cli, trust, TrustBody);

  auto distrust = std::make_shared<Options>();
  command = Command(*issuer, cli, "distrust", "停止信任", "trust it no more");
  AddText(command, cli, "issuer", &distrust->issuer, "签发者（iss）", "issuer (iss)")->required();
  Run(command, cli, distrust, DistrustBody);

  Run(Command(accounts, cli, "rotate-key", "更换令牌签名密钥", "a new key to sign tokens with"),
      cli, std::make_shared<Options>(), RotateBody);
}

}  // namespace

void AddAccounts(CLI::App& app, Cli& cli) {
  CLI::App* accounts = Family(app, cli, "accounts", "账号：建立、停用、启用、重置口令、结束会话",
                              "accounts: make, lock, unlock, reset, end sessions");
  auto create = std::make_shared<Options>();
  CLI::App* command = Command(*accounts, cli, "create", "为一名人员建立账号（口令随后输入）",
                              "an account for a member of staff (the password is asked for)");
  AddId(command, cli, "staff", &create->staff, "人员编号，见 twinline places staff",
        "staff id, see twinline places staff")
      ->required();
  AddText(command, cli, "login", &create->login, "登录名", "login name")->required();
  Run(command, cli, create, CreateBody);

  const auto about = [&](const char* name, const char* zh, const char* en,
                         int (*body)(Cli&, const Options&)) {
    auto options = std::make_shared<Options>();
    CLI::App* made = Command(*accounts, cli, name, zh, en);
    AddText(made, cli, "account", &options->account, "登录名或人员编号", "login or staff id")
        ->required();
    if (body == &LockBody) {
      AddText(made, cli, "--reason", &options->reason, "停用理由", "why")->required();
    }
    Run(made, cli, options, body);
  };
  about("show", "账号状态和会话", "an account and its sessions", &ShowBody);
  about("lock", "停用账号，结束其会话", "lock an account and end its sessions", &LockBody);
  about("unlock", "启用账号", "unlock an account", &UnlockBody);
  about("reset", "重置口令（首次登录须更换）", "a new first password", &ResetBody);

  auto end = std::make_shared<Options>();
  command = Command(*accounts, cli, "end-session", "结束一个会话", "end a session");
  AddText(command, cli, "session", &end->session, "会话（16位十六进制）", "session (16 hex digits)")
      ->required();
  Run(command, cli, end, EndBody);
  AddIssuers(*accounts, cli);
}

}  // namespace twinline::cli

// twinline webhooks list, add, rotate, remove: where an office's alerts are sent, and the secret
// that signs them. A secret is made here, or read from a file, and written to a file that only its
// owner can read; the server keeps it in its vault and never shows it again.
#include "fmt/format.h"
#include "platform/base/hash.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

constexpr std::string_view kService = "accountability.v1.AccountabilityService.";

struct WebhookOptions {
  std::string office;
  std::string url;
  base::Id16 webhook;
  std::string secret_file;
  std::string secret_out;
};

// Base64. A new secret is written before the server is asked: a secret that the server has and
// nobody else would make every delivery unverifiable.
int FillSecret(Cli& cli, const WebhookOptions& options, std::string* secret) {
  constexpr size_t kSecretBytes = 32;
  constexpr size_t kFileMax = 4096;
  if (!options.secret_file.empty()) {
    auto text = ReadWholeFile(options.secret_file, kFileMax);
    if (!text.ok()) return cli.Fail(text.status());
    *secret = *std::move(text);
    secret->erase(secret->find_last_not_of(" \t\r\n") + 1);
    return kOk;
  }
  if (options.secret_out.empty()) {
    return cli.Fail(kUsage, "SECRET_MISSING", "请用 --secret-out 指明新密钥保存到哪个文件",
                    "say with --secret-out where to put the new secret");
  }
  *secret = base::ToBase64(base::RandomBytes(kSecretBytes));
  Download file(options.secret_out);
  if (!file.Write(*secret + "\n") || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", options.secret_out),
                    fmt::format("cannot write {}", options.secret_out));
  }
  cli.Note(fmt::format("密钥已写入 {}（仅本人可读），请交给接收方。", options.secret_out),
           fmt::format("the secret is in {}, readable by you only: hand it to the receiver.",
                       options.secret_out));
  return kOk;
}

int ListBody(Cli& cli, const WebhookOptions& options) {
  av1::ListWebhooksRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  av1::ListWebhooksReply reply;
  if (int code = cli.Call(std::string(kService) + "ListWebhooks", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.webhooks().empty()) cli.Nothing("没有登记推送地址。", "no address is registered.");
  Table table({cli.T("接口编号", "webhook"), cli.T("地址", "address"), cli.T("有效", "active"),
               cli.T("密钥数", "secrets")});
  for (const auto& one : reply.webhooks()) {
    table.Add({Hex(one.webhook_id()), one.url(), YesNo(cli.lang(), one.active()),
               std::to_string(one.key_id_size())});
  }
  table.Print(cli.out());
  return kOk;
}

int Done(Cli& cli, const av1::WebhookReply& reply, std::string_view zh, std::string_view en) {
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << cli.T(zh, en) << Hex(reply.webhook_id()) << '\n';
  return kOk;
}

int AddBody(Cli& cli, const WebhookOptions& options) {
  av1::RegisterWebhookRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  if (int code = FillSecret(cli, options, request.mutable_secret())) return code;
  request.set_url(options.url);
  av1::WebhookReply reply;
  if (int code = cli.Call(std::string(kService) + "RegisterWebhook", request, &reply)) return code;
  return Done(cli, reply, "已登记推送地址，接口编号 ", "registered, webhook ");
}

int RotateBody(Cli& cli, const WebhookOptions& options) {
  av1::RotateWebhookSecretRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  if (int code = FillSecret(cli, options, request.mutable_secret())) return code;
  request.set_webhook_id(options.webhook.str());
  av1::WebhookReply reply;
  if (int code = cli.Call(std::string(kService) + "RotateWebhookSecret", request, &reply)) {
    return code;
  }
  return Done(cli, reply, "已更换密钥（旧密钥在下次更换前仍有效），接口编号 ",
              "new secret (the former one is valid until the next rotation), webhook ");
}

int RemoveBody(Cli& cli, const WebhookOptions& options) {
  av1::RemoveWebhookRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  request.set_webhook_id(options.webhook.str());
  if (!cli.Confirm("停止向该地址推送。", "Send nothing to this address any more.")) {
    return cli.NotConfirmed();
  }
  av1::WebhookReply reply;
  if (int code = cli.Call(std::string(kService) + "RemoveWebhook", request, &reply)) return code;
  return Done(cli, reply, "已停止推送，接口编号 ", "removed, webhook ");
}

void AddSecret(CLI::App* command, Cli& cli, WebhookOptions* options) {
  AddText(command, cli, "--secret-out", &options->secret_out, "新生成的密钥保存到",
          "makes a secret and writes it here");
  AddText(command, cli, "--secret-file", &options->secret_file,
          "使用此文件中的密钥（32字节以上，base64）", "takes the secret in this file (base64)")
      ->check(CLI::ExistingFile)
      ->excludes("--secret-out");
  AddOffice(command, cli, "--office", &options->office, "机构，默认本机构",
            "office, by default the own one");
}

}  // namespace

void AddWebhookList(CLI::App& family, Cli& cli, const char* name) {
  auto list = std::make_shared<WebhookOptions>();
  CLI::App* command =
      Command(family, cli, name, "预警推送地址", "addresses to which alerts are sent");
  AddOffice(command, cli, "office", &list->office, "机构，默认本机构",
            "office, by default the own one");
  Run(command, cli, list, ListBody);
}

void AddWebhooks(CLI::App& app, Cli& cli) {
  CLI::App* webhooks = Family(app, cli, "webhooks", "预警推送地址：查看、登记、换密钥、停止",
                              "addresses to which alerts are sent");
  AddWebhookList(*webhooks, cli, "list");
  auto add = std::make_shared<WebhookOptions>();
  CLI::App* command = Command(*webhooks, cli, "add", "登记推送地址", "register an address");
  AddText(command, cli, "url", &add->url, "https 地址", "https address")->required();
  AddSecret(command, cli, add.get());
  Run(command, cli, add, AddBody);

  auto rotate = std::make_shared<WebhookOptions>();
  command = Command(*webhooks, cli, "rotate", "更换签名密钥", "a new secret");
  AddId(command, cli, "webhook", &rotate->webhook, "接口编号（webhooks list 可查）",
        "webhook id, as webhooks list shows it")
      ->required();
  AddSecret(command, cli, rotate.get());
  Run(command, cli, rotate, RotateBody);

  auto remove = std::make_shared<WebhookOptions>();
  command = Command(*webhooks, cli, "remove", "停止推送", "send nothing there any more");
  AddId(command, cli, "webhook", &remove->webhook, "接口编号", "webhook id")->required();
  AddOffice(command, cli, "--office", &remove->office, "机构，默认本机构",
            "office, by default the own one");
  Run(command, cli, remove, RemoveBody);
}

}  // namespace twinline::cli

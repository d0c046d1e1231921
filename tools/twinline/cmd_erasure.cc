// twinline erasure: destroying a child's keys on a legal ground, by two persons, and completing it
// twinline admin rotate-kek.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry_erasure.pb.h"

namespace twinline::cli {
namespace {

namespace rv1 = registry::v1;

const std::vector<std::string> kGrounds = {"RETENTION_ENDED", "CONSENT_WITHDRAWN",
                                           "UNLAWFUL_PROCESSING", "COURT_OR_AUTHORITY",
                                           "OTHER_LAW"};
const std::vector<std::string> kStates = {"REQUESTED", "DECLINED", "ORDERED", "KEYS_DESTROYED",
                                          "COMPLETED"};

std::string StateWord(const Cli& cli, std::string_view state) {
  if (state == "REQUESTED") return cli.T("待决定", "waiting for the second person");
  if (state == "DECLINED") return cli.T("不予销毁", "declined");
  if (state == "ORDERED") return cli.T("已决定，正在销毁", "ordered, being destroyed");
  if (state == "KEYS_DESTROYED") return cli.T("密钥已销毁", "keys destroyed");
  if (state == "COMPLETED") return cli.T("销毁完成", "completed");
  return std::string(state);
}

struct Options {
  ChildRef child;
  std::string ground;
  std::string document;
  std::string reason;
  std::string state;
  Limit limit;
};

int Shown(Cli& cli, const rv1::ErasureReply& reply) {
  if (cli.PrintedJson(reply)) return kOk;
  const rv1::ErasureView& erasure = reply.erasure();
  cli.out() << fmt::format("{}  {}  {}\n", Hex(erasure.child_id()), StateWord(cli, erasure.state()),
                           erasure.document());
  return kOk;
}

int RequestBody(Cli& cli, const Options& options) {
  rv1::RequestErasureRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_ground(options.ground);
  request.set_document(options.document);
  rv1::ErasureReply reply;
  if (int code = cli.Call("registry.v1.ErasureService.RequestErasure", request, &reply))
    return code;
  if (!cli.globals.json) {
    cli.Note(
        fmt::format("已申请。须由另一人决定：twinline erasure order {}", Hex(request.child_id())),
        fmt::format("asked for. Another person orders it: twinline erasure order {}",
                    Hex(request.child_id())));
  }
  return Shown(cli, reply);
}

int OrderBody(Cli& cli, const Options& options) {
  rv1::OrderErasureRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  if (!cli.Confirm("该生的姓名、证件号码等全部个人信息将不可恢复，确定销毁吗？",
                   "the name, numbers and all personal data of this child become unreadable for "
                   "ever. Destroy them?")) {
    return cli.NotConfirmed();
  }
  rv1::ErasureReply reply;
  if (int code = cli.Call("registry.v1.ErasureService.OrderErasure", request, &reply)) return code;
  return Shown(cli, reply);
}

int DeclineBody(Cli& cli, const Options& options) {
  rv1::DeclineErasureRequest request;
  if (int code = ResolveChildId(cli, options.child, request.mutable_child_id())) return code;
  request.set_reason(options.reason);
  rv1::ErasureReply reply;
  if (int code = cli.Call("registry.v1.ErasureService.DeclineErasure", request, &reply))
    return code;
  return Shown(cli, reply);
}

int ListBody(Cli& cli, const Options& options) {
  rv1::ListErasuresRequest request;
  request.set_state(options.state);
  rv1::ListErasuresReply reply;
  if (int code = CallPages(cli, "registry.v1.ErasureService.ListErasures", request, &reply,
                           options.limit, [](const auto& r) { return r.erasures_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.erasures().empty())
    cli.Nothing("没有销毁个人信息的申请。", "no erasure was asked for.");
  Table table({cli.T("学生", "child"), cli.T("状态", "state"), cli.T("依据", "ground"),
               cli.T("文号", "document"), cli.T("申请时间", "asked"), cli.T("决定时间", "decided"),
               cli.T("密钥", "keys"), cli.T("完成时间", "completed")});
  for (const auto& one : reply.erasures()) {
    table.Add({Hex(one.child_id()), StateWord(cli, one.state()), one.ground(), one.document(),
               MomentShort(one.requested_us()), MomentShort(one.decided_us()),
               std::to_string(one.keys()), MomentShort(one.completed_us())});
  }
  table.Print(cli.out());
  if (reply.renewing_to() != 0) {
    cli.Note("正在更新在册学生的检索标识。", "the search tokens of the living are being renewed.");
  }
  return kOk;
}

void NoteCopies(Cli& cli) {
  cli.Note("旧的主密钥文件副本和旧的密钥库备份从此打不开：请立即重新备份，并重新抄存主密钥文件。",
           "older copies of the key file and of the vault open nothing any more: make a backup and "
           "a copy of the key file now.");
}

int CompleteBody(Cli& cli, const Options&) {
  if (!cli.Confirm("将更新全部检索标识、销毁旧密钥，旧备份中的密钥库从此打不开。确定吗？",
                   "all search tokens are renewed and the old keys destroyed; the vault of older "
                   "backups cannot be opened any more. Go on?")) {
    return cli.NotConfirmed();
  }
  rv1::CompleteErasuresRequest request;
  rv1::CompleteErasuresReply reply;
  if (int code = cli.Call("registry.v1.ErasureService.CompleteErasures", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note("已开始，进度见 twinline erasure list。完成以后：",
           "started; twinline erasure list shows how far it is. When it is done:");
  NoteCopies(cli);
  return kOk;
}

int RotateBody(Cli& cli, const Options&) {
  if (!cli.Confirm("将更换主密钥，旧的主密钥和旧备份中的密钥库从此打不开。确定吗？",
                   "the key-encryption key is replaced; the old one and the vault of older backups "
                   "cannot be used any more. Go on?")) {
    return cli.NotConfirmed();
  }
  rv1::RotateKeyEncryptionKeyRequest request;
  rv1::RotateKeyEncryptionKeyReply reply;
  if (int code = cli.Call("registry.v1.ErasureService.RotateKeyEncryptionKey", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note(fmt::format("已更换，{} 个密钥已用新主密钥封装。", reply.entries()),
           fmt::format("replaced; {} keys are wrapped by the new one.", reply.entries()));
  NoteCopies(cli);
  return kOk;
}

}  // namespace

void AddErasure(CLI::App& app, Cli& cli) {
  CLI::App* erasure = Family(app, cli, "erasure", "依法销毁个人信息（两人决定，不可恢复）",
                             "erase personal data by law (two persons, for ever)");
  auto ask = std::make_shared<Options>();
  CLI::App* command = Command(*erasure, cli, "request", "申请销毁一名学生的个人信息",
                              "ask for the erasure of a child's personal data");
  AddChild(command, cli, "child", &ask->child, "学生", "child")->required();
  AddCode(command, cli, "--ground", &ask->ground, kGrounds, "法律依据（个人信息保护法第四十七条）",
          "legal ground (PIPL 47)")
      ->required();
  AddText(command, cli, "--document", &ask->document, "决定的文号（不得写姓名）",
          "number of the decision (never a name)")
      ->required();
  Run(command, cli, ask, RequestBody);

  auto order = std::make_shared<Options>();
  command = Command(*erasure, cli, "order", "由另一人决定销毁", "order it, as another person");
  AddChild(command, cli, "child", &order->child, "学生", "child")->required();
  Run(command, cli, order, OrderBody);

  auto decline = std::make_shared<Options>();
  command = Command(*erasure, cli, "decline", "不予销毁或撤回申请", "decline or withdraw it");
  AddChild(command, cli, "child", &decline->child, "学生", "child")->required();
  AddText(command, cli, "--reason", &decline->reason, "理由", "reason")->required();
  Run(command, cli, decline, DeclineBody);

  auto list = std::make_shared<Options>();
  command = Command(*erasure, cli, "list", "销毁申请与进度", "erasures and how far they are");
  AddCode(command, cli, "--state", &list->state, kStates, "只看一种状态", "only one state");
  AddLimit(command, cli, &list->limit);
  Run(command, cli, list, ListBody);

  auto complete = std::make_shared<Options>();
  command =
      Command(*erasure, cli, "complete", "完成已决定的销毁：更新检索标识，销毁旧密钥（每年一次）",
              "complete what was ordered: new search tokens, old keys destroyed (yearly)");
  Run(command, cli, complete, CompleteBody);
}

void AddAdminKeys(CLI::App& admin, Cli& cli) {
  auto rotate = std::make_shared<Options>();
  CLI::App* command = Command(admin, cli, "rotate-kek", "更换主密钥（服务运行中）",
                              "replace the key-encryption key (of a running server)");
  Run(command, cli, rotate, RotateBody);
}

}  // namespace twinline::cli

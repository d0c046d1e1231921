// twinline admin status, fsck, rebuild, snapshot, adopt; backup and restore are in
// cmd_admin_backup.cc.
#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "platform/store/state_store.h"
#include "tools/twinline/admin_output.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/data_directory.h"
#include "tools/twinline/fsck.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

struct AdminOptions {
  std::string data;
  std::string config;
  std::string service;
  std::string target;
  bool move = false;
};

// What the server says of itself; needs no login for the first line.
int RemoteStatus(Cli& cli) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  const auto healthy = session->client().Healthy();
  if (!healthy.ok()) return cli.Fail(rpc::CallResult{healthy.status(), std::nullopt, 0});
  cli.out() << cli.globals.server
            << (*healthy ? cli.T("：正常服务", ": serving") : cli.T("：未在服务", ": not serving"))
            << '\n';
  if (!session->token()) {
    cli.Note("登录后可看到日志和检查点状态。", "log in to see journals and the checkpoint.");
    return *healthy ? kOk : kUnavailable;
  }
  audit::v1::GetStatusRequest request;
  audit::v1::GetStatusReply reply;
  const rpc::CallResult result = session->Call("audit.v1.AuditService.GetStatus", request, &reply);
  if (!result.ok())
    return *healthy && !absl::IsUnavailable(result.status) ? static_cast<int>(kOk)
                                                           : cli.Fail(result);
  if (cli.PrintedJson(reply)) return kOk;
  Sheet sheet;
  sheet.Add(cli.T("审计", "audit"),
            reply.halted()
                ? cli.T("已停止，须人工处理：", "halted, a person is needed: ") + reply.reason()
                : cli.T("正常", "stands"));
  sheet.Add(cli.T("检查点", "checkpoint"),
            fmt::format("{}  {}", reply.checkpoint_size(), Moment(reply.checkpoint_unix_us())));
  sheet.Add(cli.T("验证公钥", "verifier key"), reply.verifier_key());
  sheet.Print(cli.out());
  Table table({cli.T("日志", "journal"), cli.T("已编入", "indexed"), cli.T("滞后", "lag"),
               cli.T("已登记树头", "noted")});
  table.AlignRight(1).AlignRight(2).AlignRight(3);
  for (const auto& one : reply.journals()) {
    table.Add({one.journal(), std::to_string(one.indexed()), std::to_string(one.lag()),
               std::to_string(one.noted_size())});
  }
  table.Print(cli.out());
  return reply.halted() ? kNotVerified : kOk;
}

int LocalStatus(Cli& cli, const AdminOptions& options) {
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  PrintInstallation(cli, *directory);
  const auto log = journal::EmbeddedLog::OpenReadOnly(directory->places.log.string());
  if (!log.ok()) return cli.Fail(log.status());
  Table table({cli.T("日志", "journal"), cli.T("条目", "entries")});
  table.AlignRight(1);
  for (const auto& end : (*log)->Ends()) table.Add({end.name, std::to_string(end.entries)});
  table.Print(cli.out());
  for (const fs::path& state : StateDirectories(*directory, "")) {
    cli.out() << cli.T("状态库 ", "state ") << state.filename().string() << '\n';
  }
  const auto lock = LockStopped(*directory);
  cli.out() << (lock.ok() ? cli.T("服务未运行（目录未被占用）", "no server has this directory open")
                          : cli.T("目录正被服务使用", "a server has this directory open"))
            << '\n';
  return kOk;
}

int StatusBody(Cli& cli, const AdminOptions& options) {
  return options.data.empty() ? RemoteStatus(cli) : LocalStatus(cli, options);
}

int FsckBody(Cli& cli, const AdminOptions& options) {
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  return FsckAndPrint(cli, *directory);
}

// State is derived from the journals (design.md part 1.1), so deleting it loses nothing.
int RebuildBody(Cli& cli, const AdminOptions& options) {
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  std::vector<fs::path> doomed = StateDirectories(*directory, options.service);
  for (const fs::path& path : PrivateFiles(*directory, options.service)) doomed.push_back(path);
  if (doomed.empty()) {
    return cli.Fail(
        kUsage, "STATE_NOT_FOUND",
        fmt::format("{} 下没有 {} 的状态库", directory->places.state.string(), options.service),
        fmt::format("there is no state of {} in {}", options.service,
                    directory->places.state.string()));
  }
  const auto lock = LockStopped(*directory);
  if (!lock.ok()) return FailDirectory(cli, *directory, lock.status());
  for (const fs::path& path : doomed) cli.err() << "  " << path.string() << '\n';
  if (!cli.Confirm("删除以上派生状态，下次启动时由日志重建。",
                   "Delete this derived state; the next start rebuilds it from the journals.")) {
    return cli.NotConfirmed();
  }
  for (const fs::path& path : doomed) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) {
      return cli.Fail(absl::PermissionDeniedError(
          absl::StrCat("cannot delete ", path.string(), ": ", error.message())));
    }
  }
  cli.Note("已删除。现在启动服务即开始重建。", "deleted. Start the server now; it rebuilds.");
  return kOk;
}

int SnapshotBody(Cli& cli, const AdminOptions& options) {
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  if (!IsVacant(options.target)) {
    return cli.Fail(kUsage, "TARGET_NOT_EMPTY", fmt::format("{} 已存在内容", options.target),
                    fmt::format("{} is not empty", options.target));
  }
  std::error_code error;
  fs::create_directories(options.target, error);
  size_t copied = 0;
  for (const fs::path& state : StateDirectories(*directory, options.service)) {
    auto store = store::StateStore::Open(state.string(), {});
    if (!store.ok()) return cli.Fail(store.status());
    const absl::Status made =
        (*store)->Snapshot((fs::path(options.target) / state.filename()).string());
    if (!made.ok()) return cli.Fail(made);
    ++copied;
  }
  cli.Note(fmt::format("已做 {} 个状态库的快照：{}。状态可由日志重建，快照不能代替备份（twinline "
                       "admin backup）。",
                       copied, options.target),
           fmt::format("{} snapshots in {}. State can be rebuilt from the journals; a snapshot is "
                       "no backup (twinline admin backup).",
                       copied, options.target));
  return kOk;
}

int AdoptBody(Cli& cli, const AdminOptions& options) {
  if (!options.move) {
    return cli.Fail(kUsage, "MOVE_NOT_SAID",
                    "须写明 --move：原机器已不再使用，从此以本机为准（R-69）",
                    "say --move: the former machine is gone and this one takes its place (R-69)");
  }
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  const auto lock = LockStopped(*directory);
  if (!lock.ok()) return FailDirectory(cli, *directory, lock.status());
  if (!cli.Confirm("原机器确已停用。两台机器同时运行会产生两套互相矛盾的历史。",
                   "The former machine is really gone. Two running machines would write two "
                   "histories that contradict each other.")) {
    return cli.NotConfirmed();
  }
  const absl::Status adopted =
      runtime::CheckHostMark(directory->places, directory->config.places().host_mark_file(),
                             runtime::OnAnotherHost::kAdopt);
  if (!adopted.ok()) return cli.Fail(adopted);
  cli.Note("已登记本机。现在可以启动服务。", "this machine is now the place. Start the server.");
  return kOk;
}

CLI::App* LocalCommand(CLI::App& admin, Cli& cli, const std::string& name, AdminOptions* options,
                       std::string_view zh, std::string_view en) {
  CLI::App* command = Command(admin, cli, name, zh, en);
  AddText(command, cli, "--data", &options->data, "数据目录", "data directory")
      ->required()
      ->check(CLI::ExistingDirectory);
  AddText(command, cli, "--config", &options->config, "服务的配置文件",
          "the server's configuration file")
      ->check(CLI::ExistingFile);
  return command;
}

}  // namespace

void AddAdmin(CLI::App& app, Cli& cli) {
  CLI::App* admin = Family(app, cli, "admin", "运维：状态、检查、备份、恢复、重建",
                           "operation: status, check, backup, restore, rebuild");
  auto status = std::make_shared<AdminOptions>();
  CLI::App* command = Command(*admin, cli, "status", "服务状态；用 --data 看本机数据目录",
                              "the server's state, or with --data a directory of this machine");
  AddText(command, cli, "--data", &status->data, "数据目录", "data directory")
      ->check(CLI::ExistingDirectory);
  AddText(command, cli, "--config", &status->config, "服务的配置文件",
          "the server's configuration file")
      ->check(CLI::ExistingFile);
  Run(command, cli, status, StatusBody);

  auto fsck = std::make_shared<AdminOptions>();
  Run(LocalCommand(*admin, cli, "fsck", fsck.get(), "检查数据目录，不改动任何内容",
                   "check a data directory, changing nothing"),
      cli, fsck, FsckBody);
  // The same by the name that people try first.
  auto check = std::make_shared<AdminOptions>();
  Run(LocalCommand(app, cli, "fsck", check.get(), "检查数据目录（同 admin fsck）",
                   "check a data directory (as admin fsck)"),
      cli, check, FsckBody);

  auto rebuild = std::make_shared<AdminOptions>();
  command = LocalCommand(
      *admin, cli, "rebuild", rebuild.get(),
      "删除一个服务的派生状态，下次启动时由日志重建（先停服务）",
      "delete a service's derived state; the next start rebuilds it (stop the server first)");
  command
      ->add_option("service", rebuild->service,
                   "registry transfer attendance accountability identity audit")
      ->required()
      ->check(CLI::IsMember(
                  {"registry", "transfer", "attendance", "accountability", "identity", "audit"})
                  .description(""));
  Run(command, cli, rebuild, RebuildBody);

  auto snapshot = std::make_shared<AdminOptions>();
  command = LocalCommand(*admin, cli, "snapshot", snapshot.get(), "派生状态的快照（先停服务）",
                         "a snapshot of derived state (stop the server first)");
  AddText(command, cli, "directory", &snapshot->target, "放到", "where to put it")->required();
  AddText(command, cli, "--service", &snapshot->service, "只做这个服务", "only this service");
  Run(command, cli, snapshot, SnapshotBody);

  AddAdminKeys(*admin, cli);
  AddAdminBackup(*admin, cli);
  AddAdminClock(*admin, cli);
  AddAdminTopics(*admin, cli);

  auto adopt = std::make_shared<AdminOptions>();
  command = LocalCommand(*admin, cli, "adopt", adopt.get(), "数据目录迁到本机后登记本机",
                         "after a move: this machine takes the former one's place");
  AddFlag(command, cli, "--move", &adopt->move, "原机器已停用", "the former machine is gone");
  Run(command, cli, adopt, AdoptBody);
}

}  // namespace twinline::cli

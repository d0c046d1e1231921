// twinline admin backup and restore (R-73, platform/runtime/backup.h). A backup is of a stopped
// data directory, or of a running server, which makes it itself.
#include "fmt/format.h"
#include "platform/base/status_macros.h"
#include "platform/runtime/backup.h"
#include "platform/runtime/config.h"
#include "platform/vault/embedded_vault.h"
#include "platform/vault/files.h"
#include "tools/twinline/admin_output.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/data_directory.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "twinline/admin/v1/admin.pb.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kInstallation[] = "installation.textproto";
constexpr const char* kManifest = runtime::kBackupManifest;

struct BackupOptions {
  std::string data;
  std::string config;
  std::string directory;
};

absl::Status CopyInstallationFile(const fs::path& from, const fs::path& to) {
  TWINLINE_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(from / kInstallation, 1 << 20));
  return vault::WriteFileDurably(to / kInstallation, text, 0640);
}

absl::Status MakeBackup(Cli& cli, const DataDirectory& directory, journal::EmbeddedLog& log,
                        const fs::path& target) {
  vault::EmbeddedVaultOptions options;
  options.directory = directory.places.vault;
  options.kek_file = directory.places.kek_file;
  options.second_place = directory.places.second_place / "destroyed-keys";
  TWINLINE_ASSIGN_OR_RETURN(const auto keys, vault::EmbeddedVault::Open(options));
  return runtime::MakeBackup(directory.places, directory.installation, log, *keys, target,
                             [&cli](runtime::BackupStep step) {
                               static constexpr std::pair<const char*, const char*> kWords[] = {
                                   {"1/4 日志……", "1/4 journals ..."},
                                   {"2/4 材料文件……", "2/4 evidence files ..."},
                                   {"3/4 密钥库……", "3/4 vault ..."},
                                   {"4/4 安装信息……", "4/4 installation ..."}};
                               const auto& [zh, en] = kWords[static_cast<size_t>(step)];
                               if (!cli.globals.json) cli.Note(zh, en);
                             });
}

// Of a running server: it makes the copy itself, below its own directory for backups.
int LiveBackup(Cli& cli, const BackupOptions& options) {
  admin::v1::BackUpRequest request;
  request.set_name(options.directory);
  admin::v1::BackUpReply reply;
  if (int code = cli.Call("admin.v1.AdminService.BackUp", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.Note(fmt::format("备份完成：服务器上的 {}。不含主密钥和第二存放处，须另行保管。",
                       reply.directory()),
           fmt::format("backup complete: {} on the server. The key-encryption keys and the second "
                       "place are not in it; keep them apart from it.",
                       reply.directory()));
  return kOk;
}

int BackupBody(Cli& cli, const BackupOptions& options) {
  if (options.data.empty()) return LiveBackup(cli, options);
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  if (!IsVacant(options.directory)) {
    return cli.Fail(kUsage, "TARGET_NOT_EMPTY",
                    fmt::format("{} 已存在内容，请换一个目录", options.directory),
                    fmt::format("{} is not empty; name another directory", options.directory));
  }
  auto log = LockStopped(*directory);
  if (!log.ok()) return FailDirectory(cli, *directory, log.status());
  if (absl::Status made = MakeBackup(cli, *directory, **log, options.directory); !made.ok()) {
    cli.Note(
        fmt::format("备份没有完成，{} 中的内容不可用。", options.directory),
        fmt::format("the backup is not complete; what is in {} is of no use.", options.directory));
    return cli.Fail(made);
  }
  cli.Note(
      fmt::format("备份完成：{}。不含主密钥 {} 和第二存放处 {}，须另行保管，不可与备份放在一起。",
                  options.directory, directory->places.kek_file.string(),
                  directory->places.second_place.string()),
      fmt::format("backup complete: {}. The key-encryption keys {} and the second place {} are not "
                  "in it; keep them apart from it.",
                  options.directory, directory->places.kek_file.string(),
                  directory->places.second_place.string()));
  return kOk;
}

absl::Status CopyBack(Cli& cli, const fs::path& backup, const runtime::Places& places) {
  for (const auto& [name, target] : {std::pair<const char*, fs::path>{"log", places.log},
                                     {"blobs", places.blobs},
                                     {"vault", places.vault}}) {
    const fs::path source = backup / name;
    if (!fs::is_directory(source)) continue;
    if (!cli.globals.json)
      cli.err() << "  " << source.string() << " -> " << target.string() << '\n';
    TWINLINE_RETURN_IF_ERROR(CopyTree(source, target));
  }
  // Last: a directory without this file is no installation, so a broken restore cannot be started
  // by mistake.
  return CopyInstallationFile(backup, places.data);
}

void PrintNext(Cli& cli, const DataDirectory& directory) {
  const std::string data = directory.places.data.string();
  const bool kek = fs::exists(directory.places.kek_file);
  cli.out() << cli.T("接下来：", "next:") << '\n';
  if (!kek) {
    cli.out() << cli.T(
        fmt::format("  · 把另行保管的主密钥放到 {}（权限 0600）\n",
                    directory.places.kek_file.string()),
        fmt::format("  - put the key-encryption keys, kept apart, at {} (mode 0600)\n",
                    directory.places.kek_file.string()));
  }
  cli.out() << cli.T(
      fmt::format("  · 把第二存放处放回 {}：它记着已销毁的密钥和各日志的末尾\n"
                  "  · 演练：twinlined --data {} --drill（只读，不对外发送）\n"
                  "  · 正式启用：原机器停用后 twinline admin adopt --move --data {}，再启动服务\n",
                  directory.places.second_place.string(), data, data),
      fmt::format("  - put the second place back at {}: it remembers destroyed keys and the ends "
                  "of journals\n"
                  "  - a drill: twinlined --data {} --drill (reads only, sends nothing)\n"
                  "  - for real: when the former machine is gone, twinline admin adopt --move "
                  "--data {}, then start the server\n",
                  directory.places.second_place.string(), data, data));
}

int RestoreBody(Cli& cli, const BackupOptions& options) {
  const auto config = runtime::LoadConfig(options.config);
  if (!config.ok()) return cli.Fail(config.status());
  const runtime::Places places = runtime::PlacesOf(options.data, *config);
  for (const fs::path& path :
       {places.log, places.vault, places.state, places.data / kInstallation}) {
    if (IsVacant(path)) continue;
    return cli.Fail(kUsage, "TARGET_NOT_EMPTY",
                    fmt::format("{} 已存在内容；恢复从不覆盖，请换一个空目录", path.string()),
                    fmt::format("{} exists; a restore never overwrites, name an empty directory",
                                path.string()));
  }
  if (!fs::exists(fs::path(options.directory) / kManifest)) {
    return cli.Fail(kUsage, "NO_BACKUP",
                    fmt::format("{} 不是完整的备份（没有 {}）", options.directory, kManifest),
                    fmt::format("{} is no complete backup (no {})", options.directory, kManifest));
  }
  if (absl::Status copied = CopyBack(cli, options.directory, places); !copied.ok())
    return cli.Fail(copied);
  const auto directory = OpenDataDirectory(options.data, options.config);
  if (!directory.ok()) return cli.Fail(directory.status());
  const int code = FsckAndPrint(cli, *directory);
  if (code == kOk && !cli.globals.json) PrintNext(cli, *directory);
  return code;
}

}  // namespace

void AddAdminBackup(CLI::App& admin, Cli& cli) {
  auto backup = std::make_shared<BackupOptions>();
  CLI::App* command =
      Command(admin, cli, "backup", "备份：日志、材料、密钥库（不含主密钥）",
              "back up journals, evidence and vault (without the key-encryption keys)");
  AddText(command, cli, "directory", &backup->directory,
          "运行中的服务：备份名；已停的服务（--data）：备份到这个空目录",
          "of a running server: the backup's name; of a stopped one (--data): an empty directory")
      ->required();
  AddText(command, cli, "--data", &backup->data, "已停服务的数据目录",
          "data directory of a stopped server")
      ->check(CLI::ExistingDirectory);
  AddText(command, cli, "--config", &backup->config, "服务的配置文件",
          "the server's configuration file")
      ->check(CLI::ExistingFile);
  Run(command, cli, backup, BackupBody);

  auto restore = std::make_shared<BackupOptions>();
  command = Command(admin, cli, "restore", "恢复到空目录，检查，并说明下一步",
                    "restore into an empty directory, check it, say what to do next");
  AddText(command, cli, "directory", &restore->directory, "备份目录", "the backup")
      ->required()
      ->check(CLI::ExistingDirectory);
  AddText(command, cli, "--data", &restore->data, "恢复到", "where to restore")->required();
  AddText(command, cli, "--config", &restore->config, "服务的配置文件",
          "the server's configuration file")
      ->check(CLI::ExistingFile);
  Run(command, cli, restore, RestoreBody);
}

}  // namespace twinline::cli

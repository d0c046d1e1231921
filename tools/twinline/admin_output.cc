// Installation facts and the report of fsck.
#include "tools/twinline/admin_output.h"

#include <nlohmann/json.hpp>

#include "fmt/format.h"
#include "tools/twinline/fsck.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"

namespace twinline::cli {

int FailDirectory(Cli& cli, const DataDirectory& directory, const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return cli.Fail(status);
  const std::string data = directory.places.data.string();
  return cli.Fail(
      kRefused, "DIRECTORY_IN_USE",
      fmt::format("服务正在使用 {}，请先停止服务（systemctl stop twinlined）。", data),
      fmt::format("a server has {} open; stop it first (systemctl stop twinlined)", data));
}

void PrintInstallation(Cli& cli, const DataDirectory& directory) {
  const runtime::Installation& own = directory.installation;
  Sheet sheet;
  sheet.Add(cli.T("数据目录", "directory"), directory.places.data.string());
  sheet.Add(cli.T("安装编号", "installation"), own.id.hex());
  sheet.Add(cli.T("环境", "realm"), Word(cli.lang(), own.demo() ? "DEMO" : "REAL"));
  sheet.Add(cli.T("时钟", "clock"), Word(cli.lang(), own.driven() ? "DRIVEN" : "WALL"));
  sheet.Add(cli.T("县代码", "county"), own.county_code);
  sheet.Print(cli.out());
}

int FsckAndPrint(Cli& cli, const DataDirectory& directory) {
  const auto report = Fsck(directory, [&](const std::string& what) {
    if (!cli.globals.json) cli.err() << cli.T("检查 ", "checking ") << what << '\n';
  });
  if (!report.ok()) return cli.Fail(report.status());
  const int code = report->ok() ? kOk : kNotVerified;
  if (cli.globals.json) {
    nlohmann::ordered_json json;
    json["ok"] = report->ok();
    for (const FsckJournal& one : report->journals) {
      json["journals"].push_back(nlohmann::ordered_json{{"name", one.name},
                                                        {"records", one.records},
                                                        {"commits", one.commits},
                                                        {"ignored", one.ignored},
                                                        {"epoch", one.epoch}});
    }
    json["blobs"] = report->blobs;
    json["blobs_named"] = report->blobs_named;
    json["checkpoints"] = report->checkpoints;
    json["keys_named"] = report->keys_named;
    json["keys_destroyed"] = report->keys_destroyed;
    json["notes"] = report->notes;
    json["problems"] = report->problems;
    cli.out() << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return code;
  }
  Table table({cli.T("日志", "journal"), cli.T("记录", "records"), cli.T("提交", "commits"),
               cli.T("忽略", "ignored"), cli.T("纪元", "epoch")});
  for (size_t column = 1; column < 5; ++column) table.AlignRight(column);
  for (const FsckJournal& one : report->journals) {
    table.Add({one.name, std::to_string(one.records), std::to_string(one.commits),
               std::to_string(one.ignored), std::to_string(one.epoch)});
  }
  table.Print(cli.out());
  cli.out() << cli.T(fmt::format("材料文件 {} 个，事件引用 {} 个", report->blobs,
                                 report->blobs_named),
                     fmt::format("{} evidence files, {} named by events", report->blobs,
                                 report->blobs_named))
            << '\n';
  cli.out() << cli.T(fmt::format("签名检查点 {} 个，密钥引用 {} 个（已销毁 {} 个）",
                                 report->checkpoints, report->keys_named, report->keys_destroyed),
                     fmt::format("{} checkpoints verified, {} keys named ({} destroyed)",
                                 report->checkpoints, report->keys_named, report->keys_destroyed))
            << '\n';
  for (const std::string& note : report->notes) cli.out() << "· " << note << '\n';
  for (const std::string& problem : report->problems) cli.out() << "✗ " << problem << '\n';
  cli.out() << (report->ok() ? cli.T("检查通过。", "all is well.")
                             : cli.T("检查未通过：不要启动服务，先恢复最近的备份或查明原因。",
                                     "not well: do not start a server; restore the newest backup "
                                     "or find the cause."))
            << '\n';
  return code;
}

}  // namespace twinline::cli

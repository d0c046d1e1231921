// twinline trail child, actor, office, request, approve, exports, download: who did what, who
// looked, and evidence of it.
#include <cstdlib>
#include <memory>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::cli {
namespace {

namespace av1 = audit::v1;

struct TrailOptions {
  ChildRef child;
  base::Id16 actor;
  std::string office;
  std::string action;
  std::string from;
  std::string to;
  std::string reason;
  std::string file;
  std::string old_note;
  base::Id16 export_id;
  bool newest = false;
  bool details = false;
  Limit limit;
};

// A day given as the end means the whole day.
int Times(Cli& cli, const TrailOptions& options, int64_t* from_us, int64_t* to_us) {
  const auto from =
      options.from.empty() ? std::optional(base::Timestamp{}) : ParseMoment(options.from);
  auto to = options.to.empty() ? std::optional(base::Timestamp{}) : ParseMoment(options.to);
  if (!from || !to) {
    return cli.Fail(kUsage, "DATE_UNREADABLE",
                    "--from、--to 应为日期或时刻，如 2026-09-01 或 2026-09-01T08:30",
                    "--from and --to: a date or a moment, 2026-09-01 or 2026-09-01T08:30");
  }
  if (const auto day = ParseDay(options.to); !options.to.empty() && day) to->us += base::kDayUs;
  *from_us = from->us;
  *to_us = to->us;
  return kOk;
}

std::string What(Cli& cli, const av1::EventView& event) {
  std::string what = cli.lang() == Lang::kZh ? event.label_zh() : event.label_en();
  if (what.empty()) what = Word(cli.lang(), event.type());
  if (!event.rpc().empty()) what += " " + event.rpc();
  return what;
}

void PrintDetails(Cli& cli, const av1::EventView& event) {
  for (const auto& change : event.changes()) {
    cli.out() << fmt::format("      {}: {} -> {}\n", change.name(),
                             change.before().empty() ? "-" : Word(cli.lang(), change.before()),
                             Word(cli.lang(), change.after()));
  }
  if (!event.changes().empty()) return;
  for (const auto& field : event.fields()) {
    cli.out() << fmt::format("      {}: {}\n", field.name(), Word(cli.lang(), field.value()));
  }
}

void PrintTrail(Cli& cli, const av1::QueryTrailReply& reply, bool details) {
  Table table({cli.T("时间", "at"), cli.T("人员", "who"), cli.T("机构", "office"),
               cli.T("事项", "what"), cli.T("地址", "address"), cli.T("编号", "event id")});
  const auto who = [&](const av1::TrailEntryView& entry) {
    return entry.actor().empty() ? cli.T("系统", "system") : cli.names().Person(entry.actor());
  };
  for (const auto& entry : reply.entries()) {
    for (const auto& event : entry.events()) {
      if (details) {
        cli.out() << fmt::format("{}  {}  {}  {}  {}\n", Moment(entry.recorded_unix_us()),
                                 who(entry), cli.names().OfficeShort(entry.office()),
                                 What(cli, event), event.event_id());
        PrintDetails(cli, event);
      } else {
        table.Add({Moment(entry.recorded_unix_us()), who(entry),
                   cli.names().OfficeShort(entry.office()), What(cli, event), entry.address(),
                   event.event_id()});
      }
    }
  }
  table.Print(cli.out());
}

// Saves a TrailExport in pieces; `request` names a child or an approved export.
int Save(Cli& cli, const TrailOptions& options, av1::ExportTrailRequest& request) {
  request.set_reason(options.reason);
  if (!options.old_note.empty()) {
    const auto note = ReadWholeFile(options.old_note, 64 * 1024);
    if (!note.ok()) return cli.Fail(note.status());
    // The size is the second line of a checkpoint.
    const size_t line = note->find('\n');
    request.set_old_size(
        line == std::string::npos ? 0 : std::strtoull(note->c_str() + line + 1, nullptr, 10));
  }
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  if (const rpc::CallResult ready = session->Prepare(); !ready.ok()) return cli.Fail(ready);
  rpc::Client::Reader reader = session->OpenReader("audit.v1.AuditService.ExportTrail", request);
  av1::ExportTrailChunk chunk;
  Download file(options.file);
  bool stored = true;
  while (stored && reader.Read(&chunk)) {
    stored = file.Write(chunk.data());
    chunk.Clear();
  }
  if (!stored) reader.Cancel();
  const rpc::CallResult result = reader.Finish();
  if (stored && !result.ok()) return cli.Fail(result);
  if (!stored || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", options.file),
                    fmt::format("cannot write {}", options.file));
  }
  cli.Note(
      fmt::format("已保存 {}（{} 字节）。任何人可核验：twinline audit verify {} --key 验证公钥",
                  options.file, file.bytes(), options.file),
      fmt::format(
          "saved {} ({} bytes). Anybody can check it: twinline audit verify {} --key VERIFIER_KEY",
          options.file, file.bytes(), options.file));
  return kOk;
}

int Query(Cli& cli, const TrailOptions& options, av1::QueryTrailRequest& request) {
  int64_t from = 0;
  int64_t to = 0;
  if (int code = Times(cli, options, &from, &to)) return code;
  request.set_action(options.action);
  request.set_from_unix_us(from);
  request.set_to_unix_us(to);
  request.set_newest_first(options.newest);
  request.set_reason(options.reason);
  av1::QueryTrailReply reply;
  if (int code = CallPages(cli, "audit.v1.AuditService.QueryTrail", request, &reply, options.limit,
                           [](const auto& r) { return r.entries_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.entries().empty()) {
    cli.Nothing("没有记录。可放宽 --from、--to，或去掉 --action。",
                "nothing found; widen --from and --to, or leave out --action.");
  }
  PrintTrail(cli, reply, options.details);
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

int ChildBody(Cli& cli, const TrailOptions& options) {
  std::string child;
  if (int code = ResolveChildId(cli, options.child, &child)) return code;
  if (!options.file.empty()) {
    av1::ExportTrailRequest request;
    int64_t from = 0;
    int64_t to = 0;
    if (int code = Times(cli, options, &from, &to)) return code;
    request.set_child_id(child);
    request.set_from_unix_us(from);
    request.set_to_unix_us(to);
    return Save(cli, options, request);
  }
  av1::QueryTrailRequest request;
  request.set_child_id(child);
  return Query(cli, options, request);
}

// The trail of a person or an office leaves the house only with a second person's approval.
int AskForExport(Cli& cli, const TrailOptions& options) {
  av1::RequestTrailExportRequest request;
  if (!options.actor.empty()) request.set_actor(options.actor.str());
  request.set_office(options.office);
  int64_t from = 0;
  int64_t to = 0;
  if (int code = Times(cli, options, &from, &to)) return code;
  request.set_from_unix_us(from);
  request.set_to_unix_us(to);
  request.set_purpose(options.reason);
  av1::RequestTrailExportReply reply;
  if (int code = cli.Call("audit.v1.AuditService.RequestTrailExport", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  const std::string id = Hex(reply.export_id());
  cli.out() << cli.T(fmt::format("已申请导出，编号 {}。由另一人批准（twinline trail approve "
                                 "{}），再下载：twinline trail download {} {}",
                                 id, id, id, options.file),
                     fmt::format("asked for, id {}. Another person approves it (twinline trail "
                                 "approve {}), then: twinline "
                                 "trail download {} {}",
                                 id, id, id, options.file))
            << '\n';
  return kOk;
}

int ActorBody(Cli& cli, const TrailOptions& options) {
  if (!options.file.empty()) return AskForExport(cli, options);
  av1::QueryTrailRequest request;
  request.set_actor(options.actor.str());
  return Query(cli, options, request);
}

int OfficeBody(Cli& cli, const TrailOptions& options) {
  if (!options.file.empty()) return AskForExport(cli, options);
  av1::QueryTrailRequest request;
  request.set_office(options.office);
  return Query(cli, options, request);
}

int ApproveBody(Cli& cli, const TrailOptions& options) {
  av1::ApproveTrailExportRequest request;
  request.set_export_id(options.export_id.str());
  av1::ApproveTrailExportReply reply;
  if (int code = cli.Call("audit.v1.AuditService.ApproveTrailExport", request, &reply)) return code;
  if (!cli.PrintedJson(reply)) cli.Note("已批准。", "approved.");
  return kOk;
}

int DownloadBody(Cli& cli, const TrailOptions& options) {
  av1::ExportTrailRequest request;
  request.set_export_id(options.export_id.str());
  return Save(cli, options, request);
}

std::string Asked(Cli& cli, const av1::TrailQuery& query) {
  if (!query.child().empty()) return cli.T("学生 ", "child ") + Hex(query.child());
  if (!query.actor().empty()) return cli.T("人员 ", "person ") + cli.names().Person(query.actor());
  return cli.names().Office(query.office());
}

int ExportsBody(Cli& cli, const TrailOptions& options) {
  av1::ListTrailExportsRequest request;
  av1::ListTrailExportsReply reply;
  if (int code = CallPages(cli, "audit.v1.AuditService.ListTrailExports", request, &reply,
                           options.limit, [](const auto& r) { return r.exports_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.exports().empty()) cli.Nothing("没有留痕导出。", "no trail was exported.");
  Table table({cli.T("编号", "export"), cli.T("对象", "of"), cli.T("用途", "purpose"),
               cli.T("申请人", "asked by"), cli.T("申请时间", "asked"),
               cli.T("批准人", "approved by"), cli.T("条数", "entries")});
  table.AlignRight(6);
  for (const auto& one : reply.exports()) {
    table.Add({Hex(one.export_id()), Asked(cli, one.query()), one.purpose(),
               cli.names().Person(one.requested_by()), MomentShort(one.requested_unix_us()),
               cli.names().Person(one.approved_by()), std::to_string(one.entry_count())});
  }
  table.Print(cli.out());
  return kOk;
}

void AddQueryOptions(CLI::App* command, Cli& cli, TrailOptions* options) {
  AddText(command, cli, "--from", &options->from, "自（日期或时刻）", "from (date or moment)");
  AddText(command, cli, "--to", &options->to, "至（日期含当天）", "to (a date includes its day)");
  AddText(command, cli, "--action", &options->action, "只看一种：事件名（RollCallTaken）或接口名",
          "one kind: event type or RPC");
  AddText(command, cli, "--reason", &options->reason, "查看理由，记入留痕",
          "why you look; recorded");
  AddFlag(command, cli, "--newest", &options->newest, "新的在前", "newest first");
  AddFlag(command, cli, "--details", &options->details, "显示内容和变更",
          "show fields and changes");
  AddText(command, cli, "--export", &options->file, "导出为可独立核验的文件",
          "save as a file that verifies by itself");
  AddText(command, cli, "--old", &options->old_note, "您已持有的检查点文件，导出时证明其后未被改写",
          "the checkpoint you hold: the export proves that it was continued");
  AddLimit(command, cli, &options->limit);
}

void AddExports(CLI::App& trail, Cli& cli) {
  auto approve = std::make_shared<TrailOptions>();
  CLI::App* command = Command(trail, cli, "approve", "批准他人的留痕导出",
                              "approve another person's export of a trail");
  AddId(command, cli, "export", &approve->export_id, "导出编号", "export id")->required();
  Run(command, cli, approve, ApproveBody);

  auto exports = std::make_shared<TrailOptions>();
  command = Command(trail, cli, "exports", "留痕导出清单", "exports of trails");
  AddLimit(command, cli, &exports->limit);
  Run(command, cli, exports, ExportsBody);

  auto download = std::make_shared<TrailOptions>();
  command = Command(trail, cli, "download", "下载已批准的留痕导出", "download an approved export");
  AddId(command, cli, "export", &download->export_id, "导出编号", "export id")->required();
  AddText(command, cli, "file", &download->file, "保存到", "file to write")->required();
  AddText(command, cli, "--old", &download->old_note, "您已持有的检查点文件",
          "the checkpoint you hold");
  AddText(command, cli, "--reason", &download->reason, "理由", "reason");
  Run(command, cli, download, DownloadBody);
}

}  // namespace

void AddTrail(CLI::App& app, Cli& cli) {
  CLI::App* trail = Family(app, cli, "trail", "留痕：谁做了什么、谁看了谁、谁逾期未办",
                           "who did what, who looked at whom, who did nothing");
  auto child = std::make_shared<TrailOptions>();
  CLI::App* command = Command(*trail, cli, "child", "一名学生的留痕", "the trail of a child");
  AddChild(command, cli, "child", &child->child, "学生", "child")->required();
  AddQueryOptions(command, cli, child.get());
  Run(command, cli, child, ChildBody);

  auto actor = std::make_shared<TrailOptions>();
  command = Command(*trail, cli, "actor", "一名工作人员的留痕", "the trail of a person at work");
  AddId(command, cli, "person", &actor->actor, "人员编号", "staff id")->required();
  AddQueryOptions(command, cli, actor.get());
  Run(command, cli, actor, ActorBody);

  auto office = std::make_shared<TrailOptions>();
  command = Command(*trail, cli, "office", "一个机构的留痕", "the trail of an office");
  command
      ->add_option(
          "office", office->office,
          cli.T("机构，如 school:2141000001；系统自身为 service:accountability",
                "office, school:2141000001; service:accountability for the system's own acts"))
      ->required();
  AddQueryOptions(command, cli, office.get());
  Run(command, cli, office, OfficeBody);

  AddExports(*trail, cli);
  AddProof(app, cli);
}

}  // namespace twinline::cli

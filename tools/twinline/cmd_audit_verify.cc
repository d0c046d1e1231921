// twinline audit verify: checks a file of evidence without any server, network or login. The
// verdict is printed in both languages whatever --lang says, because the file is read by people who
// did not choose the language.
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "audit/domain/verify.h"
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/verifier_key.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

struct VerifyOptions {
  std::string file;
  std::string key;
  std::string old_note;
  bool entries = false;
};

std::string EventsOf(Cli& cli, const journal::v1::Commit& commit) {
  std::string text;
  for (const auto& event : commit.events()) {
    if (!text.empty()) text += cli.T("、", ", ");
    text += Word(cli.lang(), EventName(event.type()));
  }
  return text;
}

std::string WhoOf(Cli& cli, const journal::v1::Commit& commit) {
  if (!commit.actor().subject().empty()) return Hex(commit.actor().subject());
  return commit.actor().service().empty() ? cli.T("系统", "system") : commit.actor().service();
}

std::vector<std::string> FactRow(Cli& cli, const audit::ProvenFact& fact) {
  return {Moment(fact.header.time_unix_us()),
          fmt::format("{}/{}/{}", fact.journal, fact.pos, fact.commit_index),
          EventsOf(cli, fact.commit), WhoOf(cli, fact.commit), fact.commit.actor().office()};
}

Table FactTable(Cli& cli) {
  return Table({cli.T("记录时间", "recorded"), cli.T("位置", "place"), cli.T("事项", "what"),
                cli.T("人员", "who"), cli.T("机构", "office")});
}

// Both languages, whatever was chosen.
void Verdict(Cli& cli, bool verified, std::string_view zh, std::string_view en) {
  if (cli.globals.json) {
    nlohmann::ordered_json json;
    json["verified"] = verified;
    json["zh"] = zh;
    json["en"] = en;
    cli.out() << json.dump(2) << '\n';
    return;
  }
  cli.out() << (verified ? "✓ 核验通过 VERIFIED" : "✗ 核验未通过 NOT VERIFIED") << '\n'
            << zh << '\n'
            << en << '\n';
}

int NotVerified(Cli& cli, const absl::Status& status) {
  std::string zh;
  std::string en;
  const std::string message(status.message());
  if (absl::IsUnauthenticated(status)) {
    zh = fmt::format("检查点不是这把公钥签发的：{}", message);
    en = fmt::format("the checkpoint was not signed by this key: {}", message);
  } else if (absl::IsDataLoss(status)) {
    zh = fmt::format("内容与签名的历史不符，有人改动过：{}", message);
    en = fmt::format(
        "the content does not belong to the signed history; somebody changed something: {}",
        message);
  } else {
    zh = fmt::format("这不是完整的证据文件：{}", message);
    en = fmt::format("this is no well-formed evidence: {}", message);
  }
  Verdict(cli, false, zh, en);
  return kNotVerified;
}

int VerifyOneEntry(Cli& cli, const audit::v1::InclusionBundle& bundle,
                   const audit::NoteVerifier& verifier) {
  const auto proven = audit::VerifyBundle(bundle, verifier);
  if (!proven.ok()) return NotVerified(cli, proven.status());
  Verdict(cli, true,
          fmt::format("该记录确在 {} 签名的历史中（检查点共 {} 条）。", proven->checkpoint.origin,
                      proven->checkpoint.size),
          fmt::format("this entry is in the history that {} signed (checkpoint of size {}).",
                      proven->checkpoint.origin, proven->checkpoint.size));
  if (cli.globals.json) return kOk;
  Table table = FactTable(cli);
  table.Add(FactRow(cli, proven->subject));
  table.Print(cli.out());
  return kOk;
}

std::string QueryText(Cli& cli, const audit::v1::TrailQuery& query) {
  std::string text;
  if (!query.child().empty()) text = cli.T("学生 ", "child ") + Hex(query.child());
  if (!query.actor().empty()) text = cli.T("人员 ", "person ") + Hex(query.actor());
  if (!query.office().empty()) text = cli.T("机构 ", "office ") + query.office();
  if (query.from_unix_us() != 0) text += cli.T("　自 ", " from ") + Moment(query.from_unix_us());
  if (!Moment(query.to_unix_us()).empty())
    text += cli.T("　至 ", " to ") + Moment(query.to_unix_us());
  return text;
}

int VerifyWholeTrail(Cli& cli, const VerifyOptions& options, const audit::v1::TrailExport& trail,
                     std::optional<std::string_view> old_note,
                     const audit::NoteVerifier& verifier) {
  const auto proven = audit::VerifyTrail(trail, old_note, verifier);
  if (!proven.ok()) return NotVerified(cli, proven.status());
  const bool continued = old_note.has_value();
  Verdict(
      cli, true,
      fmt::format("共 {} 条记录，逐条确在 {} 签名的历史中，无增、无减、无改序{}。",
                  proven->entries.size(), proven->checkpoint.origin,
                  continued ? "；并且历史自所持检查点以来只增未改" : ""),
      fmt::format("{} entries, each in the history that {} signed; none added, dropped or moved{}.",
                  proven->entries.size(), proven->checkpoint.origin,
                  continued ? "; and nothing was rewritten since the checkpoint you hold" : ""));
  if (cli.globals.json) return kOk;
  Sheet sheet;
  sheet.Add(cli.T("查询", "asked for"), QueryText(cli, proven->manifest.query()));
  sheet.Add(cli.T("检索范围", "searched"),
            cli.T(fmt::format("{} 个日志", proven->manifest.ranges_size()),
                  fmt::format("{} journals", proven->manifest.ranges_size())));
  sheet.Add(cli.T("导出人", "exported by"), WhoOf(cli, proven->exported.commit));
  sheet.Add(cli.T("导出时间", "exported at"), Moment(proven->exported.header.time_unix_us()));
  sheet.Add(cli.T("检查点条数", "checkpoint size"), std::to_string(proven->checkpoint.size));
  sheet.Print(cli.out());
  if (!continued) {
    cli.Note("未提供所持检查点（--old），因此没有核验历史是否被改写。",
             "without --old, whether history was rewritten was not checked.");
  }
  if (!options.entries) {
    cli.Note("用 --entries 列出全部记录。", "--entries lists them all.");
    return kOk;
  }
  Table table = FactTable(cli);
  for (const auto& fact : proven->entries) table.Add(FactRow(cli, fact));
  table.Print(cli.out());
  return kOk;
}

int VerifyBody(Cli& cli, const VerifyOptions& options) {
  const auto file = ReadWholeFile(options.file, audit::kMaxEvidenceBytes);
  if (!file.ok())
    return cli.Fail(kUsage, "FILE_UNREADABLE", fmt::format("不能读取 {}", options.file),
                    file.status().ToString());
  const auto verifier = LoadVerifierKey(options.key);
  if (!verifier.ok()) {
    return cli.Fail(kUsage, "KEY_UNREADABLE",
                    "--key 应为验证公钥（名称+十六进制+base64）或存有它的文件",
                    fmt::format("--key: a verifier key or a file with one: {}",
                                std::string(verifier.status().message())));
  }
  std::string old_note;
  if (!options.old_note.empty()) {
    auto held = ReadWholeFile(options.old_note, audit::kMaxNoteBytes);
    if (!held.ok())
      return cli.Fail(kUsage, "FILE_UNREADABLE", fmt::format("不能读取 {}", options.old_note),
                      held.status().ToString());
    old_note = *std::move(held);
  }
  const google::protobuf::LogSilencer quiet;  // about a file that is the other of the two
  // A trail read as a bundle has fields that a bundle does not know, and the other way round.
  const auto bundle = audit::ReadBundle(*file);
  if (bundle.ok() && bundle->has_subject()) return VerifyOneEntry(cli, *bundle, *verifier);
  const auto trail = audit::ReadTrail(*file);
  if (!trail.ok()) return NotVerified(cli, trail.status());
  return VerifyWholeTrail(
      cli, options, *trail,
      options.old_note.empty() ? std::nullopt : std::optional<std::string_view>(old_note),
      *verifier);
}

}  // namespace

void AddAuditVerify(CLI::App& app, Cli& cli) {
  CLI::App* audit = Family(app, cli, "audit", "离线核验证据文件", "check evidence offline");
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = Command(*audit, cli, "verify", "核验证据文件；不连接服务器",
                              "check a file of evidence; no server is asked");
  AddText(command, cli, "file", &options->file, "证据文件（单条证明或留痕导出）",
          "file: a bundle or a trail")
      ->required();
  AddText(command, cli, "--key", &options->key, "验证公钥，或存有它的文件",
          "verifier key, or a file with it")
      ->required()
      ->envname("TWINLINE_VERIFIER_KEY");
  AddText(command, cli, "--old", &options->old_note, "所持检查点文件",
          "file with the checkpoint you hold");
  AddFlag(command, cli, "--entries", &options->entries, "列出全部记录", "list all entries");
  Run(command, cli, options, VerifyBody);
}

}  // namespace twinline::cli

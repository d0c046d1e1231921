// twinline-fsck: checks a data directory, changes nothing. Exit code 0: all is well; 1: something
// is not; 2: it could not be checked.
#include <CLI/CLI.hpp>
#include <iostream>

#include "fmt/format.h"
#include "platform/runtime/installation.h"
#include "tools/fsck/fsck.h"

namespace twinline::fsck {
namespace {

namespace fs = std::filesystem;

void Print(const Report& report) {
  fmt::print("{:<24}{:>12}{:>12}{:>10}{:>10}{:>14}\n", "journal", "records", "commits", "heads",
             "ignored", "epoch");
  for (const JournalFacts& journal : report.journals) {
    fmt::print("{:<24}{:>12}{:>12}{:>10}{:>10}{:>14}\n", journal.name, journal.records,
               journal.commits, journal.heads, journal.ignored, journal.epoch);
  }
  fmt::print(
      "checkpoints verified {}, evidence files {} ({} named), keys named {} ({} destroyed)\n",
      report.checkpoints, report.blobs, report.blobs_named, report.keys_named,
      report.keys_destroyed);
  for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
  for (const std::string& problem : report.problems) fmt::print("✗ {}\n", problem);
  if (report.ok()) {
    fmt::print("检查通过，未发现问题。All is well.\n");
  } else {
    fmt::print(
        "检查未通过：不要启动服务，保留磁盘原状，查明原因或恢复最近的备份。\n"
        "Not well: do not start a server, keep the disk as it is, find the cause or restore the "
        "newest backup.\n");
  }
}

int Main(int argc, char** argv) {
  CLI::App app{"检查数据目录，不改动任何内容。Checks a data directory, changes nothing."};
  fs::path data;
  fs::path second_place;
  fs::path kek_file;
  fs::path blobs;
  std::string verifier_key;
  bool quiet = false;
  app.add_option("--data", data, "数据目录 data directory")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--second-place", second_place, "第二存放处 second place, outside the backup set");
  app.add_option("--kek", kek_file, "密钥加密密钥文件 key-encryption keys");
  app.add_option("--blobs", blobs, "材料文件目录 evidence files");
  app.add_option("--verifier-key", verifier_key,
                 "另行保存的验证公钥 verifier key, from where this machine cannot reach");
  app.add_flag("--quiet", quiet, "只显示结果 results only");
  CLI11_PARSE(app, argc, argv);

  runtime::Places places = runtime::PlacesOf(data, config::v1::Config());
  Options options;
  options.log = places.log;
  options.vault = places.vault;
  options.kek_file = kek_file.empty() ? places.kek_file : kek_file;
  options.blobs = blobs.empty() ? places.blobs : blobs;
  options.second_place = second_place.empty() ? places.second_place : second_place;
  options.audit_files = places.state / "audit-0.d";
  options.verifier_key = verifier_key;
  if (const auto installation = runtime::LoadInstallation(places); installation.ok()) {
    options.installation = installation->id;
  }
  if (!quiet) {
    options.progress = [](const std::string& what) { std::cerr << "checking " << what << '\n'; };
  }
  const auto report = Check(options);
  if (!report.ok()) {
    std::cerr << "cannot check: " << report.status().message() << '\n';
    return 2;
  }
  Print(*report);
  return report->ok() ? 0 : 1;
}

}  // namespace
}  // namespace twinline::fsck

int main(int argc, char** argv) { return twinline::fsck::Main(argc, argv); }

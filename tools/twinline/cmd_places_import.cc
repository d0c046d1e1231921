// twinline places import, places template: a county's areas, schools, classes and people from
// files.
#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "registry/service/csv.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/places_import.h"
#include "tools/twinline/table.h"

namespace twinline::cli {
namespace {

constexpr size_t kFileMax = size_t{50} << 20;

struct ImportOptions {
  std::vector<std::string> files;
  bool dry_run = false;
};

// The rows that could not be read, all of them.
int ReportFaults(Cli& cli, const std::string& path, const PlacesFile& file) {
  Table table({cli.T("行", "row"), cli.T("列", "column"), cli.T("问题", "problem")});
  table.AlignRight(0);
  for (const RowFault& fault : file.faults) {
    table.Add({std::to_string(fault.number), fault.column, cli.T(fault.zh, fault.en)});
  }
  table.Print(cli.err());
  return cli.Fail(
      kRefused, "PLACES_ROWS",
      fmt::format("{} 有 {} 处需要改正，什么也没有导入。", path, file.faults.size()),
      fmt::format("{}: {} things to correct; nothing was imported", path, file.faults.size()));
}

size_t CountOf(const std::vector<PlannedRow>& plan, RowPlan what) {
  return static_cast<size_t>(std::count_if(
      plan.begin(), plan.end(), [&](const PlannedRow& row) { return row.plan == what; }));
}

// What this caller does not do, by reason.
void ReportRest(Cli& cli, const std::vector<PlannedRow>& plan) {
  std::map<std::string, size_t> reasons;
  for (const PlannedRow& row : plan) {
    if (row.plan == RowPlan::kOthers || row.plan == RowPlan::kWaits) ++reasons[row.why];
  }
  for (const auto& [why, rows] : reasons) {
    cli.out() << cli.T(fmt::format("  其余 {} 行：{}", rows, why),
                       fmt::format("  {} rows left: {}", rows, why))
              << '\n';
  }
}

int ImportOne(Cli& cli, const std::string& path, bool dry_run) {
  auto bytes = ReadWholeFile(path, kFileMax);
  if (!bytes.ok()) return cli.Fail(bytes.status());
  auto read = ReadPlaces(*bytes);
  if (const auto* refusal = std::get_if<base::Refusal>(&read)) {
    return cli.Fail(kRefused, refusal->code, refusal->zh, refusal->en);
  }
  const PlacesFile& file = std::get<PlacesFile>(read);
  if (!file.faults.empty()) return ReportFaults(cli, path, file);
  PlacesImport import(cli);
  std::vector<PlannedRow> plan;
  if (int code = import.Plan(file, &plan)) return code;
  const size_t to_do = CountOf(plan, RowPlan::kRecord);
  const Text word = PlacesWord(file.kind);
  cli.out() << cli.T(fmt::format("{}（{}）：{} 行，已登记 {}，待登记 {}", path, word.zh,
                                 plan.size(), CountOf(plan, RowPlan::kExists), to_do),
                     fmt::format("{} ({}): {} rows, {} recorded already, {} to record", path,
                                 word.en, plan.size(), CountOf(plan, RowPlan::kExists), to_do))
            << '\n';
  ReportRest(cli, plan);
  if (dry_run || to_do == 0) return kOk;
  if (!cli.Confirm(fmt::format("登记这 {} 行。", to_do),
                   fmt::format("Record these {} rows.", to_do)))
    return cli.NotConfirmed();
  size_t done = 0;
  size_t refused = 0;
  for (const PlannedRow& row : plan) {
    if (row.plan != RowPlan::kRecord) continue;
    const rpc::CallResult result = import.Apply(row);
    if (result.ok()) {
      ++done;
      continue;
    }
    // Without an answer the rest would fare no better; the same command goes on where this one
    // ends.
    if (ExitCodeOf(result.status.code()) == kUnavailable) return cli.Fail(result);
    ++refused;
    cli.err() << cli.T("第 ", "row ") << row.row->number << cli.T(" 行 ", " ") << result.code()
              << cli.T("：", ": ")
              << (result.refusal ? cli.T(result.refusal->zh, result.refusal->en)
                                 : std::string(result.status.message()))
              << '\n';
  }
  cli.Note(fmt::format("已登记 {} 行，未受理 {} 行。", done, refused),
           fmt::format("{} rows recorded, {} refused.", done, refused));
  return refused == 0 ? kOk : kRefused;
}

int ImportBody(Cli& cli, const ImportOptions& options) {
  int worst = kOk;
  for (const std::string& path : options.files) {
    const int code = ImportOne(cli, path, options.dry_run);
    if (code != kOk && code != kRefused) return code;
    worst = std::max(worst, code);
  }
  return worst;
}

struct TemplateOptions {
  std::string kind;
  std::string out;
};

int TemplateBody(Cli& cli, const TemplateOptions& options) {
  const PlacesKind kind = PlacesNamed(options.kind).value_or(PlacesKind::kAreas);
  registry::CsvWriter writer;
  const auto headings = PlacesHeadings(kind);
  const auto example = PlacesExample(kind);
  writer.Row({headings.begin(), headings.end()});
  writer.Row({example.begin(), example.end()});
  Download file(options.out);
  if (!file.Write(writer.Take()) || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", options.out),
                    fmt::format("cannot write {}", options.out));
  }
  cli.Note(fmt::format("已保存 {}；第二行是示例，填写前请删去", options.out),
           fmt::format("saved {}; its second row is an example: remove it", options.out));
  return kOk;
}

}  // namespace

void AddPlacesImport(CLI::App& places, Cli& cli) {
  auto import = std::make_shared<ImportOptions>();
  CLI::App* command =
      Command(places, cli, "import", "导入区划、学校、班级、人员任职（CSV 或 XLSX）；先试算再确认",
              "areas, schools, classes, people from CSV or XLSX; shows the plan, then asks");
  command->add_option("files", import->files, cli.T("文件，每种一个", "files, one kind each"))
      ->required();
  AddFlag(command, cli, "--dry-run", &import->dry_run, "只试算，不登记", "only the plan");
  Run(command, cli, import, ImportBody);

  auto sample = std::make_shared<TemplateOptions>();
  command = Command(places, cli, "template", "导入模板：areas、schools、classes、people",
                    "a template to fill in");
  command->add_option("kind", sample->kind, "areas | schools | classes | people")
      ->required()
      ->check(CLI::IsMember(PlacesNames()));
  AddText(command, cli, "--out", &sample->out, "保存到", "file to write")->required();
  Run(command, cli, sample, TemplateBody);
}

}  // namespace twinline::cli

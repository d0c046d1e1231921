// twinline students import, template, and export request, approve, list, download.
#include <filesystem>
#include <fstream>

#include "fmt/format.h"
#include "platform/base/text/encoding.h"
#include "registry/service/csv.h"
#include "registry/service/form.h"
#include "registry/service/xlsx_writer.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry_files.pb.h"

namespace twinline::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kChunk = 512 * 1024;
constexpr uintmax_t kFileMax = uintmax_t{50} << 20;
constexpr int kProblemsShown = 40;

// A streamed file of the registry into `path`; an empty path takes the name that the server gives.
int Fetch(Cli& cli, std::string_view method, google::protobuf::Message& request, fs::path path,
          fs::path* written) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  if (const rpc::CallResult ready = session->Prepare(); !ready.ok()) return cli.Fail(ready);
  rpc::Client::Reader reader = session->OpenReader(method, request);
  std::unique_ptr<Download> download;
  registry::v1::FileChunk chunk;
  bool stored = true;
  while (stored && reader.Read(&chunk)) {
    if (!download) {
      // Only the last part of the name: a server does not choose directories here.
      if (path.empty()) path = fs::path(chunk.file_name()).filename();
      if (path.empty()) path = "twinline-download";
      download = std::make_unique<Download>(path);
    }
    stored = download->Write(chunk.data());
  }
  if (!stored) reader.Cancel();
  const rpc::CallResult result = reader.Finish();
  if (stored && !result.ok()) return cli.Fail(result);
  if (!stored || !download || !download->Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入文件 {}", path.string()),
                    fmt::format("cannot write {}", path.string()));
  }
  *written = path;
  return kOk;
}

struct ImportOptions {
  std::string file;
  std::string office;
  std::string out;
  uint32_t school_year = 0;
  bool dry_run = false;
};

// Sends the file; the reply arrives when every row is decided.
int Upload(Cli& cli, Session& session, const ImportOptions& options, const std::string& office,
           registry::v1::ImportStudentsReply* reply) {
  std::ifstream file(options.file, std::ios::binary);
  std::error_code error;
  const uintmax_t size = fs::file_size(options.file, error);
  if (!file || error || size > kFileMax) {
    return cli.Fail(kUsage, "FILE_UNREADABLE",
                    fmt::format("不能读取文件 {}（上限 50 MB）", options.file),
                    fmt::format("cannot read {} (50 MB at most)", options.file));
  }
  if (const rpc::CallResult ready = session.Prepare(); !ready.ok()) return cli.Fail(ready);
  registry::v1::ImportStudentsRequest message;
  registry::v1::ImportStart* start = message.mutable_start();
  session.Stamp(start);
  start->set_file_name(fs::path(options.file).filename().string());
  start->set_dry_run(options.dry_run);
  start->set_office(office);
  start->set_school_year(options.school_year);
  rpc::Client::Writer writer = session.OpenWriter("registry.v1.RegistryService.ImportStudents");
  bool taken = writer.Write(message);
  std::string buffer(kChunk, '\0');
  uintmax_t sent = 0;
  while (taken && file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (file.gcount() == 0) break;
    message.Clear();
    message.set_chunk(buffer.substr(0, static_cast<size_t>(file.gcount())));
    taken = writer.Write(message);
    sent += static_cast<uintmax_t>(file.gcount());
    if (!cli.globals.json) {
      cli.err() << cli.T(fmt::format("\r已上传 {}%", size == 0 ? 100 : sent * 100 / size),
                         fmt::format("\rsent {}%", size == 0 ? 100 : sent * 100 / size))
                << std::flush;
    }
  }
  if (!cli.globals.json) {
    cli.err() << cli.T("，正在逐行办理……\n", ", rows are being decided ...\n") << std::flush;
  }
  const rpc::CallResult result = writer.Finish(reply);
  return result.ok() ? static_cast<int>(kOk) : cli.Fail(result);
}

void PrintImport(Cli& cli, const registry::v1::ImportStudentsReply& reply) {
  Sheet sheet;
  sheet.Add(cli.T("方式", "mode"), reply.dry_run()
                                       ? cli.T("试导入，没有写入", "dry run, nothing was written")
                                       : cli.T("正式导入", "import"));
  sheet.Add(cli.T("编码", "encoding"), reply.encoding());
  sheet.Add(cli.T("数据行", "rows"), std::to_string(reply.rows()));
  sheet.Add(cli.T("新建", "created"), std::to_string(reply.created()));
  sheet.Add(cli.T("更正", "changed"), std::to_string(reply.changed()));
  sheet.Add(cli.T("无变化", "unchanged"), std::to_string(reply.unchanged()));
  sheet.Add(cli.T("未通过", "refused"), std::to_string(reply.refused()));
  sheet.Add(cli.T("违规状态码", "unlawful codes"), std::to_string(reply.alarmed()));
  sheet.Print(cli.out());
  Table table({cli.T("行", "row"), cli.T("列", "column"), cli.T("性质", "kind"),
               cli.T("代码", "code"), cli.T("说明", "message")});
  table.AlignRight(0);
  for (const auto& problem : reply.problems()) {
    if (static_cast<int>(table.size()) == kProblemsShown) break;
    table.Add({std::to_string(problem.row()), problem.column(),
               problem.warning() ? cli.T("提示", "warning") : cli.T("错误", "error"),
               problem.code(),
               cli.lang() == Lang::kZh ? problem.message_zh() : problem.message_en()});
  }
  if (!table.empty()) cli.out() << '\n';
  table.Print(cli.out());
  if (reply.problems_size() > kProblemsShown) {
    cli.Note(fmt::format("（另有 {} 条，见结果文件）", reply.problems_size() - kProblemsShown),
             fmt::format("({} more in the result file)", reply.problems_size() - kProblemsShown));
  }
}

int ImportBody(Cli& cli, const ImportOptions& options) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  std::string office = options.office;
  if (office.empty()) {
    if (code = OwnOffice(cli, &office); code != kOk) return code;
  }
  registry::v1::ImportStudentsReply reply;
  if (code = Upload(cli, *session, options, office, &reply); code != kOk) return code;
  if (!cli.PrintedJson(reply)) PrintImport(cli, reply);
  fs::path result = options.out;
  if (result.empty() && reply.problems().empty()) return kOk;
  if (result.empty()) {
    const fs::path source(options.file);
    result =
        source.parent_path() / (source.stem().string() + "-导入结果" + source.extension().string());
  }
  registry::v1::DownloadImportResultRequest request;
  request.set_import_id(reply.import_id());
  fs::path written;
  if (code =
          Fetch(cli, "registry.v1.RegistryService.DownloadImportResult", request, result, &written);
      code != kOk) {
    return code;
  }
  cli.Note(
      fmt::format("结果文件（末列为“错误说明”）：{}。改正后可再次导入，未变化的行不会重复办理。",
                  written.string()),
      fmt::format("the result file, with a last column 错误说明: {}. Correct it and import again; "
                  "unchanged rows "
                  "change nothing.",
                  written.string()));
  return reply.refused() == 0 ? kOk : kRefused;
}

struct ExportOptions {
  std::string office;
  std::string purpose;
  base::Id16 id;
  std::string format = "xlsx";
  std::string encoding = "utf-8";
  std::string out;
  bool personal = false;
  Limit limit;
};

int RequestBody(Cli& cli, const ExportOptions& options) {
  registry::v1::RequestExportRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  request.set_personal(options.personal);
  request.set_purpose(options.purpose);
  registry::v1::RequestExportReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.RequestExport", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out()
      << cli.T(
             fmt::format("已申请导出 {} 名学生，导出编号 {}。须由另一人批准：twinline students "
                         "export approve {}",
                         reply.children(), Hex(reply.export_id()), Hex(reply.export_id())),
             fmt::format(
                 "asked for an export of {} children, id {}. Another person approves it: twinline "
                 "students export approve {}",
                 reply.children(), Hex(reply.export_id()), Hex(reply.export_id())))
      << '\n';
  return kOk;
}

int ApproveBody(Cli& cli, const ExportOptions& options) {
  registry::v1::ApproveExportRequest request;
  request.set_export_id(options.id.str());
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  registry::v1::ApproveExportReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ApproveExport", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("已批准导出。", "the export is approved.");
  return kOk;
}

int ListBody(Cli& cli, const ExportOptions& options) {
  registry::v1::ListExportsRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  registry::v1::ListExportsReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListExports", request, &reply,
                           options.limit, [](const auto& r) { return r.exports_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.exports().empty()) cli.Nothing("没有导出申请。", "no exports were asked for.");
  Table table({cli.T("导出编号", "export"), cli.T("机构", "office"), cli.T("人数", "children"),
               cli.T("含个人信息", "personal"), cli.T("用途", "purpose"),
               cli.T("申请人", "asked by"), cli.T("申请时间", "asked"),
               cli.T("批准人", "approved by"), cli.T("批准时间", "approved")});
  for (const auto& one : reply.exports()) {
    table.Add({Hex(one.export_id()), cli.names().OfficeShort(one.office()),
               std::to_string(one.children()), YesNo(cli.lang(), one.personal()), one.purpose(),
               cli.names().Person(one.requested_by()), MomentShort(one.requested_us()),
               cli.names().Person(one.approved_by()), MomentShort(one.approved_us())});
  }
  table.Print(cli.out());
  return kOk;
}

// The CSV of the server, in place, in the encoding that older spreadsheets open.
int Recode(Cli& cli, const fs::path& path) {
  constexpr size_t kExportMax = size_t{1} << 30;
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  auto text = ReadWholeFile(path, kExportMax);
  if (!text.ok()) return cli.Fail(text.status());
  if (text->starts_with(kMark)) text->erase(0, kMark.size());
  const auto encoded = base::EncodeGb18030(*text);
  if (!encoded.ok()) return cli.Fail(encoded.status());
  Download file(path);
  if (file.Write(*encoded) && file.Finish()) return kOk;
  return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入文件 {}", path.string()),
                  fmt::format("cannot write {}", path.string()));
}

int DownloadBody(Cli& cli, const ExportOptions& options) {
  if (options.encoding != "utf-8" && options.format != "csv") {
    return cli.Fail(kUsage, "ENCODING_NEEDS_CSV", "--encoding 只用于 --format csv",
                    "--encoding goes with --format csv");
  }
  registry::v1::ExportStudentsRequest request;
  request.set_export_id(options.id.str());
  request.set_format(options.format);
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  fs::path written;
  if (int code = Fetch(cli, "registry.v1.RegistryService.ExportStudents", request, options.out,
                       &written)) {
    return code;
  }
  if (options.encoding == "gb18030") {
    if (int code = Recode(cli, written)) return code;
  }
  cli.Note(fmt::format("已保存：{}（仅本人可读，用毕请删除）", written.string()),
           fmt::format("saved: {} (readable by you only; delete it after use)", written.string()));
  return kOk;
}

void AddExport(CLI::App& students, Cli& cli) {
  CLI::App* exports = Family(students, cli, "export", "导出学生表（申请、另一人批准、下载）",
                             "export children: ask, another person approves, download");
  auto ask = std::make_shared<ExportOptions>();
  CLI::App* command = Command(*exports, cli, "request", "申请导出", "ask for an export");
  AddOffice(command, cli, "office", &ask->office, "谁的学生，默认本机构",
            "whose children, by default the own office");
  AddFlag(command, cli, "--personal", &ask->personal, "含证件号码和电话",
          "with ID numbers and telephones");
  AddText(command, cli, "--purpose", &ask->purpose, "用途", "purpose")->required();
  Run(command, cli, ask, RequestBody);

  auto approve = std::make_shared<ExportOptions>();
  command =
      Command(*exports, cli, "approve", "批准他人的导出申请", "approve another person's export");
  AddId(command, cli, "export", &approve->id, "导出编号", "export id")->required();
  AddOffice(command, cli, "--office", &approve->office, "本机构", "own office");
  Run(command, cli, approve, ApproveBody);

  auto list = std::make_shared<ExportOptions>();
  command = Command(*exports, cli, "list", "导出申请清单", "list exports");
  AddOffice(command, cli, "office", &list->office, "机构，默认本机构", "office");
  AddLimit(command, cli, &list->limit);
  Run(command, cli, list, ListBody);

  auto download = std::make_shared<ExportOptions>();
  command = Command(*exports, cli, "download", "下载已批准的导出", "download an approved export");
  AddId(command, cli, "export", &download->id, "导出编号", "export id")->required();
  command->add_option("--format", download->format, "csv, xlsx")
      ->check(CLI::IsMember({"csv", "xlsx"}));
  command
      ->add_option(
          "--encoding", download->encoding,
          cli.T("CSV 的编码：utf-8（默认）、gb18030", "of a CSV: utf-8 (default), gb18030"))
      ->check(CLI::IsMember({"utf-8", "gb18030"}));
  AddText(command, cli, "--out", &download->out, "保存到", "file to write");
  AddOffice(command, cli, "--office", &download->office, "申请时的机构，默认本机构",
            "office of the request");
  Run(command, cli, download, DownloadBody);
}

struct TemplateOptions {
  std::string out;
};

// The headings of the national form as the import reads them, and nothing else.
int TemplateBody(Cli& cli, const TemplateOptions& options) {
  std::string content;
  if (fs::path(options.out).extension() == ".xlsx") {
    auto workbook = registry::WriteXlsx("学生基本信息", {registry::FormHeadings()});
    if (!workbook.ok()) return cli.Fail(workbook.status());
    content = *std::move(workbook);
  } else {
    registry::CsvWriter writer;
    writer.Row(registry::FormHeadings());
    content = writer.Take();
  }
  Download file(options.out);
  if (!file.Write(content) || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入文件 {}", options.out),
                    fmt::format("cannot write {}", options.out));
  }
  cli.Note(fmt::format("已保存导入模板：{}（学校标识码、姓名、年级必填）", options.out),
           fmt::format("the template is in {} (school code, name and grade are mandatory)",
                       options.out));
  return kOk;
}

}  // namespace

void AddStudentFiles(CLI::App& students, Cli& cli) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = Command(students, cli, "import", "导入全国学生基本信息表（xlsx 或 CSV）",
                              "import the national student form (xlsx or CSV)");
  AddText(command, cli, "file", &options->file, "文件", "file")
      ->required()
      ->check(CLI::ExistingFile);
  AddFlag(command, cli, "--dry-run", &options->dry_run, "试导入：同样检查，不写入",
          "check only, write nothing");
  AddText(command, cli, "--out", &options->out, "结果文件保存到", "where to put the result file");
  AddOffice(command, cli, "--office", &options->office, "为哪个学校或教育局导入，默认本机构",
            "school or bureau, by default the own office");
  command->add_option("--school-year", options->school_year,
                      cli.T("班级所属学年，如 2026；默认当前",
                            "school year of the classes, 2026; the current one by default"));
  Run(command, cli, options, ImportBody);
  AddExport(students, cli);

  auto sample = std::make_shared<TemplateOptions>();
  command = Command(students, cli, "template", "导入模板（xlsx 或 CSV，按文件名后缀）",
                    "an empty form to import, xlsx or CSV by the ending of its name");
  AddText(command, cli, "--out", &sample->out, "保存到", "file to write")->required();
  Run(command, cli, sample, TemplateBody);
}

}  // namespace twinline::cli

// Exports in three steps: asked for with a purpose, approved by another person, fetched by the one
// who asked. Each child in the file leaves an entry in the access journal.
#include "platform/base/hash.h"
#include "platform/base/mask.h"
#include "registry/domain/rules.h"
#include "registry/service/csv.h"
#include "registry/service/form.h"
#include "registry/service/handlers.h"
#include "registry/service/import_store.h"
#include "registry/service/plain.h"
#include "registry/service/xlsx_writer.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::registry {
namespace {

using RegistrationTable = base::TableOf<v1::RegistrationRow>;
using SchoolTable = base::TableOf<v1::SchoolRow>;
constexpr size_t kChildrenMax = 200'000;
constexpr int64_t kValidUs = 7 * base::kDayUs;

using Visit = std::function<void(const v1::RegistrationRow&)>;

bool Exported(const v1::ChildFacts& facts) {
  const StatusRule* status = FindStatus(facts.status());
  return facts.alias_of().empty() && status != nullptr && !status->ended;
}

// Registrations of an office; false for an office that has no children of its own.
bool ForEachRegistration(const base::Rows& rows, std::string_view office, const Visit& visit) {
  const auto parsed = ParseOffice(office);
  if (!parsed) return false;
  size_t left = kChildrenMax;
  const auto take = [&](const v1::RegistrationRow& row) {
    if (Exported(row.facts())) visit(row);
    return --left > 0;
  };
  if (parsed->kind == "class") {
    const auto id = base::Id16::FromHex(parsed->code);
    if (!id) return false;
    base::ScanIndex<v1::RegistrationRow>(rows, RegistrationTable::kByHomeClass, left, take, *id);
    return true;
  }
  if (parsed->kind == "school") {
    base::ScanIndex<v1::RegistrationRow>(rows, RegistrationTable::kBySchool, left, take,
                                         parsed->code);
    return true;
  }
  if (parsed->kind != "bureau" && parsed->kind != "township") return false;
  const std::string prefix =
      base::EncodeKey(SchoolTable::kSpace, SchoolTable::kTable, SchoolTable::kByTownship) +
      std::string(parsed->code);
  rows.Scan(prefix, {}, [&](std::string_view, std::string_view key) {
    v1::SchoolRow school;
    const auto value = rows.Get(key);
    if (value && school.ParseFromString(*value) && left > 0) {
      base::ScanIndex<v1::RegistrationRow>(rows, RegistrationTable::kBySchool, left, take,
                                           school.school().school_code());
    }
    return left > 0;
  });
  return true;
}

void RequestExport(const rpc::CallPtr& call, const Environment& environment,
                   const engine::ReadView& view) {
  const auto& request = rpc::In<v1::RequestExportRequest>(*call);
  uint32_t children = 0;
  if (!ForEachRegistration(*view.rows, request.office(),
                           [&children](const auto&) { ++children; })) {
    return call->Finish(No("OFFICE_UNKNOWN", "请按班级、学校、乡镇或教体局导出。",
                           "An export is of a class, school, township or bureau."));
  }
  v1::RequestExportCommand command;
  command.set_office(request.office());
  command.set_personal(request.personal());
  command.set_purpose(request.purpose());
  command.set_children(children);
  Write(call, environment, command,
        [call, children](const engine::Accepted& accepted, const engine::ReadView&) {
          auto& reply = rpc::Out<v1::RequestExportReply>(*call);
          if (!accepted.entities.empty()) reply.set_export_id(accepted.entities[0].str());
          reply.set_children(children);
        });
}

std::optional<base::Refusal> CheckOffice(const std::optional<v1::ExportRow>& row,
                                         std::string_view office) {
  if (row && row->request().office() == office) return std::nullopt;
  return No("EXPORT_UNKNOWN", "该单位没有这项导出申请。", "The office has no such export.");
}

void ApproveExport(const rpc::CallPtr& call, const Environment& environment,
                   const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ApproveExportRequest>(*call);
  const auto row = base::Find<v1::ExportRow>(*view.rows, base::AsId(request.export_id()));
  if (auto no = CheckOffice(row, request.office())) return call->Finish(*no);
  v1::ApproveExportCommand command;
  command.set_export_id(request.export_id());
  Write(call, environment, command, nullptr);
}

void ListExports(const rpc::CallPtr& call, const Environment&, const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListExportsRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  auto& reply = rpc::Out<v1::ListExportsReply>(*call);
  const auto found = base::ScanPage<v1::ExportRow>(
      *view.rows,
      base::IndexPrefix<v1::ExportRow>(base::TableOf<v1::ExportRow>::kByOffice, request.office()),
      /*is_index=*/true, page);
  for (const v1::ExportRow& row : found.rows) {
    v1::ExportView* shown = reply.add_exports();
    shown->set_export_id(row.request().export_id());
    shown->set_office(row.request().office());
    shown->set_personal(row.request().personal());
    shown->set_children(row.request().children());
    shown->set_purpose(row.request().purpose());
    shown->set_requested_by(row.request().requested_by());
    shown->set_approved_by(row.approved_by());
    shown->set_requested_us(row.requested_us());
    shown->set_approved_us(row.approved_us());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

std::optional<base::Refusal> MayFetch(const rpc::Call& call, const v1::ExportRow& row,
                                      base::Timestamp now) {
  if (row.approved_by().empty()) {
    return No("EXPORT_NOT_APPROVED", "导出申请尚未批准。", "The export is not approved yet.");
  }
  if (row.request().requested_by() != call.principal().subject.bytes()) {
    return No("EXPORT_OF_OTHERS", "只能由申请人下载。", "Only the applicant fetches the file.");
  }
  if (now.us - row.approved_us() > kValidUs) {
    return No("EXPORT_EXPIRED", "批准已超过七天，请重新申请。",
              "The approval is older than seven days.");
  }
  return std::nullopt;
}

std::vector<std::string> RowOf(const Opener& opener, const base::Rows& rows,
                               const v1::ChildRow& child, const v1::RegistrationRow& registration,
                               bool personal) {
  PlainChild plain = OpenChild(opener, child);
  FormValues values;
  values.student_number = plain.Number(false);
  values.secondary_number = plain.Number(true);
  values.person = std::move(plain.person);
  values.guardians = std::move(plain.guardians);
  values.facts = registration.facts();
  values.entered_on = base::CivilDay{registration.entered_on().days()};
  if (const auto room = FindClass(rows, registration.home_class_id())) {
    values.class_number = room->number();
  }
  if (!personal) {
    values.person.set_id_number(base::MaskIdNumber(values.person.id_number()));
    values.person.set_phone(base::MaskPhone(values.person.phone()));
    values.person.set_address(base::MaskAddress(values.person.address()));
    values.person.clear_birth_date();
    values.student_number = base::MaskIdNumber(values.student_number);
    for (v1::GuardianInput& guardian : values.guardians) {
      guardian.set_id_number(base::MaskIdNumber(guardian.id_number()));
      guardian.set_phone(base::MaskPhone(guardian.phone()));
    }
  }
  return WriteFormRow(values);
}

// Sends chunks that name the children whose data they hold.
class FileSender {
 public:
  FileSender(rpc::StreamCallPtr call, std::string name, std::string type) : call_(std::move(call)) {
    chunk_.set_file_name(std::move(name));
    chunk_.set_content_type(std::move(type));
  }
  void Child(const std::string& id) { chunk_.add_child_id(id); }
  int children() const { return chunk_.child_id_size(); }
  bool Send(std::string_view data) {
    chunk_.set_data(std::string(data));
    const bool there = call_->Write(chunk_);
    chunk_.Clear();
    return there;
  }

 private:
  const rpc::StreamCallPtr call_;
  v1::FileChunk chunk_;
};

void SendCsv(const rpc::StreamCallPtr& call, const Environment& environment, const base::Rows& rows,
             const v1::ExportRequested& wanted) {
  constexpr int kPerChunk = 200;
  FileSender sender(call, "学生名册.csv", "text/csv; charset=utf-8");
  CsvWriter writer;
  const Opener opener(environment);
  writer.Row(FormHeadings());
  bool there = true;
  ForEachRegistration(rows, wanted.office(), [&](const v1::RegistrationRow& row) {
    const auto child = base::Find<v1::ChildRow>(rows, base::AsId(row.facts().child_id()));
    if (!child || !there) return;
    writer.Row(RowOf(opener, rows, *child, row, wanted.personal()));
    sender.Child(child->child_id());
    if (sender.children() == kPerChunk) there = sender.Send(writer.Take());
  });
  if (there) sender.Send(writer.Take());
  call->Finish();
}

void SendXlsx(const rpc::StreamCallPtr& call, const Environment& environment,
              const base::Rows& rows, const v1::ExportRequested& wanted) {
  constexpr size_t kChunkBytes = 256 << 10;
  constexpr int kPerChunk = 200;
  FileSender sender(call, "学生名册.xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  const Opener opener(environment);
  std::vector<std::vector<std::string>> cells = {FormHeadings()};
  bool there = true;
  // An archive cannot be cut by child: all names go first, so that every entry is durable before a
  // byte.
  ForEachRegistration(rows, wanted.office(), [&](const v1::RegistrationRow& row) {
    const auto child = base::Find<v1::ChildRow>(rows, base::AsId(row.facts().child_id()));
    if (!child || !there) return;
    cells.push_back(RowOf(opener, rows, *child, row, wanted.personal()));
    sender.Child(child->child_id());
    if (sender.children() == kPerChunk) there = sender.Send({});
  });
  const auto bytes = WriteXlsx("学生名册", cells);
  if (!bytes.ok()) return call->Finish(bytes.status());
  for (size_t at = 0; there && at < bytes->size(); at += kChunkBytes) {
    there = sender.Send(std::string_view(*bytes).substr(at, kChunkBytes));
  }
  call->Finish();
}

void ExportStudents(const rpc::StreamCallPtr& call, const Environment& environment,
                    const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ExportStudentsRequest>(*call);
  const auto rows = view.rows;
  const auto row = base::Find<v1::ExportRow>(*rows, base::AsId(request.export_id()));
  if (auto no = CheckOffice(row, request.office())) return call->Finish(*no);
  if (auto no = MayFetch(*call, *row, environment.clock->Now())) return call->Finish(*no);
  if (request.format() != "xlsx" && request.format() != "csv") {
    return call->Finish(
        No("FORMAT_UNKNOWN", "导出格式只有csv和xlsx。", "The formats are csv and xlsx."));
  }
  // A county is seconds of work: on the file thread, not on one that serves people.
  const bool queued =
      environment.imports->Enqueue([call, &environment, rows, wanted = row->request()] {
        const bool xlsx = rpc::In<v1::ExportStudentsRequest>(*call).format() == "xlsx";
        (xlsx ? SendXlsx : SendCsv)(call, environment, *rows, wanted);
      });
  if (!queued) call->Finish(absl::ResourceExhaustedError("too many files are waiting"));
}

}  // namespace

void RegisterExportHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto serve = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  serve("RequestExport", &RequestExport);
  serve("ApproveExport", &ApproveExport);
  serve("ListExports", &ListExports);
  registry.ServerStream(MethodName("ExportStudents"), [&environment](rpc::StreamCallPtr call) {
    rpc::WithView(call, *environment.shard, [call, &environment](const engine::ReadView& view) {
      ExportStudents(call, environment, view);
    });
  });
}

}  // namespace twinline::registry

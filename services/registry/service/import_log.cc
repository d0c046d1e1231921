#include "registry/service/import_log.h"

#include "platform/base/hash.h"
#include "platform/base/identifier_text.h"
#include "platform/base/status_macros.h"
#include "platform/base/utf8.h"
#include "platform/vault/sealed_proto.h"
#include "registry/service/request_ids.h"

namespace twinline::registry {
namespace {

constexpr int kRowsInPart = 200;
// A row of the national form is a few hundred bytes; a part must fit into a record of 1 MiB.
constexpr size_t kTypedMax = 2'000;
constexpr char kFolded[] = "ID_FOLDED";

bool Taken(const FormRow& row, const PlannedRow& planned) {
  using Kind = PlannedRow::Kind;
  return !row.refused() && (planned.kind == Kind::kCreate || planned.kind == Kind::kChange);
}

bool IdFolded(const FormRow& row) {
  const std::string& typed = row.input.person().id_number();
  return base::FoldIdentifier(typed) != typed;
}

// The key under which the child's data lies; empty when no such child is recorded.
base::Id16 KeyOf(const base::Rows& rows, const base::Id16& child) {
  const auto row = base::Find<v1::ChildRow>(rows, child);
  return row ? base::AsId(row->person().name().key_id()) : base::Id16();
}

}  // namespace

ImportLog::ImportLog(const Environment& environment, const ImportScope& scope, Record record)
    : environment_(environment),
      scope_(scope),
      record_(std::move(record)),
      import_id_(ItemId(scope.request_id, "import", 0)) {}

absl::StatusOr<base::Id16> ImportLog::OwnKey() {
  if (own_key_.empty()) {
    TWINLINE_ASSIGN_OR_RETURN(own_key_, environment_.vault->Create(import_id_, "import"));
  }
  return own_key_;
}

absl::Status ImportLog::Seal(const base::Id16& child, std::string_view text,
                             v1::ImportLogRow* out) {
  base::Id16 owner = import_id_;
  base::Id16 key;
  if (!child.empty()) {
    const engine::ReadView view = environment_.shard->Read();
    key = KeyOf(*view.rows, child);
  }
  if (!key.empty()) {
    owner = child;
    out->set_child_id(child.str());
  } else {
    TWINLINE_ASSIGN_OR_RETURN(key, OwnKey());
  }
  const std::string& type = v1::ImportLogRow::descriptor()->full_name();
  const auto sealed = environment_.sealer->Seal(
      key, {owner, type, v1::ImportLogRow::kTypedFieldNumber}, base::TruncateUtf8(text, kTypedMax));
  // The child was erased a moment ago: its text is not kept.
  if (absl::IsFailedPrecondition(sealed.status())) return absl::OkStatus();
  if (!sealed.ok()) return sealed.status();
  vault::ToProto(*sealed, out->mutable_typed());
  return absl::OkStatus();
}

absl::Status ImportLog::Note(const FormRow& row, const PlannedRow& planned) {
  v1::ImportLogRow entry;
  std::string typed = row.content;
  for (const v1::RowProblem& problem : row.problems) {
    if (!problem.warning()) entry.add_codes(problem.code());
  }
  if (entry.codes().empty()) {
    if (!Taken(row, planned) || !IdFolded(row)) return absl::OkStatus();
    entry.add_codes(kFolded);
    typed = "身份证件号=" + row.input.person().id_number() + "\n";
  }
  entry.set_row(row.number);
  TWINLINE_RETURN_IF_ERROR(Seal(planned.child, typed, &entry));
  if (part_.log_size() == kRowsInPart) {
    v1::LogImportRowsCommand command;
    *command.mutable_part() = std::move(part_);
    command.mutable_part()->set_import_id(import_id_.str());
    part_.Clear();
    TWINLINE_RETURN_IF_ERROR(record_(base::CommandType<v1::LogImportRowsCommand>(),
                                     command.SerializeAsString(),
                                     ItemId(scope_.request_id, "import log", parts_++)));
  }
  *part_.add_log() = std::move(entry);
  ++logged_;
  return absl::OkStatus();
}

absl::Status ImportLog::Finish(std::string_view file_bytes, const v1::ImportStudentsReply& counts) {
  v1::FinishImportCommand command;
  v1::ImportFinished& event = *command.mutable_import();
  event.set_import_id(import_id_.str());
  event.set_office(scope_.office);
  TWINLINE_ASSIGN_OR_RETURN(const base::Id16 key, OwnKey());
  const std::string& type = v1::ImportFinished::descriptor()->full_name();
  TWINLINE_ASSIGN_OR_RETURN(
      const vault::Sealed name,
      environment_.sealer->Seal(key, {import_id_, type, v1::ImportFinished::kFileNameFieldNumber},
                                base::TruncateUtf8(scope_.source, kTypedMax)));
  vault::ToProto(name, event.mutable_file_name());
  const auto digest = environment_.tokens->Compute(
      vault::TokenKind::kImportRow, base::ToHex(base::View(base::Sha256({file_bytes}))));
  if (digest) event.set_file_digest(digest->token);
  event.set_file_bytes(file_bytes.size());
  event.set_encoding(counts.encoding());
  event.set_school_year(static_cast<uint32_t>(scope_.school_year));
  event.set_rows(counts.rows());
  event.set_created(counts.created());
  event.set_changed(counts.changed());
  event.set_unchanged(counts.unchanged());
  event.set_refused(counts.refused());
  event.set_alarmed(counts.alarmed());
  event.set_logged(logged_);
  *event.mutable_log() = std::move(*part_.mutable_log());
  return record_(base::CommandType<v1::FinishImportCommand>(), command.SerializeAsString(),
                 ItemId(scope_.request_id, "import end", 0));
}

}  // namespace twinline::registry

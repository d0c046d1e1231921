#include "audit/domain/audit_domain.h"

#include <optional>

#include "audit/domain/checkpoint.h"
#include "audit/domain/prove.h"
#include "audit/domain/refusals.h"
#include "audit/tables/tables.h"
#include "platform/base/dispatch.h"
#include "platform/base/hash.h"
#include "twinline/audit/v1/audit_commands.pb.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit {

using base::AsId;
using base::Context;
using base::Decision;
using base::EventContext;
using base::Events;
using base::MakeEvent;
using base::Parse;
using base::Rows;

namespace {

// The text of a note without its signature lines: everything up to the first empty line.
std::optional<Checkpoint> CheckpointOf(std::string_view note) {
  const size_t end = note.find("\n\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto checkpoint = ParseCheckpoint(note.substr(0, end + 1));
  if (!checkpoint.ok()) return std::nullopt;
  return *checkpoint;
}

bool IsAuditService(const Context& context) {
  return context.actor.subject().empty() && context.actor.service() == kAuditService;
}

Decision DecideHead(const v1::NoteHeadsCommand& command, const Rows& rows, const Context& context) {
  if (!IsAuditService(context)) return OnlyTheAuditService();
  const auto row = base::Find<v1::HeadRow>(rows, command.journal());
  if (row && command.size() == row->size() && command.root() != row->root()) {
    return HeadContradicts(command.journal());
  }
  if (command.size() == 0 || (row && command.size() <= row->size()) ||
      command.journal() == kAuditJournal || !base::DigestFromBytes(command.root())) {
    return HeadNotNewer(command.journal());
  }
  v1::HeadsNoted event;
  event.set_journal(command.journal());
  event.set_size(command.size());
  event.set_root(command.root());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideCheckpoint(const v1::SignedCheckpointCommand& command, const Rows& rows,
                          const Context& context) {
  if (!IsAuditService(context)) return OnlyTheAuditService();
  const auto checkpoint = CheckpointOf(command.note());
  if (!checkpoint) return CheckpointMalformed();
  const auto row = base::Find<v1::CheckpointRow>(rows);
  if (row && checkpoint->size <= row->size()) return CheckpointNotNewer();
  v1::CheckpointSigned event;
  event.set_note(command.note());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideKey(const v1::PublishKeyCommand& command, const Rows& rows, const Context& context) {
  if (!IsAuditService(context)) return OnlyTheAuditService();
  if (base::Find<v1::CheckpointKeyRow>(rows, command.verifier_key())) return KeyKnown();
  v1::CheckpointKeyPublished event;
  event.set_verifier_key(command.verifier_key());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideExport(const v1::NoteTrailExportCommand& command, const Rows& rows,
                      const Context& context) {
  v1::TrailExported event;
  event.set_manifest_digest(command.manifest_digest());
  event.set_entry_count(command.entry_count());
  if (!command.one_child()) {
    const auto row = base::Find<v1::TrailExportRow>(rows, AsId(command.export_id()));
    if (!row) return ExportUnknown();
    if (row->approved_by().empty()) return ExportNotApproved();
    if (row->requested_by() != context.actor.subject()) return ExportOfOthers();
    if (context.now.us - row->approved_us() > kExportValidUs) return ExportExpired();
    event.set_export_id(command.export_id());
    event.set_approved_by(row->approved_by());
  }
  return Events{MakeEvent(event, context.today)};
}

Decision DecideRequest(const v1::RequestTrailExportCommand& command, const Context& context) {
  v1::TrailExportRequested event;
  event.set_export_id(context.NewId("trail_export").str());
  *event.mutable_query() = command.query();
  *event.mutable_purpose() = command.purpose();
  return Events{MakeEvent(event, context.today)};
}

Decision DecideApprove(const v1::ApproveTrailExportCommand& command, const Rows& rows,
                       const Context& context) {
  const auto row = base::Find<v1::TrailExportRow>(rows, AsId(command.export_id()));
  if (!row) return ExportUnknown();
  if (!row->approved_by().empty()) return ExportApprovedAlready();
  if (row->requested_by() == context.actor.subject()) return ExportSamePerson();
  v1::TrailExportApproved event;
  event.set_export_id(command.export_id());
  return Events{MakeEvent(event, context.today)};
}

absl::Status Fold(const v1::HeadsNoted& event, const EventContext&, Rows& rows) {
  v1::HeadRow row;
  row.set_journal(event.journal());
  row.set_size(event.size());
  row.set_root(event.root());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::CheckpointSigned& event, const EventContext& context, Rows& rows) {
  const auto checkpoint = CheckpointOf(event.note());
  if (!checkpoint) return absl::DataLossError("a recorded checkpoint is no checkpoint");
  v1::CheckpointRow row;
  row.set_size(checkpoint->size);
  row.set_root(std::string(base::View(checkpoint->root)));
  row.set_note(event.note());
  row.set_recorded_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::CheckpointKeyPublished& event, const EventContext& context,
                  Rows& rows) {
  v1::CheckpointKeyRow row;
  row.set_verifier_key(event.verifier_key());
  row.set_since_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::TrailExported& event, const EventContext& context, Rows& rows) {
  if (event.export_id().empty()) return absl::OkStatus();
  auto row = base::Find<v1::TrailExportRow>(rows, AsId(event.export_id()));
  if (!row) return absl::DataLossError("an unknown export was taken");
  row->set_exported(row->exported() + 1);
  row->set_last_exported_us(context.recorded.us);
  row->set_entry_count(event.entry_count());
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::TrailExportRequested& event, const EventContext& context, Rows& rows) {
  v1::TrailExportRow row;
  row.set_export_id(event.export_id());
  *row.mutable_query() = event.query();
  *row.mutable_purpose() = event.purpose();
  row.set_requested_by(context.actor->subject());
  row.set_requested_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::TrailExportApproved& event, const EventContext& context, Rows& rows) {
  auto row = base::Find<v1::TrailExportRow>(rows, AsId(event.export_id()));
  if (!row) return absl::DataLossError("an unknown export was approved");
  row->set_approved_by(context.actor->subject());
  row->set_approved_us(context.recorded.us);
  base::Put(rows, *row);
  return absl::OkStatus();
}

// nullopt: another type.
template <typename Event>
std::optional<absl::Status> TryFold(const journal::v1::Event& event, const EventContext& context,
                                    Rows& rows) {
  if (event.type() != base::EventType<Event>()) return std::nullopt;
  Event message;
  if (!message.ParseFromString(event.data())) {
    return absl::DataLossError("an event of audit/0 does not parse");
  }
  return Fold(message, context, rows);
}

}  // namespace

Decision AuditDomain::Decide(const base::CommandView& command, const Rows& rows,
                             const Context& context) const {
  if (v1::NoteHeadsCommand c; Parse(command, &c)) return DecideHead(c, rows, context);
  if (v1::SignedCheckpointCommand c; Parse(command, &c)) return DecideCheckpoint(c, rows, context);
  if (v1::PublishKeyCommand c; Parse(command, &c)) return DecideKey(c, rows, context);
  if (v1::NoteTrailExportCommand c; Parse(command, &c)) return DecideExport(c, rows, context);
  if (v1::RequestTrailExportCommand c; Parse(command, &c)) return DecideRequest(c, context);
  if (v1::ApproveTrailExportCommand c; Parse(command, &c)) return DecideApprove(c, rows, context);
  return CommandUnknown();
}

absl::Status AuditDomain::Evolve(const journal::v1::Event& event, const EventContext& context,
                                 Rows& rows) const {
  if (auto done = TryFold<v1::HeadsNoted>(event, context, rows)) return *done;
  if (auto done = TryFold<v1::CheckpointSigned>(event, context, rows)) return *done;
  if (auto done = TryFold<v1::CheckpointKeyPublished>(event, context, rows)) return *done;
  if (auto done = TryFold<v1::TrailExported>(event, context, rows)) return *done;
  if (auto done = TryFold<v1::TrailExportRequested>(event, context, rows)) return *done;
  if (auto done = TryFold<v1::TrailExportApproved>(event, context, rows)) return *done;
  if (event.type() == base::EventType<journal::v1::NoEffect>()) return absl::OkStatus();
  return absl::UnimplementedError("audit/0 holds an event of type " + std::to_string(event.type()) +
                                  " that this build does not know");
}

std::vector<base::Id16> AuditDomain::Outcome(const journal::v1::Commit& commit) const {
  for (const journal::v1::Event& event : commit.events()) {
    v1::TrailExportRequested requested;
    if (event.type() == base::EventType<v1::TrailExportRequested>() &&
        requested.ParseFromString(event.data())) {
      return {AsId(requested.export_id())};
    }
  }
  return {};
}

}  // namespace twinline::audit

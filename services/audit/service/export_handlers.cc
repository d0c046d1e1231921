// Trails on their way out. Search, record what exactly leaves, wait for a checkpoint that covers
// that record, prove every entry, and only then send: first the names of the children, each of them
// an entry of the access journal, then the bytes.
#include <future>

#include "audit/domain/audit_domain.h"
#include "audit/domain/prove.h"
#include "audit/domain/refusals.h"
#include "audit/service/evidence.h"
#include "audit/service/handlers.h"
#include "audit/tables/tables.h"
#include "platform/base/decision.h"
#include "platform/base/hash.h"
#include "platform/vault/owner_key.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/audit/v1/audit_commands.pb.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit {
namespace {

constexpr int64_t kCoverUs = 15'000'000;
constexpr size_t kChunkBytes = size_t{256} << 10;
constexpr size_t kChildrenPerChunk = 200;
constexpr uint32_t kPageDefault = 50;
constexpr uint32_t kPageMax = 200;

vault::SealPlace PlaceOf(const Environment& environment, uint32_t field) {
  return {environment.access_owner, v1::TrailExportRequested::descriptor()->full_name(), field};
}

v1::TrailQuery OpenQuery(const Environment& environment, const v1::TrailExportRow& row) {
  v1::TrailQuery query;
  query.ParseFromString(vault::OpenText(
      *environment.sealer, PlaceOf(environment, v1::TrailExportRequested::kQueryFieldNumber),
      row.query()));
  return query;
}

// What is asked; null when the call was finished with a refusal.
std::optional<v1::TrailQuery> QueryOf(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ExportTrailRequest>(*call);
  if (!request.child_id().empty()) {
    v1::TrailQuery query;
    query.set_child(request.child_id());
    query.set_from_unix_us(request.from_unix_us());
    query.set_to_unix_us(request.to_unix_us() == 0 ? INT64_MAX : request.to_unix_us());
    return query;
  }
  const auto row = base::Find<v1::TrailExportRow>(*environment.shard->Read().rows,
                                                  base::AsId(request.export_id()));
  if (!row) {
    call->Finish(request.export_id().empty() ? ExportSubjectMissing() : ExportUnknown());
    return std::nullopt;
  }
  return OpenQuery(environment, *row);
}

// Everything that is durable now is under a checkpoint.
bool CoverEverything(AuditThread& thread) {
  if (!WaitCaughtUp(thread)) return false;
  const std::shared_ptr<const IndexView> view = thread.View();
  for (const JournalView& journal : view->journals) {
    if (journal.name == kAuditJournal || journal.indexed <= journal.covered.size) continue;
    if (!WaitCovered(thread, journal.name, journal.indexed - 1, kCoverUs)) return false;
  }
  return true;
}

engine::Answer Record(const rpc::CallPtr& call, const Environment& environment,
                      const TrailMaker& trail) {
  const auto& request = rpc::In<v1::ExportTrailRequest>(*call);
  v1::NoteTrailExportCommand command;
  const base::Digest digest = ManifestDigest(trail.manifest());
  command.set_manifest_digest(std::string(base::View(digest)));
  command.set_entry_count(trail.entry_count());
  command.set_one_child(!request.child_id().empty());
  if (!command.one_child()) command.set_export_id(request.export_id());
  engine::Submission submission;
  submission.command_type = base::CommandType<v1::NoteTrailExportCommand>();
  submission.body = command.SerializeAsString();
  submission.request_id = base::MakeUuidV7(environment.clock->Now(), base::RandomBytes(10));
  submission.actor = call->actor();
  const auto answered = std::make_shared<std::promise<engine::Answer>>();
  submission.done = [answered](engine::Answer answer) { answered->set_value(std::move(answer)); };
  environment.shard->Submit(std::move(submission));
  return answered->get_future().get();
}

// The last piece with names carries the first bytes: the trail of one child is one entry of the
// access journal for each quarter of a megabyte.
void Send(const rpc::StreamCallPtr& call, const std::vector<base::Id16>& children,
          const std::string& bytes) {
  v1::ExportTrailChunk chunk;
  chunk.set_file_name("audit-trail.twinline");
  for (size_t i = 0; i < children.size(); ++i) {
    if (chunk.child_id_size() == static_cast<int>(kChildrenPerChunk)) {
      if (!call->Write(chunk)) return;
      chunk.Clear();
    }
    chunk.add_child_id(children[i].str());
  }
  for (size_t at = 0; at < bytes.size(); at += kChunkBytes) {
    chunk.set_data(bytes.substr(at, kChunkBytes));
    if (!call->Write(chunk)) return;
    chunk.Clear();
  }
}

void Export(const rpc::StreamCallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ExportTrailRequest>(*call);
  const std::optional<v1::TrailQuery> query = QueryOf(call, environment);
  if (!query) return;
  AuditThread& thread = *environment.thread;
  const absl::Status late =
      absl::UnavailableError("no checkpoint covers the journals yet, retry in a moment");
  if (!CoverEverything(thread)) return call->Finish(late);
  TrailMaker trail(thread.store(), thread.View(), *query);
  if (const absl::Status found = trail.Search(); !found.ok()) {
    if (absl::IsResourceExhausted(found)) return call->Finish(TrailTooLong(kTrailEntriesMax));
    return call->Finish(found);
  }
  const engine::Answer answer = Record(call, environment, trail);
  if (const auto* refusal = std::get_if<base::Refusal>(&answer)) return call->Finish(*refusal);
  if (const auto* error = std::get_if<absl::Status>(&answer)) return call->Finish(*error);
  const auto& recorded = std::get<engine::Accepted>(answer);
  if (!WaitCovered(thread, std::string(kAuditJournal), recorded.pos, kCoverUs)) {
    return call->Finish(late);
  }
  const std::shared_ptr<const IndexView> view = thread.View();
  if (request.old_size() > view->checkpoint.size) {
    return call->Finish(CheckpointSizeUnknown(view->checkpoint.size));
  }
  const auto file = trail.Finish(*view, recorded.pos, recorded.commit, request.old_size(),
                                 environment.signer->verifier());
  if (!file.ok()) return call->Finish(file.status());
  std::vector<base::Id16> children = trail.children();
  if (!request.child_id().empty()) children = {base::AsId(request.child_id())};
  Send(call, children, file->SerializeAsString());
  call->Finish();
}

void RequestExport(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RequestTrailExportRequest>(*call);
  if (request.actor().empty() == request.office().empty()) {
    return call->Finish(ExportSubjectMissing());
  }
  if (!call->reach().everything()) return call->Finish(QueryOutOfScope());
  v1::TrailQuery query;
  query.set_actor(request.actor());
  query.set_office(request.office());
  query.set_from_unix_us(request.from_unix_us());
  query.set_to_unix_us(request.to_unix_us() == 0 ? INT64_MAX : request.to_unix_us());
  v1::RequestTrailExportCommand command;
  absl::Status sealed =
      vault::SealText(*environment.vault, *environment.sealer,
                      PlaceOf(environment, v1::TrailExportRequested::kQueryFieldNumber),
                      query.SerializeAsString(), command.mutable_query());
  if (sealed.ok()) {
    sealed = vault::SealText(*environment.vault, *environment.sealer,
                             PlaceOf(environment, v1::TrailExportRequested::kPurposeFieldNumber),
                             request.purpose(), command.mutable_purpose());
  }
  if (!sealed.ok()) return call->Finish(sealed);
  rpc::SubmitWrite(
      call, *environment.shard, base::CommandType<v1::RequestTrailExportCommand>(),
      command.SerializeAsString(),
      [call](const engine::Accepted& accepted, const engine::ReadView&) {
        if (accepted.entities.empty()) return;
        rpc::Out<v1::RequestTrailExportReply>(*call).set_export_id(accepted.entities.front().str());
      });
}

void ListExports(const rpc::CallPtr& call, const Environment& environment,
                 const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListTrailExportsRequest>(*call);
  base::PageRequest page;
  page.size = request.page().size() == 0 ? kPageDefault : std::min(request.page().size(), kPageMax);
  page.after_key = base::FromHex(request.page().page_token()).value_or(std::string());
  const auto found = base::ScanPage<v1::TrailExportRow>(
      *view.rows, base::IndexPrefix<v1::TrailExportRow>(base::TableOf<v1::TrailExportRow>::kByTime),
      /*is_index=*/true, page);
  auto& reply = rpc::Out<v1::ListTrailExportsReply>(*call);
  for (const v1::TrailExportRow& row : found.rows) {
    v1::TrailExportView* shown = reply.add_exports();
    shown->set_export_id(row.export_id());
    *shown->mutable_query() = OpenQuery(environment, row);
    shown->set_purpose(vault::OpenText(
        *environment.sealer, PlaceOf(environment, v1::TrailExportRequested::kPurposeFieldNumber),
        row.purpose()));
    shown->set_requested_by(row.requested_by());
    shown->set_requested_unix_us(row.requested_us());
    shown->set_approved_by(row.approved_by());
    shown->set_approved_unix_us(row.approved_us());
    shown->set_exported(row.exported());
    shown->set_entry_count(row.entry_count());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

}  // namespace

void RegisterExportHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  registry.ServerStream("twinline.audit.v1.AuditService.ExportTrail",
                        [&environment](rpc::StreamCallPtr call) {
                          RunOn(environment.evidence, call, environment,
                                [call, &environment] { Export(call, environment); });
                        });
  registry.Unary("twinline.audit.v1.AuditService.RequestTrailExport",
                 [&environment](rpc::CallPtr call) { RequestExport(call, environment); });
  registry.Unary("twinline.audit.v1.AuditService.ApproveTrailExport", [&environment](
                                                                          rpc::CallPtr call) {
    v1::ApproveTrailExportCommand command;
    command.set_export_id(rpc::In<v1::ApproveTrailExportRequest>(*call).export_id());
    rpc::SubmitWrite(call, *environment.shard, base::CommandType<v1::ApproveTrailExportCommand>(),
                     command.SerializeAsString(), nullptr);
  });
  registry.Unary(
      "twinline.audit.v1.AuditService.ListTrailExports", [&environment](rpc::CallPtr call) {
        rpc::WithView(call, *environment.shard, [call, &environment](const engine::ReadView& view) {
          ListExports(call, environment, view);
        });
      });
}

}  // namespace twinline::audit

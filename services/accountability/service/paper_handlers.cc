// Formal papers and evidence files.
#include <algorithm>

#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/service/handlers.h"
#include "accountability/service/views.h"
#include "platform/base/hash.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/evidence.h"
#include "platform/vault/owner_key.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;

rpc::Fill FillPaper(const rpc::CallPtr& call, const Deps& deps) {
  return [call, &deps](const engine::Accepted& accepted, const engine::ReadView& view) {
    if (accepted.entities.empty()) return;
    const auto paper = base::Find<v1::PaperRow>(*view.rows, accepted.entities[0]);
    if (!paper) return;
    auto& reply = rpc::Out<v1::IssuePaperReply>(*call);
    reply.set_child_id(paper->child_id());
    *reply.mutable_paper() = PaperFor(*deps.sealer, *paper);
  };
}

void Issue(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::IssuePaperRequest>(*call);
  if (!FindChild(*deps.shard->Read().rows, request.child_id(), {}))
    return call->Finish(ChildUnknown());
  v1::IssuePaperCommand command;
  command.set_role(RoleOf(*call));
  command.set_case_id(request.case_id());
  command.set_child_id(request.child_id());
  command.set_kind(request.kind());
  command.set_return_by(request.return_by().days());
  const absl::Status sealed = SealCaseText(deps, request.child_id(), "addressee",
                                           request.addressee(), command.mutable_addressee());
  if (!sealed.ok()) return call->Finish(sealed);
  Write(call, deps, command, FillPaper(call, deps));
}

void ServeThePaper(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ServePaperRequest>(*call);
  v1::ServePaperCommand command;
  command.set_role(RoleOf(*call));
  command.set_paper_id(request.paper_id());
  command.set_child_id(request.child_id());
  command.set_served_on(request.served_on().days());
  command.set_method(request.method());
  *command.mutable_evidence() = request.evidence();
  if (const absl::Status stored = CheckEvidenceStored(deps, request.evidence()); !stored.ok()) {
    return call->Finish(stored);
  }
  Write(call, deps, command);
}

void Void(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::VoidPaperRequest>(*call);
  if (!FindChild(*deps.shard->Read().rows, request.child_id(), {}))
    return call->Finish(ChildUnknown());
  v1::VoidPaperCommand command;
  command.set_role(RoleOf(*call));
  command.set_paper_id(request.paper_id());
  command.set_child_id(request.child_id());
  const absl::Status sealed =
      SealCaseText(deps, request.child_id(), "reason", request.reason(), command.mutable_reason());
  if (!sealed.ok()) return call->Finish(sealed);
  Write(call, deps, command);
}

void Upload(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::UploadCaseEvidenceRequest>(*call);
  if (auto refusal = vault::CheckEvidence(request.content())) return call->Finish(*refusal);
  if (!FindChild(*deps.shard->Read().rows, request.child_id(), {}))
    return call->Finish(ChildUnknown());
  const base::Id16 child = base::AsId(request.child_id());
  const auto key = vault::DataKeyOf(*deps.vault, child);
  if (!key.ok()) return call->Finish(key.status());
  const auto blob = vault::SealBlob(*deps.sealer, *key, child, request.content());
  if (!blob.ok()) return call->Finish(blob.status());
  const auto digest = deps.blobs->Put(*blob);
  if (!digest.ok()) return call->Finish(digest.status());
  auto& reply = rpc::Out<v1::UploadCaseEvidenceReply>(*call);
  reply.set_digest(std::string(base::View(*digest)));
  reply.set_type(std::string(vault::MediaType(*vault::SniffEvidence(request.content()))));
  reply.set_size(static_cast<uint32_t>(request.content().size()));
  call->Finish();
}

// Whether the child's case names this file in an entry that the caller may see.
bool Names(const rpc::Call& call, const base::Rows& rows, std::string_view child_id,
           const std::string& digest) {
  const auto row = CaseOfChild(rows, child_id);
  if (!row) return false;
  bool found = false;
  base::ScanRows<v1::TimelineRow>(
      rows, 10'000,
      [&](const v1::TimelineRow& line) {
        const auto& files = line.evidence();
        found = std::find(files.begin(), files.end(), digest) != files.end() &&
                !HidesEvidence(call, line);
        return !found;
      },
      base::AsId(row->facts().case_id()));
  return found;
}

void GetEvidence(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::GetCaseEvidenceRequest>(*call);
  const base::Refusal unknown{"EVIDENCE_UNKNOWN",
                              "本案没有这份材料，或不向您的单位开放。",
                              "This case has no such file, or it is not open to your office.",
                              {}};
  if (request.reason().size() < 4) return call->Finish(ReasonMandatory());
  const auto digest = base::DigestFromBytes(request.digest());
  if (!digest || !Names(*call, *deps.shard->Read().rows, request.child_id(), request.digest())) {
    return call->Finish(unknown);
  }
  const auto blob = deps.blobs->Get(*digest);
  if (!blob.ok()) return call->Finish(blob.status());
  const auto opened = vault::OpenBlob(*deps.sealer, base::AsId(request.child_id()), *blob);
  if (!opened.ok()) return call->Finish(opened.status());
  if (opened->state == vault::OpenState::kDestroyed) {
    return call->Finish(
        base::Refusal{"ERASED",
                      "该生个人信息已依法销毁，材料不可再查看（已销毁）。",
                      "The child's personal data was destroyed by law; the file cannot be opened.",
                      {}});
  }
  if (opened->state != vault::OpenState::kOpen) {
    return call->Finish(absl::DataLossError("the evidence file cannot be read: " + opened->reason));
  }
  auto& reply = rpc::Out<v1::GetCaseEvidenceReply>(*call);
  reply.set_child_id(request.child_id());
  reply.set_content(opened->plaintext);
  call->Finish();
}

}  // namespace

void RegisterPaperHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "IssuePaper", &Issue);
  Serve(registry, deps, "ServePaper", &ServeThePaper);
  Serve(registry, deps, "VoidPaper", &Void);
}

void RegisterEvidenceHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "UploadEvidence", &Upload);
  Serve(registry, deps, "GetEvidence", &GetEvidence);
}

}  // namespace twinline::accountability

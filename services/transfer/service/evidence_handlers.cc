// Evidence files: sealed under the child's key, stored by digest before any event names them
//
#include "platform/base/hash.h"
#include "platform/rpc/directory.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/evidence.h"
#include "platform/vault/owner_key.h"
#include "transfer/domain/refusals.h"
#include "transfer/service/handlers.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {
namespace {

using runtime::Deps;

void UploadEvidence(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::UploadEvidenceRequest>(*call);
  if (auto refusal = vault::CheckEvidence(request.content())) return call->Finish(*refusal);
  const base::Id16 child = base::AsId(request.child_id());
  if (!deps.directory->PlaceOf(child)) return call->Finish(ChildUnknown());
  const auto key = vault::DataKeyOf(*deps.vault, child);
  if (!key.ok()) return call->Finish(key.status());
  const auto blob = vault::SealBlob(*deps.sealer, *key, child, request.content());
  if (!blob.ok()) return call->Finish(blob.status());
  const auto digest = deps.blobs->Put(*blob);
  if (!digest.ok()) return call->Finish(digest.status());
  auto& reply = rpc::Out<v1::UploadEvidenceReply>(*call);
  reply.set_digest(std::string(base::View(*digest)));
  reply.set_type(std::string(vault::MediaType(*vault::SniffEvidence(request.content()))));
  reply.set_size(static_cast<uint32_t>(request.content().size()));
  call->Finish();
}

void GetEvidence(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::GetEvidenceRequest>(*call);
  const auto row = FindCovered(call, *deps.shard->Read().rows, request.business_id());
  if (!row) return;
  for (const v1::Evidence& file : row->evidence()) {
    if (file.digest() != request.digest()) continue;
    const auto digest = base::DigestFromBytes(file.digest());
    const auto blob = digest ? deps.blobs->Get(*digest) : absl::NotFoundError("no digest");
    if (!blob.ok()) return call->Finish(blob.status());
    const auto opened = vault::OpenBlob(*deps.sealer, base::AsId(row->facts().child_id()), *blob);
    if (!opened.ok()) return call->Finish(opened.status());
    if (opened->state == vault::OpenState::kDestroyed) {
      return call->Finish(base::Refusal{
          "ERASED",
          "该生个人信息已依法销毁，证明材料不可再查看（已销毁）。",
          "The child's personal data was destroyed by law; the file cannot be opened.",
          {}});
    }
    if (opened->state != vault::OpenState::kOpen) {
      return call->Finish(
          absl::DataLossError("the evidence file cannot be read: " + opened->reason));
    }
    auto& reply = rpc::Out<v1::GetEvidenceReply>(*call);
    reply.set_content(opened->plaintext);
    reply.set_type(file.type());
    reply.set_child_id(row->facts().child_id());
    return call->Finish();
  }
  call->Finish(base::Refusal{
      "EVIDENCE_UNKNOWN", "该业务没有这份材料。", "This business has no such file.", {}});
}

}  // namespace

void RegisterEvidenceHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  registry.Unary("twinline.transfer.v1.ApprovalService.UploadEvidence",
                 [&deps](rpc::CallPtr call) { UploadEvidence(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.GetEvidence",
                 [&deps](rpc::CallPtr call) { GetEvidence(call, deps); });
}

}  // namespace twinline::transfer

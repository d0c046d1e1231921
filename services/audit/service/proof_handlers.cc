// Checkpoints and proofs. The checkpoint, its key and consistency proofs are for everybody: a
// witness has no account.
#include "audit/domain/prove.h"
#include "audit/domain/refusals.h"
#include "audit/service/entry_view.h"
#include "audit/service/evidence.h"
#include "audit/service/handlers.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::audit {
namespace {

constexpr int64_t kCoverUs = 10'000'000;

void ProveEntry(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::GetInclusionProofRequest>(*call);
  AuditThread& thread = *environment.thread;
  const auto exists = [&] {
    const JournalView* journal = thread.View()->Find(request.journal());
    return journal != nullptr && request.pos() < journal->indexed;
  };
  if (!exists() && (!WaitCaughtUp(thread) || !exists())) return call->Finish(EntryUnknown());
  if (!WaitCovered(thread, request.journal(), request.pos(), kCoverUs)) {
    return call->Finish(
        absl::UnavailableError("no checkpoint covers this entry yet, retry in a moment"));
  }
  const std::shared_ptr<const IndexView> view = thread.View();
  auto bundle =
      MakeBundle(thread.store(), *view, request.journal(), request.pos(), request.commit_index());
  // A record without commits, or with fewer, has nothing there to prove.
  if (absl::IsNotFound(bundle.status()) || absl::IsInvalidArgument(bundle.status())) {
    return call->Finish(EntryUnknown());
  }
  if (!bundle.ok()) return call->Finish(bundle.status());
  auto& reply = rpc::Out<v1::GetInclusionProofReply>(*call);
  journal::v1::Commit commit;
  commit.ParseFromString(bundle->subject().commit());
  for (const base::Id16& child : ChildrenOf(thread.store(), commit)) {
    reply.add_child_id(child.str());
  }
  *reply.mutable_bundle() = *std::move(bundle);
  call->Finish();
}

void GetCheckpoint(const rpc::CallPtr& call, const Environment& environment) {
  const std::shared_ptr<const IndexView> view = environment.thread->View();
  auto note = NewestNote(environment.thread->store(), *view);
  if (!note.ok()) return call->Finish(absl::UnavailableError(std::string(note.status().message())));
  auto& reply = rpc::Out<v1::GetCheckpointReply>(*call);
  reply.set_note(*std::move(note));
  reply.set_size(view->checkpoint.size);
  reply.set_recorded_unix_us(view->checkpoint.time_us);
  call->Finish();
}

void GetConsistencyProof(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::GetConsistencyProofRequest>(*call);
  const std::shared_ptr<const IndexView> view = environment.thread->View();
  if (request.old_size() > view->checkpoint.size) {
    return call->Finish(CheckpointSizeUnknown(view->checkpoint.size));
  }
  auto note = NewestNote(environment.thread->store(), *view);
  if (!note.ok()) return call->Finish(absl::UnavailableError(std::string(note.status().message())));
  auto hashes = MakeConsistency(environment.thread->store(), *view, request.old_size());
  if (!hashes.ok()) return call->Finish(hashes.status());
  auto& reply = rpc::Out<v1::GetConsistencyProofReply>(*call);
  reply.set_note(*std::move(note));
  reply.set_size(view->checkpoint.size);
  for (std::string& hash : *hashes) reply.add_consistency(std::move(hash));
  call->Finish();
}

}  // namespace

void RegisterProofHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto queued = [&](const char* method, auto* handler) {
    registry.Unary(method, [&environment, handler](rpc::CallPtr call) {
      RunOn(environment.evidence, call, environment,
            [call, &environment, handler] { handler(call, environment); });
    });
  };
  queued("twinline.audit.v1.AuditService.GetInclusionProof", &ProveEntry);
  const auto read = [&](const char* method, auto* handler) {
    registry.Unary(method, [&environment, handler](rpc::CallPtr call) {
      RunOn(environment.reading, call, environment,
            [call, &environment, handler] { handler(call, environment); });
    });
  };
  read("twinline.audit.v1.AuditService.GetCheckpoint", &GetCheckpoint);
  read("twinline.audit.v1.AuditService.GetConsistencyProof", &GetConsistencyProof);
  registry.Unary("twinline.audit.v1.AuditService.GetVerifierKey", [&environment](
                                                                      rpc::CallPtr call) {
    rpc::Out<v1::GetVerifierKeyReply>(*call).set_verifier_key(environment.signer->verifier_key());
    call->Finish();
  });
}

}  // namespace twinline::audit

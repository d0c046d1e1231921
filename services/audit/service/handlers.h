// RPC handlers of the audit.
#pragma once

#include "audit/domain/signed_note.h"
#include "audit/service/audit_thread.h"
#include "audit/service/work_queue.h"
#include "platform/rpc/server.h"
#include "platform/runtime/service_module.h"

namespace twinline::audit {

// Outlives every call.
struct Environment {
  engine::Shard* shard = nullptr;
  AuditThread* thread = nullptr;
  const NoteSigner* signer = nullptr;
  vault::KeyVault* vault = nullptr;
  vault::Sealer* sealer = nullptr;
  const base::Clock* clock = nullptr;
  // The owner under which this installation seals what is about nobody in particular.
  base::Id16 access_owner;
  WorkQueue* reading = nullptr;   // trails by pages
  WorkQueue* evidence = nullptr;  // proofs and exports; may wait for a checkpoint
};

void RegisterTrailHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterProofHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterExportHandlers(rpc::ServiceRegistry& registry, const Environment& environment);

// Runs `work` on the queue, or finishes the call: the audit halts, or has too much to do.
void RunOn(WorkQueue* queue, const rpc::CallPtr& call, const Environment& environment,
           std::function<void()> work);

// Blocks until a checkpoint covers the record; false after `timeout_us` or when the audit halts.
bool WaitCovered(AuditThread& thread, const std::string& journal, uint64_t pos, int64_t timeout_us);
bool WaitCaughtUp(AuditThread& thread);

}  // namespace twinline::audit

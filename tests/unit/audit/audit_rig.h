// The audit as a process runs it: its module with its shard over journals on disk, behind the real
// server, with an access log beside it. Tokens are plain text ("person:<name>").
#pragma once

#include <memory>
#include <string>

#include "audit/service/module.h"
#include "platform/engine/shard.h"
#include "platform/rpc/access_log.h"
#include "platform/rpc/access_recorder.h"
#include "platform/rpc/client.h"
#include "platform/rpc/completions.h"
#include "platform/rpc/directory.h"
#include "platform/rpc/grpc_server.h"
#include "platform/store/state_store.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/sealer.h"
#include "tests/unit/audit/journals_rig.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::audit_test {

inline constexpr char kAuditMethods[] = "twinline.audit.v1.AuditService.";

class AuditRig {
 public:
  AuditRig();
  ~AuditRig();

  // The process part: starts with what the directory holds. `index_name`: another name is an index
  // built from nothing.
  void Start(const std::string& index_name = "audit-0.d");
  void Stop();

  rpc::CallResult Call(const std::string& method, const google::protobuf::Message& request,
                       google::protobuf::Message* reply, const std::string& person = "auditor");
  // Everything durable is indexed.
  audit::v1::GetStatusReply CaughtUp();
  // All pages of a question.
  std::vector<audit::v1::TrailEntryView> Query(audit::v1::QueryTrailRequest request,
                                               const std::string& person = "auditor");
  std::vector<audit::v1::TrailEntryView> TrailOf(const std::string& child);
  // The stream put together; `result` may be null.
  std::string Export(const audit::v1::ExportTrailRequest& request, const std::string& person,
                     rpc::CallResult* result = nullptr);
  std::string VerifierKey();

  void Appoint(const std::string& person, types::v1::Role role, const std::string& office);
  // A session's address as the access log notes it.
  void SeeSession(const std::string& person, uint64_t session, const std::string& address);
  // Somebody was shown a child.
  void Look(const std::string& person, const std::string& child, const std::string& rpc);

  JournalsRig journals;
  vault::MemoryVault vault{7};
  vault::Sealer sealer{vault};
  rpc::MemoryDirectory directory{"411282"};
  std::shared_ptr<store::MemoryDisk> state = store::MakeMemoryDisk();
  std::unique_ptr<runtime::ServiceModule> module;
  std::unique_ptr<engine::Shard> shard;
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<rpc::Client> client;

 private:
  rpc::SealFunction Seal();

  std::unique_ptr<rpc::Completions> completions_;
  std::unique_ptr<rpc::AccessLog> access_log_;
  std::unique_ptr<rpc::AccessRecorder> recorder_;
};

}  // namespace twinline::audit_test

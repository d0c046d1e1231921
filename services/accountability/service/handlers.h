// RPC handlers of accountability: request to command, row to reply. They decide nothing; they seal
// what is personal before it is queued and open it for those entitled (R-11, N10).
#pragma once

#include <string>
#include <string_view>

#include "accountability/tables/tables.h"
#include "platform/rpc/server.h"
#include "platform/runtime/service_module.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::accountability {

class AlertStreams;

void RegisterActHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterPaperHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterEvidenceHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterCaseReads(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterListHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterAlertHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps,
                           AlertStreams& streams);
void RegisterWebhookHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterRuleHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);

using Handler = void (*)(const rpc::CallPtr&, const runtime::Deps&);
// `name` is the RPC's short name.
void Serve(rpc::ServiceRegistry& registry, const runtime::Deps& deps, std::string_view name,
           Handler handler);
std::string MethodName(std::string_view name);

template <typename Command>
void Write(const rpc::CallPtr& call, const runtime::Deps& deps, const Command& command,
           rpc::Fill fill = nullptr) {
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<Command>(), command.SerializeAsString(),
                   std::move(fill));
}

// A page request from its proto: 50 by default, at most 200.
base::PageRequest PageOf(const types::v1::Page& page);
std::string NextToken(const std::string& next_key);

// The office that a list is about: the one asked for, else the caller's own.
std::string OfficeOf(const rpc::Call& call, const std::string& asked);
uint32_t RoleOf(const rpc::Call& call);

// Seals `text` under the child's key as one of the names of SealedText; empty seals nothing.
absl::Status SealCaseText(const runtime::Deps& deps, std::string_view child_id,
                          std::string_view name, std::string_view text, types::v1::Sealed* out);
// An event may name only evidence that is durable already.
absl::Status CheckEvidenceStored(const runtime::Deps& deps,
                                 const google::protobuf::RepeatedPtrField<std::string>& digests);

// Shows the case of a CaseReply after a write.
rpc::Fill FillCase(const rpc::CallPtr& call, std::string child_id);

}  // namespace twinline::accountability

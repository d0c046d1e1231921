// The RPC handlers, one function per family. A handler turns a request into a command or a view
// into a reply; it decides nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "platform/rpc/server.h"
#include "registry/domain/lookup.h"
#include "registry/service/environment.h"

namespace twinline::registry {

using Unary = std::function<void(rpc::CallPtr)>;

// `name` is the RPC's short name.
void Serve(rpc::ServiceRegistry& registry, std::string_view name, Unary handler);
std::string MethodName(std::string_view name);

void RegisterPlaceHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterStaffHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterChildWrites(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterBulkHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterChildReads(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterListHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterHistoryHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterImportHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterExportHandlers(rpc::ServiceRegistry& registry, const Environment& environment);
void RegisterErasureHandlers(rpc::ServiceRegistry& registry, const Environment& environment);

// A page request from its proto; false (and the call finished) when the token is not one of ours.
bool ReadPage(const rpc::CallPtr& call, const types::v1::Page& page, base::PageRequest* out);

// Submits a sealed command; `fill` may be null.
template <typename Command>
void Write(const rpc::CallPtr& call, const Environment& environment, const Command& command,
           rpc::Fill fill, engine::Lane lane = engine::Lane::kPeople) {
  rpc::SubmitWrite(call, *environment.shard, base::CommandType<Command>(),
                   command.SerializeAsString(), std::move(fill), lane);
}

// Fills a ChildReply with the child that the write named first.
rpc::Fill FillChild(const rpc::CallPtr& call, const Environment& environment);

}  // namespace twinline::registry

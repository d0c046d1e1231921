// RPC handlers of approvals: request to command, row to reply. They decide nothing.
#pragma once

#include "platform/rpc/server.h"
#include "platform/runtime/service_module.h"
#include "twinline/transfer/v1/transfer.pb.h"
#include "twinline/transfer/v1/transfer_rows.pb.h"

namespace twinline::transfer {

void RegisterStartHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterStepHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterReadHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterClassHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);
void RegisterEvidenceHandlers(rpc::ServiceRegistry& registry, const runtime::Deps& deps);

// What a BusinessReply shows after a write on `business_id`.
void FillBusiness(const rpc::CallPtr& call, const base::Rows& rows, std::string_view business_id);

// True when the caller's reach covers the business: its child, a school of it, or an office of a
// step.
bool Covers(const rpc::Reach& reach, const v1::BusinessRow& row, const base::Rows& rows);

// Refuses with BUSINESS_OUT_OF_SCOPE; null when the business is unknown or out of reach (the call
// is then finished).
std::optional<v1::BusinessRow> FindCovered(const rpc::CallPtr& call, const base::Rows& rows,
                                           std::string_view business_id);

}  // namespace twinline::transfer

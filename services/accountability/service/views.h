// What of a case a caller sees. A township or village needs to act, not to know a diagnosis, a
// faith or a criminal matter: those texts and codes are absent for it, and the reply says that
// something is (N10).
#pragma once

#include <string>
#include <string_view>

#include "accountability/tables/tables.h"
#include "platform/rpc/server.h"
#include "platform/vault/sealer.h"
#include "twinline/accountability/v1/accountability_cases.pb.h"

namespace twinline::accountability {

// Where a text of a case is sealed: the child, "twinline.accountability.v1.Case", the number of its
// name.
vault::SealPlace TextPlace(std::string_view child_id, std::string_view name);

// Townships and villages.
bool IsRestricted(std::string_view office);

v1::CaseFacts FactsFor(const rpc::Call& call, v1::CaseFacts facts);
v1::TimelineEntry EntryFor(const rpc::Call& call, vault::Sealer& sealer, std::string_view child_id,
                           const v1::TimelineRow& row);
v1::PaperView PaperFor(vault::Sealer& sealer, const v1::PaperRow& row);

// True when the caller may not see the evidence of this entry.
bool HidesEvidence(const rpc::Call& call, const v1::TimelineRow& row);

}  // namespace twinline::accountability

#include <algorithm>
#include <array>

#include "accountability/domain/open.h"
#include "accountability/service/handlers.h"
#include "accountability/service/views.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/owner_key.h"

namespace twinline::accountability {

using runtime::Deps;

namespace {

constexpr uint32_t kPageDefault = 50;
constexpr uint32_t kPageMax = 200;

}  // namespace

std::string MethodName(std::string_view name) {
  return "twinline.accountability.v1.AccountabilityService." + std::string(name);
}

void Serve(rpc::ServiceRegistry& registry, const Deps& deps, std::string_view name,
           Handler handler) {
  registry.Unary(MethodName(name), [&deps, handler](rpc::CallPtr call) { handler(call, deps); });
}

base::PageRequest PageOf(const types::v1::Page& page) {
  base::PageRequest request;
  request.size = page.size() == 0 ? kPageDefault : std::min(page.size(), kPageMax);
  request.after_key = base::FromHex(page.page_token()).value_or(std::string());
  return request;
}

std::string NextToken(const std::string& next_key) { return base::ToHex(next_key); }

std::string OfficeOf(const rpc::Call& call, const std::string& asked) {
  if (!asked.empty() || call.duty() == nullptr) return asked;
  return call.duty()->office;
}

uint32_t RoleOf(const rpc::Call& call) {
  return call.duty() == nullptr ? 0U : static_cast<uint32_t>(call.duty()->role);
}

absl::Status SealCaseText(const Deps& deps, std::string_view child_id, std::string_view name,
                          std::string_view text, types::v1::Sealed* out) {
  return vault::SealText(*deps.vault, *deps.sealer, TextPlace(child_id, name), text, out);
}

absl::Status CheckEvidenceStored(const Deps& deps,
                                 const google::protobuf::RepeatedPtrField<std::string>& digests) {
  constexpr int kEvidenceMax = 20;
  if (digests.size() > kEvidenceMax)
    return absl::InvalidArgumentError("EVIDENCE_TOO_MANY: at most 20 files");
  for (const std::string& bytes : digests) {
    const auto digest = base::DigestFromBytes(bytes);
    if (!digest) return absl::InvalidArgumentError("EVIDENCE_UNKNOWN: a digest has 32 bytes");
    TWINLINE_ASSIGN_OR_RETURN(const bool exists, deps.blobs->Exists(*digest));
    if (!exists) return absl::InvalidArgumentError("EVIDENCE_UNKNOWN: upload the file first");
  }
  return absl::OkStatus();
}

rpc::Fill FillCase(const rpc::CallPtr& call, std::string child_id) {
  return [call, child_id = std::move(child_id)](const engine::Accepted&,
                                                const engine::ReadView& view) {
    const auto row = CaseOfChild(*view.rows, child_id);
    if (!row) return;
    auto& reply = rpc::Out<v1::CaseReply>(*call);
    reply.set_child_id(row->facts().child_id());
    *reply.mutable_case_facts() = FactsFor(*call, row->facts());
  };
}

}  // namespace twinline::accountability

#include "platform/base/hash.h"
#include "registry/service/handlers.h"
#include "registry/service/open.h"

namespace twinline::registry {

std::string MethodName(std::string_view name) {
  return "twinline.registry.v1.RegistryService." + std::string(name);
}

void Serve(rpc::ServiceRegistry& registry, std::string_view name, Unary handler) {
  registry.Unary(MethodName(name), std::move(handler));
}

bool ReadPage(const rpc::CallPtr& call, const types::v1::Page& page, base::PageRequest* out) {
  constexpr uint32_t kDefault = 50;
  constexpr uint32_t kMost = 200;
  out->size = page.size() == 0 ? kDefault : std::min(page.size(), kMost);
  if (page.page_token().empty()) return true;
  const auto key = base::FromHex(page.page_token());
  if (!key || key->size() < 4 || key->size() > 512) {
    call->Finish(No("PAGE_TOKEN_INVALID", "分页标记无效，请从第一页重新查询。",
                    "The page token is not one of ours: start again from the first page."));
    return false;
  }
  out->after_key = *key;
  return true;
}

rpc::Fill FillChild(const rpc::CallPtr& call, const Environment& environment) {
  return [call, &environment](const engine::Accepted& accepted, const engine::ReadView& view) {
    if (accepted.entities.empty()) return;
    const auto subject = FindSubject(*view.rows, accepted.entities.front().bytes());
    if (!subject) return;
    *rpc::Out<v1::ChildReply>(*call).mutable_child() =
        Opener(environment).View(*subject, *view.rows, true);
  };
}

}  // namespace twinline::registry

// Matching within one class only.
#include "tools/twinline/roster.h"

#include <utility>

#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"

namespace twinline::cli {
namespace {

constexpr size_t kShortestPrefix = 6;

bool Matches(const registry::v1::ChildView& child, std::string_view text) {
  if (child.name() == text) return true;
  const std::string child_id = Hex(child.child_id());
  const std::string registration = Hex(child.facts().registration_id());
  if (const auto id = ParseId(text)) return child_id == id->hex() || registration == id->hex();
  if (text.size() < kShortestPrefix) return false;
  return std::string_view(child_id).starts_with(text) ||
         std::string_view(registration).starts_with(text);
}

}  // namespace

int Roster::Load(Cli& cli, const ClassRef& ref) {
  registry::v1::ListClassRequest request;
  if (int code = ResolveClass(cli, ref, request.mutable_class_id())) return code;
  return cli.Call("registry.v1.RegistryService.ListClass", request, &list_);
}

Roster::Match Roster::Find(std::string_view text, const registry::v1::ChildView** child) const {
  *child = nullptr;
  for (const auto& one : list_.children()) {
    if (!Matches(one, text)) continue;
    if (*child != nullptr) return Match::kSeveral;
    *child = &one;
  }
  return *child == nullptr ? Match::kNone : Match::kOne;
}

std::string Roster::NameOf(const std::string& registration_id) const {
  for (const auto* part : {&list_.children(), &list_.away()}) {
    for (const auto& one : *part) {
      if (one.facts().registration_id() == registration_id) return one.name();
    }
  }
  return Hex(registration_id);
}

}  // namespace twinline::cli

#include "identity/domain/strict_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace twinline::identity {

using nlohmann::json;

std::optional<json> ParseStrictObject(std::string_view text) {
  bool acceptable = true;
  // The names seen so far in each object that is open at this point.
  std::vector<std::set<std::string>> names;
  const auto check = [&](int depth, json::parse_event_t event, json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
        names.emplace_back();
        break;
      case json::parse_event_t::object_end:
        names.pop_back();
        break;
      case json::parse_event_t::key:
        acceptable = acceptable && names.back().insert(value.get<std::string>()).second;
        break;
      default:
        break;
    }
    acceptable = acceptable && depth <= kMaxJsonDepth;
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), check, /*allow_exceptions=*/false);
  if (!acceptable || !parsed.is_object()) return std::nullopt;
  return parsed;
}

std::optional<std::string> StringMember(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

}  // namespace twinline::identity

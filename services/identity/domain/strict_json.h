// JSON from outside the trust boundary: key sets of other issuers, headers and claims of tokens. A
// parser that is more generous than the next one is how a signed document gets two meanings, so a
// doubled member, deep nesting or anything behind the end is no JSON here.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace twinline::identity {

inline constexpr int kMaxJsonDepth = 8;

// A JSON object in UTF-8, or nullopt. The caller bounds the size.
std::optional<nlohmann::json> ParseStrictObject(std::string_view text);

// A member of that name and type; nullopt when it is absent or of another type.
std::optional<std::string> StringMember(const nlohmann::json& object, const char* name);

}  // namespace twinline::identity

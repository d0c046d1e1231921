// Surnames whose reading without tone differs from the everyday reading of their characters.
// Families with another reading exist (盖 gai, 覃 tan or qin), and the table holds one reading: a
// child whose family reads its name otherwise is still found by characters.
#pragma once

#include <optional>
#include <string_view>

namespace twinline::base {

std::optional<std::string_view> SurnameReading(char32_t surname);
// Both syllables with a blank between: 尉迟 -> "yu chi".
std::optional<std::string_view> CompoundSurnameReading(char32_t first, char32_t second);

}  // namespace twinline::base

#include "platform/base/text/surnames.h"

#include <algorithm>
#include <iterator>

namespace twinline::base {
namespace {

struct Single {
  char32_t surname;
  std::string_view reading;
};
constexpr Single kSingles[] = {
    {U'乐', "yue"},  {U'乜', "nie"},  {U'仇', "qiu"},   {U'佴', "nai"},  {U'区', "ou"},
    {U'单', "shan"}, {U'卜', "bu"},   {U'句', "gou"},   {U'召', "shao"}, {U'员', "yun"},
    {U'折', "she"},  {U'曾', "zeng"}, {U'朴', "piao"},  {U'查', "zha"},  {U'洗', "xian"},
    {U'牟', "mu"},   {U'祭', "zhai"}, {U'种', "chong"}, {U'秘', "bi"},   {U'繁', "po"},
    {U'缪', "miao"}, {U'翟', "zhai"}, {U'能', "nai"},   {U'藏', "zang"}, {U'解', "xie"},
    {U'郇', "xun"},  {U'都', "du"},   {U'重', "chong"}, {U'阚', "kan"},  {U'隗', "wei"},
    {U'难', "ning"}, {U'黑', "he"},   {U'盖', "ge"},    {U'陂', "pi"},   {U'單', "shan"},
    {U'區', "ou"},   {U'樂', "yue"},  {U'員', "yun"},
};

struct Compound {
  std::u32string_view surname;
  std::string_view reading;
};
constexpr Compound kCompounds[] = {
    {U"万俟", "mo qi"},     {U"尉迟", "yu chi"}, {U"单于", "chan yu"}, {U"澹台", "tan tai"},
    {U"乐正", "yue zheng"}, {U"子车", "zi ju"},  {U"拓跋", "tuo ba"},  {U"尉遲", "yu chi"},
};

}  // namespace

std::optional<std::string_view> SurnameReading(char32_t surname) {
  const auto* found = std::find_if(std::begin(kSingles), std::end(kSingles),
                                   [&](const Single& entry) { return entry.surname == surname; });
  if (found == std::end(kSingles)) return std::nullopt;
  return found->reading;
}

std::optional<std::string_view> CompoundSurnameReading(char32_t first, char32_t second) {
  const auto* found =
      std::find_if(std::begin(kCompounds), std::end(kCompounds), [&](const Compound& entry) {
        return entry.surname[0] == first && entry.surname[1] == second;
      });
  if (found == std::end(kCompounds)) return std::nullopt;
  return found->reading;
}

}  // namespace twinline::base

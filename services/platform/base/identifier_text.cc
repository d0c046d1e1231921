#include "platform/base/identifier_text.h"

#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

bool IsInvisible(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || c == 0x205F ||
         (c >= 0x2060 && c <= 0x2064) || c == 0x3000 || c == 0xFEFF;
}

}  // namespace

std::string FoldIdentifier(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool at_start = true;
  while (!text.empty()) {
    auto code_point = TakeCodePoint(text);
    if (!code_point) {
      result.push_back(text.front());
      text.remove_prefix(1);
      at_start = false;
      continue;
    }
    char32_t c = *code_point;
    if (c >= 0xFF01 && c <= 0xFF5E) c = c - 0xFF01 + '!';
    if (IsInvisible(c)) continue;
    if (at_start && (c == '\'' || c == 0x2018 || c == 0x2019)) {
      at_start = false;
      continue;
    }
    at_start = false;
    if (c >= 'a' && c <= 'z') c = c - 'a' + 'A';
    AppendCodePoint(c, result);
  }
  return result;
}

}  // namespace twinline::base

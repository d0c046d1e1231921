#include "platform/base/mask.h"

#include <algorithm>

#include "platform/base/phone.h"
#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

bool IsVisibleSeparator(char32_t c) { return c == 0xB7 || c == ' '; }

std::string Encode(const std::u32string& text) {
  std::string result;
  for (char32_t c : text) AppendCodePoint(c, result);
  return result;
}

std::string Stars(size_t count) { return std::string(count, '*'); }

}  // namespace

std::string MaskName(std::string_view name) {
  if (!IsValidUtf8(name)) return Stars(std::min<size_t>(name.size(), 3));
  std::u32string text = ToCodePoints(name);
  if (text.size() <= 1) return Stars(text.size());
  const size_t last_shown = text.size() >= 3 ? text.size() - 1 : text.size();
  for (size_t i = 1; i < text.size(); ++i) {
    if (i != last_shown && !IsVisibleSeparator(text[i])) text[i] = '*';
  }
  return Encode(text);
}

std::string MaskIdNumber(std::string_view number) {
  if (number.size() < 8) return Stars(number.size());
  const bool letter = number.front() >= 'A' && number.front() <= 'Z';
  const size_t shown = letter ? 5 : 4;
  return std::string(number.substr(0, shown)) + Stars(number.size() - shown - 1) +
         std::string(number.substr(number.size() - 1));
}

std::string MaskPhone(std::string_view number) {
  const Phone phone = ParsePhone(number);
  const std::string& text = phone.number;
  if (phone.kind == PhoneKind::kMobile) return text.substr(0, 3) + "****" + text.substr(7);
  if (phone.kind == PhoneKind::kLandline) {
    const size_t dash = text.find('-');
    const size_t end = std::min(text.find('-', dash + 1), text.size());
    return text.substr(0, dash + 1) + "****" + text.substr(end - 3, 3);
  }
  const std::u32string characters = ToCodePoints(text);
  if (characters.size() <= 4) return Stars(characters.size());
  return Stars(characters.size() - 2) + Encode(characters.substr(characters.size() - 2));
}

std::string MaskAddress(std::string_view address, int keep) {
  const std::u32string text = ToCodePoints(address);
  const size_t shown = static_cast<size_t>(std::max(keep, 0));
  if (text.size() <= shown) return Encode(text);
  return Encode(text.substr(0, shown)) + "****";
}

}  // namespace twinline::base

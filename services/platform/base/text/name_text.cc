#include "platform/base/text/name_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

bool IsMiddleDot(char32_t c) {
  switch (c) {
    case 0x00B7:  // middle dot
    case 0x0387:  // Greek ano teleia
    case 0x2022:  // bullet
    case 0x2027:  // hyphenation point
    case 0x2219:  // bullet operator
    case 0x22C5:  // dot operator
    case 0x25CF:  // black circle
    case 0x2E31:  // word separator middle dot
    case 0x30FB:  // katakana middle dot, what many input methods give
    case 0xFF65:  // its half-width form
      return true;
    default:
      return false;
  }
}

// Typed instead of a middle dot, but only between Chinese characters: "Jr." keeps its full stop.
bool IsFullStop(char32_t c) { return c == '.' || c == 0xFF0E || c == 0xFF61; }

bool IsBlank(char32_t c) { return c == 0x3000 || u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool IsInvisible(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return u_iscntrl(point) || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool IsHan(char32_t c) { return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_IDEOGRAPHIC); }

// True where a blank at the end of `before` and in front of `after` carries meaning.
bool KeepsBlank(const std::u32string& before, char32_t after) {
  if (before.empty()) return false;
  const char32_t last = before.back();
  return !IsHan(last) && !IsHan(after) && last != 0xB7 && after != 0xB7;
}

// Whether a run of separators that goes on at `next` ends in front of a Chinese character.
bool HanFollows(const std::u32string& text, size_t next) {
  const auto separates = [](char32_t c) {
    return IsBlank(c) || IsInvisible(c) || IsMiddleDot(c) || IsFullStop(c);
  };
  while (next < text.size() && separates(text[next])) ++next;
  return next < text.size() && IsHan(text[next]);
}

std::u32string Squeeze(const std::u32string& text) {
  std::u32string result;
  bool blank = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    if (IsBlank(c)) {
      blank = true;
      continue;
    }
    if (IsInvisible(c)) continue;
    const bool han_before = !result.empty() && (IsHan(result.back()) || result.back() == 0xB7);
    if (IsMiddleDot(c) || (IsFullStop(c) && han_before && HanFollows(text, i + 1))) c = 0xB7;
    if (c == 0xB7 && (result.empty() || result.back() == 0xB7)) continue;
    if (blank && KeepsBlank(result, c)) result.push_back(' ');
    blank = false;
    result.push_back(c);
  }
  while (!result.empty() && result.back() == 0xB7) result.pop_back();
  return result;
}

std::string Encode(const std::u32string& text) {
  std::string result;
  for (char32_t c : text) AppendCodePoint(c, result);
  return result;
}

}  // namespace

std::string CleanName(std::string_view name) {
  if (!IsValidUtf8(name)) return {};
  return Encode(Squeeze(ToCodePoints(name)));
}

std::string NameKey(std::string_view name) {
  const std::string clean = CleanName(name);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folder = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) return {};
  const icu::UnicodeString folded = folder->normalize(icu::UnicodeString::fromUTF8(clean), error);
  if (U_FAILURE(error)) return {};
  std::string key;
  folded.toUTF8String(key);
  std::u32string kept = ToCodePoints(key);
  std::erase_if(kept, [](char32_t c) { return IsBlank(c) || IsMiddleDot(c); });
  return Encode(kept);
}

}  // namespace twinline::base

// Column widths by ICU's character properties.
#include "tools/twinline/width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace twinline::cli {
namespace {

size_t WidthOf(UChar32 c) {
  if (c < 0x20 || c == 0x7f) return 0;
  switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
      return 0;
    default:
      break;
  }
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_FULLWIDTH || width == U_EA_WIDE ? 2 : 1;
}

// Reads the next code point; a byte that is no UTF-8 counts as one column, as terminals show it.
UChar32 Next(std::string_view text, int32_t* at) {
  UChar32 c = 0;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  U8_NEXT(bytes, *at, static_cast<int32_t>(text.size()), c);
  return c < 0 ? '?' : c;
}

}  // namespace

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(utf8.size());) width += WidthOf(Next(utf8, &at));
  return width;
}

std::string PadRight(std::string_view utf8, size_t width) {
  std::string padded(utf8);
  const size_t own = DisplayWidth(utf8);
  if (own < width) padded.append(width - own, ' ');
  return padded;
}

std::string PadLeft(std::string_view utf8, size_t width) {
  const size_t own = DisplayWidth(utf8);
  std::string padded(own < width ? width - own : 0, ' ');
  return padded.append(utf8);
}

std::string Shorten(std::string_view utf8, size_t width) {
  if (DisplayWidth(utf8) <= width) return std::string(utf8);
  if (width <= 2) return std::string(width, '.');
  size_t used = 0;
  int32_t end = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(utf8.size());) {
    const size_t next = WidthOf(Next(utf8, &at));
    if (used + next > width - 2) break;
    used += next;
    end = at;
  }
  return std::string(utf8.substr(0, static_cast<size_t>(end))) + "..";
}

}  // namespace twinline::cli

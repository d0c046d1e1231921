// Strict UTF-8, without ICU. Everything Twinline stores or sends as text is valid UTF-8: a broken
// byte that slips in at an import comes out again on a printed notice, years later, as a child's
// name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace twinline::base {

// Offset of the first byte that does not belong to well-formed UTF-8 (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF, no cut-off tail); nullopt when all of `text` is well
// formed.
std::optional<size_t> FirstInvalidUtf8(std::string_view text);
inline bool IsValidUtf8(std::string_view text) { return !FirstInvalidUtf8(text).has_value(); }

// The text without a leading byte order mark (EF BB BF), which spreadsheets put before CSV files.
std::string_view StripUtf8Bom(std::string_view text);

// Reads one code point and removes it from the front of `text`; nullopt, with `text` unchanged, at
// the end or in front of an invalid sequence.
std::optional<char32_t> TakeCodePoint(std::string_view& text);
void AppendCodePoint(char32_t code_point, std::string& out);

// Code points of a valid text; an invalid tail counts as nothing.
std::u32string ToCodePoints(std::string_view text);
// `max_bytes` or fewer leading bytes of a valid text, never cutting a code point.
std::string_view TruncateUtf8(std::string_view text, size_t max_bytes);

}  // namespace twinline::base

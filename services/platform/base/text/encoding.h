// Reading files that arrive from other systems and from spreadsheets.
//
// The office software of a school saves CSV as GB18030 without a word, the national system exports
// UTF-8 with a byte order mark. A wrong guess does not fail: it turns every name into other, valid
// characters. So the decoder decodes strictly, says what it decided and why, and refuses when it is
// not sure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/base/refusal.h"

namespace twinline::base {

enum class TextEncoding {
  kUtf8,
  kUtf8Bom,
  kGb18030,  // GBK and GB2312 files too: both are subsets
  kUtf16Le,  // by byte order mark only
  kUtf16Be,
  kBinary,   // a spreadsheet or another binary file with a text file's name
  kUnknown,  // no encoding fits, or GB18030 fits but the result does not look like Chinese
};

std::string_view NameOf(TextEncoding encoding);  // "UTF-8", "GB18030", …

struct DecodedText {
  TextEncoding encoding = TextEncoding::kUnknown;
  std::string text;  // valid UTF-8 without byte order mark; empty when `refusal` is set
  std::optional<Refusal>
      refusal;  // IMPORT_ENCODING, says which line is broken and how to save again

  bool ok() const { return !refusal.has_value(); }
};

// Decides the encoding of a whole file and decodes it. Pure ASCII counts as UTF-8. Thread safe.
DecodedText DecodeImport(std::string_view bytes);

// Strict: nullopt on the first byte that is not GB18030, with its offset in `error_offset` if
// given.
std::optional<std::string> DecodeGb18030(std::string_view bytes, size_t* error_offset = nullptr);

// For exports to systems that take nothing else. GB18030 covers all of Unicode, so this fails only
// on invalid UTF-8 (InvalidArgument).
absl::StatusOr<std::string> EncodeGb18030(std::string_view utf8);

}  // namespace twinline::base

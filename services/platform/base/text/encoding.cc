#include "platform/base/text/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// A converter that stops at the first byte it cannot map instead of writing U+FFFD.
Converter OpenStrict(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) return nullptr;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &error);
  return U_FAILURE(error) ? nullptr : std::move(converter);
}

// Decodes all of `bytes` into UTF-16; false at the first malformed byte, whose offset is stored.
bool ToUtf16(const char* encoding, std::string_view bytes, std::vector<UChar>& out,
             size_t& error_offset) {
  error_offset = 0;
  const Converter converter = OpenStrict(encoding);
  if (!converter) return false;
  out.resize(bytes.size() + 2);  // no supported encoding yields more UTF-16 units than bytes
  UChar* target = out.data();
  const char* source = bytes.data();
  UErrorCode error = U_ZERO_ERROR;
  ucnv_toUnicode(converter.get(), &target, out.data() + out.size(), &source,
                 bytes.data() + bytes.size(), nullptr, /*flush=*/true, &error);
  out.resize(static_cast<size_t>(target - out.data()));
  if (U_SUCCESS(error)) return true;
  char invalid[16];
  int8_t invalid_length = sizeof invalid;
  UErrorCode ignored = U_ZERO_ERROR;
  ucnv_getInvalidChars(converter.get(), invalid, &invalid_length, &ignored);
  const size_t consumed = static_cast<size_t>(source - bytes.data());
  const size_t back =
      U_SUCCESS(ignored) ? static_cast<size_t>(std::max<int8_t>(invalid_length, 0)) : 0;
  error_offset = consumed - std::min(back, consumed);
  return false;
}

std::string ToUtf8(const std::vector<UChar>& units) {
  std::string text;
  text.reserve(units.size() * 3);
  for (size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c <= 0xDBFF && i + 1 < units.size()) {
      c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<char32_t>(units[++i]) - 0xDC00);
    }
    AppendCodePoint(c, text);
  }
  return text;
}

size_t LineOf(std::string_view bytes, size_t offset) {
  return 1 + static_cast<size_t>(std::count(
                 bytes.begin(),
                 bytes.begin() + static_cast<ptrdiff_t>(std::min(offset, bytes.size())), '\n'));
}

Refusal NotText() {
  return {"IMPORT_ENCODING",
          "该文件不是文本文件（可能是改了扩展名的电子表格）。请在表格软件中另存为“CSV "
          "UTF-8”后重新导入。",
          "This is not a text file; it may be a renamed spreadsheet. Save it as CSV UTF-8 and "
          "import it "
          "again.",
          {}};
}

Refusal BrokenLine(std::string_view bytes, size_t offset) {
  const std::string line = std::to_string(LineOf(bytes, offset));
  return {"IMPORT_ENCODING",
          "文件编码无法识别：第" + line +
              "行既不是有效的UTF-8，也不是有效的GB18030。请另存为“CSV UTF-8”后重新导入。",
          "The encoding of the file cannot be recognised: line " + line +
              " is neither valid UTF-8 nor valid GB18030. Save the file as CSV UTF-8 and import it "
              "again.",
          {{"line", line}, {"offset", std::to_string(offset)}}};
}

Refusal NotChinese() {
  return {
      "IMPORT_ENCODING",
      "文件不是UTF-8编码，按GB18030解读后又不像正常的中文，继续导入会产生乱码。请另存为“CSV "
      "UTF-8”后重新导入。",
      "The file is not UTF-8, and read as GB18030 it does not look like Chinese text, so an import "
      "would garble the names. Save the file as CSV UTF-8 and import it again.",
      {}};
}

// GB2312 level 1 and 2 hold 6,763 characters, which cover nearly all running text; bytes of another
// encoding, read as GB18030, land on rare characters, private use and symbols. `bytes` is valid
// GB18030.
bool LooksChinese(std::string_view bytes) {
  size_t common = 0, other = 0;
  for (size_t i = 0; i + 1 < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const auto trail = static_cast<unsigned char>(bytes[i + 1]);
    const bool four_bytes = trail >= 0x30 && trail <= 0x39;
    const bool gb2312_hanzi = lead >= 0xB0 && lead <= 0xF7 && trail >= 0xA1;
    const bool gb2312_mark = lead >= 0xA1 && lead <= 0xA3 && trail >= 0xA1;
    ++(gb2312_hanzi || gb2312_mark ? common : other);
    i += four_bytes ? 4 : 2;
  }
  return other * 4 <= common;  // at least 80 % common
}

DecodedText DecodeUtf16(std::string_view bytes, TextEncoding encoding) {
  DecodedText result;
  result.encoding = encoding;
  std::vector<UChar> units;
  size_t offset = 0;
  const char* name = encoding == TextEncoding::kUtf16Le ? "UTF-16LE" : "UTF-16BE";
  if (!ToUtf16(name, bytes.substr(2), units, offset)) {
    result.refusal = BrokenLine(bytes, offset + 2);
  } else if (std::find(units.begin(), units.end(), 0) != units.end()) {
    // As in the other encodings: what holds NUL characters is no text, and could not be exported.
    result.encoding = TextEncoding::kBinary;
    result.refusal = NotText();
  } else {
    result.text = ToUtf8(units);
  }
  return result;
}

bool LooksBinary(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("\xD0\xCF\x11\xE0") ||
         bytes.starts_with("%PDF") || bytes.find('\0') != std::string_view::npos;
}

}  // namespace

std::string_view NameOf(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kUtf8Bom:
      return "UTF-8 BOM";
    case TextEncoding::kGb18030:
      return "GB18030";
    case TextEncoding::kUtf16Le:
      return "UTF-16LE";
    case TextEncoding::kUtf16Be:
      return "UTF-16BE";
    case TextEncoding::kBinary:
      return "binary";
    case TextEncoding::kUnknown:
      break;
  }
  return "unknown";
}

std::optional<std::string> DecodeGb18030(std::string_view bytes, size_t* error_offset) {
  std::vector<UChar> units;
  size_t offset = 0;
  if (ToUtf16("gb18030", bytes, units, offset)) return ToUtf8(units);
  if (error_offset != nullptr) *error_offset = offset;
  return std::nullopt;
}

DecodedText DecodeImport(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return DecodeUtf16(bytes, TextEncoding::kUtf16Le);
  if (bytes.starts_with("\xFE\xFF")) return DecodeUtf16(bytes, TextEncoding::kUtf16Be);
  DecodedText result;
  if (LooksBinary(bytes)) {
    result.encoding = TextEncoding::kBinary;
    result.refusal = NotText();
    return result;
  }
  const std::string_view body = StripUtf8Bom(bytes);
  const bool bom = body.size() != bytes.size();
  const auto bad_utf8 = FirstInvalidUtf8(body);
  if (!bad_utf8) {
    result.encoding = bom ? TextEncoding::kUtf8Bom : TextEncoding::kUtf8;
    result.text = std::string(body);
    return result;
  }
  if (bom) {  // the file says what it is, and breaks its word
    result.refusal = BrokenLine(bytes, *bad_utf8 + 3);
    return result;
  }
  size_t bad_gb = 0;
  auto decoded = DecodeGb18030(bytes, &bad_gb);
  if (!decoded) {
    // The attempt that came further is the one the author meant.
    result.refusal = BrokenLine(bytes, std::max(*bad_utf8, bad_gb));
  } else if (!LooksChinese(bytes)) {
    result.refusal = NotChinese();
  } else {
    result.encoding = TextEncoding::kGb18030;
    result.text = *std::move(decoded);
  }
  return result;
}

absl::StatusOr<std::string> EncodeGb18030(std::string_view utf8) {
  if (const auto bad = FirstInvalidUtf8(utf8)) {
    return absl::InvalidArgumentError("invalid UTF-8 at byte " + std::to_string(*bad));
  }
  const Converter from = OpenStrict("UTF-8");
  const Converter to = OpenStrict("gb18030");
  if (!from || !to) return absl::InternalError("ICU has no GB18030 converter");
  std::string out(utf8.size() * 2 + 4, '\0');  // at worst two bytes become four
  char* target = out.data();
  const char* source = utf8.data();
  UErrorCode error = U_ZERO_ERROR;
  ucnv_convertEx(to.get(), from.get(), &target, out.data() + out.size(), &source,
                 utf8.data() + utf8.size(), nullptr, nullptr, nullptr, nullptr, /*reset=*/true,
                 /*flush=*/true, &error);
  if (U_FAILURE(error)) return absl::InternalError(u_errorName(error));
  out.resize(static_cast<size_t>(target - out.data()));
  return out;
}

}  // namespace twinline::base

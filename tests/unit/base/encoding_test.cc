#include "platform/base/text/encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace twinline::base {
namespace {

constexpr const char* kCsv = "姓名,性别\n张三,男\n李四,女\n";

std::string Gb(std::string_view utf8) { return EncodeGb18030(utf8).value(); }

TEST(Encoding, Utf8WithAndWithoutBom) {
  const DecodedText plain = DecodeImport(kCsv);
  EXPECT_TRUE(plain.ok());
  EXPECT_EQ(plain.encoding, TextEncoding::kUtf8);
  EXPECT_EQ(plain.text, kCsv);
  const DecodedText bom = DecodeImport(std::string("\xEF\xBB\xBF") + kCsv);
  EXPECT_EQ(bom.encoding, TextEncoding::kUtf8Bom);
  EXPECT_EQ(bom.text, kCsv);
  EXPECT_EQ(DecodeImport("a,b\n").encoding, TextEncoding::kUtf8);
  EXPECT_TRUE(DecodeImport("").ok());
}

TEST(Encoding, Gb18030FromASpreadsheet) {
  const DecodedText decoded = DecodeImport(Gb(kCsv));
  EXPECT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.encoding, TextEncoding::kGb18030);
  EXPECT_EQ(decoded.text, kCsv);
}

// A09: extension B and the middle dot survive the way out and back.
TEST(Encoding, A09RareCharactersRoundTrip) {
  const std::string text = "姓名：买买提·吐尔逊、王𠮷、张𠜎，灵宝市阳平镇";
  EXPECT_EQ(DecodeGb18030(Gb(text)), text);
  EXPECT_EQ(DecodeImport(Gb(text)).text, text);
  EXPECT_EQ(Gb("张三"), "\xD5\xC5\xC8\xFD");
}

TEST(Encoding, BrokenFilesAreRefusedWithTheLine) {
  std::string broken = Gb("姓名\n张三\n") + "\xD5\xFF\n";
  const DecodedText gb = DecodeImport(broken);
  ASSERT_FALSE(gb.ok());
  EXPECT_EQ(gb.encoding, TextEncoding::kUnknown);
  EXPECT_EQ(gb.refusal->code, "IMPORT_ENCODING");
  EXPECT_EQ(gb.refusal->details.at(0).second, "3");
  EXPECT_NE(gb.refusal->zh.find("第3行"), std::string::npos);
  EXPECT_TRUE(gb.text.empty());

  // A file that is UTF-8 up to a cut-off end: GB18030 must not swallow it as other characters.
  const DecodedText cut = DecodeImport(std::string(kCsv) + "王\xE4\xB8");
  EXPECT_FALSE(cut.ok());
  // A byte order mark is a promise.
  EXPECT_FALSE(DecodeImport(std::string("\xEF\xBB\xBF") + Gb(kCsv)).ok());
}

TEST(Encoding, OtherEncodingsAreNotReadAsChinese) {
  // "王小明,男" in Big5: valid GB18030, but other characters.
  EXPECT_FALSE(
      DecodeImport("\xA4\xFD\xA4\x70\xA9\xFA,\xA8\x6B\n\xB3\xAF\xA4\x6A\xA9\xFA,\xA8\x6B\n").ok());
  // Latin-1.
  EXPECT_FALSE(DecodeImport("caf\xE9 na\xEFve fa\xE7"
                            "ade\n")
                   .ok());
}

TEST(Encoding, Utf16ByItsMark) {
  const std::string le("\xFF\xFE\x20\x5F\x09\x4E\x0A\x00", 8);  // 张三\n
  EXPECT_EQ(DecodeImport(le).encoding, TextEncoding::kUtf16Le);
  EXPECT_EQ(DecodeImport(le).text, "张三\n");
  const std::string be("\xFE\xFF\x5F\x20\x4E\x09", 6);
  EXPECT_EQ(DecodeImport(be).text, "张三");
  EXPECT_FALSE(DecodeImport(std::string("\xFF\xFE\x20", 3)).ok()) << "half a unit";
  EXPECT_FALSE(DecodeImport(std::string("\xFF\xFE\x00\xD8", 4)).ok()) << "lone surrogate";
  EXPECT_EQ(DecodeImport(std::string("\xFF\xFE\x00\x00", 4)).encoding, TextEncoding::kBinary);
}

TEST(Encoding, SpreadsheetsAreNamedAsSuch) {
  for (const std::string& bytes : {std::string("PK\x03\x04rest"),
                                   std::string("\xD0\xCF\x11\xE0rest"), std::string("a\0b", 3)}) {
    const DecodedText decoded = DecodeImport(bytes);
    EXPECT_EQ(decoded.encoding, TextEncoding::kBinary);
    ASSERT_FALSE(decoded.ok());
    EXPECT_NE(decoded.refusal->zh.find("电子表格"), std::string::npos);
  }
}

TEST(Encoding, EncodeRefusesBrokenUtf8) { EXPECT_FALSE(EncodeGb18030("\xFF").ok()); }

TEST(Encoding, Names) {
  EXPECT_EQ(NameOf(TextEncoding::kGb18030), "GB18030");
  EXPECT_EQ(NameOf(TextEncoding::kUnknown), "unknown");
}

}  // namespace
}  // namespace twinline::base

// Names, pinyin and import decoding under texts that nobody would think of typing.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "platform/base/text/encoding.h"
#include "platform/base/text/name_text.h"
#include "platform/base/text/pinyin.h"
#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

// Texts made of what names and their misspellings are made of.
std::string AnyName() {
  static const std::vector<std::string> kPieces = {
      "张", "三", "单", "尉", "迟",        "𠮷", "𠜎",           "〇",
      "豈", "A",  "z",  "é",  "u\xCC\x88", ".",  "．",           "·",
      "•",  "・", "･",  " ",  "　",        "\t", "\xE2\x80\x8B", "\xEF\xBB\xBF",
      "-",  "'",  "1"};
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces));
  std::string name;
  for (const std::string& piece : pieces) name += piece;
  return name;
}

RC_GTEST_PROP(NameProperty, CleaningTwiceChangesNothing, ()) {
  const std::string once = CleanName(AnyName());
  RC_ASSERT(CleanName(once) == once);
  RC_ASSERT(IsValidUtf8(once));
}

RC_GTEST_PROP(NameProperty, CleaningDoesNotChangeTheKey, ()) {
  const std::string name = AnyName();
  const std::string key = NameKey(name);
  RC_ASSERT(NameKey(CleanName(name)) == key);
  RC_ASSERT(NameKey(key) == key);
}

RC_GTEST_PROP(PinyinProperty, AnyTextGivesCleanPinyin, ()) {
  const Pinyin pinyin = PinyinOf(AnyName());
  RC_ASSERT(IsValidUtf8(pinyin.full));
  RC_ASSERT(!pinyin.full.starts_with(' '));
  RC_ASSERT(!pinyin.full.ends_with(' '));
  RC_ASSERT(pinyin.full.find("  ") == std::string::npos);
}

RC_GTEST_PROP(EncodingProperty, Gb18030RoundTrips, ()) {
  const auto points = *rc::gen::container<std::u32string>(
      rc::gen::suchThat(rc::gen::inRange<char32_t>(1, 0x110000),
                        [](char32_t c) { return c < 0xD800 || c > 0xDFFF; }));
  std::string text;
  for (char32_t c : points) AppendCodePoint(c, text);
  const auto encoded = EncodeGb18030(text);
  RC_ASSERT(encoded.ok());
  RC_ASSERT(DecodeGb18030(*encoded) == text);
}

RC_GTEST_PROP(EncodingProperty, AnyBytesGiveValidTextOrARefusal, (const std::string& bytes)) {
  const DecodedText decoded = DecodeImport(bytes);
  RC_ASSERT(IsValidUtf8(decoded.text));
  RC_ASSERT((decoded.ok() || decoded.text.empty()));
}

}  // namespace
}  // namespace twinline::base

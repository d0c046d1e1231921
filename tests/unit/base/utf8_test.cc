#include "platform/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace twinline::base {
namespace {

TEST(Utf8, WellFormed) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("abc 张三·丰 𠮷"));
  EXPECT_TRUE(IsValidUtf8(std::string_view("\0", 1)));
  EXPECT_TRUE(IsValidUtf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF
}

TEST(Utf8, IllFormedIsFoundAtItsByte) {
  EXPECT_EQ(FirstInvalidUtf8("ab\x80"), 2u);            // stray continuation
  EXPECT_EQ(FirstInvalidUtf8("\xC0\xAF"), 0u);          // overlong slash
  EXPECT_EQ(FirstInvalidUtf8("\xE0\x80\xAF"), 0u);      // overlong, three bytes
  EXPECT_EQ(FirstInvalidUtf8("\xED\xA0\x80"), 0u);      // surrogate
  EXPECT_EQ(FirstInvalidUtf8("\xF4\x90\x80\x80"), 0u);  // above U+10FFFF
  EXPECT_EQ(FirstInvalidUtf8("\xF5\x80\x80\x80"), 0u);
  EXPECT_EQ(FirstInvalidUtf8("张\xE4\xB8"), 3u);        // cut off
  EXPECT_EQ(FirstInvalidUtf8("\xD5\xC5\xC8\xFD"), 0u);  // 张三 in GB18030
}

TEST(Utf8, Bom) {
  EXPECT_EQ(StripUtf8Bom("\xEF\xBB\xBF"
                         "a"),
            "a");
  EXPECT_EQ(StripUtf8Bom("a"), "a");
  EXPECT_EQ(StripUtf8Bom("\xEF\xBB"), "\xEF\xBB");
}

TEST(Utf8, CodePoints) {
  EXPECT_EQ(ToCodePoints("a张𠮷"), U"a张𠮷");
  EXPECT_EQ(ToCodePoints("a\xFF"
                         "b"),
            U"a");
  std::string_view text = "\xFFz";
  EXPECT_EQ(TakeCodePoint(text), std::nullopt);
  EXPECT_EQ(text.size(), 2u);
}

TEST(Utf8, TruncateNeverCutsACharacter) {
  EXPECT_EQ(TruncateUtf8("张三", 6), "张三");
  EXPECT_EQ(TruncateUtf8("张三", 5), "张");
  EXPECT_EQ(TruncateUtf8("张三", 3), "张");
  EXPECT_EQ(TruncateUtf8("张三", 2), "");
}

}  // namespace
}  // namespace twinline::base

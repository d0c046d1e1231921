#include "platform/base/text/name_text.h"

#include <gtest/gtest.h>

#include <string>

namespace twinline::base {
namespace {

TEST(CleanName, BlanksAndInvisibleCharacters) {
  EXPECT_EQ(CleanName(" 张 三　"), "张三");
  EXPECT_EQ(CleanName("\xEF\xBB\xBF张三\xE2\x80\x8B"), "张三");
  EXPECT_EQ(CleanName("张三\r\n"), "张三");
  EXPECT_EQ(CleanName("Anna  Maria Li"), "Anna Maria Li");
  EXPECT_EQ(CleanName("Anna 李"), "Anna李");
  EXPECT_EQ(CleanName(""), "");
  EXPECT_EQ(CleanName("\xFF"), "");
}

TEST(CleanName, OneKindOfMiddleDot) {
  for (const char* name :
       {"买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提･吐尔逊", "买买提‧吐尔逊",
        "买买提∙吐尔逊", "买买提⋅吐尔逊", "买买提●吐尔逊", "买买提.吐尔逊", "买买提．吐尔逊",
        "买买提 · 吐尔逊", "买买提··吐尔逊", "·买买提·吐尔逊·"}) {
    EXPECT_EQ(CleanName(name), "买买提·吐尔逊") << name;
  }
  EXPECT_EQ(CleanName("Smith Jr."), "Smith Jr.");
}

TEST(CleanName, RareCharactersStay) {
  EXPECT_EQ(CleanName("王𠮷"), "王𠮷");
  EXPECT_EQ(CleanName("〇"), "〇");
}

TEST(CleanName, IsStable) {
  for (const char* name : {" 张 三　", "买买提 • 吐尔逊", "A  b", ".张.三.", "张. 三"}) {
    EXPECT_EQ(CleanName(CleanName(name)), CleanName(name)) << name;
  }
}

TEST(NameKey, SpellingHabitsDoNotMatter) {
  EXPECT_EQ(NameKey("张 三"), NameKey("张三"));
  EXPECT_EQ(NameKey("买买提・吐尔逊"), NameKey("买买提吐尔逊"));
  EXPECT_EQ(NameKey("ＡＮＮＡ Li"), NameKey("anna li"));
  EXPECT_EQ(NameKey("\xEF\xA4\x80"), NameKey("豈")) << "compatibility ideograph U+F900";
  EXPECT_NE(NameKey("张三"), NameKey("张四"));
  EXPECT_NE(NameKey("王𠮷"), NameKey("王吉")) << "a rare character is not its common look-alike";
  EXPECT_EQ(NameKey("\xFF"), "");
}

}  // namespace
}  // namespace twinline::base

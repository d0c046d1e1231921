#include "platform/base/text/pinyin.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace twinline::base {
namespace {

TEST(Pinyin, FullAndInitials) {
  const Pinyin name = PinyinOf("张三丰");
  EXPECT_EQ(name.full, "zhang san feng");
  EXPECT_EQ(name.initials, "zsf");
  EXPECT_TRUE(name.complete);
  EXPECT_EQ(PinyinOf("吕布").full, "lv bu");
  EXPECT_EQ(PinyinOf("沈从文").full, "shen cong wen");
}

TEST(Pinyin, SurnamesReadDifferently) {
  struct {
    const char* name;
    const char* full;
  } const cases[] = {
      {"单雄信", "shan xiong xin"}, {"曾国藩", "zeng guo fan"},  {"解珍", "xie zhen"},
      {"仇和", "qiu he"},           {"区寄", "ou ji"},           {"查良镛", "zha liang yong"},
      {"朴正", "piao zheng"},       {"翟天临", "zhai tian lin"}, {"任我行", "ren wo xing"},
      {"尉红", "wei hong"},         {"尉迟恭", "yu chi gong"},   {"万俟洛", "mo qi luo"},
      {"乐毅", "yue yi"},           {"种师道", "chong shi dao"}, {"缪荃孙", "miao quan sun"},
      {"员半千", "yun ban qian"},   {"令狐冲", "ling hu chong"}, {"长孙无忌", "zhang sun wu ji"},
      {"隗嚣", "wei xiao"},         {"牟其中", "mu qi zhong"},
  };
  for (const auto& test : cases) EXPECT_EQ(PinyinOf(test.name).full, test.full) << test.name;
  EXPECT_EQ(PinyinOf("王单").full, "wang dan") << "only in front";
  EXPECT_EQ(PinyinOfText("单县").full, "dan xian") << "a place is no surname";
}

// A09: middle dot and extension B, with a reading and without.
TEST(Pinyin, A09MiddleDotAndRareCharacters) {
  const Pinyin dotted = PinyinOf("买买提·吐尔逊");
  EXPECT_EQ(dotted.full, "mai mai ti tu er xun");
  EXPECT_EQ(dotted.initials, "mmttex");
  EXPECT_EQ(PinyinOf("单增·多吉").full, "dan zeng duo ji") << "no Chinese surname";

  const Pinyin readable = PinyinOf("张𠜎");  // U+2070E
  EXPECT_EQ(readable.full, "zhang xian");
  EXPECT_TRUE(readable.complete);

  const Pinyin unreadable = PinyinOf("王𠮷丽");  // U+20BB7 has no Mandarin reading
  EXPECT_EQ(unreadable.full, "wang 𠮷 li");
  EXPECT_EQ(unreadable.initials, "wl");
  EXPECT_FALSE(unreadable.complete);
}

TEST(Pinyin, LatinDigitsAndNothing) {
  EXPECT_EQ(PinyinOf("Anna 李").full, "anna li");
  EXPECT_EQ(PinyinOf("Anna 李").initials, "al");
  EXPECT_EQ(PinyinOfText("灵宝市第一小学2022级").full, "ling bao shi di yi xiao xue 2022 ji");
  EXPECT_EQ(PinyinOf("").full, "");
  EXPECT_TRUE(PinyinOf("").complete);
  EXPECT_EQ(PinyinOf("·").full, "");
  EXPECT_FALSE(PinyinOf("\xFF").complete);
}

TEST(Pinyin, QueryFolding) {
  EXPECT_EQ(FoldPinyinQuery("Zhang San"), "zhangsan");
  EXPECT_EQ(FoldPinyinQuery("zhāng sān"), "zhangsan");
  EXPECT_EQ(FoldPinyinQuery("lǚ"), "lv");
  EXPECT_EQ(FoldPinyinQuery("lü"), "lv");
  EXPECT_EQ(FoldPinyinQuery("lu:"), "lv");
  EXPECT_EQ(FoldPinyinQuery("LYU"), "lv");
  EXPECT_EQ(FoldPinyinQuery("xi'an"), "xian");
  EXPECT_EQ(FoldPinyinQuery("张"), "张");
  EXPECT_EQ(FoldPinyinQuery("\xFF"), "");
}

TEST(Pinyin, ThreadsShareTheTable) {
  WarmUpPinyin();
  std::vector<std::thread> threads;
  std::vector<std::string> results(4);
  for (size_t t = 0; t < results.size(); ++t) {
    threads.emplace_back([t, &results] {
      std::string all;
      for (char32_t c = 0x5000; c < 0x5200; ++c) {
        std::string text;
        text.push_back(static_cast<char>(0xE0 | (c >> 12)));
        text.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
        text.push_back(static_cast<char>(0x80 | (c & 0x3F)));
        all += PinyinOf(text + "𠜎").full;
      }
      results[t] = all;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, results[0]);
  EXPECT_GT(results[0].size(), 2000u);
}

}  // namespace
}  // namespace twinline::base

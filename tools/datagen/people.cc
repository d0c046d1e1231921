#include "tools/datagen/people.h"

#include <cstdio>
#include <string_view>

namespace twinline::datagen {
namespace {

constexpr std::string_view kFamily[] = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周",   "吴",   "徐",  "孙", "胡", "朱", "高",
    "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",   "韩",   "唐",  "冯", "于", "董", "萧",
    "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭",   "吕",   "苏",  "卢", "蒋", "蔡", "贾",
    "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴",   "夏",   "钟",  "汪", "田", "任", "姜",
    "范", "方", "石", "姚", "谭", "廖", "邹", "熊", "金",   "陆",   "郝",  "孔", "白", "崔", "康",
    "毛", "邱", "秦", "江", "史", "顾", "侯", "邵", "孟",   "龙",   "万",  "段", "雷", "钱", "汤",
    "尹", "黎", "易", "常", "武", "乔", "贺", "赖", "龚",   "文",   "亢",  "荆", "建", "强", "彭",
    "水", "尚", "屈", "解", "仇", "单", "翟", "樊", "欧阳", "司马", "上官"};
constexpr std::string_view kMale[] = {
    "子轩", "浩然", "宇航", "俊杰", "博文", "明哲", "天佑", "家豪", "志远", "思源", "晨阳",
    "嘉懿", "煜城", "懿轩", "烨伟", "苑博", "伟泽", "熠彤", "鸿煊", "涛",   "烨霖", "智宸",
    "正豪", "昊然", "明杰", "立诚", "立轩", "立辉", "峻熙", "弘文", "哲瀚", "雨泽", "楷瑞",
    "建辉", "晋鹏", "天磊", "绍辉", "泽洋", "鑫磊", "鹏煊", "凯",   "磊",   "鹏",   "飞",
    "超",   "浩",   "龙",   "阳",   "帅",   "旭",   "梓豪", "一鸣", "瑞霖", "奕辰"};
constexpr std::string_view kFemale[] = {
    "梓涵", "欣怡", "诗涵", "雨桐", "思颖", "佳琪", "梦洁", "雅静", "诗琪", "嘉怡", "若曦",
    "紫萱", "语嫣", "可馨", "依诺", "雨欣", "美琳", "欢馨", "优璇", "雨嘉", "娅楠", "明美",
    "可欣", "惠茜", "漫妮", "香茹", "月婵", "嫦曦", "静香", "梦璐", "沛玲", "欣妍", "曼玉",
    "歆瑶", "凌菲", "靖瑶", "瑾萱", "佑怡", "婳祎", "玲",   "静",   "敏",   "丹",   "娜",
    "婷",   "倩",   "雪",   "萌",   "洁",   "蕾",   "若彤", "书瑶", "艺涵", "沐晴"};

}  // namespace

std::string FamilyName(Prng& prng) { return std::string(prng.Pick(kFamily)); }

std::string PersonName(Prng& prng, const std::string& family, uint32_t sex) {
  const uint64_t odd = prng.Below(8000);
  if (odd == 0) return family + "𬭎";    // extension B and beyond
  if (odd == 1) return "阿依古丽·买买提";  // middle dot
  return family + std::string(sex == 1 ? prng.Pick(kMale) : prng.Pick(kFemale));
}

std::string Phone(Prng& prng) {
  static constexpr std::string_view kPrefix[] = {"134", "135", "136", "137", "138",
                                                 "139", "150", "151", "152", "158",
                                                 "159", "182", "183", "187", "188"};
  char rest[16];
  std::snprintf(rest, sizeof rest, "%08u", static_cast<unsigned>(prng.Below(100'000'000)));
  return std::string(prng.Pick(kPrefix)) + rest;
}

std::string IdNumber(base::CivilDay birth, uint32_t sex, uint32_t serial) {
  const base::YearMonthDay date = birth.ymd();
  // The 17th digit is odd for males.
  const unsigned sequence = (serial % 500) * 2 + (sex == 1 ? 1 : 0);
  char text[32];
  std::snprintf(text, sizeof text, "411299%04d%02d%02d%03u", date.year, date.month, date.day,
                sequence);
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (text[i] - '0') * kWeights[i];
  return std::string(text) + "10X98765432"[sum % 11];
}

}  // namespace twinline::datagen

#include "registry/service/form_codes.h"

#include <array>
#include <span>
#include <vector>

#include "platform/base/identifier_text.h"
#include "platform/base/utf8.h"

namespace twinline::registry {
namespace {

struct Spelling {
  std::string_view text;
  std::string_view code;
};

std::optional<std::string> LookUp(std::span<const Spelling> table, std::string_view text) {
  const std::string folded = base::FoldIdentifier(text);
  if (folded.empty()) return std::string();
  for (const Spelling& row : table) {
    if (row.text == folded) return std::string(row.code);
  }
  return std::nullopt;
}

// GB/T 3304 by number; the empty entries were never assigned.
constexpr std::string_view kEthnicities[] = {
    "",       "汉",   "蒙古",     "回",   "藏",     "维吾尔", "苗",   "彝",       "壮",
    "布依",   "朝鲜", "满",       "侗",   "瑶",     "白",     "土家", "哈尼",     "哈萨克",
    "傣",     "黎",   "傈僳",     "佤",   "畲",     "高山",   "拉祜", "水",       "东乡",
    "纳西",   "景颇", "柯尔克孜", "土",   "达斡尔", "仫佬",   "羌",   "布朗",     "撒拉",
    "毛南",   "仡佬", "锡伯",     "阿昌", "普米",   "塔吉克", "怒",   "乌孜别克", "俄罗斯",
    "鄂温克", "德昂", "保安",     "裕固", "京",     "塔塔尔", "独龙", "鄂伦春",   "赫哲",
    "门巴",   "珞巴", "基诺"};

constexpr Spelling kIdKinds[] = {{"1", "RESIDENT_ID"},
                                 {"居民身份证", "RESIDENT_ID"},
                                 {"身份证", "RESIDENT_ID"},
                                 {"RESIDENT_ID", "RESIDENT_ID"},
                                 {"A", "PASSPORT"},
                                 {"护照", "PASSPORT"},
                                 {"PASSPORT", "PASSPORT"},
                                 {"6", "HK_MACAU"},
                                 {"香港特区护照/身份证明", "HK_MACAU"},
                                 {"港澳居民来往内地通行证", "HK_MACAU"},
                                 {"HK_MACAU", "HK_MACAU"},
                                 {"8", "TAIWAN"},
                                 {"台湾居民来往大陆通行证", "TAIWAN"},
                                 {"TAIWAN", "TAIWAN"},
                                 {"无", "NONE"},
                                 {"NONE", "NONE"},
                                 {"无证件", "NONE"}};

constexpr Spelling kBoarding[] = {{"1", "1"},    {"走读", "1"}, {"2", "2"},    {"住校", "2"},
                                  {"寄宿", "2"}, {"3", "3"},    {"借宿", "3"}, {"9", "9"},
                                  {"其他", "9"}, {"其它", "9"}};

constexpr Spelling kRelations[] = {
    {"父亲", "父亲"},       {"父", "父亲"},         {"51", "父亲"},          {"父子", "父亲"},
    {"父女", "父亲"},       {"母亲", "母亲"},       {"母", "母亲"},          {"52", "母亲"},
    {"母子", "母亲"},       {"母女", "母亲"},       {"祖父", "祖父母"},      {"祖母", "祖父母"},
    {"爷爷", "祖父母"},     {"奶奶", "祖父母"},     {"祖父母", "祖父母"},    {"61", "祖父母"},
    {"外祖父", "外祖父母"}, {"外祖母", "外祖父母"}, {"姥爷", "外祖父母"},    {"姥姥", "外祖父母"},
    {"外公", "外祖父母"},   {"外婆", "外祖父母"},   {"外祖父母", "外祖父母"}};

constexpr Spelling kLeftBehind[] = {{"1", ""},
                                    {"非留守儿童", ""},
                                    {"否", ""},
                                    {"0", ""},
                                    {"2", "LEFT_BEHIND_ONE"},
                                    {"单亲留守", "LEFT_BEHIND_ONE"},
                                    {"单亲留守儿童", "LEFT_BEHIND_ONE"},
                                    {"是", "LEFT_BEHIND_ONE"},
                                    {"3", "LEFT_BEHIND_BOTH"},
                                    {"双亲留守", "LEFT_BEHIND_BOTH"},
                                    {"双亲留守儿童", "LEFT_BEHIND_BOTH"}};

constexpr Spelling kSexes[] = {{"1", "1"}, {"男", "1"}, {"2", "2"},   {"女", "2"},
                               {"0", "0"}, {"9", "9"},  {"未知", "0"}};

// domain.md 1.4.
constexpr Spelling kStatuses[] = {
    {"01", "01"},   {"1", "01"},    {"在读", "01"}, {"在籍在读", "01"}, {"02", "02"},
    {"休学", "02"}, {"03", "03"},   {"退学", "03"}, {"04", "04"},       {"停学", "04"},
    {"05", "05"},   {"复学", "05"}, {"06", "06"},   {"流失", "06"},     {"07", "07"},
    {"毕业", "07"}, {"08", "08"},   {"结业", "08"}, {"09", "09"},       {"肄业", "09"},
    {"10", "10"},   {"转学", "10"}, {"11", "11"},   {"死亡", "11"},     {"12", "12"},
    {"13", "13"},   {"14", "14"},   {"开除", "14"}, {"15", "15"},       {"下落不明", "15"},
    {"99", "99"},   {"其他", "99"}};

constexpr Spelling kStatusOut[] = {
    {"ACTIVE", "01"},      {"SUSPENDED", "02"},  {"DROPOUT", "06"},
    {"GRADUATED", "07"},   {"COMPLETED", "08"},  {"TRANSFERRED_OUT", "10"},
    {"DECEASED", "11"},    {"MISSING", "15"},    {"HOME_TEACH", "01"},
    {"SPECIALIZED", "01"}, {"REG_ABSENT", "01"}, {"TRANSFER_PENDING", "01"},
    {"ABROAD", "99"}};

std::vector<int> NumbersIn(std::string_view text) {
  std::vector<int> numbers;
  bool open = false;
  for (const char c : text) {
    if (c < '0' || '9' < c) {
      open = false;
      continue;
    }
    if (!open) numbers.push_back(0);
    open = true;
    if (numbers.back() < 100'000'000) numbers.back() = numbers.back() * 10 + (c - '0');
  }
  return numbers;
}

std::optional<base::CivilDay> Make(int year, int month, int day) {
  if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const base::CivilDay made = base::CivilDay::FromYmd(year, month, day);
  const base::YearMonthDay back = made.ymd();
  if (back.year != year || back.month != month || back.day != day) return std::nullopt;
  return made;
}

}  // namespace

std::optional<std::string> EthnicityCode(std::string_view text) {
  std::string folded = base::FoldIdentifier(text);
  if (folded.empty()) return std::string();
  if (folded.size() <= 2 && folded.find_first_not_of("0123456789") == std::string::npos) {
    return folded.size() == 1 ? "0" + folded : folded;
  }
  constexpr std::string_view kZu = "族";
  if (folded.size() > kZu.size() && folded.ends_with(kZu))
    folded.resize(folded.size() - kZu.size());
  for (size_t i = 1; i < std::size(kEthnicities); ++i) {
    if (kEthnicities[i] == folded) return (i < 10 ? "0" : "") + std::to_string(i);
  }
  if (folded == "其他" || folded == "其它") return "97";
  if (folded == "外国血统") return "98";
  return std::nullopt;
}

std::optional<std::string> IdKindCode(std::string_view text) { return LookUp(kIdKinds, text); }
std::optional<std::string> BoardingCode(std::string_view text) { return LookUp(kBoarding, text); }
std::optional<std::string> RelationText(std::string_view text) {
  auto found = LookUp(kRelations, text);
  return found ? found : std::optional<std::string>("其他监护人");
}
std::optional<std::string> LeftBehindGroup(std::string_view text) {
  return LookUp(kLeftBehind, text);
}
std::optional<uint32_t> SexCode(std::string_view text) {
  const auto code = LookUp(kSexes, text);
  if (!code) return std::nullopt;
  return code->empty() ? 0U : static_cast<uint32_t>((*code)[0] - '0');
}

std::optional<bool> YesNo(std::string_view text) {
  const std::string folded = base::FoldIdentifier(text);
  if (folded.empty() || folded == "否" || folded == "0" || folded == "N") return false;
  if (folded == "是" || folded == "1" || folded == "Y") return true;
  return std::nullopt;
}

std::optional<bool> Disabled(std::string_view text) {
  static constexpr std::string_view kKinds[] = {"视力", "听力", "言语", "肢体",
                                                "智力", "精神", "多重"};
  const std::string folded = base::FoldIdentifier(text);
  if (folded.empty() || folded == "无" || folded == "无残疾" || folded == "1" || folded == "0")
    return false;
  if (folded.size() == 1 && '2' <= folded[0] && folded[0] <= '9') return true;
  for (const std::string_view kind : kKinds) {
    if (folded.starts_with(kind)) return true;
  }
  if (folded == "其它" || folded == "其他") return true;
  return std::nullopt;
}

std::optional<std::string> StatusCode(std::string_view text) { return LookUp(kStatuses, text); }

std::string_view StatusCodeOf(std::string_view status) {
  for (const Spelling& row : kStatusOut) {
    if (row.text == status) return row.code;
  }
  return {};
}

std::optional<base::CivilDay> ReadDate(std::string_view text) {
  const std::vector<int> numbers = NumbersIn(base::FoldIdentifier(text));
  if (numbers.size() == 3) return Make(numbers[0], numbers[1], numbers[2]);
  if (numbers.size() == 2) return Make(numbers[0], numbers[1], 1);
  if (numbers.size() != 1) return std::nullopt;
  const int value = numbers[0];
  if (value >= 19'000'101 && value <= 21'001'231) {
    return Make(value / 10'000, value / 100 % 100, value % 100);
  }
  if (value >= 190'001 && value <= 210'012) return Make(value / 100, value % 100, 1);
  // A spreadsheet counts days from 1899-12-30; 20,000 to 80,000 is 1954 to 2119.
  if (value >= 20'000 && value <= 80'000) return base::CivilDay::FromYmd(1899, 12, 30) + value;
  return std::nullopt;
}

uint32_t ReadGrade(std::string_view text, int school_year) {
  static constexpr Spelling kWords[] = {
      {"一年级", "1"}, {"二年级", "2"}, {"三年级", "3"}, {"四年级", "4"}, {"五年级", "5"},
      {"六年级", "6"}, {"七年级", "7"}, {"八年级", "8"}, {"九年级", "9"}, {"初一", "7"},
      {"初二", "8"},   {"初三", "9"},   {"一", "1"},     {"二", "2"},     {"三", "3"},
      {"四", "4"},     {"五", "5"},     {"六", "6"},     {"七", "7"},     {"八", "8"},
      {"九", "9"}};
  const std::string folded = base::FoldIdentifier(text);
  const auto word = LookUp(kWords, folded);
  if (word && !word->empty()) return static_cast<uint32_t>((*word)[0] - '0');
  const std::vector<int> numbers = NumbersIn(folded);
  if (numbers.size() != 1) return 0;
  if (numbers[0] >= 1 && numbers[0] <= 9) return static_cast<uint32_t>(numbers[0]);
  const int years = school_year - numbers[0];
  if (numbers[0] < 2000 || years < 0) return 0;
  if (folded.starts_with("小学") && years < 6) return static_cast<uint32_t>(years + 1);
  if (folded.starts_with("初中") && years < 3) return static_cast<uint32_t>(years + 7);
  return 0;
}

uint32_t ReadClassNumber(std::string_view text) {
  const std::vector<int> numbers = NumbersIn(base::FoldIdentifier(text));
  if (numbers.empty() || numbers.back() < 1 || numbers.back() > 99) return 0;
  return static_cast<uint32_t>(numbers.back());
}

std::string_view EthnicityName(std::string_view code) {
  if (code.size() != 2) return {};
  const auto index = static_cast<size_t>((code[0] - '0') * 10 + (code[1] - '0'));
  if (index == 97) return "其他";
  if (index == 98) return "外国血统";
  return index < std::size(kEthnicities) ? kEthnicities[index] : std::string_view();
}

std::string_view IdKindName(std::string_view kind) {
  if (kind == "RESIDENT_ID") return "居民身份证";
  if (kind == "PASSPORT") return "护照";
  if (kind == "HK_MACAU") return "港澳居民来往内地通行证";
  if (kind == "TAIWAN") return "台湾居民来往大陆通行证";
  return kind == "NONE" ? "无" : "";
}

std::string_view BoardingName(std::string_view code) {
  if (code == "1") return "走读";
  if (code == "2") return "住校";
  if (code == "3") return "借宿";
  return code == "9" ? "其他" : "";
}

}  // namespace twinline::registry

#include "platform/base/citizen_id.h"

#include <array>
#include <cstdio>

#include "platform/base/identifier_text.h"

namespace twinline::base {
namespace {

constexpr size_t kLength = 18;
constexpr size_t kBodyLength = 17;
constexpr int kEarliestYear =
    1880;  // nobody alive was born before; older "dates" are typing errors
constexpr std::array<int, kBodyLength> kWeights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                   3, 7, 9,  10, 5, 8, 4, 2};
constexpr std::string_view kCheckCharacters = "10X98765432";

bool AllDigits(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

std::optional<CivilDay> BirthOf(std::string_view number, std::optional<CivilDay> today) {
  const std::string text = std::string(number.substr(6, 4)) + '-' +
                           std::string(number.substr(10, 2)) + '-' +
                           std::string(number.substr(12, 2));
  const auto day = CivilDay::Parse(text);
  if (!day || day->ymd().year < kEarliestYear) return std::nullopt;
  if (today && *day > *today) return std::nullopt;
  return day;
}

}  // namespace

std::optional<char> CitizenIdCheckDigit(std::string_view first17) {
  if (first17.size() != kBodyLength || !AllDigits(first17)) return std::nullopt;
  int sum = 0;
  for (size_t i = 0; i < kBodyLength; ++i) sum += (first17[i] - '0') * kWeights[i];
  return kCheckCharacters[static_cast<size_t>(sum % 11)];
}

CitizenId ParseCitizenId(std::string_view text, std::optional<CivilDay> today) {
  CitizenId id;
  id.original = std::string(text);
  id.number = FoldIdentifier(text);
  const std::string_view number = id.number;
  if (number.empty()) return id;
  if (number.size() != kLength) {
    id.verdict = CitizenIdVerdict::kBadLength;
    return id;
  }
  const char last = number.back();
  if (!AllDigits(number.substr(0, kBodyLength)) || (!AllDigits(number.substr(17)) && last != 'X')) {
    id.verdict = CitizenIdVerdict::kBadCharacter;
    return id;
  }
  id.area = std::string(number.substr(0, 6));
  id.sex = (number[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  id.birth = BirthOf(number, today);
  if (!id.birth) {
    id.verdict = CitizenIdVerdict::kImpossibleDate;
  } else if (CitizenIdCheckDigit(number.substr(0, kBodyLength)) != last) {
    id.verdict = CitizenIdVerdict::kBadCheckDigit;
  } else {
    id.verdict = CitizenIdVerdict::kOk;
  }
  return id;
}

std::string MakeCitizenId(std::string_view area, CivilDay birth, int sequence) {
  if (area.size() != 6 || !AllDigits(area) || sequence < 0 || sequence > 999) return {};
  const YearMonthDay ymd = birth.ymd();
  if (ymd.year < kEarliestYear || ymd.year > 9999) return {};
  char rest[48];
  std::snprintf(rest, sizeof rest, "%04d%02d%02d%03d", ymd.year, ymd.month, ymd.day, sequence);
  std::string number = std::string(area) + rest;
  const auto check = CitizenIdCheckDigit(number);
  if (!check) return {};
  number.push_back(*check);
  return number;
}

CitizenIdText Describe(CitizenIdVerdict verdict) {
  switch (verdict) {
    case CitizenIdVerdict::kOk:
      return {};
    case CitizenIdVerdict::kEmpty:
      return {"未填写身份证件号码。", "The ID number is empty."};
    case CitizenIdVerdict::kBadLength:
      return {"身份证件号码位数不对，公民身份号码应为18位。",
              "The ID number has the wrong length; a citizen ID number has 18 characters."};
    case CitizenIdVerdict::kBadCharacter:
      return {"身份证件号码含有不允许的字符，只能为数字，末位可为X。",
              "The ID number has a character that is not allowed; only digits, and X at the end."};
    case CitizenIdVerdict::kImpossibleDate:
      return {"身份证件号码中的出生日期不存在或晚于当日。",
              "The birth date in the ID number does not exist or lies in the future."};
    case CitizenIdVerdict::kBadCheckDigit:
      return {"身份证件号码校验码错误，请对照户口簿核对是否录错或颠倒了数字。",
              "The check digit of the ID number is wrong; compare it with the household register."};
  }
  return {};
}

AreaRule CheckArea(const CitizenId& id, bool demo_realm) {
  if (id.area.empty()) return AreaRule::kFits;  // no readable area: nothing to judge
  const bool demo_area = id.area == kDemoAreaCode;
  if (demo_realm) return demo_area ? AreaRule::kFits : AreaRule::kRefuse;
  return demo_area ? AreaRule::kFlag : AreaRule::kFits;
}

}  // namespace twinline::base

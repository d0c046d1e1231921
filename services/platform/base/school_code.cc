#include "platform/base/school_code.h"

#include <algorithm>

#include "platform/base/identifier_text.h"

namespace twinline::base {
namespace {

constexpr size_t kLength = 10;

SchoolKind KindOf(std::string_view type) {
  if (type == "11") return SchoolKind::kKindergarten;
  if (type == "21") return SchoolKind::kPrimary;
  if (type == "31") return SchoolKind::kJunior;
  if (type == "34") return SchoolKind::kSenior;
  if (type == "37") return SchoolKind::kSpecialized;
  if (type == "51") return SchoolKind::kSpecial;
  return SchoolKind::kOther;
}

}  // namespace

SchoolCode ParseSchoolCode(std::string_view text) {
  SchoolCode result;
  result.original = std::string(text);
  result.code = FoldIdentifier(text);
  if (result.code.size() != kLength) return result;
  if (!std::all_of(result.code.begin(), result.code.end(),
                   [](char c) { return c >= '0' && c <= '9'; })) {
    result.verdict = SchoolCodeVerdict::kBadCharacter;
    return result;
  }
  result.verdict = SchoolCodeVerdict::kOk;
  result.kind = KindOf(std::string_view(result.code).substr(0, 2));
  result.province = result.code.substr(2, 2);
  return result;
}

std::string_view NameZh(SchoolKind kind) {
  switch (kind) {
    case SchoolKind::kKindergarten:
      return "幼儿园";
    case SchoolKind::kPrimary:
      return "小学";
    case SchoolKind::kJunior:
      return "初级中学";
    case SchoolKind::kSenior:
      return "普通高中";
    case SchoolKind::kSpecialized:
      return "专门学校";
    case SchoolKind::kSpecial:
      return "特殊教育学校";
    case SchoolKind::kOther:
      break;
  }
  return "其他";
}

}  // namespace twinline::base

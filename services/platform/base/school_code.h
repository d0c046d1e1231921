// School identification codes (学校标识码, domain.md 6.3): ten digits = two for the type of school,
// two for the province, six serial. A code is unique and for life; a void code is never used again.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

// What the first two digits say. Which school a child may attend is never decided from the code
// alone: a nine-year school carries the junior code, a teaching point may carry its parent's
// (ASK-13).
enum class SchoolKind {
  kOther,         // a type outside compulsory education, or one this list does not know
  kKindergarten,  // 11
  kPrimary,       // 21
  kJunior,        // 31, nine-year schools included
  kSenior,        // 34
  kSpecialized,   // 37 专门学校
  kSpecial,       // 51 special education
};

enum class SchoolCodeVerdict { kOk, kBadLength, kBadCharacter };

inline constexpr std::string_view kHenanProvince = "41";

struct SchoolCode {
  std::string original;
  std::string code;  // folded; kept even when the verdict is not kOk
  SchoolCodeVerdict verdict = SchoolCodeVerdict::kBadLength;
  SchoolKind kind = SchoolKind::kOther;
  std::string province;  // digits 3-4, set when the verdict is kOk

  bool ok() const { return verdict == SchoolCodeVerdict::kOk; }
};

SchoolCode ParseSchoolCode(std::string_view text);

// "小学", "初级中学" … for messages; "其他" for kOther.
std::string_view NameZh(SchoolKind kind);

}  // namespace twinline::base

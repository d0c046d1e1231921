#include "platform/base/student_number.h"

#include <algorithm>

#include "platform/base/identifier_text.h"

namespace twinline::base {
namespace {

constexpr size_t kLength = 19;

bool HasForm(std::string_view number) {
  if (number.size() != kLength) return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::all_of(number.begin() + 1, number.end() - 1, digit) &&
         (digit(number.back()) || number.back() == 'X');
}

StudentNumberKind KindOf(char letter) {
  switch (letter) {
    case 'G':
      return StudentNumberKind::kFormal;
    case 'J':
      return StudentNumberKind::kFormalNoId;
    case 'L':
      return StudentNumberKind::kTemporary;
    default:
      return StudentNumberKind::kNone;
  }
}

}  // namespace

StudentNumber ParseStudentNumber(std::string_view text) {
  StudentNumber result;
  result.original = std::string(text);
  result.number = FoldIdentifier(text);
  const std::string_view number = result.number;
  if (number.empty()) return result;
  const StudentNumberKind kind = KindOf(number.front());
  if (kind == StudentNumberKind::kNone || !HasForm(number)) {
    result.verdict = StudentNumberVerdict::kBadForm;
    return result;
  }
  result.kind = kind;
  const bool check_right = CitizenIdCheckDigit(number.substr(1, 17)) == number.back();
  result.verdict = kind == StudentNumberKind::kTemporary || check_right
                       ? StudentNumberVerdict::kOk
                       : StudentNumberVerdict::kBadCheckDigit;
  return result;
}

bool DiffersFromCitizenId(const StudentNumber& number, const CitizenId& id) {
  if (!number.ok() || number.kind != StudentNumberKind::kFormal || !id.ok()) return false;
  return std::string_view(number.number).substr(1) != id.number;
}

}  // namespace twinline::base

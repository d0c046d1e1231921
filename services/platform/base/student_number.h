// Student numbers (学籍号, domain.md 1.2). They are issued by the national system only; Twinline
// stores them as external identifiers and never mints one.
#pragma once

#include <string>
#include <string_view>

#include "platform/base/citizen_id.h"

namespace twinline::base {

enum class StudentNumberKind {
  kNone,
  kFormal,      // G + citizen ID number
  kFormalNoId,  // J, for children without a usable ID number; coded by the ID-number rule
  kTemporary,   // L, given before the national check; its last four characters are random
};

enum class StudentNumberVerdict {
  kOk,
  kEmpty,          // an empty external number is normal (A01, A08)
  kBadForm,        // not [GLJ] + 17 digits + digit or X
  kBadCheckDigit,  // G and J only: an L number has no check digit
};

struct StudentNumber {
  std::string original;
  std::string number;  // folded; kept even when the verdict is not kOk
  StudentNumberKind kind = StudentNumberKind::kNone;
  StudentNumberVerdict verdict = StudentNumberVerdict::kEmpty;

  bool ok() const { return verdict == StudentNumberVerdict::kOk; }
};

StudentNumber ParseStudentNumber(std::string_view text);

// A formal number normally keeps the old ID number when the ID changes later, and that blocks no
// business (domain.md 1.2): a difference is a warning for the cleaning list, never an error. True
// only for a valid G number beside a valid ID that it does not contain.
bool DiffersFromCitizenId(const StudentNumber& number, const CitizenId& id);

}  // namespace twinline::base

// Citizen IDs and student numbers under random numbers, random damage and random bytes.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "platform/base/citizen_id.h"
#include "platform/base/identifier_text.h"
#include "platform/base/mask.h"
#include "platform/base/phone.h"
#include "platform/base/student_number.h"
#include "platform/base/utf8.h"

namespace twinline::base {
namespace {

struct Made {
  std::string number;
  CivilDay birth;
  int sequence;
};

Made AnyId() {
  Made made;
  made.birth = CivilDay::FromYmd(1930, 1, 1) + *rc::gen::inRange(0, 100 * 365);
  made.sequence = *rc::gen::inRange(0, 1000);
  made.number = MakeCitizenId(kDemoAreaCode, made.birth, made.sequence);
  return made;
}

RC_GTEST_PROP(CitizenIdProperty, RoundTrip, ()) {
  const Made made = AnyId();
  const CitizenId id = ParseCitizenId(made.number);
  RC_ASSERT(id.ok());
  RC_ASSERT((id.number == made.number && id.original == made.number));
  RC_ASSERT(id.birth == made.birth);
  RC_ASSERT(id.area == kDemoAreaCode);
  RC_ASSERT((id.sex == (made.sequence % 2 == 1 ? Sex::kMale : Sex::kFemale)));
}

// GB 11643 (ISO 7064 MOD 11-2) finds every single wrong character and every swap of two neighbours.
RC_GTEST_PROP(CitizenIdProperty, OneWrongDigitIsNoticed, ()) {
  std::string number = AnyId().number;
  const auto at = *rc::gen::inRange<size_t>(0, 18);
  const char wrong = *rc::gen::elementOf(std::string("0123456789"));
  RC_PRE(wrong != number[at]);
  number[at] = wrong;
  RC_ASSERT(!ParseCitizenId(number).ok());
}

RC_GTEST_PROP(CitizenIdProperty, SwappedNeighboursAreNoticed, ()) {
  std::string number = AnyId().number;
  const auto at = *rc::gen::inRange<size_t>(0, 17);
  RC_PRE(number[at] != number[at + 1]);
  std::swap(number[at], number[at + 1]);
  RC_ASSERT(!ParseCitizenId(number).ok());
}

// A02: the same number typed in full width, in lower case or with blanks is the same number.
RC_GTEST_PROP(CitizenIdProperty, SpellingDoesNotMatter, ()) {
  const Made made = AnyId();
  std::string typed;
  for (char c : made.number) {
    if (*rc::gen::inRange(0, 4) == 0)
      typed += *rc::gen::elementOf(std::vector<std::string>{" ", "　"});
    if (*rc::gen::arbitrary<bool>()) {
      AppendCodePoint(static_cast<char32_t>(c) - '!' + 0xFF01, typed);
    } else {
      typed.push_back(c == 'X' ? 'x' : c);
    }
  }
  const CitizenId id = ParseCitizenId(typed);
  RC_ASSERT((id.ok() && id.number == made.number && id.original == typed));
}

RC_GTEST_PROP(CitizenIdProperty, AnyBytesAreClassifiedAndFoldingIsStable,
              (const std::string& bytes)) {
  const CitizenId id = ParseCitizenId(bytes);
  RC_ASSERT(id.original == bytes);
  RC_ASSERT(id.ok() == Describe(id.verdict).zh.empty());
  RC_ASSERT(ParseStudentNumber(bytes).original == bytes);
  RC_ASSERT(ParsePhone(bytes).original == bytes);
  MaskName(bytes);
  MaskPhone(bytes);
  MaskIdNumber(bytes);
  MaskAddress(bytes);
}

RC_GTEST_PROP(StudentNumberProperty, FormalNumberOfAnIdIsValidAndDoesNotDiffer, ()) {
  const Made made = AnyId();
  const CitizenId id = ParseCitizenId(made.number);
  const StudentNumber number = ParseStudentNumber("g" + made.number);
  RC_ASSERT((number.ok() && number.kind == StudentNumberKind::kFormal));
  RC_ASSERT(!DiffersFromCitizenId(number, id));
}

RC_GTEST_PROP(Utf8Property, CodePointsRoundTrip, ()) {
  const auto points = *rc::gen::container<std::u32string>(
      rc::gen::suchThat(rc::gen::inRange<char32_t>(0, 0x110000),
                        [](char32_t c) { return c < 0xD800 || c > 0xDFFF; }));
  std::string text;
  for (char32_t c : points) AppendCodePoint(c, text);
  RC_ASSERT(IsValidUtf8(text));
  RC_ASSERT(ToCodePoints(text) == points);
  const size_t cut = *rc::gen::inRange<size_t>(0, text.size() + 2);
  RC_ASSERT(IsValidUtf8(TruncateUtf8(text, cut)));
}

}  // namespace
}  // namespace twinline::base

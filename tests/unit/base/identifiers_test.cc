// School codes (domain.md 6.3) and student numbers (1.2).
#include <gtest/gtest.h>

#include "platform/base/identifier_text.h"
#include "platform/base/school_code.h"
#include "platform/base/student_number.h"

namespace twinline::base {
namespace {

TEST(FoldIdentifier, KeepsWhatItDoesNotUnderstand) {
  EXPECT_EQ(FoldIdentifier("ａＢ１"), "AB1");
  EXPECT_EQ(FoldIdentifier("无"), "无");
  EXPECT_EQ(FoldIdentifier("1\xFF 2"),
            "1\xFF"
            "2");
  EXPECT_EQ(FoldIdentifier("''1"), "'1") << "one apostrophe only";
}

TEST(SchoolCode, TypeAndProvince) {
  struct {
    const char* code;
    SchoolKind kind;
    const char* zh;
  } const cases[] = {
      {"1141000001", SchoolKind::kKindergarten, "幼儿园"},
      {"2141000123", SchoolKind::kPrimary, "小学"},
      {"3141000123", SchoolKind::kJunior, "初级中学"},
      {"3441000123", SchoolKind::kSenior, "普通高中"},
      {"3741000123", SchoolKind::kSpecialized, "专门学校"},
      {"5141000123", SchoolKind::kSpecial, "特殊教育学校"},
      {"4141000123", SchoolKind::kOther, "其他"},
  };
  for (const auto& test : cases) {
    const SchoolCode code = ParseSchoolCode(test.code);
    EXPECT_TRUE(code.ok()) << test.code;
    EXPECT_EQ(code.kind, test.kind);
    EXPECT_EQ(code.province, kHenanProvince);
    EXPECT_EQ(NameZh(code.kind), test.zh);
  }
  EXPECT_EQ(ParseSchoolCode("2161000001").province, "61");
}

TEST(SchoolCode, FoldsAndClassifies) {
  const SchoolCode folded = ParseSchoolCode(" ２１４１０００１２３ ");
  EXPECT_TRUE(folded.ok());
  EXPECT_EQ(folded.code, "2141000123");
  EXPECT_EQ(folded.original, " ２１４１０００１２３ ");
  EXPECT_EQ(ParseSchoolCode("").verdict, SchoolCodeVerdict::kBadLength);
  EXPECT_EQ(ParseSchoolCode("214100012").verdict, SchoolCodeVerdict::kBadLength);
  EXPECT_EQ(ParseSchoolCode("21410001234").verdict, SchoolCodeVerdict::kBadLength);
  EXPECT_EQ(ParseSchoolCode("214100012A").verdict, SchoolCodeVerdict::kBadCharacter);
}

using Kind = StudentNumberKind;
using Verdict = StudentNumberVerdict;

TEST(StudentNumber, CheckDigitForFormalNumbersOnly) {
  EXPECT_EQ(ParseStudentNumber("G411299201808310011").verdict, Verdict::kOk);
  EXPECT_EQ(ParseStudentNumber("G411299201808310010").verdict, Verdict::kBadCheckDigit);
  EXPECT_EQ(ParseStudentNumber("J41129920160305005X").verdict, Verdict::kOk);
  EXPECT_EQ(ParseStudentNumber("J411299201603050051").verdict, Verdict::kBadCheckDigit);
  EXPECT_EQ(ParseStudentNumber("L411282201808319999").verdict, Verdict::kOk) << "random end";
  EXPECT_EQ(ParseStudentNumber("L41128220180831999X").verdict, Verdict::kOk);
}

TEST(StudentNumber, FormAndKind) {
  EXPECT_EQ(ParseStudentNumber("G411299201808310011").kind, Kind::kFormal);
  EXPECT_EQ(ParseStudentNumber("J411299201808310011").kind, Kind::kFormalNoId);
  EXPECT_EQ(ParseStudentNumber("L411299201808310011").kind, Kind::kTemporary);
  EXPECT_EQ(ParseStudentNumber("").verdict, Verdict::kEmpty);
  for (const char* bad :
       {"411299201808310011", "H411299201808310011", "G41129920180831001", "G4112992018083100111",
        "G4112992018083X0011", "G41129920180831001Y", "无"}) {
    EXPECT_EQ(ParseStudentNumber(bad).verdict, Verdict::kBadForm) << bad;
    EXPECT_EQ(ParseStudentNumber(bad).kind, Kind::kNone) << bad;
  }
  const StudentNumber folded = ParseStudentNumber(" ｇ41129920160305005x");
  EXPECT_TRUE(folded.ok());
  EXPECT_EQ(folded.number, "G41129920160305005X");
  EXPECT_EQ(folded.original, " ｇ41129920160305005x");
}

// A G number that differs from the ID number of today is a warning (1.2): the ID may have changed.
TEST(StudentNumber, DifferenceFromTheIdIsOnlyNoticedForFormalNumbers) {
  const CitizenId id = ParseCitizenId("411299201808310011");
  EXPECT_FALSE(DiffersFromCitizenId(ParseStudentNumber("G411299201808310011"), id));
  EXPECT_TRUE(DiffersFromCitizenId(ParseStudentNumber("G41129920160305005X"), id));
  EXPECT_FALSE(DiffersFromCitizenId(ParseStudentNumber("J41129920160305005X"), id));
  EXPECT_FALSE(DiffersFromCitizenId(ParseStudentNumber("L41129920160305005X"), id));
  EXPECT_FALSE(DiffersFromCitizenId(ParseStudentNumber("G41129920160305005X"),
                                    ParseCitizenId("411299201808310010")));
  EXPECT_FALSE(DiffersFromCitizenId(ParseStudentNumber(""), id));
}

}  // namespace
}  // namespace twinline::base

#include "platform/base/citizen_id.h"

#include <gtest/gtest.h>

#include <string>

namespace twinline::base {
namespace {

using Verdict = CitizenIdVerdict;

CivilDay D(const char* text) { return CivilDay::Parse(text).value(); }

// The vectors of domain.md 6.2.
struct Vector {
  const char* number;
  Verdict verdict;
  const char* birth;
  Sex sex;
};
constexpr Vector kVectors[] = {
    {"411299201808310011", Verdict::kOk, "2018-08-31", Sex::kMale},
    {"411299201809010029", Verdict::kOk, "2018-09-01", Sex::kFemale},
    {"411299201602290035", Verdict::kOk, "2016-02-29", Sex::kMale},
    {"41129920160305005X", Verdict::kOk, "2016-03-05", Sex::kMale},
    {"411299201503050116", Verdict::kOk, "2015-03-05", Sex::kMale},
    {"411299201503050212", Verdict::kOk, "2015-03-05", Sex::kMale},
    {"411299201808310010", Verdict::kBadCheckDigit, "2018-08-31", Sex::kMale},
    {"411299201808130011", Verdict::kBadCheckDigit, "2018-08-13", Sex::kMale},
};

TEST(CitizenId, VectorsOfTheDomainBrief) {
  for (const Vector& vector : kVectors) {
    const CitizenId id = ParseCitizenId(vector.number);
    EXPECT_EQ(id.verdict, vector.verdict) << vector.number;
    EXPECT_EQ(id.birth, D(vector.birth)) << vector.number;
    EXPECT_EQ(id.sex, vector.sex) << vector.number;
    EXPECT_EQ(id.area, "411299");
    EXPECT_EQ(id.number, vector.number);
  }
}

// A02: normalised and accepted, the original kept for the import log.
TEST(CitizenId, A02LowercaseXFullWidthDigitsAndBlanks) {
  for (const std::string typed :
       {"41129920160305005x", "４１１２９９２０１６０３０５００５Ｘ",
        "４１１２９９２０１６０３０５００５ｘ", " 411299 20160305 005X ", "'41129920160305005X",
        "\xEF\xBB\xBF"
        "41129920160305005X",
        "411299\xE2\x80\x8B"
        "20160305005X",
        "411299\xC2\xA0"
        "20160305005X\r\n"}) {
    const CitizenId id = ParseCitizenId(typed);
    EXPECT_TRUE(id.ok()) << typed;
    EXPECT_EQ(id.number, "41129920160305005X");
    EXPECT_EQ(id.original, typed);
  }
}

TEST(CitizenId, ClassifiesWhatIsWrong) {
  EXPECT_EQ(ParseCitizenId("").verdict, Verdict::kEmpty);
  EXPECT_EQ(ParseCitizenId(" 　").verdict, Verdict::kEmpty);
  EXPECT_EQ(ParseCitizenId("41129920180831001").verdict, Verdict::kBadLength);
  EXPECT_EQ(ParseCitizenId("4112992018083100111").verdict, Verdict::kBadLength);
  EXPECT_EQ(ParseCitizenId("411299180831001").verdict, Verdict::kBadLength) << "first generation";
  EXPECT_EQ(ParseCitizenId("4112992018083X0011").verdict, Verdict::kBadCharacter);
  EXPECT_EQ(ParseCitizenId("41129920180831001Y").verdict, Verdict::kBadCharacter);
  EXPECT_EQ(ParseCitizenId("4112992018083100-1").verdict, Verdict::kBadCharacter);
  EXPECT_EQ(ParseCitizenId("411299201802300011").verdict, Verdict::kImpossibleDate);
  EXPECT_EQ(ParseCitizenId("411299201702290011").verdict, Verdict::kImpossibleDate);
  EXPECT_EQ(ParseCitizenId("411299201813010011").verdict, Verdict::kImpossibleDate);
  EXPECT_EQ(ParseCitizenId("411299020180831001").verdict, Verdict::kImpossibleDate);
}

TEST(CitizenId, FutureBirthIsNoticedOnlyAgainstAGivenDay) {
  EXPECT_TRUE(ParseCitizenId("411299201809010029").ok());
  EXPECT_TRUE(ParseCitizenId("411299201809010029", D("2018-09-01")).ok());
  EXPECT_EQ(ParseCitizenId("411299201809010029", D("2018-08-31")).verdict,
            Verdict::kImpossibleDate);
}

TEST(CitizenId, CheckDigit) {
  EXPECT_EQ(CitizenIdCheckDigit("41129920180831001"), '1');
  EXPECT_EQ(CitizenIdCheckDigit("41129920160305005"), 'X');
  EXPECT_EQ(CitizenIdCheckDigit("4112992016030500"), std::nullopt);
  EXPECT_EQ(CitizenIdCheckDigit("4112992016030500X"), std::nullopt);
}

TEST(CitizenId, MakeRefusesWhatItCannotWrite) {
  EXPECT_EQ(MakeCitizenId("411299", D("2018-08-31"), 1), "411299201808310011");
  EXPECT_EQ(MakeCitizenId("41129", D("2018-08-31"), 1), "");
  EXPECT_EQ(MakeCitizenId("41129A", D("2018-08-31"), 1), "");
  EXPECT_EQ(MakeCitizenId("411299", D("2018-08-31"), 1000), "");
  EXPECT_EQ(MakeCitizenId("411299", CivilDay{-3'000'000}, 1), "");
}

// DEMO refuses numbers of real areas, REAL flags the demo area and never blocks.
TEST(CitizenId, DemoAreaRule) {
  const CitizenId demo = ParseCitizenId("411299201808310011");
  const CitizenId real = ParseCitizenId(MakeCitizenId("411282", D("2018-08-31"), 1));
  ASSERT_TRUE(real.ok());
  EXPECT_EQ(CheckArea(demo, /*demo_realm=*/true), AreaRule::kFits);
  EXPECT_EQ(CheckArea(real, /*demo_realm=*/true), AreaRule::kRefuse);
  EXPECT_EQ(CheckArea(demo, /*demo_realm=*/false), AreaRule::kFlag);
  EXPECT_EQ(CheckArea(real, /*demo_realm=*/false), AreaRule::kFits);
  EXPECT_EQ(CheckArea(ParseCitizenId("abc"), /*demo_realm=*/true), AreaRule::kFits);
  // A wrong check digit does not make a real person's number harmless.
  std::string damaged = real.number;
  damaged.back() = damaged.back() == '0' ? '1' : '0';
  EXPECT_EQ(CheckArea(ParseCitizenId(damaged), /*demo_realm=*/true), AreaRule::kRefuse);
}

TEST(CitizenId, EveryFaultHasATextInBothLanguages) {
  for (int value = 0; value <= static_cast<int>(Verdict::kBadCheckDigit); ++value) {
    const CitizenIdText text = Describe(static_cast<Verdict>(value));
    EXPECT_EQ(text.zh.empty(), value == static_cast<int>(Verdict::kOk));
    EXPECT_EQ(text.en.empty(), value == static_cast<int>(Verdict::kOk));
  }
}

}  // namespace
}  // namespace twinline::base

// What people type is read in one way or not at all.
#include "tools/twinline/parse.h"

#include <gtest/gtest.h>

#include "platform/base/citizen_id.h"
#include "platform/base/hash.h"
#include "tools/twinline/set_fields.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::cli {
namespace {

using base::CivilDay;

constexpr char kHex[] = "0190a1b2c3d47e5f8091a2b3c4d5e6f7";

TEST(ParseId, HexUuidAndBase64NameTheSameId) {
  const auto id = ParseId(kHex);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->hex(), kHex);
  EXPECT_EQ(ParseId("0190A1B2-C3D4-7E5F-8091-A2B3C4D5E6F7"), id);
  EXPECT_EQ(ParseId(base::ToBase64(id->bytes())), id) << "as --json prints it";
  EXPECT_EQ(ParseId(base::ToBase64Url(id->bytes())), id);
}

TEST(ParseId, AnythingElseIsNone) {
  for (const char* text : {"", "0190a1b2", "0190a1b2c3d47e5f8091a2b3c4d5e6fg",
                           "0190a1b2c3d47e5f8091a2b3c4d5e6f7aa", "张三"}) {
    EXPECT_FALSE(ParseId(text)) << text;
  }
}

TEST(ParseDay, FormsOfOneDay) {
  for (const char* text :
       {"2026-09-01", "20260901", "2026/9/1", "2026年9月1日", "2026-9-1", "2026/09/01"}) {
    const auto day = ParseDay(text);
    ASSERT_TRUE(day && day->fixed) << text;
    EXPECT_EQ(*day->fixed, CivilDay::FromYmd(2026, 9, 1)) << text;
  }
}

TEST(ParseDay, DatesThatDoNotExistAreNone) {
  for (const char* text :
       {"", "2026-02-30", "2026-13-01", "9-1", "2026/9", "2026年9月", "20260931", "soon"}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
}

TEST(ParseDay, RelativeDaysCountFromTheServersToday) {
  const CivilDay today = CivilDay::FromYmd(2026, 9, 1);
  EXPECT_EQ(ParseDay("today")->On(today), today);
  EXPECT_EQ(ParseDay("昨天")->On(today), CivilDay::FromYmd(2026, 8, 31));
  EXPECT_EQ(ParseDay("tomorrow")->On(today), CivilDay::FromYmd(2026, 9, 2));
  EXPECT_EQ(ParseDay("2026-08-15")->On(today), CivilDay::FromYmd(2026, 8, 15));
}

TEST(ParseMoment, MomentsAreChinaStandardTime) {
  const int64_t start = base::StartOfDay(CivilDay::FromYmd(2026, 9, 1)).us;
  EXPECT_EQ(ParseMoment("2026-09-01")->us, start);
  EXPECT_EQ(ParseMoment("2026-09-01T08:30")->us, start + (8 * 60 + 30) * 60LL * 1'000'000);
  EXPECT_EQ(ParseMoment("2026-09-01 08:30:15")->us,
            start + ((8 * 60 + 30) * 60LL + 15) * 1'000'000);
  for (const char* text : {"2026-09-01T24:00", "2026-09-01T08:60", "2026-09-01T8:30", "today",
                           "08:30", "2026-09-01T"}) {
    EXPECT_FALSE(ParseMoment(text)) << text;
  }
}

TEST(ParseClass, ByIdOrBySchoolAndNumber) {
  EXPECT_EQ(ParseClass(kHex)->id.hex(), kHex);
  EXPECT_EQ(ParseClass(std::string("class:") + kHex)->id.hex(), kHex);
  const auto ref = ParseClass("3141000001/7-3");
  ASSERT_TRUE(ref);
  EXPECT_EQ(ref->school_code, "3141000001");
  EXPECT_EQ(ref->grade, 7u);
  EXPECT_EQ(ref->number, 3u);
  for (const char* text :
       {"", "3141000001", "3141000001/7", "3141000001/10-1", "3141000001/7-0", "314/7-3", "/7-3"}) {
    EXPECT_FALSE(ParseClass(text)) << text;
  }
}

TEST(ParseChild, ByIdStudentNumberOrIdNumber) {
  EXPECT_EQ(ParseChild(kHex)->id.hex(), kHex);
  const std::string id = base::MakeCitizenId("411299", CivilDay::FromYmd(2014, 3, 9), 17);
  EXPECT_EQ(ParseChild(id)->id_number, id);
  EXPECT_EQ(ParseChild("G" + id)->student_number, "G" + id);
  EXPECT_EQ(ParseChild("L4112822014030900AB"), std::nullopt)
      << "no student number, and no ID number either";
  EXPECT_FALSE(ParseChild("张三")) << "a name is for students search";
}

// A wrong check digit is the server's matter: the number is looked up as it stands in the files
// (A01).
TEST(ParseChild, AWrongCheckDigitIsStillANumber) {
  std::string id = base::MakeCitizenId("411299", CivilDay::FromYmd(2014, 3, 9), 17);
  id.back() = id.back() == '1' ? '2' : '1';
  ASSERT_TRUE(ParseChild(id));
  EXPECT_EQ(ParseChild(id)->id_number, id);
}

TEST(ParseOffice, BareCodesBecomeTheOfficeTheyCanOnlyMean) {
  EXPECT_EQ(ParseOffice("2141000001"), "school:2141000001");
  EXPECT_EQ(ParseOffice("411282103"), "township:411282103");
  EXPECT_EQ(ParseOffice("411282103204"), "village:411282103204");
  EXPECT_EQ(ParseOffice("411282"), "bureau:411282");
  EXPECT_EQ(ParseOffice("county:411282"), "county:411282");
  for (const char* text : {"", "school:", "41", "place:1", "灵宝一小"})
    EXPECT_FALSE(ParseOffice(text)) << text;
}

TEST(ParseSession, BothLanguages) {
  EXPECT_EQ(ParseSession("am"), types::v1::SESSION_MORNING);
  EXPECT_EQ(ParseSession("下午"), types::v1::SESSION_AFTERNOON);
  EXPECT_FALSE(ParseSession("noon"));
}

TEST(SetField, ByNameAndType) {
  registry::v1::ChildInput child;
  EXPECT_EQ(SetField(&child, "boarding", "2"), FieldResult::kSet);
  EXPECT_EQ(child.boarding(), "2");
  EXPECT_EQ(SetField(&child, "special_education", "是"), FieldResult::kSet);
  EXPECT_TRUE(child.special_education());
  EXPECT_EQ(SetField(&child, "entered_on", "2026年9月1日"), FieldResult::kSet);
  EXPECT_EQ(child.entered_on().days(), CivilDay::FromYmd(2026, 9, 1).days);
  EXPECT_EQ(SetField(&child, "grade", "seven"), FieldResult::kBadValue);
  EXPECT_EQ(SetField(&child, "entered_on", "today"), FieldResult::kBadValue);
  EXPECT_EQ(SetField(&child, "no_such_thing", "1"), FieldResult::kNoSuchField);
  EXPECT_EQ(SetField(&child, "guardians", "1"), FieldResult::kNoSuchField) << "repeated";
  EXPECT_EQ(SetField(&child, "person", "1"), FieldResult::kNoSuchField)
      << "a message that is no date";
}

}  // namespace
}  // namespace twinline::cli

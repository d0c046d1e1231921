// The generated county has Lingbao's real shape, and the same seed gives the same county.
#include "tools/datagen/county.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "platform/base/hash.h"

namespace twinline::datagen {
namespace {

Options At(uint64_t seed, bool small = false) {
  Options options;
  options.seed = seed;
  options.small = small;
  options.term_start = base::CivilDay::FromYmd(2026, 9, 1);
  return options;
}

// Every value of the county in its order.
std::string DigestOf(const County& county) {
  std::string all;
  const auto add = [&](const std::string& text) { all += text + '\x1f'; };
  const auto number = [&](int64_t value) { add(std::to_string(value)); };
  for (const Township& township : county.townships) add(township.code + township.name);
  for (const Village& village : county.villages) add(village.code + village.name);
  for (const School& school : county.schools) {
    add(school.code + school.name + KindName(school.kind));
    number(static_cast<int64_t>(school.township));
    number(static_cast<int64_t>(school.paired_junior));
    for (const size_t village : school.zone_villages) number(static_cast<int64_t>(village));
  }
  for (const Class& room : county.classes) {
    number(static_cast<int64_t>(room.school));
    number(room.grade);
    number(room.number);
    number(static_cast<int64_t>(room.teacher));
  }
  for (const Staff& person : county.staff) add(person.name + person.phone + person.home_office);
  for (const Duty& duty : county.duties) {
    add(duty.role + duty.office);
    number(static_cast<int64_t>(duty.staff));
  }
  for (const Pupil& pupil : county.pupils) {
    add(pupil.name + pupil.id_number + pupil.student_number + pupil.boarding);
    number(pupil.birth.days);
    number(static_cast<int64_t>(pupil.school_class));
    number(static_cast<int64_t>(pupil.hukou_village));
    number(static_cast<int64_t>(pupil.residence_village));
    for (const std::string& group : pupil.watch_groups) add(group);
    for (const Guardian& guardian : pupil.guardians)
      add(guardian.name + guardian.relation + guardian.phone);
  }
  const base::Digest digest = base::Sha256({all});
  return base::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

TEST(GeneratedCounty, HasTheShapeOfTheReport) {
  const County county = MakeCounty(At(1));
  EXPECT_EQ(county.townships.size(), 15U);
  EXPECT_EQ(county.schools.size(), 98U);
  EXPECT_EQ(county.pupils.size(), 68'928U);
  std::map<SchoolKind, int> kinds;
  std::set<std::string> codes;
  for (const School& school : county.schools) {
    ++kinds[school.kind];
    EXPECT_TRUE(codes.insert(school.code).second) << school.code;
    EXPECT_LT(school.township, county.townships.size());
    EXPECT_FALSE(school.classes.empty()) << school.name;
  }
  EXPECT_EQ(kinds[SchoolKind::kJunior], 21);
  EXPECT_EQ(kinds[SchoolKind::kPrimary], 35);
  EXPECT_EQ(kinds[SchoolKind::kTeachingPoint], 38);
  EXPECT_EQ(kinds[SchoolKind::kNineYear], 3);
  EXPECT_EQ(kinds[SchoolKind::kSpecial], 1);
  for (const Township& township : county.townships) {
    EXPECT_TRUE(township.code.starts_with("411282")) << township.code;
    EXPECT_FALSE(township.villages.empty()) << township.name;
  }
}

TEST(GeneratedCounty, EveryPupilIsInOneClassAndNobodyIsReal) {
  const County county = MakeCounty(At(2));
  std::set<std::string> ids;
  size_t on_lists = 0;
  for (size_t c = 0; c < county.classes.size(); ++c) {
    on_lists += county.classes[c].pupils.size();
    for (const size_t pupil : county.classes[c].pupils) {
      ASSERT_EQ(county.pupils[pupil].school_class, c);
    }
  }
  EXPECT_EQ(on_lists, county.pupils.size());
  for (const Pupil& pupil : county.pupils) {
    ASSERT_EQ(pupil.id_number.substr(0, 6), "411299") << "an area code that nobody was born in";
    ASSERT_TRUE(ids.insert(pupil.id_number).second) << pupil.id_number;
    ASSERT_FALSE(pupil.guardians.empty());
  }
  std::set<std::string> lines;
  for (const Duty& duty : county.duties) lines.insert(duty.role);
  for (const char* role :
       {"CLASS_TEACHER", "REGISTRAR", "PRINCIPAL", "VILLAGE_OFFICIAL", "TOWNSHIP_OFFICIAL",
        "TOWNSHIP_HEAD", "BUREAU_OFFICIAL", "BUREAU_DIRECTOR", "COUNTY_HEAD", "AUDITOR"}) {
    EXPECT_TRUE(lines.contains(role)) << role;
  }
}

TEST(GeneratedCounty, TheSameSeedGivesTheSameCounty) {
  EXPECT_EQ(DigestOf(MakeCounty(At(7))), DigestOf(MakeCounty(At(7))));
  EXPECT_NE(DigestOf(MakeCounty(At(7))), DigestOf(MakeCounty(At(8))));
  const County small = MakeCounty(At(7, /*small=*/true));
  EXPECT_EQ(small.schools.size(), 5U);
  EXPECT_EQ(DigestOf(small), DigestOf(MakeCounty(At(7, true))));
}

}  // namespace
}  // namespace twinline::datagen

// A file of areas, schools, classes or people: its kind is told by its heading, words and codes
// both do, and everything that is wrong is found at once.
#include "tools/twinline/places_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace twinline::cli {
namespace {

using testing::ElementsAre;

PlacesFile Read(const std::string& csv) {
  auto read = ReadPlaces(csv);
  EXPECT_TRUE(std::holds_alternative<PlacesFile>(read)) << csv;
  return std::holds_alternative<PlacesFile>(read) ? std::get<PlacesFile>(read) : PlacesFile();
}

TEST(PlacesFileTest, AreasByWordOrCode) {
  const PlacesFile file = Read(
      "区划代码,区划名称,级别,别名\n411282103,豫灵镇,乡镇,\n411282204,西阎乡,TOWNSHIP,"
      "西闫乡、西闫\n");
  ASSERT_EQ(file.kind, PlacesKind::kAreas);
  ASSERT_EQ(file.rows.size(), 2U);
  const auto& first = std::get<registry::v1::AreaFacts>(file.rows[0].what);
  EXPECT_EQ(first.name(), "豫灵镇");
  EXPECT_EQ(first.kind(), "TOWNSHIP");
  const auto& second = std::get<registry::v1::AreaFacts>(file.rows[1].what);
  EXPECT_THAT(second.aliases(), ElementsAre("西闫乡", "西闫"));
  EXPECT_EQ(file.rows[1].number, 3U);
}

TEST(PlacesFileTest, SchoolsKnowTheirCounty) {
  const PlacesFile file = Read(
      "学校标识码,学校名称,学校类型,所在乡镇代码,寄宿制,服务区村代码\n"
      "2141128201,一小,小学,411282103,是,411282103201，411282103202\n");
  ASSERT_EQ(file.rows.size(), 1U);
  const auto& school = std::get<registry::v1::SchoolFacts>(file.rows[0].what);
  EXPECT_EQ(school.kind(), "PRIMARY");
  EXPECT_EQ(school.county(), "411282");
  EXPECT_TRUE(school.boarding());
  EXPECT_THAT(school.zone_villages(), ElementsAre("411282103201", "411282103202"));
}

TEST(PlacesFileTest, PeopleWithTheirDuties) {
  const PlacesFile file = Read(
      "姓名,所在单位,角色,任职单位,任职起始日,副职\n"
      "邹雪,2141128201,班主任,2141128201/1-1,2026-08-25,\n"
      "赵敏,bureau:411282,教体局经办,,2026年8月25日,是\n"
      "孙立,2141128201,,,,\n");
  ASSERT_TRUE(file.faults.empty());
  ASSERT_EQ(file.rows.size(), 3U);
  const auto& teacher = std::get<PersonRow>(file.rows[0].what);
  EXPECT_EQ(teacher.home_office, "school:2141128201");
  EXPECT_EQ(teacher.role, types::v1::ROLE_CLASS_TEACHER);
  EXPECT_EQ(teacher.office, "class:2141128201/1-1");
  EXPECT_EQ(teacher.from, base::CivilDay::FromYmd(2026, 8, 25));
  const auto& official = std::get<PersonRow>(file.rows[1].what);
  EXPECT_EQ(official.office, "bureau:411282");  // where nothing else is said, at home
  EXPECT_TRUE(official.deputy);
  EXPECT_EQ(std::get<PersonRow>(file.rows[2].what).role, types::v1::ROLE_UNSPECIFIED);
}

TEST(PlacesFileTest, EveryFaultIsNamedWithRowAndColumn) {
  const PlacesFile file = Read(
      "学校标识码,年级,班号,学年,备注\n,1,1,2026,\n2141128201,十,1,2026,\n2141128201,1,=1+1,26,\n");
  std::vector<std::string> found;
  for (const RowFault& fault : file.faults) {
    found.push_back(std::to_string(fault.number) + " " + fault.column);
    EXPECT_FALSE(fault.zh.empty());
    EXPECT_FALSE(fault.en.empty());
  }
  EXPECT_THAT(found, ElementsAre("1 备注", "2 学校标识码", "3 年级", "4 班号", "4 学年"));
  EXPECT_TRUE(file.rows.empty());
}

TEST(PlacesFileTest, AnotherFileIsRefusedWithTheWayToATemplate) {
  const auto read = ReadPlaces("姓名,年级\n张三,1\n");
  ASSERT_TRUE(std::holds_alternative<base::Refusal>(read));
  EXPECT_EQ(std::get<base::Refusal>(read).code, "PLACES_COLUMNS");
  EXPECT_NE(std::get<base::Refusal>(read).zh.find("places template"), std::string::npos);
}

TEST(PlacesFileTest, TheExamplesOfTheTemplatesAreGood) {
  for (const PlacesKind kind :
       {PlacesKind::kAreas, PlacesKind::kSchools, PlacesKind::kClasses, PlacesKind::kPeople}) {
    std::string csv;
    for (const auto row : {PlacesHeadings(kind), PlacesExample(kind)}) {
      for (const std::string_view cell : row) csv += std::string(cell) + ",";
      csv.back() = '\n';
    }
    const PlacesFile file = Read(csv);
    EXPECT_EQ(file.kind, kind) << csv;
    EXPECT_TRUE(file.faults.empty()) << csv;
    EXPECT_EQ(file.rows.size(), 1U) << csv;
  }
}

}  // namespace
}  // namespace twinline::cli

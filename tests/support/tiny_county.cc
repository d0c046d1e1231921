#include "tests/support/tiny_county.h"

#include "tools/datagen/people.h"

namespace twinline::test {

namespace {

using datagen::County;

size_t AddDuty(County* county, const std::string& role, const std::string& office,
               size_t school_class = SIZE_MAX) {
  county->staff.push_back({"职员" + std::to_string(county->staff.size()), "13800000000", office});
  county->duties.push_back(
      {county->staff.size() - 1, role, school_class == SIZE_MAX ? office : "class:", school_class});
  return county->staff.size() - 1;
}

void AddClass(County* county, size_t school, uint32_t grade, uint32_t number,
              base::CivilDay term_start) {
  const size_t index = county->classes.size();
  datagen::Class room;
  room.school = school;
  room.grade = grade;
  room.number = number;
  for (int p = 0; p < 6; ++p) {
    datagen::Pupil pupil;
    const uint32_t sex = p % 2 == 0 ? 1 : 2;
    pupil.sex = sex;
    pupil.birth = base::CivilDay::FromYmd(
        base::SchoolYearOf(term_start) - static_cast<int>(grade) - 5, 3, 1 + p);
    pupil.id_number = datagen::IdNumber(pupil.birth, sex,
                                        static_cast<uint32_t>(index * 10 + static_cast<size_t>(p)));
    pupil.name = "学生" + std::to_string(index) + std::to_string(p);
    pupil.school_class = index;
    pupil.hukou_village =
        county->townships[county->schools[school].township].villages[static_cast<size_t>(p % 2)];
    pupil.residence_village = pupil.hukou_village;
    pupil.guardians.push_back({"家长" + std::to_string(p), "父亲", "13900000000"});
    room.pupils.push_back(county->pupils.size());
    county->pupils.push_back(std::move(pupil));
  }
  room.teacher = AddDuty(county, "CLASS_TEACHER", "school:" + county->schools[school].code, index);
  county->schools[school].classes.push_back(index);
  county->classes.push_back(std::move(room));
}

}  // namespace

datagen::County TinyCounty(base::CivilDay term_start) {
  County county;
  county.townships = {{"411282103", "阳平镇", {0, 1}}, {"411282105", "豫灵镇", {2, 3}}};
  county.villages = {{"411282103200", "东坡头村", 0},
                     {"411282103201", "西寨村", 0},
                     {"411282105200", "南沟村", 1},
                     {"411282105201", "北岭村", 1}};
  const auto add_school = [&](const char* code, const char* name, datagen::SchoolKind kind,
                              size_t township) {
    datagen::School school;
    school.code = code;
    school.name = name;
    school.kind = kind;
    school.township = township;
    school.zone_villages = county.townships[township].villages;
    county.schools.push_back(std::move(school));
  };
  add_school("2141128201", "阳平镇中心小学", datagen::SchoolKind::kPrimary, 0);
  add_school("2141128202", "豫灵镇中心小学", datagen::SchoolKind::kPrimary, 1);
  add_school("3141128203", "阳平镇第一初级中学", datagen::SchoolKind::kJunior, 0);
  county.schools[kPrimaryOne].paired_junior = kJunior;
  AddDuty(&county, "BUREAU_DIRECTOR", "bureau:411282");
  AddDuty(&county, "BUREAU_OFFICIAL", "bureau:411282");
  AddDuty(&county, "BUREAU_OFFICIAL", "bureau:411282");
  AddDuty(&county, "COUNTY_HEAD", "county:411282");
  AddDuty(&county, "AUDITOR", "auditor:411282");
  for (const auto& township : county.townships) {
    AddDuty(&county, "TOWNSHIP_HEAD", "township:" + township.code);
    AddDuty(&county, "TOWNSHIP_OFFICIAL", "township:" + township.code);
    for (const size_t village : township.villages) {
      AddDuty(&county, "VILLAGE_OFFICIAL", "village:" + county.villages[village].code);
    }
  }
  for (const auto& school : county.schools) {
    AddDuty(&county, "PRINCIPAL", "school:" + school.code);
    AddDuty(&county, "REGISTRAR", "school:" + school.code);
  }
  AddClass(&county, kPrimaryOne, 4, 1, term_start);
  AddClass(&county, kPrimaryTwo, 4, 1, term_start);
  AddClass(&county, kJunior, 7, 1, term_start);
  AddClass(&county, kJunior, 7, 2, term_start);
  return county;
}

}  // namespace twinline::test

// datagen: writes the generated county's summary, or its pupils as CSV in the national form's
// columns.
#include <cstdio>
#include <cstring>
#include <string>

#include "tools/datagen/county.h"

int main(int argc, char** argv) {
  using namespace twinline;
  datagen::Options options;
  options.term_start = base::CivilDay::FromYmd(2026, 9, 1);
  std::string csv_school;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--small") {
      options.small = true;
    } else if (arg.rfind("--seed=", 0) == 0) {
      options.seed = std::strtoull(arg.c_str() + 7, nullptr, 10);
    } else if (arg.rfind("--csv=", 0) == 0) {
      csv_school = arg.substr(6);
    } else {
      std::fprintf(stderr, "usage: datagen [--small] [--seed=N] [--csv=SCHOOL_CODE]\n");
      return 2;
    }
  }
  const datagen::County county = datagen::MakeCounty(options);
  if (csv_school.empty()) {
    size_t kinds[5] = {};
    for (const auto& school : county.schools) ++kinds[static_cast<int>(school.kind)];
    std::printf("%s %s: %zu townships, %zu villages\n", county.code.c_str(), county.name.c_str(),
                county.townships.size(), county.villages.size());
    std::printf(
        "schools %zu (primary %zu, teaching points %zu, junior %zu, nine-year %zu, special %zu)\n",
        county.schools.size(), kinds[0], kinds[1], kinds[2], kinds[3], kinds[4]);
    std::printf("classes %zu, pupils %zu, staff %zu, duties %zu\n", county.classes.size(),
                county.pupils.size(), county.staff.size(), county.duties.size());
    return 0;
  }
  std::printf("学校标识码,姓名,身份证件类型,身份证件号,出生日期,性别,年级,班级,就读方式,学籍号\n");
  for (const auto& pupil : county.pupils) {
    const auto& school_class = county.classes[pupil.school_class];
    const auto& school = county.schools[school_class.school];
    if (school.code != csv_school) continue;
    std::printf("%s,%s,居民身份证,%s,%s,%s,%u,%u,%s,%s\n", school.code.c_str(), pupil.name.c_str(),
                pupil.id_number.c_str(), pupil.birth.ToString().c_str(),
                pupil.sex == 1 ? "男" : "女", school_class.grade, school_class.number,
                pupil.boarding.c_str(), pupil.student_number.c_str());
  }
  return 0;
}

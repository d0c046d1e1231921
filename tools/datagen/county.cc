#include "tools/datagen/county.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "tools/datagen/people.h"

namespace twinline::datagen {

using base::CivilDay;

namespace {

// The report's numbers (seed.txt): pupils of nine-year schools are folded into both.
constexpr size_t kJuniorPupils = 22'664;
constexpr size_t kPrimaryPupils = 46'133;
constexpr size_t kSpecialPupils = 131;

struct TownshipSeed {
  const char* code;
  const char* name;
  int villages;
  int juniors;  // 21 in all
  int weight;   // share of pupils
};
// Names and codes: domain.md 6.1. Villages and shares are of realistic size, not of record.
constexpr TownshipSeed kTownships[] = {
    {"411282100", "城关镇", 20, 4, 24},  {"411282101", "尹庄镇", 30, 1, 7},
    {"411282102", "朱阳镇", 36, 1, 6},   {"411282103", "阳平镇", 32, 2, 8},
    {"411282104", "故县镇", 26, 1, 6},   {"411282105", "豫灵镇", 28, 2, 8},
    {"411282106", "大王镇", 34, 2, 7},   {"411282107", "阳店镇", 32, 1, 6},
    {"411282108", "函谷关镇", 24, 1, 5}, {"411282109", "焦村镇", 38, 2, 8},
    {"411282200", "川口乡", 34, 1, 4},   {"411282201", "寺河乡", 18, 1, 2},
    {"411282202", "苏村乡", 26, 1, 3},   {"411282203", "五亩乡", 28, 1, 3},
    {"411282204", "西阎乡", 26, 0, 3}};

constexpr const char* kVillageFirst[] = {"东", "西", "南", "北", "上", "下", "前", "后",
                                         "大", "小", "新", "老", "张", "王", "李", "赵",
                                         "杨", "常", "武", "许", "程", "梁", "孟", "彭"};
constexpr const char* kVillageLast[] = {"坡头", "营", "寨", "沟", "岭", "湾", "庄", "家塬", "河",
                                        "泉",   "坪", "峪", "店", "屯", "桥", "洼", "山",   "源"};

class Maker {
 public:
  explicit Maker(const Options& options) : options_(options) {}

  County Make() {
    MakeAreas();
    MakeSchools();
    FillSchools();
    MakeStaff();
    return std::move(county_);
  }

 private:
  void MakeAreas() {
    for (size_t t = 0; t < std::size(kTownships); ++t) {
      const TownshipSeed& seed = kTownships[t];
      Township township{seed.code, seed.name, {}};
      Prng prng = StreamOf(options_.seed, 1, t);
      std::map<std::string, int> used;
      for (int v = 0; v < seed.villages; ++v) {
        std::string name = std::string(prng.Pick(kVillageFirst)) + prng.Pick(kVillageLast);
        if (used[name]++ > 0) name = "新" + name;
        char code[16];
        std::snprintf(code, sizeof code, "%s%03d", seed.code, 200 + v);
        township.villages.push_back(county_.villages.size());
        county_.villages.push_back({code, name + "村", t});
      }
      county_.townships.push_back(std::move(township));
    }
  }

  size_t AddSchool(SchoolKind kind, size_t township, std::string name) {
    static constexpr std::pair<SchoolKind, const char*> kPrefix[] = {
        {SchoolKind::kPrimary, "21"},
        {SchoolKind::kTeachingPoint, "21"},
        {SchoolKind::kJunior, "31"},
        {SchoolKind::kNineYear, "31"},
        {SchoolKind::kSpecial, "51"}};
    const char* prefix = "21";
    for (const auto& [k, p] : kPrefix) prefix = k == kind ? p : prefix;
    char code[16];
    std::snprintf(code, sizeof code, "%s41%06zu", prefix, 128200 + county_.schools.size());
    School school;
    school.code = code;
    school.name = std::move(name);
    school.kind = kind;
    school.township = township;
    county_.schools.push_back(std::move(school));
    return county_.schools.size() - 1;
  }

  void MakeSchools() {
    if (options_.small) {
      // One junior school, its two primaries, a teaching point, and a nine-year school elsewhere.
      AddSchool(SchoolKind::kJunior, 3, "阳平镇第一初级中学");
      AddSchool(SchoolKind::kPrimary, 3, "阳平镇中心小学");
      AddSchool(SchoolKind::kPrimary, 3, "阳平镇第二小学");
      AddSchool(SchoolKind::kTeachingPoint, 3, "阳平镇大湖教学点");
      AddSchool(SchoolKind::kNineYear, 5, "豫灵镇九年一贯制学校");
      PairAndZone();
      return;
    }
    static constexpr const char* kOrdinal[] = {"第一", "第二", "第三", "第四", "第五",
                                               "第六", "第七", "第八", "第九", "第十"};
    for (size_t t = 0; t < std::size(kTownships); ++t) {
      for (int i = 0; i < kTownships[t].juniors; ++i) {
        AddSchool(SchoolKind::kJunior, t, TownName(t) + kOrdinal[i] + "初级中学");
      }
    }
    // 35 full primary schools by weight, 38 teaching points in the villages, 3 nine-year, 1
    // special.
    const auto primaries = Spread(35, 1);
    for (size_t t = 0; t < primaries.size(); ++t) {
      for (size_t i = 0; i < primaries[t]; ++i) {
        AddSchool(SchoolKind::kPrimary, t,
                  TownName(t) + (i == 0 ? "中心小学" : kOrdinal[i] + std::string("小学")));
      }
    }
    size_t placed = 0;
    for (size_t round = 0; placed < 38; ++round) {
      for (size_t t = 1; t < std::size(kTownships) && placed < 38; ++t, ++placed) {
        const Village& village = county_.villages[county_.townships[t].villages[round * 3 + 2]];
        AddSchool(SchoolKind::kTeachingPoint, t,
                  TownName(t) + village.name.substr(0, village.name.size() - 3) + "教学点");
      }
    }
    for (const size_t t : {size_t{14}, size_t{2}, size_t{5}}) {
      AddSchool(SchoolKind::kNineYear, t, TownName(t) + "九年一贯制学校");
    }
    AddSchool(SchoolKind::kSpecial, 0, "灵宝市特殊教育学校");
    const size_t schools = county_.schools.size();
    for (size_t branch = 1; branch < options_.times; ++branch) {
      for (size_t s = 0; s < schools; ++s) {
        const School school = county_.schools[s];  // a copy: the list grows
        AddSchool(school.kind, school.township, school.name + std::to_string(branch + 1) + "分校");
      }
    }
    PairAndZone();
  }

  std::string TownName(size_t t) const { return t == 0 ? "灵宝市" : kTownships[t].name; }

  // `total` split over the townships by weight, at least `minimum` each.
  std::vector<size_t> Spread(size_t total, size_t minimum) const {
    std::vector<size_t> share(std::size(kTownships), minimum);
    size_t left = total - minimum * share.size();
    int weights = 0;
    for (const TownshipSeed& t : kTownships) weights += t.weight;
    std::vector<std::pair<double, size_t>> rest;
    size_t given = 0;
    for (size_t t = 0; t < share.size(); ++t) {
      const double exact = static_cast<double>(left) * kTownships[t].weight / weights;
      share[t] += static_cast<size_t>(exact);
      given += static_cast<size_t>(exact);
      rest.push_back({exact - static_cast<size_t>(exact), t});
    }
    std::sort(rest.rbegin(), rest.rend());
    for (size_t i = 0; given < left; ++i, ++given) ++share[rest[i].second];
    return share;
  }

  void PairAndZone() {
    for (size_t s = 0; s < county_.schools.size(); ++s) {
      School& school = county_.schools[s];
      const auto& villages = county_.townships[school.township].villages;
      if (school.kind == SchoolKind::kTeachingPoint) {
        school.zone_villages = {villages[s % villages.size()]};
      } else if (school.kind != SchoolKind::kSpecial) {
        school.zone_villages = villages;
      }
      if (school.kind != SchoolKind::kPrimary && school.kind != SchoolKind::kTeachingPoint)
        continue;
      // The junior school of the township, else the first there is.
      for (size_t j = 0; j < county_.schools.size(); ++j) {
        const School& junior = county_.schools[j];
        if (junior.kind != SchoolKind::kJunior && junior.kind != SchoolKind::kNineYear) continue;
        if (school.paired_junior == SIZE_MAX || junior.township == school.township) {
          school.paired_junior = j;
          if (junior.township == school.township) break;
        }
      }
    }
  }

  // Pupils of a stage over its schools, in proportion to a size class; classes from that.
  void FillSchools() {
    std::vector<std::pair<size_t, double>> junior, primary;
    for (size_t s = 0; s < county_.schools.size(); ++s) {
      School& school = county_.schools[s];
      Prng prng = StreamOf(options_.seed, 2, s);
      const double wobble = 0.8 + 0.4 * static_cast<double>(prng.Below(1000)) / 1000;
      const double town = school.township == 0 ? 1.9 : 1.0;
      switch (school.kind) {
        case SchoolKind::kJunior:
          school.boarding = school.township != 0;
          junior.push_back({s, wobble * town});
          break;
        case SchoolKind::kNineYear:
          school.boarding = true;
          junior.push_back({s, 0.5 * wobble});
          primary.push_back({s, 0.5 * wobble});
          break;
        case SchoolKind::kPrimary:
          primary.push_back({s, wobble * town});
          break;
        case SchoolKind::kTeachingPoint:
          primary.push_back({s, 0.035 * wobble});
          break;
        case SchoolKind::kSpecial:
          AddPupils(s, kSpecialPupils, 1, 9, 12);
          break;
      }
    }
    Distribute(junior, options_.small ? 1'150 : kJuniorPupils * options_.times, /*junior=*/true);
    Distribute(primary, options_.small ? 1'650 : kPrimaryPupils * options_.times,
               /*junior=*/false);
  }

  void Distribute(const std::vector<std::pair<size_t, double>>& schools, size_t total,
                  bool is_junior) {
    double weights = 0;
    for (const auto& [s, w] : schools) weights += w;
    size_t given = 0;
    for (size_t i = 0; i < schools.size(); ++i) {
      const auto [s, w] = schools[i];
      const size_t n = i + 1 == schools.size()
                           ? total - given
                           : static_cast<size_t>(static_cast<double>(total) * w / weights);
      given += n;
      const bool point = county_.schools[s].kind == SchoolKind::kTeachingPoint;
      if (is_junior) {
        AddPupils(s, n, 7, 9, 48);
      } else {
        AddPupils(s, n, 1, point ? 4 : 6, 42);
      }
    }
  }

  void AddPupils(size_t s, size_t total, uint32_t first_grade, uint32_t last_grade,
                 size_t class_size) {
    const size_t grades = last_grade - first_grade + 1;
    for (size_t g = 0; g < grades; ++g) {
      const size_t in_grade = total / grades + (g < total % grades ? 1 : 0);
      if (in_grade == 0) continue;
      const size_t classes = (in_grade + class_size - 1) / class_size;
      for (size_t c = 0; c < classes; ++c) {
        Class school_class;
        school_class.school = s;
        school_class.grade = first_grade + static_cast<uint32_t>(g);
        school_class.number = static_cast<uint32_t>(c + 1);
        const size_t index = county_.classes.size();
        const size_t n = in_grade / classes + (c < in_grade % classes ? 1 : 0);
        for (size_t p = 0; p < n; ++p) {
          school_class.pupils.push_back(county_.pupils.size());
          county_.pupils.push_back(MakePupil(s, index, school_class.grade));
        }
        county_.schools[s].classes.push_back(index);
        county_.classes.push_back(std::move(school_class));
      }
    }
  }

  Pupil MakePupil(size_t s, size_t class_index, uint32_t grade) {
    const School& school = county_.schools[s];
    Prng prng = StreamOf(options_.seed, 3, county_.pupils.size());
    Pupil pupil;
    pupil.school_class = class_index;
    pupil.sex = prng.Chance(530) ? 1 : 2;
    // Six by 31 August of the entry year (domain.md 3.1); a few are a year older.
    const int entry_age_year =
        base::SchoolYearOf(options_.term_start) - static_cast<int>(grade) + 1 - 6;
    const CivilDay last_birthday = CivilDay::FromYmd(entry_age_year, 8, 31);
    pupil.birth = last_birthday - static_cast<int>(prng.Below(365)) - (prng.Chance(20) ? 365 : 0);
    pupil.id_number = UniqueId(pupil.birth, pupil.sex);
    const std::string family = FamilyName(prng);
    pupil.name = PersonName(prng, family, pupil.sex);
    const auto& here = county_.townships[school.township].villages;
    pupil.residence_village =
        prng.Pick(school.zone_villages.empty() || prng.Chance(60) ? here : school.zone_villages);
    pupil.hukou_village = pupil.residence_village;
    const uint64_t life = prng.Below(1000);
    if (life < 70) {  // moved within the county, or a migrant worker's child
      pupil.hukou_village = prng.Below(county_.villages.size());
      pupil.watch_groups.push_back("ACCOMPANYING");
    } else if (life < 190 && school.township != 0) {
      pupil.watch_groups.push_back("LEFT_BEHIND_BOTH");
    } else if (life < 300) {
      pupil.watch_groups.push_back("LEFT_BEHIND_ONE");
    } else if (life < 335) {
      pupil.watch_groups.push_back("FORMERLY_REGISTERED_POOR");
    } else if (life < 339) {
      pupil.watch_groups.push_back("ORPHAN");
    } else if (life < 348) {
      pupil.watch_groups.push_back("DISABLED");
    }
    if (school.boarding && prng.Chance(grade >= 7 ? 620 : 150)) pupil.boarding = "2";
    if (!prng.Chance(15)) pupil.student_number = "G" + pupil.id_number;
    AddGuardians(&pupil, family, prng);
    return pupil;
  }

  void AddGuardians(Pupil* pupil, const std::string& family, Prng& prng) {
    const bool grandparents =
        !pupil->watch_groups.empty() && pupil->watch_groups[0] == "LEFT_BEHIND_BOTH";
    if (grandparents) {
      pupil->guardians.push_back({PersonName(prng, family, 1), "祖父母", Phone(prng)});
    } else {
      pupil->guardians.push_back({PersonName(prng, family, 1), "父亲", Phone(prng)});
      if (prng.Chance(900))
        pupil->guardians.push_back({PersonName(prng, FamilyName(prng), 2), "母亲", Phone(prng)});
    }
  }

  std::string UniqueId(CivilDay birth, uint32_t sex) {
    return IdNumber(birth, sex, serials_[{birth.days, sex}]++);
  }

  size_t AddStaff(const std::string& office, Prng& prng) {
    const uint32_t sex = prng.Chance(450) ? 1 : 2;
    county_.staff.push_back({PersonName(prng, FamilyName(prng), sex), Phone(prng), office});
    return county_.staff.size() - 1;
  }

  void AddDuty(const std::string& role, const std::string& office, Prng& prng) {
    county_.duties.push_back({AddStaff(office, prng), role, office, SIZE_MAX});
  }

  void MakeStaff() {
    Prng prng = StreamOf(options_.seed, 4);
    AddDuty("BUREAU_DIRECTOR", "bureau:" + county_.code, prng);
    for (int i = 0; i < 3; ++i) AddDuty("BUREAU_OFFICIAL", "bureau:" + county_.code, prng);
    AddDuty("COUNTY_HEAD", "county:" + county_.code, prng);
    AddDuty("PROVINCE_OFFICIAL", "province:41", prng);
    AddDuty("AUDITOR", "auditor:" + county_.code, prng);
    for (size_t t = 0; t < county_.townships.size(); ++t) {
      const std::string office = "township:" + county_.townships[t].code;
      AddDuty("TOWNSHIP_HEAD", office, prng);
      AddDuty("TOWNSHIP_OFFICIAL", office, prng);
      for (const size_t v : county_.townships[t].villages) {
        // One village in sixty has nobody on the roster: a finding, not an error.
        if (prng.Chance(17)) continue;
        AddDuty("VILLAGE_OFFICIAL", "village:" + county_.villages[v].code, prng);
      }
    }
    for (School& school : county_.schools) {
      const std::string office = "school:" + school.code;
      AddDuty("PRINCIPAL", office, prng);
      AddDuty("REGISTRAR", office, prng);
      for (const size_t c : school.classes) {
        const size_t teacher = AddStaff(office, prng);
        county_.classes[c].teacher = teacher;
        county_.duties.push_back({teacher, "CLASS_TEACHER", "class:", c});
      }
    }
  }

  const Options options_;
  County county_;
  std::map<std::pair<int32_t, uint32_t>, uint32_t> serials_;
};

}  // namespace

const char* KindName(SchoolKind kind) {
  switch (kind) {
    case SchoolKind::kPrimary:
      return "PRIMARY";
    case SchoolKind::kTeachingPoint:
      return "TEACHING_POINT";
    case SchoolKind::kJunior:
      return "JUNIOR";
    case SchoolKind::kNineYear:
      return "NINE_YEAR";
    case SchoolKind::kSpecial:
      return "SPECIAL";
  }
  return "PRIMARY";
}

County MakeCounty(const Options& options) { return Maker(options).Make(); }

}  // namespace twinline::datagen

// A made-up county in Lingbao's real shape (seed.txt, domain.md 6.1 and 7): 98 schools, 68,928
// pupils, 15 townships by real names and codes, villages, classes of realistic size, people at work
// and their duty rosters on both lines. Deterministic by seed: the same seed gives the same county
// on every machine. No real person: names are drawn from lists, ID numbers lie on the unassigned
// area code 411299 (6.2).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/base/civil.h"

namespace twinline::datagen {

struct Options {
  uint64_t seed = 1;
  bool small = false;         // five schools instead of 98
  size_t times = 1;           // the whole county's schools and pupils so many times over, up to 20
  base::CivilDay term_start;  // first school day of the term; ages and entry years follow from it
};

struct Township {
  std::string code;  // 9 digits
  std::string name;
  std::vector<size_t> villages;
};

struct Village {
  std::string code;  // 12 digits
  std::string name;
  size_t township = 0;
};

enum class SchoolKind { kPrimary, kTeachingPoint, kJunior, kNineYear, kSpecial };
const char* KindName(SchoolKind kind);  // PRIMARY TEACHING_POINT JUNIOR NINE_YEAR SPECIAL

struct School {
  std::string code;  // 10 digits (domain.md 6.3)
  std::string name;
  SchoolKind kind = SchoolKind::kPrimary;
  size_t township = 0;
  bool boarding = false;
  std::vector<size_t> zone_villages;
  size_t paired_junior = SIZE_MAX;  // 对口直升
  std::vector<size_t> classes;
};

struct Class {
  size_t school = 0;
  uint32_t grade = 1;   // 1 to 9
  uint32_t number = 1;  // within the grade
  std::vector<size_t> pupils;
  size_t teacher = 0;  // staff index
};

struct Guardian {
  std::string name, relation, phone;
};

struct Pupil {
  std::string name;
  std::string id_number;
  base::CivilDay birth;
  uint32_t sex = 1;
  size_t school_class = 0;
  size_t hukou_village = 0;
  size_t residence_village = 0;
  std::vector<std::string> watch_groups;
  std::string boarding = "1";
  std::string student_number;  // G number of the national system, for most
  std::vector<Guardian> guardians;
};

struct Staff {
  std::string name, phone;
  std::string home_office;  // "school:…", "township:…", "bureau:…"
};

struct Duty {
  size_t staff = 0;
  std::string role;    // name of twinline.types.v1.Role without ROLE_
  std::string office;  // as in DutyFacts; "class:" stands for the class below
  size_t school_class = SIZE_MAX;
};

struct County {
  std::string code = "411282";
  std::string name = "灵宝市";
  std::vector<Township> townships;
  std::vector<Village> villages;
  std::vector<School> schools;
  std::vector<Class> classes;
  std::vector<Staff> staff;
  std::vector<Duty> duties;
  std::vector<Pupil> pupils;
};

County MakeCounty(const Options& options);

}  // namespace twinline::datagen

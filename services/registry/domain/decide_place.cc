// Areas, schools and classes. Nothing is deleted: a school or class is closed, and a void school
// code never comes back (domain.md 6.3).
#include "platform/base/school_code.h"
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

struct AreaKind {
  std::string_view kind;
  size_t digits;
};
// A special unit (园艺场, 涧东区) has a township's code but no township government (ASK-16).
constexpr AreaKind kAreaKinds[] = {{"PROVINCE", 2}, {"CITY", 4},     {"COUNTY", 6},
                                   {"TOWNSHIP", 9}, {"VILLAGE", 12}, {"SPECIAL_UNIT", 9}};

base::Events One(const auto& event, const base::Context& context) {
  return {base::MakeEvent(event, context.today)};
}

std::optional<base::Refusal> CheckSchool(const v1::SchoolFacts& school, const base::Rows& rows) {
  if (!base::ParseSchoolCode(school.school_code()).ok()) {
    return No("SCHOOL_CODE_INVALID", "学校标识码应为10位数字。", "A school code has 10 digits.");
  }
  if (!KnownSchoolKind(school.kind())) {
    return No("SCHOOL_KIND_UNKNOWN", "学校类别不在代码表内。", "Unknown kind of school.",
              {{"kind", school.kind()}});
  }
  if (school.name().empty()) {
    return No("SCHOOL_NAME_MISSING", "请填写学校名称。", "A school needs a name.");
  }
  const auto township = FindArea(rows, school.township());
  if (!township || (township->kind() != "TOWNSHIP" && township->kind() != "SPECIAL_UNIT")) {
    return No("AREA_UNKNOWN", "学校所在乡镇尚未登记，请先登记区划。",
              "The township of the school is not recorded.", {{"area", school.township()}});
  }
  if (school.township().substr(0, 6) != school.county()) {
    return No("AREA_UNKNOWN", "学校所在乡镇不属于所填县（市）。",
              "The township is not in the county of the school.", {{"area", school.county()}});
  }
  if (auto no = CheckPlace(rows, school.township(), school.village(), "学校所在", "school"))
    return no;
  for (const std::string& village : school.zone_villages()) {
    if (!FindArea(rows, village)) {
      return No("AREA_UNKNOWN", "学区内的村（居）" + village + "尚未登记。",
                "Village " + village + " of the zone is not recorded.", {{"area", village}});
    }
  }
  for (const std::string* other : {&school.junior_school_code(), &school.successor_code()}) {
    if (!other->empty() && !FindSchool(rows, *other)) {
      return No("SCHOOL_UNKNOWN", "所填对口初中或承接学校" + *other + "尚未登记。",
                "School " + *other + " is not recorded.", {{"school", *other}});
    }
  }
  return std::nullopt;
}

std::optional<base::Refusal> CheckClosing(const v1::SchoolFacts& school, const base::Rows& rows) {
  bool pupils = false;
  base::ScanIndex<v1::ClassRow>(
      rows, base::TableOf<v1::ClassRow>::kBySchool, 10'000,
      [&pupils](const v1::ClassRow& row) {
        pupils = row.facts().pupils() > 0;
        return !pupils;
      },
      school.school_code());
  if (!pupils) return std::nullopt;
  return No("SCHOOL_NOT_EMPTY", "该校仍有在班学生，须先办理学生转出或学校合并，再停办学校。",
            "Pupils are still in this school's classes: move them first.");
}

std::optional<base::Refusal> CheckSameNumber(const v1::ClassFacts& wanted, const base::Rows& rows) {
  bool taken = false;
  base::ScanIndex<v1::ClassRow>(
      rows, base::TableOf<v1::ClassRow>::kBySchool, 4,
      [&](const v1::ClassRow& row) {
        taken = taken || row.facts().class_id() != wanted.class_id();
        return !taken;
      },
      wanted.school_code(), wanted.school_year(), wanted.grade(), wanted.number());
  if (!taken) return std::nullopt;
  return No("CLASS_EXISTS", "本学年该校已有" + ClassName(wanted.grade(), wanted.number()) + "。",
            "This class of the school year is already recorded.");
}

base::Decision NewClass(v1::ClassFacts wanted, const base::Rows& rows,
                        const base::Context& context) {
  const auto school = FindSchool(rows, wanted.school_code());
  if (!school) return No("SCHOOL_UNKNOWN", "学校尚未登记。", "The school is not recorded.");
  if (school->closed()) return No("SCHOOL_CLOSED", "该校已停办。", "The school is closed.");
  if (!TeachesGrade(school->kind(), wanted.grade())) {
    return No("GRADE_NOT_TAUGHT", "该类学校不设这个年级。",
              "This kind of school does not teach the grade.",
              {{"kind", school->kind()}, {"grade", std::to_string(wanted.grade())}});
  }
  if (wanted.number() == 0 || wanted.number() > 99) {
    return No("CLASS_NUMBER_INVALID", "班号应为1至99。", "A class number is 1 to 99.");
  }
  if (wanted.school_year() < 2000 || wanted.school_year() > 2100) {
    return No("SCHOOL_YEAR_INVALID", "学年应以起始年份填写，例如2026。",
              "A school year is named by its first year, for example 2026.");
  }
  if (auto no = CheckSameNumber(wanted, rows)) return *no;
  wanted.set_class_id(context.NewId("class").str());
  wanted.set_roster_version(0);
  wanted.set_pupils(0);
  wanted.set_closed(false);
  wanted.clear_continued_as();
  v1::ClassRecorded event;
  *event.mutable_class_facts() = std::move(wanted);
  return One(event, context);
}

}  // namespace

base::Decision Decide(const v1::RecordAreaCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const v1::AreaFacts& area = command.area();
  const AreaKind* kind = nullptr;
  for (const AreaKind& known : kAreaKinds) {
    if (known.kind == area.kind()) kind = &known;
  }
  if (kind == nullptr || area.code().size() != kind->digits ||
      area.code().find_first_not_of("0123456789") != std::string::npos) {
    return No("AREA_CODE_INVALID", "区划代码与类别不符：省2位、市4位、县6位、乡镇9位、村12位。",
              "The area code does not fit its kind (2, 4, 6, 9 or 12 digits).");
  }
  if (area.name().empty())
    return No("AREA_NAME_MISSING", "请填写区划名称。", "An area needs a name.");
  const std::string parent = base::TableOf<v1::AreaRow>::Parent(area.code());
  if (!parent.empty() && !FindArea(rows, parent)) {
    return No("AREA_UNKNOWN", "上级区划" + parent + "尚未登记。",
              "The area above, " + parent + ", is not recorded.", {{"area", parent}});
  }
  if (!area.acting_township().empty() && !FindArea(rows, area.acting_township())) {
    return No("AREA_UNKNOWN", "代行乡镇职责的区划尚未登记。",
              "The acting township is not recorded.", {{"area", area.acting_township()}});
  }
  v1::AreaRecorded event;
  *event.mutable_area() = area;
  return One(event, context);
}

base::Decision Decide(const v1::RecordSchoolCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const v1::SchoolFacts& school = command.school();
  if (auto no = CheckSchool(school, rows)) return *no;
  if (const auto before = FindSchool(rows, school.school_code())) {
    if (before->closed()) {
      return No("SCHOOL_CODE_VOID", "该学校标识码已作废，不得再次使用。",
                "This school code is void and is never used again.");
    }
    if (before->kind() != school.kind()) {
      return No("SCHOOL_KIND_FIXED", "学校类别变更须停用原标识码并启用新码。",
                "A change of kind voids the code: record a new school.");
    }
    if (school.closed()) {
      if (auto no = CheckClosing(school, rows)) return *no;
    }
  }
  v1::SchoolRecorded event;
  *event.mutable_school() = school;
  return One(event, context);
}

base::Decision Decide(const v1::RecordClassCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const v1::ClassFacts& wanted = command.class_facts();
  if (wanted.class_id().empty()) return NewClass(wanted, rows, context);
  const auto before = FindClass(rows, wanted.class_id());
  if (!before || before->school_code() != wanted.school_code()) {
    return No("CLASS_UNKNOWN", "该校没有这个班级。", "The school has no such class.");
  }
  if (wanted.closed() && before->pupils() > 0) {
    return No("CLASS_NOT_EMPTY", "班内仍有学生，请先将学生编入其他班级。",
              "Pupils are still in this class: place them first.",
              {{"pupils", std::to_string(before->pupils())}});
  }
  if (before->closed()) return No("CLASS_CLOSED", "该班级已关闭。", "The class is closed.");
  v1::ClassRecorded event;
  v1::ClassFacts& after = *event.mutable_class_facts();
  after = *before;
  after.set_closed(wanted.closed());
  if (wanted.number() != 0) after.set_number(wanted.number());
  if (auto no = CheckSameNumber(after, rows)) return *no;
  return One(event, context);
}

}  // namespace twinline::registry

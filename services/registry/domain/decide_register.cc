// Registering a child. What keeps a child out is short: a school or class that does not exist, a
// grade the school does not teach, and the age of six (A03). Everything else is a flag:
// registration is the result of enrolment, never its precondition (R-1.1, A01, A04, A08).
#include "registry/domain/decide.h"
#include "registry/domain/duplicates.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

struct Target {
  v1::SchoolFacts school;
  std::optional<v1::ClassFacts> class_facts;
  uint32_t grade = 0;
  int school_year = 0;
};

std::variant<Target, base::Refusal> FindTarget(const v1::RegisterChildCommand& command,
                                               const base::Rows& rows) {
  const auto school = FindSchool(rows, command.school_code());
  if (!school) {
    return No("SCHOOL_UNKNOWN", "学校" + command.school_code() + "尚未登记。",
              "School " + command.school_code() + " is not recorded.");
  }
  if (school->closed()) {
    return No("SCHOOL_CLOSED", "该校已停办，请到承接学校登记。",
              "The school is closed: register at its successor.",
              {{"successor", school->successor_code()}});
  }
  Target target{*school, std::nullopt, command.grade(), 0};
  target.school_year = base::SchoolYearOf(base::CivilDay{command.entered_on().days()});
  if (!command.class_id().empty()) {
    target.class_facts = FindClass(rows, command.class_id());
    if (!target.class_facts || target.class_facts->school_code() != command.school_code()) {
      return No("CLASS_UNKNOWN", "该校没有这个班级。", "The school has no such class.");
    }
    if (target.class_facts->closed()) {
      return No("CLASS_CLOSED", "该班级已关闭。", "The class is closed.");
    }
    if (target.grade != 0 && target.grade != target.class_facts->grade()) {
      return No("GRADE_MISMATCH", "所填年级与班级的年级不一致。",
                "The grade differs from the grade of the class.");
    }
    target.grade = target.class_facts->grade();
    target.school_year = static_cast<int>(target.class_facts->school_year());
  }
  if (!TeachesGrade(school->kind(), target.grade)) {
    return No("GRADE_NOT_TAUGHT", "该校不设这个年级。", "The school does not teach this grade.",
              {{"grade", std::to_string(target.grade)}});
  }
  return target;
}

std::optional<base::Refusal> CheckCodes(const v1::RegisterChildCommand& command,
                                        const base::Rows& rows) {
  if (!KnownIdKind(command.person().id_kind())) {
    return No("ID_KIND_UNKNOWN", "身份证件类型不在代码表内。", "Unknown kind of ID document.");
  }
  if (!KnownEntryKind(command.entry_kind())) {
    return No("ENTRY_KIND_UNKNOWN", "入学方式不在代码表内。", "Unknown kind of entry.");
  }
  if (!command.boarding().empty() && !KnownBoarding(command.boarding())) {
    return No("BOARDING_UNKNOWN", "就读方式不在代码表内。", "Unknown boarding mode.");
  }
  for (const std::string& group : command.watch_groups()) {
    if (!KnownWatchGroup(group)) {
      return No("WATCH_GROUP_UNKNOWN", "重点人群类别不在代码表内。", "Unknown watch group.",
                {{"group", group}});
    }
  }
  if (auto no =
          CheckPlace(rows, command.hukou_township(), command.hukou_village(), "户籍", "hukou")) {
    return no;
  }
  return CheckPlace(rows, command.residence_township(), command.residence_village(), "现住地",
                    "residence");
}

std::optional<base::Refusal> CheckAge(const v1::RegisterChildCommand& command,
                                      const Target& target) {
  const int cohort = static_cast<int>(command.classified().entry_cohort());
  if (target.grade != 1 || cohort <= target.school_year) return std::nullopt;
  const std::string cut_off = EntryCutOff(target.school_year).ToString();
  return No("UNDER_AGE",
            "未到入学年龄：" + std::to_string(target.school_year) + "年秋季小学一年级招收" +
                cut_off + "（含）以前出生的儿童，请于" + std::to_string(cohort) + "年秋季报名。",
            "Below entry age: grade 1 of autumn " + std::to_string(target.school_year) +
                " takes children born on or before " + cut_off + ".",
            {{"cut_off", cut_off}, {"entry_cohort", std::to_string(cohort)}});
}

// A file that begins in grade 2 or later without an earlier entry date waits for the national
// duplicate search (domain.md 1.3). The child is not turned away for the wrong word on the form:
// the record is filed under what it is.
std::string EntryKind(const v1::RegisterChildCommand& command, const Target& target) {
  const bool start_grade = target.grade == 1 || target.grade == 7;
  const base::CivilDay entered{command.entered_on().days()};
  if (command.entry_kind() != "NORMAL" || start_grade ||
      base::SchoolYearOf(entered) < target.school_year) {
    return command.entry_kind();
  }
  return "LATER_GRADE";
}

// A child from another province is taken at once and counted there until the transfer is through
// (T04).
std::string FirstStatus(std::string_view entry_kind) {
  if (entry_kind == "HOME_TEACH") return "HOME_TEACH";
  return entry_kind == "TRANSFER_OUTSIDE" ? "TRANSFER_PENDING" : "ACTIVE";
}

v1::ChildFacts FirstFacts(const v1::RegisterChildCommand& command, const Target& target,
                          const base::Context& context) {
  v1::ChildFacts facts;
  facts.set_child_id(context.NewId("child").str());
  facts.set_registration_id(context.NewId("registration").str());
  facts.set_version(1);
  facts.set_status(FirstStatus(command.entry_kind()));
  facts.set_school_code(command.school_code());
  facts.set_grade(target.grade);
  if (target.class_facts && FindStatus(facts.status())->on_roster) {
    facts.set_class_id(target.class_facts->class_id());
  }
  facts.set_entry_cohort(command.classified().entry_cohort());
  facts.set_sex(command.classified().sex());
  facts.set_hukou_township(command.hukou_township());
  facts.set_hukou_village(command.hukou_village());
  facts.set_residence_township(command.residence_township());
  facts.set_residence_village(command.residence_village());
  for (const std::string& group : command.watch_groups()) {
    AddCode(facts.mutable_watch_groups(), group);
  }
  for (const std::string& problem : command.classified().id_problems()) {
    AddCode(facts.mutable_problems(), problem);
  }
  // Younger than the grade allows, but not in grade 1: schooled early elsewhere. Flagged, not
  // refused.
  if (facts.entry_cohort() + target.grade > static_cast<uint32_t>(target.school_year) + 1) {
    AddCode(facts.mutable_problems(), "UNDER_AGE");
  }
  facts.set_boarding(command.boarding());
  facts.set_special_education(command.special_education() || facts.status() == "HOME_TEACH");
  return facts;
}

// The same import row again: the earlier one is what counts.
bool AppliedBefore(const v1::RegisterChildCommand& command, const base::Rows& rows) {
  if (command.source_row().empty()) return false;
  bool applied = false;
  const auto look = [&](uint8_t index, const types::v1::SearchToken& token) {
    if (token.token().empty() || applied) return;
    base::ScanIndex<v1::ChildRow>(
        rows, index, 16,
        [&](const v1::ChildRow& row) {
          applied = row.source_row() == command.source_row();
          return !applied;
        },
        token.pepper_version(), token.token());
  };
  look(base::TableOf<v1::ChildRow>::kByIdToken, command.person().id_token());
  look(base::TableOf<v1::ChildRow>::kBySamePerson, command.person().same_person_token());
  return applied;
}

}  // namespace

base::Decision Decide(const v1::RegisterChildCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (AppliedBefore(command, rows)) {
    return No("ROW_APPLIED_BEFORE", "该行已导入过，没有变化。", "This row was applied before.");
  }
  auto found = FindTarget(command, rows);
  if (const auto* no = std::get_if<base::Refusal>(&found)) return *no;
  const Target& target = std::get<Target>(found);
  if (auto no = CheckCodes(command, rows)) return *no;
  if (auto no = CheckAge(command, target)) return *no;
  if (!command.has_entered_on()) {
    return No("ENTRY_DATE_MISSING", "请填写入学年月。", "The date of entry is missing.");
  }

  v1::ChildFacts facts = FirstFacts(command, target, context);
  const Candidate candidate{
      base::AsId(facts.child_id()),
      &command.person(),
      &command.guardians(),
      &command.numbers(),
      &command.classified().older_tokens(),
      !command.person().id_token().token().empty() && command.classified().id_problems().empty()};
  const std::vector<DuplicateHit> hits = FindDuplicates(rows, candidate);

  v1::ChildRegistered event;
  *event.mutable_facts() = facts;
  if (!facts.class_id().empty()) {
    *event.mutable_class_after() = RosterChanged(*target.class_facts, +1);
  }
  *event.mutable_person() = command.person();
  *event.mutable_guardians() = command.guardians();
  *event.mutable_numbers() = command.numbers();
  event.set_entry_kind(EntryKind(command, target));
  event.set_source_row(command.source_row());
  *event.mutable_entered_on() = command.entered_on();
  base::Events events = {base::MakeEvent(event, base::CivilDay{command.entered_on().days()})};
  ReportDuplicates(hits, context, &facts, &events);
  return events;
}

}  // namespace twinline::registry

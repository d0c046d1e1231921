// Correcting what was recorded. Status, school and class are not data that can be corrected: they
// need an approval or a placement. Name, ID number, birth date and sex are key data: the
// bureau decides about them (domain.md 1.13).
#include "registry/domain/decide.h"
#include "registry/domain/duplicates.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

bool IsKeyData(std::string_view field) {
  return field == "name" || field == "id_number" || field == "id_kind" || field == "birth_date" ||
         field == "sex";
}

bool MayChangeKeyData(const journal::v1::Actor& actor) {
  return actor.office().starts_with("bureau:") || !actor.service().empty();
}

std::optional<base::Refusal> Check(const v1::CorrectChildCommand& command, const Subject& subject,
                                   const base::Rows& rows, const base::Context& context) {
  if (!subject.child.alias_of().empty()) {
    return No("CHILD_MERGED", "该学籍已并入另一学籍，请在保留的学籍上更正。",
              "This record was merged into another: correct that one.",
              {{"survivor", base::AsId(subject.child.alias_of()).hex()}});
  }
  if (subject.child.key_destroyed()) {
    return No("PERSONAL_DATA_DESTROYED", "该生个人信息已依法销毁。",
              "The personal data of this child was destroyed.");
  }
  for (const std::string& field : command.changed()) {
    if (IsKeyData(field) && !MayChangeKeyData(context.actor)) {
      return No(
          "KEY_DATA_NEEDS_BUREAU", "姓名、证件号、出生日期、性别等关键信息须由教体局核准变更。",
          "Name, ID number, birth date and sex are corrected by the bureau.", {{"field", field}});
    }
  }
  if (command.has_person() && !KnownIdKind(command.person().id_kind())) {
    return No("ID_KIND_UNKNOWN", "身份证件类型不在代码表内。", "Unknown kind of ID document.");
  }
  const v1::Placement& place = command.placement();
  if (!place.boarding().empty() && !KnownBoarding(place.boarding())) {
    return No("BOARDING_UNKNOWN", "就读方式不在代码表内。", "Unknown boarding mode.");
  }
  if (auto no = CheckPlace(rows, place.hukou_township(), place.hukou_village(), "户籍", "hukou")) {
    return no;
  }
  return CheckPlace(rows, place.residence_township(), place.residence_village(), "现住地",
                    "residence");
}

void ApplyPlacement(const v1::Placement& place, v1::ChildFacts* facts) {
  facts->set_hukou_township(place.hukou_township());
  facts->set_hukou_village(place.hukou_village());
  facts->set_residence_township(place.residence_township());
  facts->set_residence_village(place.residence_village());
  facts->set_boarding(place.boarding());
  facts->set_special_education(place.special_education());
}

void ApplyIdProblems(const v1::Classified& classified, v1::ChildFacts* facts) {
  for (const std::string_view code : {"ID_INVALID", "ID_MISMATCH", "NO_ID", "DEMO_AREA"}) {
    RemoveCode(facts->mutable_problems(), code);
  }
  for (const std::string& code : classified.id_problems()) {
    AddCode(facts->mutable_problems(), code);
  }
  facts->set_sex(classified.sex());
  facts->set_entry_cohort(classified.entry_cohort());
}

}  // namespace

base::Decision Decide(const v1::CorrectChildCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  if (auto no = Check(command, *subject, rows, context)) return *no;
  if (command.changed().empty() && command.source_row().empty()) {
    return No("NOTHING_CHANGED", "没有任何变化。", "Nothing changes.");
  }

  v1::ChildCorrected event;
  v1::ChildFacts facts = NextFacts(subject->registration);
  if (command.has_person()) {
    *event.mutable_person() = command.person();
    ApplyIdProblems(command.classified(), &facts);
  }
  if (command.replace_guardians()) *event.mutable_guardians() = command.guardians();
  if (!command.new_numbers().empty()) {
    // Complete history: an L number stays beside the G number that follows it (A07).
    *event.mutable_numbers() = subject->child.numbers();
    event.mutable_numbers()->MergeFrom(command.new_numbers());
  }
  if (command.has_placement()) ApplyPlacement(command.placement(), &facts);
  *event.mutable_changed() = command.changed();
  event.set_reason(command.reason());
  event.set_source_row(command.source_row());
  *event.mutable_facts() = facts;
  base::Events events = {base::MakeEvent(event, context.today)};

  if (command.has_person() || !command.new_numbers().empty()) {
    const v1::SealedPerson& person =
        command.has_person() ? command.person() : subject->child.person();
    const auto& guardians =
        command.replace_guardians() ? command.guardians() : subject->child.guardians();
    const bool usable = !person.id_token().token().empty() &&
                        !Contains(facts.problems(), "ID_INVALID") &&
                        !Contains(facts.problems(), "ID_MISMATCH");
    const Candidate candidate{
        base::AsId(command.child_id()),       &person, &guardians, &command.new_numbers(),
        &command.classified().older_tokens(), usable};
    ReportDuplicates(FindDuplicates(rows, candidate), context, &facts, &events);
  }
  return events;
}

}  // namespace twinline::registry

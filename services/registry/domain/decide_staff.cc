// Who works where. Rights and the ownership of dropout cases follow from duties, so an
// office with a named head has one head at a time, and a duty is ended, never removed.
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

// Offices of divisions above the village exist by their area; an auditor's by its county.
bool OfficeExists(const base::Rows& rows, const Office& office) {
  if (office.kind == "class") {
    const auto id = base::Id16::FromHex(office.code);
    return id && base::Find<v1::ClassRow>(rows, *id).has_value();
  }
  if (office.kind == "school") return FindSchool(rows, office.code).has_value();
  return FindArea(rows, office.code).has_value();
}

bool Overlap(const v1::DutyFacts& a, const v1::DutyFacts& b) {
  const bool a_before_b = a.has_to() && a.to().days() < b.from().days();
  const bool b_before_a = b.has_to() && b.to().days() < a.from().days();
  return !a_before_b && !b_before_a;
}

std::optional<base::Refusal> CheckOthers(const v1::DutyFacts& duty, const RoleRule& rule,
                                         const base::Rows& rows) {
  std::optional<base::Refusal> no;
  base::ScanIndex<v1::DutyRow>(
      rows, base::TableOf<v1::DutyRow>::kByOffice, 10'000,
      [&](const v1::DutyRow& row) {
        const v1::DutyFacts& other = row.duty();
        if (other.role() != duty.role() || !Overlap(other, duty)) return true;
        if (other.staff_id() == duty.staff_id()) {
          no = No("DUTY_EXISTS", "该人员在此期间已担任这一职责。",
                  "This person already holds the duty in that time.",
                  {{"duty", base::AsId(other.duty_id()).hex()}});
        } else if (rule.single && !duty.deputy() && !other.deputy()) {
          no = No("DUTY_TAKEN", "该岗位此期间已有负责人，请先终止原任职或登记为副职。",
                  "The office has a holder in that time: end that duty first, or record a deputy.",
                  {{"duty", base::AsId(other.duty_id()).hex()}});
        }
        return !no;
      },
      duty.office());
  return no;
}

// A school appoints its teachers and registrars, a township its officials; heads are appointed from
// above.
bool MayAppoint(const journal::v1::Actor& actor, const RoleRule& rule) {
  const auto from = ParseOffice(actor.office());
  if (!actor.service().empty() || !from || from->kind == "bureau") return true;
  if (from->kind == "school") {
    return rule.role == types::v1::ROLE_CLASS_TEACHER || rule.role == types::v1::ROLE_REGISTRAR;
  }
  if (from->kind == "township") {
    return rule.role == types::v1::ROLE_VILLAGE_OFFICIAL ||
           rule.role == types::v1::ROLE_TOWNSHIP_OFFICIAL;
  }
  return true;
}

}  // namespace

base::Decision Decide(const v1::RecordStaffCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto office = ParseOffice(command.home_office());
  if (!office || !OfficeExists(rows, *office)) {
    return No("OFFICE_UNKNOWN", "所填单位不存在。", "There is no such office.",
              {{"office", command.home_office()}});
  }
  v1::StaffRecorded event;
  if (command.staff_id().empty()) {
    event.set_staff_id(context.NewId("staff").str());
  } else if (command.staff_id().size() != base::Id16::kSize) {
    return No("STAFF_UNKNOWN", "人员标识无效。", "Not a staff id.");
  } else {
    event.set_staff_id(command.staff_id());
  }
  *event.mutable_name() = command.name();
  if (command.has_phone()) *event.mutable_phone() = command.phone();
  event.set_home_office(command.home_office());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::StartDutyCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const RoleRule* rule = FindRole(command.role());
  const auto office = ParseOffice(command.office());
  if (rule == nullptr || !office || office->kind != rule->office_kind) {
    return No("ROLE_NOT_AT_OFFICE", "该角色不能设在这类单位。",
              "This role does not exist at this kind of office.", {{"office", command.office()}});
  }
  if (!MayAppoint(context.actor, *rule)) {
    return No("ROLE_APPOINTED_ABOVE", "该岗位由上级任命，本单位不能登记任职。",
              "This duty is given by the office above.");
  }
  if (!OfficeExists(rows, *office)) {
    return No("OFFICE_UNKNOWN", "所填单位不存在。", "There is no such office.",
              {{"office", command.office()}});
  }
  if (!base::Find<v1::StaffRow>(rows, base::AsId(command.staff_id()))) {
    return No("STAFF_UNKNOWN", "人员尚未登记。", "The person is not recorded.");
  }
  if (!command.has_from() || (command.has_to() && command.to().days() < command.from().days())) {
    return No("DUTY_DATES_INVALID", "任职起止日期无效。", "The dates of the duty are invalid.");
  }
  v1::DutyStarted event;
  v1::DutyFacts& duty = *event.mutable_duty();
  duty.set_duty_id(context.NewId("duty").str());
  duty.set_staff_id(command.staff_id());
  duty.set_role(command.role());
  duty.set_office(command.office());
  duty.set_line(rule->line);
  *duty.mutable_from() = command.from();
  if (command.has_to()) *duty.mutable_to() = command.to();
  duty.set_deputy(command.deputy());
  if (auto no = CheckOthers(duty, *rule, rows)) return *no;
  return base::Events{base::MakeEvent(event, base::CivilDay{command.from().days()})};
}

base::Decision Decide(const v1::EndDutyCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto row = base::Find<v1::DutyRow>(rows, base::AsId(command.duty_id()));
  if (!row) return No("DUTY_UNKNOWN", "没有这条任职记录。", "There is no such duty.");
  if (row->duty().has_to() && row->duty().to().days() < context.today.days) {
    return No("DUTY_ENDED", "该任职已经结束。", "The duty has already ended.");
  }
  if (!command.has_to() || command.to().days() < row->duty().from().days()) {
    return No("DUTY_DATES_INVALID", "终止日期不得早于任职开始日期。",
              "A duty cannot end before it began.");
  }
  const RoleRule* rule = FindRole(row->duty().role());
  if (rule != nullptr && !MayAppoint(context.actor, *rule)) {
    return No("ROLE_APPOINTED_ABOVE", "该岗位由上级任命，本单位不能终止任职。",
              "This duty is ended by the office above.");
  }
  v1::DutyEnded event;
  *event.mutable_duty() = row->duty();
  *event.mutable_duty()->mutable_to() = command.to();
  event.set_reason(command.reason());
  return base::Events{base::MakeEvent(event, base::CivilDay{command.to().days()})};
}

}  // namespace twinline::registry

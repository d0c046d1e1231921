#include "accountability/domain/open.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::Rows;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

std::optional<v1::CaseRow> FindCase(const Rows& rows, std::string_view case_id) {
  return base::Find<v1::CaseRow>(rows, AsId(case_id));
}

std::optional<v1::CaseRow> CaseOfChild(const Rows& rows, std::string_view child_id) {
  const auto link = base::Find<v1::ChildCaseRow>(rows, AsId(child_id));
  return link ? FindCase(rows, link->case_id()) : std::nullopt;
}

std::optional<v1::CaseRow> CaseOfRegistration(const Rows& rows, std::string_view registration_id) {
  const auto link = base::Find<v1::RegistrationCaseRow>(rows, AsId(registration_id));
  return link ? FindCase(rows, link->case_id()) : std::nullopt;
}

void CopyPlacement(const Rows& rows, const v1::ForeignChild& child, const v1::RuleSet& rules,
                   v1::CaseFacts* facts) {
  const registry::v1::ChildFacts& from = child.facts();
  facts->set_child_id(from.child_id());
  facts->set_registration_id(from.registration_id());
  facts->set_school_code(from.school_code());
  facts->set_class_id(from.class_id());
  facts->set_grade(from.grade());
  facts->set_based_on_registry_pos(child.pos());
  if (!facts->township_decided()) {
    const Townships townships = TownshipsOf(rows, from, rules);
    facts->set_township(townships.responsible);
    facts->set_copy_township(townships.other);
    facts->set_village(townships.village);
  }
  const auto school = base::Find<v1::ForeignSchool>(rows, from.school_code());
  if (school && !school->facts().county().empty()) {
    facts->set_county(school->facts().county());
  } else if (facts->county().empty()) {
    facts->set_county(facts->township().substr(0, 6));
  }
}

CivilDay ConfirmFrom(const Rows& rows, const std::string& school, CivilDay opened,
                     int school_days) {
  const base::YearMonthDay at = opened.ymd();
  const auto first_of = [&](int months_later) {
    const int month = at.month - 1 + months_later;
    return CivilDay::FromYmd(at.year + month / 12, month % 12 + 1, 1);
  };
  // The same day of the next month, or its last day.
  const CivilDay month_later = std::min(first_of(1) + (at.day - 1), first_of(2) - 1);
  return std::max(month_later, AddSchoolDays(rows, school, opened, school_days).day);
}

Events OpenCase(const Rows& rows, const Context& context, const v1::ForeignChild& child,
                std::string_view ground, const Absence& absence, const types::v1::Sealed& note) {
  const auto before = CaseOfChild(rows, child.facts().child_id());
  v1::CaseFacts facts;
  if (before) {
    const v1::CaseFacts& old = before->facts();
    facts.set_case_id(old.case_id());
    facts.set_version(old.version());
    // An alarm that proved false was no dropout, so its return is no relapse.
    const bool relapse = old.state() != kClosedFalseAlarm && old.state() != kClosedMerged;
    facts.set_relapses(old.relapses() + (relapse ? 1 : 0));
    // Generations go on, so that no timer of the earlier opening can fire for this one.
    facts.mutable_government()->mutable_deadline()->set_generation(
        old.government().deadline().generation());
    facts.mutable_education()->mutable_deadline()->set_generation(
        old.education().deadline().generation());
  } else {
    facts.set_case_id(context.NewId("case").str());
  }
  facts.set_state(std::string(kSuspected));
  facts.set_ground(std::string(ground));
  facts.mutable_opened_on()->set_days(context.today.days);
  facts.set_absent_days(absence.days);
  if (absence.first_day.days != 0) facts.mutable_first_absent()->set_days(absence.first_day.days);
  if (absence.last_present.days != 0)
    facts.mutable_last_present()->set_days(absence.last_present.days);

  CaseChange change(rows, context, std::move(facts));
  CopyPlacement(rows, child, change.rules(), &change.facts());
  change.facts().set_rule_version(change.rule_version());
  change.facts().mutable_confirm_due()->set_days(
      ConfirmFrom(rows, child.facts().school_code(), context.today,
                  static_cast<int>(change.rules().confirm_school_days()))
          .days);
  // Both lines at once, each with its office, its person and its clock.
  change.PlaceLine(LINE_GOVERNMENT, 0);
  change.PlaceLine(LINE_EDUCATION, 0);
  change.StartTasks(kTaskVisit);
  if (before) {
    v1::CaseReopened event;
    *event.mutable_note() = note;
    change.Emit(std::move(event));
  } else {
    v1::CaseOpened event;
    *event.mutable_note() = note;
    change.Emit(std::move(event));
  }
  change.AlertAll(before ? "CASE_REOPENED" : "CASE_OPENED");
  if (ground == "TERM_START_NO_SHOW") {
    // D06: the township of the primary school that the child left is told too.
    const auto primary = base::Find<v1::ForeignSchool>(rows, child.previous_school_code());
    const std::string township =
        primary ? primary->facts().township() : child.facts().hukou_township();
    if (!township.empty())
      change.Alert("township:" + township, before ? "CASE_REOPENED" : "CASE_OPENED");
  }
  return change.Take();
}

Decision DecideOpen(const v1::OpenCaseCommand& command, const Rows& rows, const Context& context) {
  const auto child = FindChild(rows, command.child_id(), command.registration_id());
  if (!child) return ChildUnknown();
  const auto open = CaseOfChild(rows, child->facts().child_id());
  if (open && !IsClosed(open->facts().state())) return CaseAlreadyOpen(open->facts().state());
  if (command.note().ciphertext().empty()) return ReasonMandatory();
  return OpenCase(rows, context, *child, "MANUAL", {}, command.note());
}

}  // namespace twinline::accountability

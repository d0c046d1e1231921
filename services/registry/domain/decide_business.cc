// What the registry does when the transfer service has decided. Every change of status
// or school of an existing registration comes through here. A reaction never refuses: it answers
// with a fact, MoveRefused or NoEffect at least, because the source event cannot be undone (R-09,
//
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/reactions.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

base::Events Nothing(std::string_view rule, std::string_view reason, const base::Context& context) {
  journal::v1::NoEffect event;
  event.set_rule(std::string(rule));
  event.set_reason(std::string(reason));
  return {base::MakeEvent(event, context.today)};
}

base::Events Refused(const v1::ApplyBusinessCommand& command, std::string_view code,
                     const base::Context& context) {
  v1::MoveRefused event;
  event.set_child_id(command.child_id());
  event.set_registration_id(command.registration_id());
  event.set_business_id(command.business_id());
  event.set_code(std::string(code));
  return {base::MakeEvent(event, context.today)};
}

bool LeavesProvince(const v1::ApplyBusinessCommand& command, const base::Rows& rows) {
  return (command.kind() == "TRANSFER_OUT_PROVINCE" ||
          command.kind() == "TRANSFER_CROSS_PROVINCE") &&
         !FindSchool(rows, command.to_school_code());
}

bool ChangesSchool(const v1::ApplyBusinessCommand& command, const BusinessRule& rule,
                   const v1::ChildFacts& facts) {
  return rule.moves_school && command.to_school_code() != facts.school_code() &&
         (!command.to_school_code().empty() || !command.other_province().empty());
}

// Re-validation by the owner: the transfer service decided on a copy. Empty: nothing against
// it.
std::string_view Objection(const v1::ApplyBusinessCommand& command, const BusinessRule& rule,
                           const Subject& subject, const base::Rows& rows) {
  const v1::ChildFacts& facts = subject.facts();
  if (!subject.child.alias_of().empty()) return "CHILD_MERGED";
  if (facts.pending_business() != command.business_id()) return "BUSINESS_NOT_PENDING";
  if (!Allows(rule, facts.status())) return "STATUS_DOES_NOT_ALLOW";
  if (!command.status_after().empty() && FindStatus(command.status_after()) == nullptr) {
    return "STATUS_UNKNOWN";
  }
  if (rule.blocked_by_problem) {
    for (const std::string& problem : facts.problems()) {
      if (BlocksTransfer(problem)) return "PROBLEM_RECORD";
    }
  }
  // Also when the child already stands where the business would take it: by another one.
  if (rule.moves_school && !command.from_school_code().empty() &&
      command.from_school_code() != facts.school_code()) {
    return "SCHOOL_CHANGED_MEANWHILE";
  }
  if (!ChangesSchool(command, rule, facts) || LeavesProvince(command, rows)) return {};
  const auto school = FindSchool(rows, command.to_school_code());
  if (!school) return "SCHOOL_UNKNOWN";
  if (school->closed()) return "SCHOOL_CLOSED";
  if (command.to_class_id().empty()) {
    const uint32_t grade = command.grade() != 0 ? command.grade() : facts.grade();
    return TeachesGrade(school->kind(), grade) ? std::string_view() : "GRADE_NOT_TAUGHT";
  }
  const auto target = FindClass(rows, command.to_class_id());
  if (!target || target->school_code() != command.to_school_code()) return "CLASS_UNKNOWN";
  if (target->closed()) return "CLASS_CLOSED";
  if (command.grade() != 0 && target->grade() != command.grade()) return "GRADE_MISMATCH";
  return {};
}

// The class on whose roster the child stands afterwards, if its new status stands on any.
std::optional<v1::ClassFacts> ClassAfter(const v1::ApplyBusinessCommand& command,
                                         const Subject& subject, const v1::ChildFacts& after,
                                         const base::Rows& rows) {
  const StatusRule* status = FindStatus(after.status());
  if (status == nullptr || !status->on_roster) return std::nullopt;
  for (const std::string* id : {&command.to_class_id(), &subject.registration.home_class_id()}) {
    const auto found = FindClass(rows, *id);
    if (found && !found->closed() && found->school_code() == after.school_code() &&
        (found->grade() == after.grade() || id == &command.to_class_id())) {
      return found;
    }
  }
  return std::nullopt;
}

struct RosterChange {
  std::optional<v1::ClassFacts> before;
  std::optional<v1::ClassFacts> after;
};

RosterChange ChangeRoster(const base::Rows& rows, const v1::ChildFacts& old_facts,
                          const std::optional<v1::ClassFacts>& target, v1::ChildFacts* facts) {
  const std::string target_id = target ? target->class_id() : std::string();
  if (target) facts->set_grade(target->grade());
  facts->set_class_id(target_id);
  RosterChange change;
  if (old_facts.class_id() == target_id) return change;
  if (const auto left = FindClass(rows, old_facts.class_id())) {
    change.before = RosterChanged(*left, -1);
  }
  if (target) change.after = RosterChanged(*target, +1);
  return change;
}

template <typename Event>
base::Events Finish(Event event, const RosterChange& change, const std::string& business,
                    base::CivilDay effective) {
  if (change.before) *event.mutable_class_before() = *change.before;
  if (change.after) *event.mutable_class_after() = *change.after;
  event.set_business_id(business);
  return {base::MakeEvent(event, effective)};
}

}  // namespace

base::Decision Decide(const v1::NoteBusinessCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const std::string_view rule = command.open() ? kRuleNoteOpened : kRuleNoteClosed;
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return Nothing(rule, "CHILD_UNKNOWN", context);
  if (!command.open() && subject->facts().pending_business() != command.business_id()) {
    return Nothing(rule, "BUSINESS_NOT_PENDING", context);
  }
  v1::BusinessNoted event;
  v1::ChildFacts& facts = *event.mutable_facts();
  facts = NextFacts(subject->registration);
  event.set_business_id(command.business_id());
  event.set_open(command.open());
  facts.set_pending_business(command.open() ? command.business_id() : std::string());
  facts.set_pending_school_code(command.open() ? command.to_school_code() : std::string());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::ApplyBusinessCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const BusinessRule* rule = FindBusinessRule(command.kind());
  if (rule == nullptr) return Refused(command, "BUSINESS_KIND_UNKNOWN", context);
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return Refused(command, "CHILD_UNKNOWN", context);
  const std::string_view objection = Objection(command, *rule, *subject, rows);
  if (!objection.empty()) return Refused(command, objection, context);

  const v1::ChildFacts& before = subject->facts();
  v1::ChildFacts facts = NextFacts(subject->registration);
  facts.clear_pending_business();
  facts.clear_pending_school_code();
  const bool moves = ChangesSchool(command, *rule, before);
  const bool leaves = moves && LeavesProvince(command, rows);
  if (!rule->to.empty()) facts.set_status(leaves ? "TRANSFERRED_OUT" : std::string(rule->to));
  if (moves) facts.set_school_code(leaves ? std::string() : command.to_school_code());
  if (command.grade() != 0 && moves && !leaves) facts.set_grade(command.grade());
  facts.clear_suspended_until();
  if (facts.status() == "SUSPENDED") *facts.mutable_suspended_until() = command.suspended_until();
  if (facts.status() == "HOME_TEACH") facts.set_special_education(true);

  const RosterChange change =
      ChangeRoster(rows, before, ClassAfter(command, *subject, facts, rows), &facts);
  const base::CivilDay effective =
      command.has_effective() ? base::CivilDay{command.effective().days()} : context.today;
  if (moves) {
    v1::RegistrationMoved event;
    *event.mutable_facts() = facts;
    event.set_from_school_code(before.school_code());
    return Finish(std::move(event), change, command.business_id(), effective);
  }
  v1::RegistrationStatusChanged event;
  *event.mutable_facts() = facts;
  event.set_status_before(before.status());
  return Finish(std::move(event), change, command.business_id(), effective);
}

}  // namespace twinline::registry

#include "accountability/domain/close.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Context;
using base::Decision;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

namespace {

v1::CaseChanged ChangeOf(const v1::ActOnCaseCommand& command, Line line) {
  v1::CaseChanged event;
  event.set_action(command.action());
  event.set_line(line);
  if (command.has_note()) *event.mutable_note() = command.note();
  if (command.has_reason_code()) *event.mutable_reason_code() = command.reason_code();
  *event.mutable_evidence() = command.evidence();
  return event;
}

// Working days from today until the probation can be over, and the rule set's grace.
int ProbationTaskDays(const Rows& rows, const v1::RuleSet& rules, const v1::CaseFacts& facts,
                      CivilDay today) {
  const int needed = static_cast<int>(rules.probation_days());
  const CivilDay last = AddSchoolDays(rows, facts.school_code(), today, needed).day;
  return std::max(needed, LoadCalendar(rows).WorkingDaysBetween(today, last)) +
         static_cast<int>(rules.grace_days());
}

Decision ReportReturned(const v1::ActOnCaseCommand& command, const Permitted& may, CivilDay on,
                        const Rows& rows, const Context& context) {
  CaseChange change(rows, context, may.row.facts());
  v1::CaseFacts& facts = change.facts();
  facts.set_state(std::string(may.rule->next));
  facts.mutable_returned_on()->set_days(on.days);
  facts.set_probation_days(0);
  facts.set_probation_passed(false);
  facts.clear_placement();
  change.ClearOutcomes();
  change.StartTasks(kTaskWatchReturn,
                    ProbationTaskDays(rows, change.rules(), facts, context.today));
  change.Emit(ChangeOf(command, LINE_EDUCATION), on);
  v1::ProbationStarted started;
  started.set_days_needed(change.rules().probation_days());
  change.Emit(std::move(started));
  change.AlertAll("RETURNED");
  return change.Take();
}

// Both lines sign next; the clock for it starts now.
void AskForSignatures(CaseChange* change, std::string_view state) {
  change->facts().set_state(std::string(state));
  change->ClearOutcomes();
  change->StartTasks(kTaskSignClose, static_cast<int>(change->rules().sign_days()));
}

Decision Prove(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
               const Context& context) {
  if (command.evidence().empty()) return EvidenceMandatory();
  CaseChange change(rows, context, may.row.facts());
  AskForSignatures(&change, may.rule->next);
  change.Emit(ChangeOf(command, LINE_EDUCATION));
  change.AlertAll("TRANSFER_COMPLETED", "PROVED_ELSEWHERE");
  return change.Take();
}

// A placement closes nothing unless the approval behind it is done (K-6): the registry's status
// shows it.
std::optional<base::Refusal> CheckPlacement(const std::string& kind,
                                            const registry::v1::ChildFacts& child,
                                            const Rows& rows) {
  const auto school = base::Find<v1::ForeignSchool>(rows, child.school_code());
  bool shown = false;
  if (kind == "SUSPENSION") {
    shown = child.status() == "SUSPENDED";
  } else if (kind == "HOME_TEACHING") {
    shown = child.status() == "HOME_TEACH";
  } else if (kind == "SPECIALIZED_SCHOOL") {
    shown = child.status() == "SPECIALIZED";
  } else if (kind == "SPECIAL_SCHOOL") {
    shown = child.status() == "ACTIVE" && school && school->facts().kind() == "SPECIAL";
  } else {
    return CodeUnknown("placement", kind,
                       "HOME_TEACHING SPECIAL_SCHOOL SPECIALIZED_SCHOOL SUSPENSION");
  }
  if (!shown) return PlacementNotApproved(kind, child.status());
  return std::nullopt;
}

Decision Place(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
               const Context& context) {
  const auto child = FindChild(rows, may.row.facts().child_id(), may.row.facts().registration_id());
  if (!child) return ChildUnknown();
  if (auto refusal = CheckPlacement(command.code(), child->facts(), rows)) return *refusal;
  CaseChange change(rows, context, may.row.facts());
  change.facts().set_placement(command.code());
  AskForSignatures(&change, may.rule->next);
  change.Emit(ChangeOf(command, LINE_EDUCATION));
  change.AlertAll("PLACED");  // which placement is not for every inbox (N10)
  return change.Take();
}

// The compulsory stage lasts nine school years from the year of entry age.
bool StageIsOver(const registry::v1::ChildFacts& child, CivilDay today) {
  return child.status() == "GRADUATED" || child.status() == "COMPLETED" ||
         (child.entry_cohort() > 0 &&
          base::SchoolYearOf(today) >= static_cast<int>(child.entry_cohort()) + 9);
}

// K-7, K-8: never by itself, never as "returned".
Decision End(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
             const Context& context) {
  const auto child = FindChild(rows, may.row.facts().child_id(), may.row.facts().registration_id());
  if (!child) return ChildUnknown();
  const std::string& ground = command.code();
  const std::string& status = child->facts().status();
  const bool stage = ground == "STAGE_END" && StageIsOver(child->facts(), context.today);
  if (ground != "DECEASED" && ground != "ABROAD" && ground != "STAGE_END") {
    return CodeUnknown("ground", ground, "DECEASED ABROAD STAGE_END");
  }
  if (!stage && status != ground) return EndNotShown(ground, status);
  CaseChange change(rows, context, may.row.facts());
  change.facts().set_end_ground(ground);
  change.facts().clear_decision_needed();
  AskForSignatures(&change, may.rule->next);
  change.Emit(ChangeOf(command, LINE_EDUCATION));
  change.AlertAll("END_PROPOSED", ground);
  return change.Take();
}

Decision Sign(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
              const Context& context) {
  const std::string_view closing = ClosingState(may.row.facts().state());
  if (command.code() != closing) return OutcomeDiffers(command.code(), may.row.facts().state());
  CaseChange change(rows, context, may.row.facts());
  v1::CaseFacts& facts = change.facts();
  if (facts.state() == kReturned && !facts.probation_passed()) {
    return ProbationNotPassed(facts.probation_days(), change.rules().probation_days());
  }
  v1::Duties& duties = change.Of(may.line);
  if (!duties.outcome().empty()) return LineAlreadySigned();
  const v1::Duties& other =
      change.Of(may.line == LINE_GOVERNMENT ? LINE_EDUCATION : LINE_GOVERNMENT);
  if (!other.outcome().empty() && other.signed_by() == context.actor.subject()) {
    return SignedOtherLine();
  }
  duties.set_outcome(command.code());
  duties.set_signed_by(context.actor.subject());
  duties.mutable_signed_on()->set_days(context.today.days);
  duties.set_overdue(false);
  v1::LineSigned event;
  event.set_line(may.line);
  event.set_outcome(command.code());
  if (command.has_note()) *event.mutable_note() = command.note();
  change.Emit(std::move(event));
  if (!facts.government().outcome().empty() && !facts.education().outcome().empty()) {
    change.Close(closing, false, {});
  }
  return change.Take();
}

Decision Override(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
                  const Context& context) {
  if (command.note().ciphertext().empty()) return ReasonMandatory();
  const auto closed = ClosedStates();
  if (command.code() == kClosedMerged ||
      std::find(closed.begin(), closed.end(), command.code()) == closed.end()) {
    return CodeUnknown("outcome", command.code(),
                       "CLOSED_RETURN CLOSED_TRANSFER CLOSED_PLACED CLOSED_FALSE_ALARM CLOSED_END");
  }
  CaseChange change(rows, context, may.row.facts());
  change.Close(command.code(), true, command.note());
  return change.Take();
}

Decision ProposeAlarm(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
                      const Context& context) {
  if (command.note().ciphertext().empty()) return ReasonMandatory();
  CaseChange change(rows, context, may.row.facts());
  change.facts().set_state(std::string(may.rule->next));
  v1::FalseAlarmProposed event;
  event.set_cause("PERSON");
  *event.mutable_reason() = command.note();
  event.set_proposed_by(context.actor.subject());
  change.Emit(std::move(event));
  change.AlertAll("FALSE_ALARM_PROPOSED", "PERSON");
  return change.Take();
}

Decision AnswerAlarm(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
                     const Context& context) {
  if (!may.row.false_alarm_by().empty() && may.row.false_alarm_by() == context.actor.subject()) {
    return SignerIsProposer();
  }
  CaseChange change(rows, context, may.row.facts());
  if (command.action() == kRejectFalseAlarm) {
    change.facts().set_state(std::string(may.rule->next));
    change.Emit(ChangeOf(command, LINE_GOVERNMENT));
    change.AlertAll("FALSE_ALARM_REJECTED");
    return change.Take();
  }
  v1::Duties& duties = *change.facts().mutable_government();
  duties.set_outcome(std::string(may.rule->next));
  duties.set_signed_by(context.actor.subject());
  duties.mutable_signed_on()->set_days(context.today.days);
  v1::LineSigned event;
  event.set_line(LINE_GOVERNMENT);
  event.set_outcome(std::string(may.rule->next));
  if (command.has_note()) *event.mutable_note() = command.note();
  change.Emit(std::move(event));
  change.Close(may.rule->next, false, {});
  return change.Take();
}

}  // namespace

Decision DecideEnding(const v1::ActOnCaseCommand& command, const Permitted& may, CivilDay on,
                      const Rows& rows, const Context& context) {
  const std::string& action = command.action();
  if (action == kReportReturn) return ReportReturned(command, may, on, rows, context);
  if (action == kProveElsewhere) return Prove(command, may, rows, context);
  if (action == kProposePlacement) return Place(command, may, rows, context);
  if (action == kProposeEnd) return End(command, may, rows, context);
  if (action == kSignClose) return Sign(command, may, rows, context);
  if (action == kOverrideClose) return Override(command, may, rows, context);
  if (action == kProposeFalseAlarm) return ProposeAlarm(command, may, rows, context);
  if (action == kSignFalseAlarm || action == kRejectFalseAlarm)
    return AnswerAlarm(command, may, rows, context);
  return ActionNotPossible(action, may.row.facts().state());
}

}  // namespace twinline::accountability

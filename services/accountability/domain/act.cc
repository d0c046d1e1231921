#include "accountability/domain/act.h"

#include <algorithm>
#include <array>

#include "accountability/domain/case_change.h"
#include "accountability/domain/close.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Refusal;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

namespace {

// Word lists are data for people too: refusals name them.
bool Contains(std::string_view list, std::string_view code) {
  if (code.empty()) return false;
  size_t at = 0;
  while (at <= list.size()) {
    const size_t end = std::min(list.find(' ', at), list.size());
    if (list.substr(at, end - at) == code) return true;
    at = end + 1;
  }
  return false;
}

constexpr std::string_view kDenialEvidence =
    "HUKOU_MOVED RESIDENCE_MOVED NEVER_RESIDED ENROLLED_ELSEWHERE";

// When it happened: today unless given, never in the future.
std::variant<CivilDay, Refusal> DayOf(int32_t on, const Context& context) {
  const CivilDay day = on == 0 ? context.today : CivilDay{on};
  if (day > context.today) return DateInFuture(day, context.today);
  return day;
}

// Copies what every CaseChanged of a person carries.
v1::CaseChanged ChangeOf(const v1::ActOnCaseCommand& command, Line line) {
  v1::CaseChanged event;
  event.set_action(command.action());
  event.set_line(line);
  if (command.has_note()) *event.mutable_note() = command.note();
  if (command.has_reason_code()) *event.mutable_reason_code() = command.reason_code();
  *event.mutable_evidence() = command.evidence();
  return event;
}

Decision TakeOver(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
                  const Context& context) {
  CaseChange change(rows, context, may.row.facts());
  v1::Duties& duties = *change.facts().mutable_government();
  const auto& rungs = change.rules().government();
  for (uint32_t rung = duties.rung(); change.HasRung(LINE_GOVERNMENT, rung); ++rung) {
    if (OfficeOn(rungs[static_cast<int>(rung)], change.facts()) != context.actor.office()) continue;
    // The deadline stays: taking over is no way to win time.
    duties.set_rung(rung);
    duties.set_office(context.actor.office());
    duties.set_owner(context.actor.subject());
    duties.set_duty(context.actor.duty());
    change.Emit(ChangeOf(command, LINE_GOVERNMENT));
    return change.Take();
  }
  return CaseEscalated(duties.office());
}

Decision Deny(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
              const Context& context) {
  if (!Contains(kDenialEvidence, command.evidence_type()))
    return EvidenceTypeUnknown(command.evidence_type());
  if (context.actor.office() != "township:" + may.row.facts().township()) {
    return NotYourCase(context.actor.office());
  }
  CaseChange change(rows, context, may.row.facts());
  // Until the bureau decides, the township stays in charge and its clock runs (D14).
  change.facts().set_decision_needed("TOWNSHIP_DENIED");
  v1::ResponsibilityDenied event;
  event.set_township(change.facts().township());
  event.set_evidence_type(command.evidence_type());
  *event.mutable_evidence() = command.evidence();
  *event.mutable_note() = command.note();
  change.Emit(std::move(event));
  change.Alert(BureauOffice(change.facts()), "TOWNSHIP_DENIED", command.evidence_type());
  return change.Take();
}

Decision DecideTheTownship(const v1::ActOnCaseCommand& command, const Permitted& may,
                           const Rows& rows, const Context& context) {
  const std::string& chosen = command.township();
  const auto area = base::Find<v1::ForeignArea>(rows, chosen);
  if (chosen.size() != 9 || !area) return TownshipUnknown(chosen);
  if (command.note().ciphertext().empty()) return ReasonMandatory();
  CaseChange change(rows, context, may.row.facts());
  v1::CaseFacts& facts = change.facts();
  v1::TownshipDecided event;
  event.set_township_before(facts.township());
  *event.mutable_reason() = command.note();
  facts.clear_decision_needed();
  facts.set_township_decided(true);
  if (facts.township() != chosen) {
    // Both remain on the case: the former one is informed from now on.
    facts.set_copy_township(facts.township());
    facts.set_township(chosen);
    facts.clear_village();
    if (const auto child = FindChild(rows, facts.child_id(), facts.registration_id())) {
      for (const std::string& village :
           {child->facts().residence_village(), child->facts().hukou_village()}) {
        if (village.starts_with(chosen)) facts.set_village(village);
      }
    }
    if (facts.government().outcome().empty()) {
      const std::string task = facts.government().task();
      change.PlaceLine(LINE_GOVERNMENT, 0);
      change.StartTask(LINE_GOVERNMENT, task);
    }
  }
  change.Emit(std::move(event));
  change.AlertAll("TOWNSHIP_DECIDED", chosen);
  return change.Take();
}

Decision Claim(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
               const Context& context) {
  CaseChange change(rows, context, may.row.facts());
  if (change.facts().elsewhere_claimed()) return AlreadySo();
  change.facts().set_elsewhere_claimed(true);
  // Nothing closes, no clock stops: "studies elsewhere" without proof is the oldest fake fix (K-5,
  // D07).
  change.Emit(ChangeOf(command, may.line));
  change.Alert(BureauOffice(change.facts()), "ELSEWHERE_CLAIMED");
  return change.Take();
}

Decision Confirm(const v1::ActOnCaseCommand& command, const Permitted& may, const Rows& rows,
                 const Context& context) {
  const v1::CaseFacts& facts = may.row.facts();
  const CivilDay from =
      ConfirmFrom(rows, facts.school_code(), CivilDay{facts.opened_on().days()},
                  static_cast<int>(RulesOn(rows, context.today).rules().confirm_school_days()));
  if (context.today < from) return ConfirmTooEarly(from);
  if (command.reason_code().ciphertext().empty()) return ReasonMandatory();
  CaseChange change(rows, context, facts);
  change.facts().set_state(std::string(may.rule->next));
  change.facts().mutable_confirmed_on()->set_days(context.today.days);
  change.facts().clear_confirm_due();
  change.StartTasks(kTaskPersuade);  // the registration is kept and persuading goes on (1.10)
  change.Emit(ChangeOf(command, LINE_EDUCATION));
  change.AlertAll("CONFIRMED");
  return change.Take();
}

}  // namespace

std::string_view PersuasionMethods() {
  return "PHONE HOME_VISIT GROUP_VISIT PRINCIPAL_TALK JOINT_VISIT";
}
std::string_view PersuasionResults() {
  return "AGREED_TO_RETURN REFUSED NOT_FOUND GUARDIAN_UNREACHABLE ELSEWHERE_CLAIMED ILL";
}

std::variant<Permitted, Refusal> Permit(const Rows& rows, const Context& context,
                                        std::string_view case_id, std::string_view child_id,
                                        std::string_view action, uint32_t role_number) {
  const auto role = static_cast<types::v1::Role>(role_number);
  auto row = FindCase(rows, case_id);
  if (!row) return CaseUnknown();
  const v1::CaseFacts& facts = row->facts();
  if (facts.child_id() != child_id) return CaseChildMismatch();
  if (IsClosed(facts.state())) return CaseClosed(facts.state());
  const CaseRule* rule = FindRule(facts.state(), action, role);
  if (rule == nullptr) {
    return AnyRole(facts.state(), action) ? NotYourAction(action)
                                          : ActionNotPossible(action, facts.state());
  }
  const Line line = rule->line == types::v1::LINE_UNSPECIFIED ? LineOf(role) : rule->line;
  // A registrar or teacher acts for the school; a teacher's office is the class.
  if (!OnLine(facts, line, context.actor.office())) return NotYourCase(context.actor.office());
  return Permitted{*std::move(row), rule, line};
}

Decision DecideAct(const v1::ActOnCaseCommand& command, const Rows& rows, const Context& context) {
  auto permitted = Permit(rows, context, command.case_id(), command.child_id(), command.action(),
                          command.role());
  if (const auto* refusal = std::get_if<Refusal>(&permitted)) return *refusal;
  const Permitted& may = std::get<Permitted>(permitted);
  const auto day = DayOf(command.on(), context);
  if (const auto* refusal = std::get_if<Refusal>(&day)) return *refusal;
  const std::string& action = command.action();
  if (action == kTakeOver) return TakeOver(command, may, rows, context);
  if (action == kDenyResponsibility) return Deny(command, may, rows, context);
  if (action == kDecideTownship) return DecideTheTownship(command, may, rows, context);
  if (action == kClaimElsewhere) return Claim(command, may, rows, context);
  if (action == kConfirmDropout) return Confirm(command, may, rows, context);
  return DecideEnding(command, may, std::get<CivilDay>(day), rows, context);
}

Decision DecidePersuasion(const v1::RecordPersuasionCommand& command, const Rows& rows,
                          const Context& context) {
  auto permitted =
      Permit(rows, context, command.case_id(), command.child_id(), kPersuade, command.role());
  if (const auto* refusal = std::get_if<Refusal>(&permitted)) return *refusal;
  const Permitted& may = std::get<Permitted>(permitted);
  const auto day = DayOf(command.on(), context);
  if (const auto* refusal = std::get_if<Refusal>(&day)) return *refusal;
  const CivilDay on = std::get<CivilDay>(day);
  const CivilDay opened{may.row.facts().opened_on().days()};
  if (on + 31 < opened) return DateBeforeCase(on, opened);
  if (!Contains(PersuasionMethods(), command.method())) {
    return CodeUnknown("method", command.method(), PersuasionMethods());
  }
  if (!Contains(PersuasionResults(), command.result())) {
    return CodeUnknown("result", command.result(), PersuasionResults());
  }
  // K-3: every persuasion says who was met and what was said.
  if (command.met().ciphertext().empty() || command.said().ciphertext().empty())
    return ReasonMandatory();
  CaseChange change(rows, context, may.row.facts());
  if (!may.rule->next.empty()) change.facts().set_state(std::string(may.rule->next));
  change.facts().set_persuasions(change.facts().persuasions() + 1);
  // This line has acted: its clock starts again. The other line's runs on.
  if (change.Of(may.line).outcome().empty()) change.StartTask(may.line, kTaskPersuade);
  v1::PersuasionRecorded event;
  event.set_number(change.facts().persuasions());
  event.mutable_on()->set_days(on.days);
  event.set_method(command.method());
  event.set_line(may.line);
  event.set_result(command.result());
  *event.mutable_place() = command.place();
  *event.mutable_met() = command.met();
  *event.mutable_said() = command.said();
  *event.mutable_evidence() = command.evidence();
  *event.mutable_sensitive() = command.sensitive();
  change.Emit(std::move(event), on);
  return change.Take();
}

Decision DecideAnswerAlert(const v1::AnswerAlertCommand& command, const Rows& rows,
                           const Context& context) {
  const auto alert = base::Find<v1::AlertRow>(rows, AsId(command.alert_id()));
  if (!alert) return AlertUnknown();
  if (alert->office() != context.actor.office()) return NotYourAlert(alert->office());
  if (!alert->answer().empty() && alert->answer() != "SEEN") return AlertAlreadyAnswered();
  if (!Contains("SEEN ACCEPTED DENIED", command.answer())) {
    return CodeUnknown("answer", command.answer(), "SEEN ACCEPTED DENIED");
  }
  if (alert->answer() == command.answer()) return AlertAlreadyAnswered();
  v1::AlertAcknowledged event;
  event.set_alert_id(command.alert_id());
  event.set_by(context.actor.subject());
  event.set_at_us(context.now.us);
  event.set_office(alert->office());
  event.set_answer(command.answer());
  base::Events events{base::MakeEvent(event, context.today)};
  if (command.answer() == "SEEN") return events;
  // Accepting takes the case over, denying asks the bureau: the same acts as on the case itself.
  v1::ActOnCaseCommand act;
  act.set_role(command.role());
  act.set_case_id(alert->case_id());
  act.set_child_id(alert->child_id());
  act.set_action(std::string(command.answer() == "ACCEPTED" ? kTakeOver : kDenyResponsibility));
  act.set_evidence_type(command.evidence_type());
  *act.mutable_evidence() = command.evidence();
  *act.mutable_note() = command.note();
  Decision decision = DecideAct(act, rows, context);
  if (auto* refusal = std::get_if<Refusal>(&decision)) return *refusal;
  base::Events& more = std::get<base::Events>(decision);
  std::move(more.begin(), more.end(), std::back_inserter(events));
  return events;
}

}  // namespace twinline::accountability

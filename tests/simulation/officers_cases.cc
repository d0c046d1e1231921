// What is done about cases: persuading, answers, signatures of both lines, false alarms and
// overrides, tasks and alerts; by people of the case's own offices, and now and then by others.
#include "absl/strings/match.h"
#include "platform/base/hash.h"
#include "tests/simulation/officers.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::simulation {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;
using namespace types::v1;  // role names

const rv1::DutyFacts* Officers::OfGovernmentLine(const cv1::CaseFacts& facts) {
  if (Chance(400) && !facts.village().empty()) {
    return Holder("village:" + facts.village(), {ROLE_VILLAGE_OFFICIAL});
  }
  return Holder("township:" + facts.township(), {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD});
}

const rv1::DutyFacts* Officers::OfEducationLine(const cv1::CaseFacts& facts) {
  if (Chance(300) && !facts.class_id().empty()) {
    return Holder("class:" + base::ToHex(facts.class_id()), {ROLE_CLASS_TEACHER});
  }
  if (Chance(300)) return Holder("bureau:" + facts.county(), {ROLE_BUREAU_OFFICIAL});
  return Holder("school:" + facts.school_code(), {ROLE_PRINCIPAL, ROLE_REGISTRAR});
}

void Officers::Persuade(const cv1::CaseFacts& facts, const Duty* person) {
  if (person == nullptr) return;
  cv1::RecordPersuasionCommand command;
  command.set_role(person->role());
  command.set_case_id(facts.case_id());
  command.set_child_id(facts.child_id());
  command.set_method("HOME_VISIT");
  command.set_result(Chance(500) ? "REFUSED" : "AGREED_TO_RETURN");
  *command.mutable_met() = SealedText("监护人");
  *command.mutable_said() = SealedText("过几天回校");
  Ask(kAccountability, command, person);
}

void Officers::Act(const cv1::CaseFacts& facts, std::string_view action, std::string_view code,
                   const Duty* person) {
  if (person == nullptr) return;
  cv1::ActOnCaseCommand command;
  command.set_role(person->role());
  command.set_case_id(facts.case_id());
  command.set_child_id(facts.child_id());
  command.set_action(std::string(action));
  command.set_code(std::string(code));
  if (!Chance(50)) *command.mutable_note() = SealedText("理由");
  *command.mutable_reason_code() = SealedText("外出务工");
  if (!Chance(100)) command.add_evidence("digest");
  command.set_evidence_type("NEVER_RESIDED");
  command.set_township(std::string(Chance(500) ? kTown : kOtherTown));
  Ask(kAccountability, command, person);
}

void Officers::WorkOnCase() {
  const cv1::CaseFacts* facts = AnyOf(
      published_->cases, [this](const auto& one) { return !IsClosedCase(one) || Chance(20); });
  if (facts == nullptr) return;
  const std::string bureau = "bureau:" + facts->county();
  if (Chance(8)) {
    Act(*facts, "OVERRIDE_CLOSE", "CLOSED_RETURN", Holder(bureau, {ROLE_BUREAU_DIRECTOR}));
  } else if (!facts->decision_needed().empty() && Chance(300)) {
    Act(*facts, "DECIDE_TOWNSHIP", "", Holder(bureau, {ROLE_BUREAU_OFFICIAL}));
  } else if (facts->state() == "SUSPECTED" || facts->state() == "PERSUADING" ||
             facts->state() == "CONFIRMED" || facts->state() == "ORDERED") {
    WorkOnOpenCase(*facts);
  } else {
    AnswerCase(*facts);
  }
}

void Officers::WorkOnOpenCase(const cv1::CaseFacts& facts) {
  if (Chance(busy_.wrong)) {
    Persuade(facts, Anybody());
    return;
  }
  const auto child = published_->children.find(facts.registration_id());
  const bool back = child != published_->children.end() && MarkOf(child->second, today_) != 5;
  const std::string bureau = "bureau:" + facts.county();
  const std::string school = "school:" + facts.school_code();
  const std::string township = "township:" + facts.township();
  switch (prng_->Below(10)) {
    case 0:
      Act(facts, "TAKE_OVER", "", Holder(township, {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD}));
      break;
    case 1:
      Act(facts, "DENY_RESPONSIBILITY", "", Holder(township, {ROLE_TOWNSHIP_OFFICIAL}));
      break;
    case 2:
      Act(facts, "PROPOSE_FALSE_ALARM", "", Holder(school, {ROLE_REGISTRAR, ROLE_PRINCIPAL}));
      break;
    case 3:
      Act(facts, "CONFIRM_DROPOUT", "", Holder(bureau, {ROLE_BUREAU_OFFICIAL}));
      break;
    case 4:
      if (Chance(300)) {
        Act(facts, "PROVE_ELSEWHERE", "", Holder(bureau, {ROLE_BUREAU_OFFICIAL}));
      } else if (child != published_->children.end() && child->second.status() == "HOME_TEACH") {
        Act(facts, "PROPOSE_PLACEMENT", "HOME_TEACHING", Holder(school, {ROLE_PRINCIPAL}));
      }
      break;
    case 5:
      Persuade(facts, OfGovernmentLine(facts));
      break;
    case 6:
      Persuade(facts, OfEducationLine(facts));
      break;
    default:
      if (back || Chance(100)) {
        Act(facts, "REPORT_RETURN", "",
            Holder("class:" + base::ToHex(facts.class_id()), {ROLE_CLASS_TEACHER}));
      }
  }
}

// Both lines have to sign what ends a case (K-4).
void Officers::AnswerCase(const cv1::CaseFacts& facts) {
  const std::string township = "township:" + facts.township();
  if (facts.state() == "FALSE_ALARM_PROPOSED") {
    Act(facts, Chance(500) ? "SIGN_FALSE_ALARM" : "REJECT_FALSE_ALARM", "",
        Chance(busy_.wrong) ? Anybody() : Holder(township, {ROLE_TOWNSHIP_OFFICIAL}));
    return;
  }
  std::string_view code = "CLOSED_RETURN";
  if (facts.state() == "TRANSFERRED") code = "CLOSED_TRANSFER";
  if (facts.state() == "PLACED") code = "CLOSED_PLACED";
  if (facts.state() == "END_PROPOSED") code = "CLOSED_END";
  if (Chance(30)) code = "CLOSED_END";  // another outcome than the case has
  if (Chance(busy_.wrong)) {
    Act(facts, "SIGN_CLOSE", code, Anybody());
  } else if (Chance(500)) {
    Act(facts, "SIGN_CLOSE", code, Holder(township, {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD}));
  } else {
    Act(facts, "SIGN_CLOSE", code, Holder("school:" + facts.school_code(), {ROLE_PRINCIPAL}));
  }
}

void Officers::CompleteTask() {
  const cv1::TaskFacts* task =
      AnyOf(published_->tasks, [](const auto& one) { return one.state() == "OPEN"; });
  if (task == nullptr) return;
  cv1::CompleteTaskCommand command;
  command.set_task_id(task->task_id());
  *command.mutable_note() = SealedText("已联系家长");
  const Duty* person =
      Holder(task->office(), {ROLE_CLASS_TEACHER, ROLE_PRINCIPAL, ROLE_BUREAU_OFFICIAL});
  if (person == nullptr) return;
  command.set_role(person->role());
  Ask(kAccountability, command, person);
}

void Officers::AnswerAlert() {
  const cv1::AlertOffered* alert = Any(published_->open_alerts);
  if (alert == nullptr) return;
  const Duty* person = Holder(alert->office(), {ROLE_TOWNSHIP_OFFICIAL, ROLE_PRINCIPAL,
                                                ROLE_BUREAU_OFFICIAL, ROLE_COUNTY_HEAD});
  if (person == nullptr) return;
  cv1::AnswerAlertCommand command;
  command.set_role(person->role());
  command.set_alert_id(alert->alert_id());
  command.set_answer(Chance(600) ? "SEEN" : Chance(500) ? "ACCEPTED" : "DENIED");
  command.set_evidence_type("HUKOU_MOVED");
  Ask(kAccountability, command, person);
}

}  // namespace twinline::simulation

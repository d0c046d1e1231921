// Short forms over the one child: what attendance tells, what people do, and bringing a case to a
// state.
#include <gtest/gtest.h>

#include "tests/unit/accountability/county.h"

namespace twinline::accountability {

namespace av1 = attendance::v1;
namespace rv1 = registry::v1;
using namespace types::v1;  // role names

Result County::Cross(std::string_view threshold, uint32_t days) {
  av1::StreakCrossed event;
  event.set_registration_id(child_.registration_id());
  event.set_child_id(child_.child_id());
  event.set_class_id(child_.class_id());
  event.set_school_code(child_.school_code());
  event.set_threshold(std::string(threshold));
  event.set_days(days);
  event.set_first_day((today() - static_cast<int>(days)).days);
  event.set_last_day(today().days);
  event.set_last_present_day((today() - static_cast<int>(days) - 1).days);
  return Publish(event);
}

Result County::Verdict(bool present) {
  av1::RollCallTaken event;
  event.set_class_id(child_.class_id());
  event.set_day(today().days);
  event.set_session(2);
  event.set_judged(true);
  av1::Verdict* verdict = event.add_verdicts();
  verdict->set_registration_id(child_.registration_id());
  verdict->set_outcome(present ? 1 : 2);
  return Publish(event);
}

Result County::Recount(uint32_t before, uint32_t after, std::vector<std::string> crossed) {
  av1::StreakRecomputed event;
  event.set_registration_id(child_.registration_id());
  event.set_child_id(child_.child_id());
  event.set_class_id(child_.class_id());
  event.set_days_before(before);
  event.set_days_after(after);
  for (std::string& threshold : crossed) event.add_crossed(std::move(threshold));
  return Publish(event);
}

Result County::Act(std::string_view action, const Staff& by, std::string_view code) {
  v1::ActOnCaseCommand command;
  command.set_action(std::string(action));
  command.set_code(std::string(code));
  *command.mutable_note() = SealedText("理由");
  *command.mutable_reason_code() = SealedText("外出务工");
  command.add_evidence("digest");
  return Act(std::move(command), by);
}

Result County::Act(v1::ActOnCaseCommand command, const Staff& by) {
  command.set_role(by.role);
  command.set_case_id(Case().case_id());
  command.set_child_id(child_.child_id());
  return Do(command, by);
}

Result County::Persuade(const Staff& by, std::string_view result) {
  v1::RecordPersuasionCommand command;
  command.set_role(by.role);
  command.set_case_id(Case().case_id());
  command.set_child_id(child_.child_id());
  command.set_method("HOME_VISIT");
  command.set_result(std::string(result));
  *command.mutable_met() = SealedText("奶奶");
  *command.mutable_said() = SealedText("过完节回校");
  return Do(command, by);
}

Result County::Issue(std::string_view kind, const Staff& by) {
  v1::IssuePaperCommand command;
  command.set_role(by.role);
  command.set_case_id(Case().case_id());
  command.set_child_id(child_.child_id());
  command.set_kind(std::string(kind));
  command.set_return_by((today() + 7).days);
  *command.mutable_addressee() = SealedText("监护人");
  return Do(command, by);
}

Result County::Status(std::string_view status, CivilDay suspended_until) {
  rv1::RegistrationStatusChanged event;
  event.set_status_before(child_.status());
  child_.set_status(std::string(status));
  child_.clear_suspended_until();
  if (suspended_until.days != 0) child_.mutable_suspended_until()->set_days(suspended_until.days);
  *event.mutable_facts() = child_;
  return Publish(event, "registry/0");
}

Result County::Move(std::string_view to_school, const Id16& to_class) {
  rv1::RegistrationMoved event;
  event.set_from_school_code(child_.school_code());
  child_.set_school_code(std::string(to_school));
  child_.set_class_id(to_class.str());
  *event.mutable_facts() = child_;
  event.mutable_class_after()->set_class_id(to_class.str());
  event.mutable_class_after()->set_roster_version(2);
  return Publish(event, "registry/0");
}

void County::PassProbation() {
  for (int i = 0; i < 40 && !Case().probation_passed(); ++i) {
    GoTo(today() + 1, 18);
    if (today().weekday() <= 5) Verdict(true);
  }
}

void County::BringTo(std::string_view state) {
  if (!HasCase()) Cross("SUSPECTED", 5);
  if (state == kSuspected) return;
  if (state == kFalseAlarmProposed) {
    Recount(5, 2);
  } else if (state == kReturned) {
    Act(kReportReturn, Person(ROLE_CLASS_TEACHER));
  } else if (state == kTransferred) {
    Act(kProveElsewhere, Person(ROLE_BUREAU_OFFICIAL));
  } else if (state == kPlaced) {
    Status("HOME_TEACH");
    Act(kProposePlacement, Person(ROLE_PRINCIPAL), "HOME_TEACHING");
  } else if (state == kEndProposed) {
    Status("DECEASED");
    Act(kProposeEnd, Person(ROLE_BUREAU_OFFICIAL), "DECEASED");
  } else if (state == kOrdered) {
    Issue(kIssueOrder, Person(ROLE_TOWNSHIP_HEAD));
  } else if (state == kLitigation) {
    Issue(kIssueOrder, Person(ROLE_TOWNSHIP_HEAD));
    Issue(kIssueCourt, Person(ROLE_TOWNSHIP_HEAD));
  } else if (state == kConfirmed) {
    GoTo(today() + 40);
    Act(kConfirmDropout, Person(ROLE_BUREAU_OFFICIAL));
  } else if (state == kPersuading) {
    Persuade(Person(ROLE_CLASS_TEACHER));
  } else {
    Act(kOverrideClose, Person(ROLE_BUREAU_DIRECTOR), state);
  }
  EXPECT_EQ(Case().state(), state);
}

}  // namespace twinline::accountability

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/correction.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/refusals.h"
#include "attendance/domain/roll_call.h"
#include "attendance/domain/school_days.h"
#include "attendance/domain/tracked.h"
#include "attendance/tables/tables.h"
#include "platform/base/dispatch.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::attendance {

using base::AsId;
using base::CommandView;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Parse;
using base::Rows;

namespace {

Decision DecideAdoptRuleSet(const v1::AdoptRuleSet& command, const Context& context) {
  const v1::RuleSet& rules = command.rules();
  if (command.version().empty() || rules.contact() == 0 ||
      rules.school_report() < rules.contact() || rules.suspected() < rules.school_report() ||
      rules.term_start_no_show() == 0 || rules.unmarked_bureau() == 0 ||
      rules.day_close_minute() == 0 || rules.day_close_minute() >= 1440) {
    return RuleSetInvalid();
  }
  v1::RuleSetAdopted event;
  event.set_version(command.version());
  event.set_valid_from(command.valid_from());
  event.set_content(rules.SerializeAsString());
  return Events{MakeEvent(event, context.today)};
}

}  // namespace

Decision Decide(const CommandView& command, const Rows& rows, const Context& context) {
  if (command.type == base::CommandType<v1::TakeRollCall>()) {
    Scratch scratch;
    auto* c = scratch.New<v1::TakeRollCall>();
    if (Parse(command, c)) return DecideRollCall(*c, rows, context, scratch);
  }
  if (v1::ProposeCorrection c; Parse(command, &c)) return DecideProposeCorrection(c, rows, context);
  if (v1::SignCorrection c; Parse(command, &c)) return DecideSignCorrection(c, rows, context);
  if (v1::ResolveConflict c; Parse(command, &c)) return DecideConflict(c, rows, context);
  if (v1::AdoptSchoolCalendar c; Parse(command, &c)) return DecideAdoptCalendar(c, rows, context);
  if (v1::AdoptRuleSet c; Parse(command, &c)) return DecideAdoptRuleSet(c, context);
  if (v1::StartSchoolDays c; Parse(command, &c)) return DecideStartSchoolDays(c, rows, context);
  if (v1::MoveTracked c; Parse(command, &c)) return DecideMoveTracked(c, rows, context);
  if (v1::MoveTrackedClass c; Parse(command, &c)) {
    return DecideMoveTrackedClass(c, rows, context);
  }
  if (v1::SetWatch c; Parse(command, &c)) return DecideSetWatch(c, rows, context);
  if (command.type == base::kTimerFired) {
    const journal::v1::TimerRef timer = base::ParseTimer(command);
    if (timer.kind() == kTimerDayClose) {
      return DecideDayClose(timer, rows, context);
    }
  }
  return base::Refusal{"COMMAND_UNKNOWN",
                       "考勤服务不认识此命令。请升级客户端。",
                       "Attendance does not know this command. Upgrade the client.",
                       {}};
}

std::vector<base::Id16> AttendanceDomain::Outcome(const journal::v1::Commit& commit) const {
  std::vector<base::Id16> outcome;
  for (const journal::v1::Event& event : commit.events()) {
    if (event.type() == base::EventType<v1::CorrectionProposed>()) {
      v1::CorrectionProposed proposed;
      proposed.ParseFromString(event.data());
      outcome.push_back(AsId(proposed.correction_id()));
    } else if (event.type() == base::EventType<v1::StreakCrossed>()) {
      v1::StreakCrossed crossed;
      crossed.ParseFromString(event.data());
      outcome.push_back(AsId(crossed.registration_id()));
    }
  }
  return outcome;
}

std::string DefaultRuleSetCommand() {
  v1::AdoptRuleSet command;
  command.set_version("default-2026");
  command.set_valid_from(0);
  v1::RuleSet* rules = command.mutable_rules();
  rules->set_contact(1);
  rules->set_school_report(3);
  rules->set_suspected(5);
  rules->set_term_start_no_show(3);
  rules->set_unmarked_bureau(3);
  rules->set_day_close_minute(18 * 60);
  rules->set_backdating_children(10);
  rules->set_confirm_after(20);
  return command.SerializeAsString();
}

std::vector<base::DerivedCommand> AttendanceDomain::React(const base::SourceEvent& source) const {
  return attendance::React(source, share_);
}

std::vector<base::DerivedCommand> AttendanceDomain::Seed() const {
  return {{"attendance.seed_rules", base::Id16(), base::CommandType<v1::AdoptRuleSet>(),
           DefaultRuleSetCommand()}};
}

bool AttendanceDomain::RestsOnSources(uint32_t command_type) const {
  return command_type != base::CommandType<v1::TakeRollCall>();
}

}  // namespace twinline::attendance

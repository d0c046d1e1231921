// Which commands follow from events of other journals: a pure filter on the event's type and own
// fields. Rule names are frozen, they are part of derived ids.
#include <algorithm>

#include "accountability/domain/accountability_domain.h"
#include "platform/base/dispatch.h"
#include "platform/base/keys.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::accountability {

using base::AsId;
using base::DerivedCommand;
using base::SourceEvent;

namespace {

namespace av1 = attendance::v1;
namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

// Outcomes of attendance.v1.Verdict.
constexpr uint32_t kPresent = 1;
constexpr uint32_t kUnexplained = 2;

template <typename Command>
DerivedCommand Make(const char* rule, std::string_view subject, const Command& command) {
  return {rule, AsId(subject), base::CommandType<Command>(), command.SerializeAsString()};
}

template <typename Verdicts>
std::vector<DerivedCommand> NoteVerdicts(const std::string& class_id, int32_t day,
                                         const Verdicts& verdicts) {
  v1::NoteVerdictsCommand command;
  command.set_day(day);
  for (const av1::Verdict& verdict : verdicts) {
    if (verdict.outcome() == kPresent) command.add_present(verdict.registration_id());
    if (verdict.outcome() == kUnexplained) command.add_absent(verdict.registration_id());
  }
  if (command.present().empty() && command.absent().empty()) return {};
  return {Make("accountability.verdicts", class_id, command)};
}

v1::NoteCrossingCommand CrossingOf(const av1::StreakCrossed& event) {
  v1::NoteCrossingCommand command;
  command.set_registration_id(event.registration_id());
  command.set_child_id(event.child_id());
  command.set_class_id(event.class_id());
  command.set_school_code(event.school_code());
  command.add_thresholds(event.threshold());
  command.set_days(event.days());
  command.set_first_day(event.first_day());
  command.set_last_day(event.last_day());
  command.set_last_present_day(event.last_present_day());
  command.set_rule_version(event.rule_version());
  return command;
}

v1::NoteRecountCommand RecountOf(const av1::StreakRecomputed& event) {
  v1::NoteRecountCommand command;
  command.set_days_before(event.days_before());
  v1::NoteCrossingCommand& streak = *command.mutable_streak();
  streak.set_registration_id(event.registration_id());
  streak.set_child_id(event.child_id());
  streak.set_class_id(event.class_id());
  *streak.mutable_thresholds() = event.crossed();
  streak.set_days(event.days_after());
  streak.set_first_day(event.first_day());
  streak.set_last_day(event.last_day());
  streak.set_last_present_day(event.last_present_day());
  streak.set_rule_version(event.rule_version());
  command.set_since_day(event.since_day());
  for (const av1::PastStreak& past : event.past_after()) {
    v1::NoteCrossingCommand& over = *command.add_past();
    over.set_days(past.days());
    over.set_first_day(past.first_day());
    over.set_last_day(past.last_day());
    *over.mutable_thresholds() = past.crossed();
  }
  *command.mutable_thresholds_before() = event.crossed_before();
  for (const av1::PastStreak& past : event.past_before()) {
    command.mutable_thresholds_before()->MergeFrom(past.crossed());
  }
  return command;
}

std::vector<DerivedCommand> FromAttendance(const SourceEvent& source) {
  if (const auto event = base::As<av1::RollCallTaken>(*source.event)) {
    // A signed late roll call changes streaks by StreakRecomputed, not by verdicts.
    if (!event->judged() || event->signed_late()) return {};
    return NoteVerdicts(event->class_id(), event->day(), event->verdicts());
  }
  if (const auto event = base::As<av1::DayJudged>(*source.event)) {
    return NoteVerdicts(event->class_id(), event->day(), event->verdicts());
  }
  if (const auto event = base::As<av1::StreakCrossed>(*source.event)) {
    return {Make("accountability.crossed", event->registration_id(), CrossingOf(*event))};
  }
  if (const auto event = base::As<av1::StreakRecomputed>(*source.event)) {
    return {Make("accountability.recounted", event->registration_id(), RecountOf(*event))};
  }
  if (const auto event = base::As<av1::StreakEnded>(*source.event)) {
    v1::NoteStreakEndedCommand command;
    command.set_registration_id(event->registration_id());
    command.set_day(event->day());
    return {Make("accountability.streak_ended", event->registration_id(), command)};
  }
  if (const auto event = base::As<av1::ClassUnmarked>(*source.event)) {
    v1::NoteUnmarkedCommand command;
    command.set_class_id(event->class_id());
    command.set_school_code(event->school_code());
    command.set_day(event->day());
    command.set_days(event->days());
    command.set_level(event->level());
    return {Make("accountability.unmarked", event->class_id(), command)};
  }
  if (const auto event = base::As<av1::PresentAtTwoSchools>(*source.event)) {
    v1::NoteTwoSchoolsCommand command;
    command.set_child_id(event->child_id());
    command.set_registration_id(event->registration_id());
    command.set_school_code(event->school_code());
    command.set_other_school_code(event->other_school_code());
    command.set_day(event->day());
    command.set_session(event->session());
    return {Make("accountability.two_schools", event->registration_id(), command)};
  }
  return {};
}

DerivedCommand Placement(const rv1::ChildFacts& facts, const char* cause,
                         const std::string& from_school, const SourceEvent& source) {
  v1::NotePlacementCommand command;
  *command.mutable_facts() = facts;
  command.set_cause(cause);
  command.set_from_school_code(from_school);
  command.set_registry_pos(source.ref.pos());
  return Make("accountability.placement", facts.registration_id(), command);
}

// Only a correction of places concerns a case.
bool ChangesPlace(const rv1::ChildCorrected& event) {
  return event.changed().empty() ||
         std::any_of(event.changed().begin(), event.changed().end(), [](const std::string& field) {
           return field.find("township") != std::string::npos ||
                  field.find("village") != std::string::npos ||
                  field.find("hukou") != std::string::npos ||
                  field.find("residence") != std::string::npos;
         });
}

DerivedCommand Duty(const rv1::DutyFacts& duty) {
  v1::NoteDutyCommand command;
  command.set_office(duty.office());
  command.set_from_day(duty.from().days());
  command.set_to_day(duty.to().days());
  return Make("accountability.duty", duty.duty_id(), command);
}

std::vector<DerivedCommand> FromRegistry(const SourceEvent& source) {
  if (const auto event = base::As<rv1::RegistrationMoved>(*source.event)) {
    return {Placement(event->facts(), "MOVED", event->from_school_code(), source)};
  }
  if (const auto event = base::As<rv1::ChildPlaced>(*source.event))
    return {Placement(event->facts(), "PLACED", {}, source)};
  if (const auto event = base::As<rv1::ChildCorrected>(*source.event)) {
    if (!ChangesPlace(*event)) return {};
    return {Placement(event->facts(), "CORRECTED", {}, source)};
  }
  if (const auto event = base::As<rv1::ClassPromoted>(*source.event)) {
    if (event->children().empty()) return {};
    v1::NoteClassMovedCommand command;
    *command.mutable_children() = event->children();
    command.set_action(event->action());
    command.set_from_school_code(event->from_school_code());
    command.set_registry_pos(source.ref.pos());
    return {Make("accountability.class_moved", event->business_id(), command)};
  }
  if (const auto event = base::As<rv1::RegistrationStatusChanged>(*source.event)) {
    v1::NoteStatusCommand command;
    *command.mutable_facts() = event->facts();
    command.set_status_before(event->status_before());
    command.set_registry_pos(source.ref.pos());
    return {Make("accountability.status", event->facts().registration_id(), command),
            Placement(event->facts(), "STATUS", {}, source)};
  }
  if (const auto event = base::As<rv1::DuplicateResolved>(*source.event)) {
    if (event->outcome() != "MERGED") return {};
    v1::NoteMergeCommand command;
    command.set_survivor_child_id(event->survivor_child_id());
    command.set_alias_child_id(event->alias_child_id());
    *command.mutable_survivor() = event->survivor();
    return {Make("accountability.merge", event->alias_child_id(), command)};
  }
  if (const auto event = base::As<rv1::UnlawfulCodeAlarmed>(*source.event)) {
    v1::NoteUnlawfulCodeCommand command;
    command.set_child_id(event->child_id());
    command.set_school_code(event->school_code());
    command.set_code(event->code());
    // One such event in a commit, so that the school is subject enough where no child is known.
    const base::Id16 subject = event->child_id().empty()
                                   ? base::DeriveId({"school", event->school_code()})
                                   : AsId(event->child_id());
    return {Make("accountability.unlawful_code", subject.bytes(), command)};
  }
  if (const auto event = base::As<rv1::DutyStarted>(*source.event)) return {Duty(event->duty())};
  if (const auto event = base::As<rv1::DutyEnded>(*source.event)) return {Duty(event->duty())};
  return {};
}

std::vector<DerivedCommand> FromTransfer(const SourceEvent& source) {
  if (const auto event = base::As<tv1::BusinessCompleted>(*source.event)) {
    const tv1::BusinessFacts& business = event->business();
    if (!business.kind().starts_with("TRANSFER_")) return {};
    v1::NoteTransferDoneCommand command;
    command.set_child_id(business.child_id());
    command.set_registration_id(business.registration_id());
    command.set_to_school_code(business.to_school_code());
    command.set_business_id(business.business_id());
    return {Make("accountability.transfer_done", business.business_id(), command)};
  }
  if (const auto event = base::As<tv1::BusinessLongOverdue>(*source.event)) {
    const tv1::BusinessFacts& business = event->business();
    // A child that wants to leave the province learns here until it is gone; if it does not, its
    // roll calls say so.
    if (!business.kind().starts_with("TRANSFER_") || business.kind() == "TRANSFER_OUT_PROVINCE") {
      return {};
    }
    v1::NoteTransferOverdueCommand command;
    command.set_child_id(business.child_id());
    command.set_registration_id(business.registration_id());
    command.set_from_school_code(business.from_school_code());
    command.set_to_school_code(business.to_school_code());
    command.set_business_id(business.business_id());
    command.set_opened_on(business.opened_on().days());
    return {Make("accountability.transfer_overdue", business.business_id(), command)};
  }
  return {};
}

}  // namespace

std::vector<std::string> ReactionRules() {
  return {"accountability.verdicts",
          "accountability.crossed",
          "accountability.recounted",
          "accountability.streak_ended",
          "accountability.unmarked",
          "accountability.two_schools",
          "accountability.placement",
          "accountability.status",
          "accountability.merge",
          "accountability.duty",
          "accountability.class_moved",
          "accountability.transfer_done",
          "accountability.transfer_overdue",
          "accountability.unlawful_code"};
}

std::vector<DerivedCommand> React(const SourceEvent& source) {
  std::vector<DerivedCommand> commands = FromAttendance(source);
  if (commands.empty()) commands = FromRegistry(source);
  if (commands.empty()) commands = FromTransfer(source);
  return commands;
}

}  // namespace twinline::accountability

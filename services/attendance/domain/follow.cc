// What attendance takes from other journals: class and placement facts of the registry, and the watches
// that accountability asks for.
#include <algorithm>

#include "attendance/domain/attendance_domain.h"
#include "attendance/tables/tables.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::attendance {

using base::AsId;
using base::DerivedCommand;
using base::EventType;
using base::Rows;
using base::SourceEvent;

namespace {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;

void CopyClass(const rv1::ClassFacts& facts, Rows& rows) {
  if (facts.class_id().empty()) return;
  auto row = base::Find<v1::ForeignClass>(rows, AsId(facts.class_id())).value_or(v1::ForeignClass());
  row.set_class_id(facts.class_id());
  row.set_school_code(facts.school_code());
  row.set_grade(facts.grade());
  row.set_number(facts.number());
  row.set_roster_version(facts.roster_version());
  row.set_closed(facts.closed());
  row.set_pupils(facts.pupils());
  base::Put(rows, row);
}

// Keeps the class's count of suspected doubles in step with its registrations.
void CountDouble(Rows& rows, const v1::ForeignRegistration& row, int by) {
  if (!row.duplicate() || row.class_id().empty()) return;
  auto facts = base::Find<v1::ForeignClass>(rows, AsId(row.class_id()));
  if (!facts) return;
  facts->set_doubles(static_cast<uint32_t>(std::max<int64_t>(0, int64_t{facts->doubles()} + by)));
  base::Put(rows, *facts);
}

void CopyChild(const rv1::ChildFacts& facts, Rows& rows) {
  if (facts.registration_id().empty()) return;
  if (const auto before = base::Find<v1::ForeignRegistration>(rows, AsId(facts.registration_id()))) {
    CountDouble(rows, *before, -1);
  }
  v1::ForeignRegistration row;
  row.set_registration_id(facts.registration_id());
  row.set_child_id(facts.child_id());
  row.set_class_id(facts.class_id());
  row.set_school_code(facts.school_code());
  row.set_status(facts.status());
  row.set_duplicate(!facts.open_duplicate_task().empty());
  row.set_duplicate_task(facts.open_duplicate_task());
  base::Put(rows, row);
  CountDouble(rows, row, +1);
}

// Calls `fn` with the event parsed as Message when it is one.
template <typename Message, typename Fn>
bool On(const SourceEvent& source, Fn&& fn) {
  if (source.event->type() != EventType<Message>()) return false;
  Message message;
  if (message.ParseFromString(source.event->data())) fn(message);
  return true;
}

DerivedCommand MoveCommand(const rv1::ChildFacts& facts) {
  v1::MoveTracked command;
  command.set_registration_id(facts.registration_id());
  command.set_to_class_id(facts.class_id());
  return {"attendance.move_tracked", AsId(facts.registration_id()), base::CommandType<v1::MoveTracked>(),
          command.SerializeAsString()};
}

DerivedCommand WatchCommand(const cv1::CaseFacts& facts, bool on) {
  v1::SetWatch command;
  command.set_registration_id(facts.registration_id());
  command.set_child_id(facts.child_id());
  command.set_class_id(facts.class_id());
  command.set_on(on);
  return {"attendance.set_watch", AsId(facts.registration_id()), base::CommandType<v1::SetWatch>(),
          command.SerializeAsString()};
}

}  // namespace

bool WantsSource(uint32_t type) {
  static const uint32_t wanted[] = {
      EventType<rv1::SchoolRecorded>(),      EventType<rv1::ClassRecorded>(),
      EventType<rv1::ChildRegistered>(),     EventType<rv1::ChildCorrected>(),
      EventType<rv1::ChildPlaced>(),         EventType<rv1::RegistrationMoved>(),
      EventType<rv1::RegistrationStatusChanged>(), EventType<rv1::DuplicateReported>(),
      EventType<rv1::DuplicateResolved>(),   EventType<cv1::ProbationStarted>(),
      EventType<cv1::ProbationEnded>(),      EventType<cv1::CaseClosed>(),
  };
  return std::find(std::begin(wanted), std::end(wanted), type) != std::end(wanted);
}

void Follow(const SourceEvent& source, Rows& rows) {
  const auto both = [&](const auto& event) {
    CopyClass(event.class_before(), rows);
    CopyClass(event.class_after(), rows);
    CopyChild(event.facts(), rows);
  };
  On<rv1::ClassRecorded>(source, [&](const auto& event) { CopyClass(event.class_facts(), rows); }) ||
      On<rv1::ChildRegistered>(source,
                               [&](const auto& event) {
                                 CopyClass(event.class_after(), rows);
                                 CopyChild(event.facts(), rows);
                               }) ||
      On<rv1::ChildCorrected>(source, [&](const auto& event) { CopyChild(event.facts(), rows); }) ||
      On<rv1::ChildPlaced>(source, both) || On<rv1::RegistrationMoved>(source, both) ||
      On<rv1::RegistrationStatusChanged>(source, both) ||
      On<rv1::DuplicateReported>(source,
                                 [&](const auto& event) {
                                   CopyChild(event.first(), rows);
                                   CopyChild(event.second(), rows);
                                 }) ||
      On<rv1::DuplicateResolved>(source, [&](const auto& event) {
        CopyChild(event.survivor(), rows);
        CopyChild(event.alias(), rows);
      });
}

std::vector<DerivedCommand> React(const SourceEvent& source) {
  std::vector<DerivedCommand> commands;
  On<rv1::SchoolRecorded>(source,
                          [&](const auto& event) {
                            v1::StartSchoolDays command;
                            command.set_school_code(event.school().school_code());
                            commands.push_back({"attendance.start_school_days",
                                                SchoolEntity(command.school_code()),
                                                base::CommandType<v1::StartSchoolDays>(),
                                                command.SerializeAsString()});
                          }) ||
      On<rv1::ChildPlaced>(source, [&](const auto& event) { commands.push_back(MoveCommand(event.facts())); }) ||
      On<rv1::RegistrationMoved>(source,
                                 [&](const auto& event) { commands.push_back(MoveCommand(event.facts())); }) ||
      On<cv1::ProbationStarted>(
          source, [&](const auto& event) { commands.push_back(WatchCommand(event.case_facts(), true)); }) ||
      On<cv1::ProbationEnded>(
          source, [&](const auto& event) { commands.push_back(WatchCommand(event.case_facts(), false)); }) ||
      On<cv1::CaseClosed>(
          source, [&](const auto& event) { commands.push_back(WatchCommand(event.case_facts(), false)); });
  return commands;
}

}  // namespace twinline::attendance

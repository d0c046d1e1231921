// What attendance takes from other journals: class and placement facts of the registry, and the
// watches that accountability asks for.
#include <algorithm>

#include "attendance/domain/attendance_domain.h"
#include "attendance/tables/tables.h"
#include "platform/base/dispatch.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::DerivedCommand;
using base::On;
using base::Rows;
using base::SourceEvent;

namespace {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;

CivilDay DayOfRecord(const SourceEvent& source) {
  return base::DayOf(base::Timestamp{source.header->time_unix_us()});
}

// Nobody waits for the child at school any more.
bool Ended(const rv1::ChildFacts& facts) {
  static constexpr std::string_view kEnded[] = {"GRADUATED", "COMPLETED", "DECEASED"};
  return std::find(std::begin(kEnded), std::end(kEnded), facts.status()) != std::end(kEnded);
}

void CopyClass(const rv1::ClassFacts& facts, Rows& rows) {
  if (facts.class_id().empty()) return;
  auto row =
      base::Find<v1::ForeignClass>(rows, AsId(facts.class_id())).value_or(v1::ForeignClass());
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

// Where it is and was: the newest three places, kept while the class stays the same.
void CopyPlaces(const std::optional<v1::ForeignRegistration>& before, const rv1::ChildFacts& facts,
                const SourceEvent& source, const Rows& rows, v1::ForeignRegistration* row) {
  constexpr int kPlacesMax = 3;
  row->set_class_id(facts.class_id());
  if (before) *row->mutable_places() = before->places();
  if (before && before->class_id() == facts.class_id()) return;
  if (row->places_size() == kPlacesMax) row->mutable_places()->DeleteSubrange(0, 1);
  v1::Place* place = row->add_places();
  place->set_class_id(facts.class_id());
  place->set_from_day(DayOfRecord(source).days);
  if (const auto class_facts = base::Find<v1::ForeignClass>(rows, AsId(facts.class_id()))) {
    place->set_roster_from(class_facts->roster_version());
  }
}

// Class rows are copied first: the roster version of the class after the event is the child's
// first.
void CopyChild(const rv1::ChildFacts& facts, const SourceEvent& source, Rows& rows) {
  if (facts.registration_id().empty()) return;
  const auto before = base::Find<v1::ForeignRegistration>(rows, AsId(facts.registration_id()));
  if (before) CountDouble(rows, *before, -1);
  v1::ForeignRegistration row;
  CopyPlaces(before, facts, source, rows, &row);
  row.set_registration_id(facts.registration_id());
  row.set_child_id(facts.child_id());
  row.set_school_code(facts.school_code());
  row.set_status(facts.status());
  row.set_duplicate(!facts.open_duplicate_task().empty());
  row.set_duplicate_task(facts.open_duplicate_task());
  base::Put(rows, row);
  CountDouble(rows, row, +1);
}

// The streak follows the child (C-6).
v1::MoveTracked Move(const rv1::ChildFacts& facts, const rv1::ClassFacts& class_after,
                     const SourceEvent& source) {
  v1::MoveTracked command;
  command.set_registration_id(facts.registration_id());
  command.set_to_class_id(facts.class_id());
  if (class_after.class_id() == facts.class_id())
    command.set_roster_from(class_after.roster_version());
  command.set_from_day(DayOfRecord(source).days);
  command.set_ended(Ended(facts));
  return command;
}

DerivedCommand MoveCommand(const rv1::ChildFacts& facts, const rv1::ClassFacts& class_after,
                           const SourceEvent& source) {
  const v1::MoveTracked command = Move(facts, class_after, source);
  return {"attendance.move_tracked", AsId(facts.registration_id()),
          base::CommandType<v1::MoveTracked>(), command.SerializeAsString()};
}

DerivedCommand MoveClassCommand(const rv1::ClassPromoted& event, const SourceEvent& source) {
  v1::MoveTrackedClass command;
  for (const rv1::ChildFacts& facts : event.children()) {
    const auto after = std::find_if(
        event.classes().begin(), event.classes().end(),
        [&](const rv1::ClassFacts& room) { return room.class_id() == facts.class_id(); });
    *command.add_moves() =
        Move(facts, after == event.classes().end() ? rv1::ClassFacts() : *after, source);
  }
  return {"attendance.move_tracked_class", AsId(event.business_id()),
          base::CommandType<v1::MoveTrackedClass>(), command.SerializeAsString()};
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
  return base::IsAnyOf<rv1::SchoolRecorded, rv1::ClassRecorded, rv1::ChildRegistered,
                       rv1::ChildCorrected, rv1::ChildPlaced, rv1::RegistrationMoved,
                       rv1::RegistrationStatusChanged, rv1::ClassPromoted, rv1::DuplicateReported,
                       rv1::DuplicateResolved, cv1::ProbationStarted, cv1::ProbationEnded,
                       cv1::CaseClosed>(type);
}

void Follow(const SourceEvent& source, Rows& rows) {
  const auto child = [&](const rv1::ChildFacts& facts) { CopyChild(facts, source, rows); };
  const auto moved = [&](const auto& event) {
    CopyClass(event.class_before(), rows);
    CopyClass(event.class_after(), rows);
    child(event.facts());
  };
  On<rv1::ClassRecorded>(source,
                         [&](const auto& event) { CopyClass(event.class_facts(), rows); }) ||
      On<rv1::ChildRegistered>(source,
                               [&](const auto& event) {
                                 CopyClass(event.class_after(), rows);
                                 child(event.facts());
                               }) ||
      On<rv1::ChildCorrected>(source, [&](const auto& event) { child(event.facts()); }) ||
      On<rv1::ClassPromoted>(source,
                             [&](const auto& event) {
                               for (const auto& facts : event.classes()) CopyClass(facts, rows);
                               for (const auto& facts : event.children()) child(facts);
                             }) ||
      On<rv1::ChildPlaced>(source, moved) || On<rv1::RegistrationMoved>(source, moved) ||
      On<rv1::RegistrationStatusChanged>(source, moved) ||
      On<rv1::DuplicateReported>(source,
                                 [&](const auto& event) {
                                   child(event.first());
                                   child(event.second());
                                 }) ||
      On<rv1::DuplicateResolved>(source, [&](const auto& event) {
        CopyClass(event.class_before(), rows);
        CopyClass(event.class_after(), rows);
        child(event.survivor());
        child(event.alias());
      });
}

std::vector<std::string> ReactionRules() {
  return {"attendance.start_school_days", "attendance.move_tracked",
          "attendance.move_tracked_class", "attendance.set_watch"};
}

std::vector<DerivedCommand> React(const SourceEvent& source, const CountyShare& share) {
  std::vector<DerivedCommand> commands;
  const auto move = [&](const auto& event) {
    commands.push_back(MoveCommand(event.facts(), event.class_after(), source));
  };
  const auto watch = [&](const auto& event, bool on) {
    if (!event.case_facts().registration_id().empty()) {
      commands.push_back(WatchCommand(event.case_facts(), on));
    }
  };
  On<rv1::SchoolRecorded>(
      source,
      [&](const auto& event) {
        const rv1::SchoolFacts& school = event.school();
        if (!share.Keeps(school.county())) return;
        v1::StartSchoolDays command;
        command.set_school_code(school.school_code());
        commands.push_back({"attendance.start_school_days", SchoolEntity(command.school_code()),
                            base::CommandType<v1::StartSchoolDays>(), command.SerializeAsString()});
      }) ||
      On<rv1::ClassPromoted>(source,
                             [&](const auto& event) {
                               if (event.children().empty()) return;
                               commands.push_back(MoveClassCommand(event, source));
                             }) ||
      On<rv1::ChildPlaced>(source, move) || On<rv1::RegistrationMoved>(source, move) ||
      On<rv1::RegistrationStatusChanged>(
          source,
          [&](const auto& event) {
            // Only when a roster changed, or the way through school ended.
            if (event.has_class_before() || event.has_class_after() || Ended(event.facts())) {
              move(event);
            }
          }) ||
      On<rv1::DuplicateResolved>(
          source,
          [&](const auto& event) {
            if (!event.has_class_before() && !event.has_class_after()) return;
            commands.push_back(MoveCommand(event.alias(), event.class_after(), source));
          }) ||
      On<cv1::ProbationStarted>(source, [&](const auto& event) { watch(event, true); }) ||
      On<cv1::ProbationEnded>(source, [&](const auto& event) { watch(event, false); }) ||
      On<cv1::CaseClosed>(source, [&](const auto& event) { watch(event, false); });
  return commands;
}

}  // namespace twinline::attendance

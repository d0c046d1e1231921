// What accountability takes from other journals: where children stand, schools, areas and duties
// from the registry; school calendars and who was seen where from attendance. Foreign rows only:
// they refuse early and fill in offices, they never authorise.
#include <algorithm>

#include "accountability/domain/accountability_domain.h"
#include "accountability/tables/tables.h"
#include "platform/base/dispatch.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::accountability {

using base::AsId;
using base::On;
using base::Rows;
using base::SourceEvent;

namespace {

namespace av1 = attendance::v1;
namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

constexpr uint32_t kUnexplained = 5;  // codes of attendance.v1.Exception
constexpr uint32_t kGuest = 6;

void CopyChild(const rv1::ChildFacts& facts, const SourceEvent& source, Rows& rows,
               const std::string& previous_school = {}) {
  if (facts.registration_id().empty()) return;
  auto row = base::Find<v1::ForeignChild>(rows, AsId(facts.registration_id()))
                 .value_or(v1::ForeignChild());
  *row.mutable_facts() = facts;
  row.set_pos(source.ref.pos());
  if (!previous_school.empty()) row.set_previous_school_code(previous_school);
  base::Put(rows, row);
}

// A moved child is awaited in its new class until a roll call shows it there.
void Await(const rv1::ChildFacts& facts, const rv1::ClassFacts& class_after, int32_t since,
           Rows& rows) {
  v1::ForeignArrival row;
  row.set_registration_id(facts.registration_id());
  row.set_class_id(facts.class_id());
  row.set_roster_version(class_after.roster_version());
  row.set_since(since);
  base::Put(rows, row);
}

void FollowMoved(const rv1::RegistrationMoved& event, const SourceEvent& source, Rows& rows) {
  CopyChild(event.facts(), source, rows, event.from_school_code());
  Await(event.facts(), event.class_after(), source.event->effective_date(), rows);
}

void FollowPlaced(const rv1::ChildPlaced& event, const SourceEvent& source, Rows& rows) {
  CopyChild(event.facts(), source, rows);
  const auto arrival = base::Find<v1::ForeignArrival>(rows, AsId(event.facts().registration_id()));
  if (arrival && arrival->seen() == 0)
    Await(event.facts(), event.class_after(), arrival->since(), rows);
}

void SeeArrivals(const av1::RollCallTaken& event, Rows& rows) {
  std::vector<v1::ForeignArrival> seen;
  base::ScanIndex<v1::ForeignArrival>(
      rows, base::TableOf<v1::ForeignArrival>::kAwaitedInClass, 100,
      [&](const v1::ForeignArrival& row) {
        if (event.roster_version() < row.roster_version() || event.day() < row.since()) return true;
        const bool away =
            std::any_of(event.exceptions().begin(), event.exceptions().end(),
                        [&](const av1::Exception& exception) {
                          return exception.registration_id() == row.registration_id() &&
                                 exception.code() > 1 && exception.code() <= kUnexplained;
                        });
        if (!away) seen.push_back(row);
        return true;
      },
      AsId(event.class_id()));
  for (v1::ForeignArrival& row : seen) {
    row.set_seen(event.day());
    base::Put(rows, row);
  }
}

void FollowRollCall(const av1::RollCallTaken& event, Rows& rows) {
  SeeArrivals(event, rows);
  for (const av1::Exception& exception : event.exceptions()) {
    if (exception.code() != kGuest) continue;
    auto child = base::Find<v1::ForeignChild>(rows, AsId(exception.registration_id()));
    if (!child || child->seen_as_guest() >= event.day()) continue;
    child->set_seen_as_guest(event.day());
    base::Put(rows, *child);
  }
}

void CopyDuty(const rv1::DutyFacts& facts, Rows& rows) {
  v1::ForeignDuty row;
  *row.mutable_facts() = facts;
  base::Put(rows, row);
}

// Only who comes to another school is awaited there; within the school nobody has to arrive.
void FollowPromoted(const rv1::ClassPromoted& event, const SourceEvent& source, Rows& rows) {
  const bool moves = event.action() == "TO_JUNIOR" || event.action() == "MERGE";
  for (const rv1::ChildFacts& facts : event.children()) {
    CopyChild(facts, source, rows, moves ? event.from_school_code() : std::string());
    if (!moves) continue;
    rv1::ClassFacts after;
    for (const rv1::ClassFacts& room : event.classes()) {
      if (room.class_id() == facts.class_id()) after = room;
    }
    Await(facts, after, source.event->effective_date(), rows);
  }
}

bool FollowChild(const SourceEvent& source, Rows& rows) {
  const auto child = [&](const auto& event) { CopyChild(event.facts(), source, rows); };
  return On<rv1::ChildRegistered>(source, child) || On<rv1::ChildCorrected>(source, child) ||
         On<rv1::RegistrationStatusChanged>(source, child) ||
         On<rv1::BusinessNoted>(source, child) || On<rv1::ProblemsChanged>(source, child) ||
         On<rv1::WatchGroupsChanged>(source, child) || On<rv1::SanctionRecorded>(source, child) ||
         On<rv1::ChildPlaced>(source,
                              [&](const auto& event) { FollowPlaced(event, source, rows); }) ||
         On<rv1::RegistrationMoved>(source,
                                    [&](const auto& event) { FollowMoved(event, source, rows); }) ||
         On<rv1::ClassPromoted>(source,
                                [&](const auto& event) { FollowPromoted(event, source, rows); }) ||
         On<rv1::DuplicateReported>(source,
                                    [&](const auto& event) {
                                      CopyChild(event.first(), source, rows);
                                      CopyChild(event.second(), source, rows);
                                    }) ||
         On<rv1::DuplicateResolved>(source, [&](const auto& event) {
           CopyChild(event.survivor(), source, rows);
           CopyChild(event.alias(), source, rows);
         });
}

}  // namespace

bool WantsSource(uint32_t type) {
  return base::IsAnyOf<rv1::AreaRecorded, rv1::SchoolRecorded, rv1::DutyStarted, rv1::DutyEnded,
                       rv1::ChildRegistered, rv1::ChildCorrected, rv1::ChildPlaced,
                       rv1::RegistrationMoved, rv1::RegistrationStatusChanged, rv1::ClassPromoted,
                       rv1::BusinessNoted, rv1::ProblemsChanged, rv1::WatchGroupsChanged,
                       rv1::SanctionRecorded, rv1::UnlawfulCodeAlarmed, rv1::DuplicateReported,
                       rv1::DuplicateResolved, av1::SchoolCalendarAdopted, av1::RollCallTaken,
                       av1::DayJudged, av1::StreakCrossed, av1::StreakEnded, av1::StreakRecomputed,
                       av1::ClassUnmarked, av1::PresentAtTwoSchools, tv1::BusinessCompleted,
                       tv1::BusinessLongOverdue>(type);
}

void Follow(const SourceEvent& source, Rows& rows) {
  FollowChild(source, rows) ||
      On<av1::RollCallTaken>(source, [&](const auto& event) { FollowRollCall(event, rows); }) ||
      On<rv1::AreaRecorded>(source,
                            [&](const auto& event) {
                              v1::ForeignArea row;
                              *row.mutable_facts() = event.area();
                              base::Put(rows, row);
                            }) ||
      On<rv1::SchoolRecorded>(source,
                              [&](const auto& event) {
                                v1::ForeignSchool row;
                                *row.mutable_facts() = event.school();
                                base::Put(rows, row);
                              }) ||
      On<rv1::DutyStarted>(source, [&](const auto& event) { CopyDuty(event.duty(), rows); }) ||
      On<rv1::DutyEnded>(source, [&](const auto& event) { CopyDuty(event.duty(), rows); }) ||
      On<av1::SchoolCalendarAdopted>(source, [&](const auto& event) {
        v1::ForeignCalendar row;
        row.set_school_code(event.school_code());
        row.set_content(event.content());
        base::Put(rows, row);
      });
}

}  // namespace twinline::accountability

#include "attendance/domain/tracked.h"

#include <algorithm>
#include <iterator>

#include "attendance/domain/judge.h"
#include "attendance/domain/refusals.h"
#include "attendance/domain/schedule.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

Decision DecideMoveTracked(const v1::MoveTracked& command, const Rows& rows,
                           const Context& context) {
  const auto track = base::Find<v1::TrackRow>(rows, AsId(command.registration_id()));
  if (!track || track->places().empty()) return AlreadySo();
  const v1::Place& last = *track->places().rbegin();
  const std::string& from = last.class_id();
  if (command.ended()) {
    v1::Untracked event;
    event.set_registration_id(command.registration_id());
    event.set_class_id(from);
    return Events{MakeEvent(event, context.today)};
  }
  if (from == command.to_class_id()) return AlreadySo();
  v1::TrackedMoved event;
  event.set_registration_id(command.registration_id());
  event.set_from_class_id(from);
  event.set_to_class_id(command.to_class_id());
  event.set_roster_from(command.roster_from());
  // The day of the move belongs to the new class, unless the old one has judged it already.
  int32_t from_day = std::max(command.from_day(), last.from_day());
  if (const auto state = base::Find<v1::ClassStateRow>(rows, AsId(from))) {
    from_day = std::max(from_day, state->newest_judged_day() + 1);
  }
  event.set_from_day(from_day);
  return Events{MakeEvent(event, CivilDay{command.from_day()})};
}

Decision DecideMoveTrackedClass(const v1::MoveTrackedClass& command, const Rows& rows,
                                const Context& context) {
  Events events;
  for (const v1::MoveTracked& move : command.moves()) {
    Decision decision = DecideMoveTracked(move, rows, context);
    if (auto* moved = std::get_if<Events>(&decision)) {
      std::move(moved->begin(), moved->end(), std::back_inserter(events));
    }
  }
  if (events.empty()) return AlreadySo();
  return events;
}

Decision DecideSetWatch(const v1::SetWatch& command, const Rows& rows, const Context& context) {
  const auto track = base::Find<v1::TrackRow>(rows, AsId(command.registration_id()));
  if (!command.on()) {
    if (!track) return AlreadySo();
    v1::Untracked event;
    event.set_registration_id(command.registration_id());
    event.set_class_id(track->places().rbegin()->class_id());
    event.set_watch_only(true);
    return Events{MakeEvent(event, context.today)};
  }
  // The class may be stale in the source event; the registry's copy here is what roll calls name.
  const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(command.registration_id()));
  if (!facts || facts->places().empty()) return AlreadySo();
  v1::Tracked event = TrackedEvent(rows, {}, *facts, "WATCH", context.today + 1);
  // An open streak that waits to be moved is watched where it is, and moves with its watch.
  if (track) event.set_class_id(track->places().rbegin()->class_id());
  const auto class_facts = base::Find<v1::ForeignClass>(rows, AsId(event.class_id()));
  // The days of its school are kept by another shard.
  if (class_facts && Schedule(rows).School(class_facts->school_code()) == nullptr)
    return AlreadySo();
  return Events{MakeEvent(event, context.today)};
}

}  // namespace twinline::attendance

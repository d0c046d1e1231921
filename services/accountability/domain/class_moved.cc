#include "accountability/domain/class_moved.h"

#include <algorithm>
#include <iterator>

#include "accountability/domain/open.h"
#include "accountability/domain/reassign.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/watches.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::Rows;

namespace {

void Append(Events* events, Decision decision) {
  auto* more = std::get_if<Events>(&decision);
  if (more != nullptr) std::move(more->begin(), more->end(), std::back_inserter(*events));
}

// Runs are made in summer: the first day on which anybody can arrive is in the school year that
// begins on 1 September, and only in the middle of a year it is tomorrow (domain.md 4.3).
CivilDay AwaitedFrom(const std::string& action, CivilDay today) {
  const base::YearMonthDay date = today.ymd();
  if (action != "TO_JUNIOR" || date.month < 6 || date.month > 8) return today;
  return CivilDay::FromYmd(date.year, 8, 31);
}

}  // namespace

Decision DecideClassMoved(const v1::NoteClassMovedCommand& command, const Rows& rows,
                          const Context& context) {
  const bool moves = command.action() == "TO_JUNIOR" || command.action() == "MERGE";
  Events events;
  uint32_t ordinal = 0;
  for (const registry::v1::ChildFacts& child : command.children()) {
    Context own = context;
    // Several children in one commit: each with its own ids.
    own.request_id = context.NewId("child_of_class", ordinal++);
    if (moves) {
      Append(&events, AwaitArrival(child, AwaitedFrom(command.action(), context.today),
                                   command.action() == "TO_JUNIOR" ? "TERM_START_NO_SHOW"
                                                                   : "TRANSFER_NOT_ARRIVED",
                                   rows, own));
    }
    v1::NotePlacementCommand placement;
    *placement.mutable_facts() = child;
    placement.set_cause(command.action());
    placement.set_from_school_code(command.from_school_code());
    placement.set_registry_pos(command.registry_pos());
    Append(&events, DecideNotePlacement(placement, rows, own));
  }
  if (events.empty()) return AlreadySo();
  return events;
}

}  // namespace twinline::accountability

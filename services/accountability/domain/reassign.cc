#include "accountability/domain/reassign.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::Context;
using base::Decision;
using base::Events;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

namespace {

// The line starts anew at its first rung, with a clock of its own: the new office has not had its
// days.
void StartAnew(CaseChange* change, Line line) {
  if (!change->Of(line).outcome().empty()) return;  // it has done its part
  const std::string task = change->Of(line).task();
  change->PlaceLine(line, 0);
  change->StartTask(line, task);
}

}  // namespace

Decision DecideNotePlacement(const v1::NotePlacementCommand& command, const Rows& rows,
                             const Context& context) {
  const auto row = CaseOfChild(rows, command.facts().child_id());
  if (!row || IsClosed(row->facts().state())) return AlreadySo();
  // A second registration of the child says nothing about the one that the case names, unless it is
  // the only counted one now.
  const v1::CaseFacts& before = row->facts();
  if (before.registration_id() != command.facts().registration_id() &&
      !command.facts().alias_of().empty()) {
    return AlreadySo();
  }
  CaseChange change(rows, context, before);
  v1::ForeignChild child;
  *child.mutable_facts() = command.facts();
  child.set_pos(command.registry_pos());
  CopyPlacement(rows, child, change.rules(), &change.facts());
  const v1::CaseFacts& after = change.facts();
  const bool school = after.school_code() != before.school_code();
  const bool class_changed = after.class_id() != before.class_id();
  const bool township =
      after.township() != before.township() || after.village() != before.village();
  const bool informed = after.copy_township() != before.copy_township();
  if (!school && !class_changed && !township && !informed && after.grade() == before.grade())
    return AlreadySo();
  if (township) StartAnew(&change, LINE_GOVERNMENT);
  if (school) {
    StartAnew(&change, LINE_EDUCATION);
  } else if (class_changed && before.education().office() == ClassOffice(before.class_id())) {
    // Another class of the same school: another teacher, the same deadline.
    change.PlaceLine(LINE_EDUCATION, 0);
  }
  v1::CaseReassigned event;
  event.set_cause(command.cause());
  event.set_school_before(before.school_code());
  event.set_township_before(before.township());
  change.Emit(std::move(event));
  if (school || township) change.AlertAll("REASSIGNED", command.cause());
  return change.Take();
}

Decision DecideNoteMerge(const v1::NoteMergeCommand& command, const Rows& rows,
                         const Context& context) {
  const auto alias = CaseOfChild(rows, command.alias_child_id());
  if (!alias || IsClosed(alias->facts().state())) return AlreadySo();
  const auto survivor = CaseOfChild(rows, command.survivor_child_id());
  if (survivor && !IsClosed(survivor->facts().state())) {
    CaseChange change(rows, context, alias->facts());
    v1::CaseChanged link;
    link.set_action("MERGED");
    link.set_linked_case_id(survivor->facts().case_id());
    change.Emit(std::move(link));
    change.Close(kClosedMerged, false, {});
    return change.Take();
  }
  if (survivor) {
    // The survivor's own case is closed: it is reopened, and the alias's case points to it.
    v1::ForeignChild child;
    *child.mutable_facts() = command.survivor();
    Context own = context;
    own.request_id = context.NewId("merge");
    Events events = OpenCase(
        rows, own, child, alias->facts().ground(),
        {alias->facts().absent_days(), base::CivilDay{alias->facts().first_absent().days()},
         base::CivilDay{alias->facts().last_present().days()}},
        {});
    CaseChange change(rows, context, alias->facts());
    v1::CaseChanged link;
    link.set_action("MERGED");
    link.set_linked_case_id(survivor->facts().case_id());
    change.Emit(std::move(link));
    change.Close(kClosedMerged, false, {});
    Events rest = change.Take();
    std::move(rest.begin(), rest.end(), std::back_inserter(events));
    return events;
  }
  // Only the alias had a case: it is the survivor's from now on.
  CaseChange change(rows, context, alias->facts());
  v1::ForeignChild child;
  *child.mutable_facts() = command.survivor();
  CopyPlacement(rows, child, change.rules(), &change.facts());
  v1::CaseReassigned event;
  event.set_cause("MERGED");
  event.set_school_before(alias->facts().school_code());
  event.set_township_before(alias->facts().township());
  if (event.township_before() != change.facts().township()) StartAnew(&change, LINE_GOVERNMENT);
  if (event.school_before() != change.facts().school_code()) StartAnew(&change, LINE_EDUCATION);
  change.Emit(std::move(event));
  return change.Take();
}

}  // namespace twinline::accountability

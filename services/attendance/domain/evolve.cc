#include <algorithm>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/evolve.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/school_days.h"
#include "attendance/tables/tables.h"
#include "platform/base/dispatch.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Rows;

absl::Status Fold(const v1::ClassUnmarked& event, const EventContext&, Rows& rows) {
  auto state =
      base::Find<v1::ClassStateRow>(rows, AsId(event.class_id())).value_or(v1::ClassStateRow());
  state.set_class_id(event.class_id());
  state.set_unmarked_first_day(event.first_day());
  state.set_unmarked_days(event.days());
  state.set_unmarked_last_day(event.day());
  base::Put(rows, state);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassMarkedAgain& event, const EventContext&, Rows& rows) {
  auto state =
      base::Find<v1::ClassStateRow>(rows, AsId(event.class_id())).value_or(v1::ClassStateRow());
  state.set_class_id(event.class_id());
  state.clear_unmarked_first_day();
  state.clear_unmarked_days();
  state.clear_unmarked_last_day();
  base::Put(rows, state);
  return absl::OkStatus();
}

absl::Status Fold(const v1::PresentAtTwoSchools& event, const EventContext&, Rows& rows) {
  v1::ConflictRow row;
  row.set_child_id(event.child_id());
  row.set_registration_id(event.registration_id());
  row.set_school_code(event.school_code());
  row.set_other_school_code(event.other_school_code());
  row.set_day(event.day());
  row.set_session(event.session());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::CorrectionProposed& event, const EventContext& context, Rows& rows) {
  v1::CorrectionRow row;
  row.set_correction_id(event.correction_id());
  row.set_class_id(event.class_id());
  row.set_day(event.day());
  row.set_session(event.session());
  row.set_registration_id(event.registration_id());
  row.set_code_after(event.code_after());
  row.set_proposed_by(event.proposed_by());
  row.set_sealed_reason(event.reason().SerializeAsString());
  row.set_at_us(context.recorded.us);
  base::Put(rows, row);
  const CivilDay today = base::DayOf(context.recorded);
  if (event.day() < today.days) {
    const CivilDay monday = today - (today.weekday() - 1);
    auto count = base::Find<v1::BackdatingRow>(rows, AsId(event.proposed_by()), monday.days)
                     .value_or(v1::BackdatingRow());
    count.set_subject(event.proposed_by());
    count.set_week(monday.days);
    if (!PackedHas(count.registration_ids(), event.registration_id())) {
      *count.mutable_registration_ids() += event.registration_id();
    }
    base::Put(rows, count);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::BackdatingAlarmed& event, const EventContext&, Rows& rows) {
  const CivilDay day{event.day()};
  auto row =
      base::Find<v1::BackdatingRow>(rows, AsId(event.subject()), (day - (day.weekday() - 1)).days);
  if (!row) return absl::DataLossError("a backdating alarm has no count");
  row->set_alarmed(true);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RuleSetAdopted& event, const EventContext& context, Rows& rows) {
  v1::RuleSetRow row;
  row.set_version(event.version());
  row.set_valid_from(event.valid_from());
  if (!row.mutable_rules()->ParseFromString(event.content())) {
    return absl::DataLossError("a rule set in the journal does not parse");
  }
  row.set_pos(context.ref.pos());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::SchoolCalendarAdopted& event, const EventContext&, Rows& rows) {
  return EvolveCalendarAdopted(event, rows);
}
absl::Status Fold(const v1::SchoolDaysStarted& event, const EventContext&, Rows& rows) {
  return EvolveSchoolDaysStarted(event, rows);
}
absl::Status Fold(const v1::SchoolDayClosed& event, const EventContext&, Rows& rows) {
  return EvolveSchoolDayClosed(event, rows);
}
absl::Status Fold(const journal::v1::NoEffect&, const EventContext&, Rows&) {
  return absl::OkStatus();
}

absl::Status Evolve(const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  return base::FoldAny<
      v1::RollCallTaken, v1::DayJudged, v1::StreakCrossed, v1::StreakEnded, v1::Tracked,
      v1::Untracked, v1::TrackedMoved, v1::SchoolDayClosed, v1::ClassUnmarked, v1::ClassMarkedAgain,
      v1::MarkCorrected, v1::StreakRecomputed, v1::PresentAtTwoSchools, v1::RollCallConflict,
      v1::RollCallConflictResolved, v1::CorrectionProposed, v1::BackdatingAlarmed,
      v1::SchoolCalendarAdopted, v1::SchoolDaysStarted, v1::RuleSetAdopted, journal::v1::NoEffect>(
      event, [&](const auto& message) { return Fold(message, context, rows); });
}

}  // namespace twinline::attendance

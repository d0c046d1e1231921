// Adopted calendars: the form in which calendars travel in events and deadlines stand in rows.
// Every consumer adopts into its own journal; this is the one conversion.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/outages.h"
#include "platform/calendar/working_days.h"
#include "twinline/calendar/v1/calendar.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::calendar {

v1::HolidayCalendar ToProto(const HolidayCalendar& calendar);
// nullopt when a kind is unknown or ValidateHolidayCalendar refuses.
std::optional<HolidayCalendar> FromProto(const v1::HolidayCalendar& calendar);

// A deadline of `working_days` from `start` with the answer to "why this date".
types::v1::Deadline MakeDeadline(const WorkingCalendar& calendar, CivilDay start, int working_days,
                                 std::string_view rule_version);
// The same deadline after a calendar was adopted: another due date, generation raised, never
// earlier than the end of the next working day after `today`. Days that outages took stay
// taken. nullopt when the date does not move.
std::optional<types::v1::Deadline> Recompute(const WorkingCalendar& calendar,
                                             const types::v1::Deadline& deadline, CivilDay today);

// The same deadline after an outage: the working days that it took do not count, so the due
// date moves by so many, never to earlier than the end of the next working day after `today`, and
// the lawful date stays. nullopt when the deadline does not overlap the outage, or has time enough.
struct MovedForOutage {
  types::v1::Deadline deadline;
  int days = 0;  // working days that this outage took from it
};
std::optional<MovedForOutage> MoveForOutage(const WorkingCalendar& calendar,
                                            const types::v1::Deadline& deadline,
                                            const base::Outage& outage, CivilDay today);
// The same for a date that is no counted deadline: `since` is the day from which it was waited for.
struct MovedDate {
  CivilDay day;
  int days = 0;
};
std::optional<MovedDate> MoveForOutage(const WorkingCalendar& calendar, CivilDay since,
                                       CivilDay due, const base::Outage& outage, CivilDay today);

// The instant at which a deadline fires: 24:00 of its day.
inline base::Timestamp FiresAt(const types::v1::Deadline& deadline) {
  return base::EndOfDay(CivilDay{deadline.due().days()});
}

}  // namespace twinline::calendar

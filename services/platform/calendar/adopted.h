// Adopted calendars: the form in which calendars travel in events and deadlines stand in rows.
// Every consumer adopts into its own journal; this is the one conversion.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
// earlier than the end of the next working day after `today`. nullopt when the date does not
// move.
std::optional<types::v1::Deadline> Recompute(const WorkingCalendar& calendar,
                                             const types::v1::Deadline& deadline, CivilDay today);

// The instant at which a deadline fires: 24:00 of its day.
inline base::Timestamp FiresAt(const types::v1::Deadline& deadline) {
  return base::EndOfDay(CivilDay{deadline.due().days()});
}

}  // namespace twinline::calendar

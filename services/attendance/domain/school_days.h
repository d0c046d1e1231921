// School days as the shard keeps them: adopted calendars become one row a scheduled day, day close
// is a timer a school.
#pragma once

#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"

namespace twinline::attendance {

base::Decision DecideAdoptCalendar(const v1::AdoptSchoolCalendar& command, const base::Rows& rows,
                                   const base::Context& context);
base::Decision DecideStartSchoolDays(const v1::StartSchoolDays& command, const base::Rows& rows,
                                     const base::Context& context);
// The timer of a school: judges what the day's roll calls left open and names classes without any.
base::Decision DecideDayClose(const journal::v1::TimerRef& timer, const base::Rows& rows,
                              const base::Context& context);

absl::Status EvolveCalendarAdopted(const v1::SchoolCalendarAdopted& event, base::Rows& rows);
absl::Status EvolveSchoolDaysStarted(const v1::SchoolDaysStarted& event, base::Rows& rows);
absl::Status EvolveSchoolDayClosed(const v1::SchoolDayClosed& event, base::Rows& rows);

}  // namespace twinline::attendance

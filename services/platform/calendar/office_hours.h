// Office hours, said once, and what an outage takes of them: a working day on which the
// service was away for at least half of them does not count.
#pragma once

#include <vector>

#include "platform/base/outages.h"
#include "platform/calendar/working_days.h"

namespace twinline::calendar {

// Minutes of the day, UTC+8.
struct Hours {
  int first = 0;
  int last = 0;
};
// 08:00 to 12:00 and 14:00 to 18:00. No law fixes them; they only say how much of a day is half.
inline constexpr Hours kOfficeHours[] = {{8 * 60, 12 * 60}, {14 * 60, 18 * 60}};

// The service was away for at least half of the day's office hours, over all `outages` together,
// which do not overlap each other.
bool IsLost(CivilDay day, const std::vector<base::Outage>& outages);

// Working days after `day` that the outage took.
int LostWorkingDays(const WorkingCalendar& calendar, CivilDay day, const base::Outage& outage);

}  // namespace twinline::calendar

#include "platform/calendar/office_hours.h"

#include <algorithm>

namespace twinline::calendar {
namespace {

constexpr int64_t kMinuteUs = 60'000'000;

int64_t OfficeUs() {
  int64_t us = 0;
  for (const Hours& hours : kOfficeHours) us += (hours.last - hours.first) * kMinuteUs;
  return us;
}

int64_t AwayUs(CivilDay day, const base::Outage& outage) {
  int64_t us = 0;
  for (const Hours& hours : kOfficeHours) {
    const int64_t midnight = base::StartOfDay(day).us;
    const int64_t first = std::max(outage.from.us, midnight + hours.first * kMinuteUs);
    const int64_t last = std::min(outage.to.us, midnight + hours.last * kMinuteUs);
    us += std::max<int64_t>(last - first, 0);
  }
  return us;
}

}  // namespace

bool IsLost(CivilDay day, const std::vector<base::Outage>& outages) {
  int64_t us = 0;
  for (const base::Outage& outage : outages) us += AwayUs(day, outage);
  return us * 2 >= OfficeUs();
}

int LostWorkingDays(const WorkingCalendar& calendar, CivilDay day, const base::Outage& outage) {
  int lost = 0;
  CivilDay at = std::max(day + 1, base::DayOf(outage.from));
  for (const CivilDay last = base::DayOf(outage.to);
       at <= last && lost < WorkingCalendar::kMaxWorkingDays; at = at + 1) {
    if (calendar.IsWorkingDay(at) && IsLost(at, {outage})) ++lost;
  }
  return lost;
}

}  // namespace twinline::calendar

// The holiday notices of the State Council Office that this program was shipped with. They seed an
// installation and nothing more: what counts is the calendar adopted by event, so an update
// of the program never moves a deadline.
#pragma once

#include <vector>

#include "platform/calendar/holiday_calendar.h"

namespace twinline::calendar {

// 2024 国办发明电〔2023〕7号, 2025 国办发明电〔2024〕12号, 2026 国办发明电〔2025〕7号, and 2027
// provisional: only what 《全国年节及纪念日放假办法》 (revised November 2024) fixes by itself, with
// a weekday off in place of each festival day that falls on a weekend, and no moved weekends,
// because those are the notice's to decide. Sorted by year.
const std::vector<HolidayCalendar>& SeedHolidayCalendars();

}  // namespace twinline::calendar

// What the marks of a class-day say about one registration. Pure helpers over rows; the counting rules
// C-1 to C-7 of domain.md 2.3 are in judge.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/base/rows.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

// Codes of a mark. Present is the absence of an exception and never stored.
enum MarkCode : uint32_t {
  kPresent = 0,
  kLate = 1,
  kSickLeave = 2,
  kPersonalLeave = 3,
  kOfficialLeave = 4,
  kUnexplained = 5,
  kGuest = 6,       // present here, registered elsewhere (D04)
};

inline constexpr uint32_t kMorning = 1;     // twinline.types.v1.Session
inline constexpr uint32_t kAfternoon = 2;
inline constexpr uint32_t SessionBit(uint32_t session) { return 1u << (session - 1); }

bool ShowsPresence(uint32_t code);          // present, late, guest: C-3, late is present
bool IsApprovedLeave(uint32_t code);

// True when the session was taken (a roll call exists, perhaps with an empty list).
bool Taken(const v1::ClassDayRow& row, uint32_t session);
const v1::SessionMarks& MarksOf(const v1::ClassDayRow& row, uint32_t session);
v1::SessionMarks* MutableMarks(v1::ClassDayRow* row, uint32_t session);

// Code of `registration` in a taken session: kPresent when it is not among the exceptions.
uint32_t CodeOf(const v1::SessionMarks& marks, std::string_view registration);
void SetCode(v1::SessionMarks* marks, std::string_view registration, uint32_t code);
v1::SessionMarks PackMarks(const v1::RollCallTaken& event, std::string_view by, base::Timestamp at);

// Sessions scheduled on `day` for `school` (bit mask), from its own calendar or the county's default.
// 0: no school day (C-1). `term_start` receives the first school day of the term.
uint32_t ScheduledSessions(const base::Rows& rows, std::string_view school, base::CivilDay day,
                           base::CivilDay* term_start = nullptr);
// The first school day after `day`; nullopt when the calendar ends.
std::optional<base::CivilDay> NextSchoolDay(const base::Rows& rows, std::string_view school,
                                            base::CivilDay day);

// The rule set in force on the civil day being judged: the newest adopted whose valid_from is not later
// (C-7, R-62).
v1::RuleSetRow RulesOn(const base::Rows& rows, base::CivilDay day);

}  // namespace twinline::attendance

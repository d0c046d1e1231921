// Judging a day. A day is judged once: at its last scheduled session's roll call, or at day close if at
// least one session is recorded. Counting rules (domain.md 2.3):
//   C-1 only scheduled school days of the class count; other days neither count nor break a streak.
//   C-3 presence in any recorded session ends the streak; late is present.
//   C-4 approved leave pauses: it does not count and does not reset.
//   C-5 an unrecorded day is neither absence nor presence.
//   C-6 a transfer or placement carries the streak along until a first presence.
//   C-7 thresholds are those in force on the day that is judged.
#pragma once

#include <vector>

#include "attendance/domain/marks.h"
#include "platform/base/decision.h"

namespace twinline::attendance {

enum Outcome : uint32_t {
  kOutcomePresent = 1,
  kOutcomeUnexplained = 2,
  kOutcomeLeave = 3,
  kOutcomeNoData = 4,
};

// The day's outcome for one registration from the recorded sessions of its class-day.
uint32_t OutcomeOf(const v1::ClassDayRow& class_day, std::string_view registration);

struct Judgement {
  std::vector<v1::Verdict> verdicts;
  base::Events tracked;     // Tracked: folded before the verdicts
  base::Events events;      // StreakCrossed, StreakEnded, Untracked: folded after them
  uint32_t crossed = 0;
};

// Judges `day` of a class: every tracked child and every registration with an unexplained mark that day.
// `class_day` already contains the roll call being decided.
Judgement JudgeDay(const base::Rows& rows, const v1::ForeignClass& class_facts,
                   const v1::ClassDayRow& class_day, base::CivilDay day);

// Counts the streak of a registration again, day by day over the recorded class-days with `corrected`
// laid over one of them (D03). Looks back at most 60 school days.
struct Recount {
  uint32_t days = 0;
  base::CivilDay first_day;
  base::CivilDay last_day;
  base::CivilDay last_present_day;
};
Recount RecountStreak(const base::Rows& rows, const v1::TrackRow& track, std::string_view school,
                      base::CivilDay until, const v1::ClassDayRow& corrected);

// Thresholds that a streak of `days` beginning on `first_day` has reached and not crossed before.
std::vector<std::string> NewlyCrossed(const v1::RuleSet& rules, uint32_t days, bool from_term_start,
                                      const v1::TrackedChild& child);

}  // namespace twinline::attendance

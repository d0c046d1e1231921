// Judging a day. A day is judged once: at its last scheduled session's roll call, or at day close if at
// least one session is recorded; what is handed in later is a correction. How days add up to a
// streak is in streak.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/marks.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
#include "platform/base/decision.h"

namespace twinline::attendance {

// The day's outcome for one registration from the recorded sessions of its class-day. A session whose
// roll call named a roster older than `roster_from` says nothing about a registration that it does not
// list.
uint32_t OutcomeOf(const v1::ClassDayRow& class_day, std::string_view registration,
                   uint32_t roster_from);

// When the registration was last seen present in its class before `before`; day 0: never, or more than
// 60 school days ago.
base::CivilDay LastSeen(const base::Rows& rows, const v1::ForeignRegistration& facts,
                        base::CivilDay before);

// Whether a day of this class counts for the registration: it is in the class, or was when the day was.
bool BelongsTo(const v1::ForeignRegistration& facts, std::string_view class_id, base::CivilDay day);

// The Tracked event of a registration, with everything about it copied.
v1::Tracked TrackedEvent(const base::Rows& rows, const v1::ForeignRegistration& facts,
                         const std::string& cause, base::CivilDay day);

struct Judgement {
  std::vector<v1::Verdict> verdicts;
  base::Events before;   // Tracked: folded before the verdicts
  base::Events after;    // StreakCrossed, StreakEnded, Untracked: folded after them
};

// Judges days of one class in rising order, each on what the days before it left.
class ClassJudge {
 public:
  // All outlive the judge.
  ClassJudge(const base::Rows& rows, const v1::ForeignClass& class_facts, Schedule& schedule);

  // Every tracked child, and every registration with an unexplained mark that day. `class_day` already
  // contains the roll call being decided.
  Judgement Judge(const v1::ClassDayRow& class_day, base::CivilDay day);

  // Judges the class's recorded days before `day` that nobody judged, because they were handed in after
  // their close: a DayJudged with its consequences for each.
  void JudgeOpenDays(const v1::ClassStateRow& state, base::CivilDay day, base::Events* events);
  // The same for one day.
  void JudgeRecorded(const v1::ClassDayRow& class_day, base::CivilDay day, base::Events* events);

  // Counts again the streaks of children that were in the class on a judged day and are elsewhere by
  // now. Only days of the past can have such.
  void RecountMoved(base::Events* events);

 private:
  std::vector<v1::ForeignRegistration> NewAbsentees(const v1::ClassDayRow& class_day,
                                                    base::CivilDay day) const;
  uint32_t OutcomeHere(const v1::ClassDayRow& class_day, base::CivilDay day,
                       const v1::TrackedChild& child) const;
  void JudgeChild(base::CivilDay day, uint32_t outcome, v1::TrackedChild* child, Judgement* out);
  void Cross(base::CivilDay day, base::CivilDay term_start, v1::TrackedChild* child, Judgement* out);

  const base::Rows& rows_;
  const v1::ForeignClass& class_;
  Schedule& schedule_;
  v1::TrackedSetRow set_;
  std::vector<v1::ClassDayRow> judged_;
};

}  // namespace twinline::attendance

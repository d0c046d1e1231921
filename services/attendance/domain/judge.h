// Judging a day. A day is judged once: at its last scheduled session's roll call, or at day close
// if at least one session is recorded; what is handed in later is a correction. How days add
// up to a streak is in streak.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/marks.h"
#include "attendance/domain/recount.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
#include "platform/base/decision.h"

namespace twinline::attendance {

// The day's outcome for one registration from the recorded sessions of its class-day. A session
// whose roll call named a roster older than `roster_from` says nothing about a registration that it
// does not list.
uint32_t OutcomeOf(const v1::ClassDayRow& class_day, std::string_view registration,
                   uint32_t roster_from);

// The class-day as it will be with `laid_over`, if it is judged then.
std::optional<v1::ClassDayRow> JudgedDay(const base::Rows& rows, const ClassDays& laid_over,
                                         const std::string& class_id, base::CivilDay day);

// When the registration was last seen present before `before`; day 0: never, or more than 60
// recorded days ago.
base::CivilDay LastSeen(const base::Rows& rows, const ClassDays& laid_over,
                        const v1::ForeignRegistration& facts, base::CivilDay before);

// The Tracked event of a registration, with everything about it copied.
v1::Tracked TrackedEvent(const base::Rows& rows, const ClassDays& laid_over,
                         const v1::ForeignRegistration& facts, const std::string& cause,
                         base::CivilDay day);

struct Judgement {
  std::vector<v1::Verdict> verdicts;
  base::Events before;  // Tracked: folded before the verdicts
  base::Events after;   // StreakCrossed, StreakEnded, Untracked: folded after them
};

// Judges days of one class in rising order, each on what the days before it left.
class ClassJudge {
 public:
  // All outlive the judge. `judged` receives each class-day as it is judged; the judges of one
  // decision share it.
  ClassJudge(const base::Rows& rows, const v1::ForeignClass& class_facts, Schedule& schedule,
             ClassDays* judged);

  // Every tracked child, and every registration with an unexplained mark that day. `class_day`
  // already contains the roll call being decided.
  Judgement Judge(const v1::ClassDayRow& class_day, base::CivilDay day);

  // The same for a day that no roll call judges: a DayJudged with its consequences.
  void JudgeRecorded(const v1::ClassDayRow& class_day, base::Events* events);

  // The class's tracked children as they are after the judged days.
  const v1::TrackedSetRow& set() const { return set_; }

 private:
  std::vector<v1::ForeignRegistration> NewAbsentees(const v1::ClassDayRow& class_day,
                                                    base::CivilDay day) const;
  uint32_t OutcomeHere(const v1::ClassDayRow& class_day, base::CivilDay day,
                       const v1::TrackedChild& child) const;
  void JudgeChild(base::CivilDay day, uint32_t outcome, v1::TrackedChild* child, Judgement* out);
  void Cross(base::CivilDay day, base::CivilDay term_start, v1::TrackedChild* child,
             Judgement* out);

  const base::Rows& rows_;
  const v1::ForeignClass& class_;
  Schedule& schedule_;
  ClassDays& judged_;
  v1::TrackedSetRow set_;
};

// Recorded days of the class before `day` that nobody judged, because they were handed in after
// their close, ascending.
ClassDays OpenDays(const base::Rows& rows, const v1::ClassStateRow& state, base::CivilDay day);

// Adds children that were in a class on one of its days of `changes` and have moved since.
void AddMoved(const base::Rows& rows, Changes* changes);

}  // namespace twinline::attendance

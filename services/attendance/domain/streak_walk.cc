#include "attendance/domain/streak_walk.h"

#include <map>

#include "attendance/domain/judge.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Rows;

namespace {

// Nine school years: a child that left stays registered and absent until the compulsory age ends.
constexpr int kCivilDaysMax = 9 * 366;

struct Absent {
  CivilDay day;
  CivilDay term_start;
};

// Unexplained absences between two presences, newest first.
struct Absences {
  std::vector<Absent> days;
  CivilDay last_present;  // before them; day 0: not known
};

class StreakWalk {
 public:
  StreakWalk(const Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
             const Places& places, const ClassDays& laid_over)
      : rows_(rows), schedule_(schedule), child_(child), places_(places), laid_over_(laid_over) {}

  Recount Count(Span span) {
    WalkBack(span);
    Recount recount;
    recount.since = since_;
    Stand(runs_.front(), &recount.child, &recount.crossings);
    for (auto run = runs_.rbegin(); run + 1 != runs_.rend(); ++run) {
      if (!run->days.empty()) recount.past.push_back(Past(*run));
    }
    return recount;
  }

 private:
  // Collects absences, newest first: those of the open streak, then of the streaks before it, down
  // to the presence that no day from `span.from` on can be older than.
  void WalkBack(Span span) {
    runs_.emplace_back();
    CivilDay day = span.until;
    for (; span.until - day < kCivilDaysMax; day = day - 1) {
      const v1::Place& place = PlaceOn(places_, day);
      if (place.class_id().empty()) continue;
      const DayPlan plan = schedule_.On(SchoolOf(place.class_id()), day);
      if (plan.sessions == 0) continue;  // C-1
      const uint32_t outcome = OutcomeOn(place, day);
      if (outcome == kOutcomeUnexplained) runs_.back().days.push_back({day, plan.term_start});
      if (outcome != kOutcomePresent) continue;  // C-4, C-5
      runs_.back().last_present = day;
      since_ = day + 1;
      if (day < span.from) return;
      runs_.emplace_back();
    }
    since_ = day + 1;
    // Beyond what can be counted: what was known then still holds.
    if (child_.last_present_day() <= day.days) {
      runs_.back().last_present = CivilDay{child_.last_present_day()};
    }
  }

  const std::string& SchoolOf(const std::string& class_id) {
    const auto [it, fresh] = schools_.try_emplace(class_id);
    if (fresh) {
      if (const auto facts = base::Find<v1::ForeignClass>(rows_, AsId(class_id))) {
        it->second = facts->school_code();
      }
    }
    return it->second;
  }

  uint32_t OutcomeOn(const v1::Place& place, CivilDay day) const {
    const auto class_day = JudgedDay(rows_, laid_over_, place.class_id(), day);
    if (!class_day) return kOutcomeNoData;
    return OutcomeOf(*class_day, child_.registration_id(), place.roster_from());
  }

  // The child as it stood at the end of `run`.
  void Stand(const Absences& run, v1::TrackedChild* child, std::vector<Crossing>* crossings) const {
    *child = child_;
    v1::Verdict present;
    present.set_outcome(kOutcomePresent);
    ApplyVerdict(present, run.last_present, child);
    for (auto it = run.days.rbegin(); it != run.days.rend(); ++it) {
      ApplyVerdict(CountDay(*child, kOutcomeUnexplained, it->day, it->term_start), it->day, child);
      const v1::RuleSetRow rules = RulesOn(rows_, it->day);
      for (std::string& threshold :
           ReachedThresholds(rules.rules(), *child, it->day, it->term_start)) {
        ApplyCrossed(threshold, child->days(), it->day, child);
        crossings->push_back({std::move(threshold), child->days(), it->day, rules.version()});
      }
    }
  }

  v1::PastStreak Past(const Absences& run) const {
    v1::TrackedChild child;
    std::vector<Crossing> crossings;
    Stand(run, &child, &crossings);
    v1::PastStreak past;
    past.set_first_day(child.first_day());
    past.set_last_day(child.last_day());
    past.set_days(child.days());
    *past.mutable_crossed() = child.crossed();
    return past;
  }

  const Rows& rows_;
  Schedule& schedule_;
  const v1::TrackedChild& child_;
  const Places& places_;
  const ClassDays& laid_over_;
  std::map<std::string, std::string> schools_;
  std::vector<Absences> runs_;  // newest first; the first one is open, perhaps without a day
  CivilDay since_;
};

}  // namespace

Recount CountStreaks(const Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                     const Places& places, Span span, const ClassDays& laid_over) {
  return StreakWalk(rows, schedule, child, places, laid_over).Count(span);
}

}  // namespace twinline::attendance

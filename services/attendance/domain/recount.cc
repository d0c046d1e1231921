#include "attendance/domain/recount.h"

#include <algorithm>
#include <map>

#include "attendance/domain/judge.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

// Nine school years: a child that left stays registered and absent until the compulsory age ends.
constexpr int kCivilDaysMax = 9 * 366;

class Recounter {
 public:
  Recounter(const Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
            const Places& places, const ClassDays& corrected)
      : rows_(rows), schedule_(schedule), before_(child), places_(places), corrected_(corrected) {}

  Recount Run(CivilDay until) {
    WalkBack(until);
    Recount recount;
    recount.child = before_;
    v1::Verdict present;
    present.set_outcome(kOutcomePresent);
    ApplyVerdict(present, last_present_, &recount.child);
    for (auto it = absent_.rbegin(); it != absent_.rend(); ++it) {
      CountAgain(it->day, it->term_start, &recount);
    }
    return recount;
  }

 private:
  struct Absent {
    CivilDay day;
    CivilDay term_start;
  };

  // Collects the streak's days, newest first, and the day that ended the one before.
  void WalkBack(CivilDay until) {
    CivilDay day = until;
    for (; until - day < kCivilDaysMax; day = day - 1) {
      const v1::Place& place = PlaceOn(places_, day);
      if (place.class_id().empty()) continue;
      const DayPlan plan = schedule_.On(SchoolOf(place.class_id()), day);
      if (plan.sessions == 0) continue;  // C-1
      const uint32_t outcome = OutcomeOn(place, day);
      if (outcome == kOutcomeUnexplained) absent_.push_back({day, plan.term_start});
      if (outcome != kOutcomePresent) continue;  // C-4, C-5
      last_present_ = day;
      return;
    }
    // Beyond what can be counted: what was known then still holds.
    if (before_.last_present_day() <= day.days)
      last_present_ = CivilDay{before_.last_present_day()};
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
    const auto class_day = JudgedDay(rows_, corrected_, place.class_id(), day);
    if (!class_day) return kOutcomeNoData;
    return OutcomeOf(*class_day, before_.registration_id(), place.roster_from());
  }

  void CountAgain(CivilDay day, CivilDay term_start, Recount* recount) const {
    v1::TrackedChild* child = &recount->child;
    ApplyVerdict(CountDay(*child, kOutcomeUnexplained, day, term_start), day, child);
    const v1::RuleSetRow rules = RulesOn(rows_, day);
    for (std::string& threshold : ReachedThresholds(rules.rules(), *child, day, term_start)) {
      ApplyCrossed(threshold, child->days(), day, child);
      recount->crossings.push_back({std::move(threshold), child->days(), day, rules.version()});
    }
  }

  const Rows& rows_;
  Schedule& schedule_;
  const v1::TrackedChild& before_;
  const Places& places_;
  const ClassDays& corrected_;
  std::map<std::string, std::string> schools_;
  std::vector<Absent> absent_;
  CivilDay last_present_;
};

bool SameStreak(const v1::TrackedChild& a, const v1::TrackedChild& b) {
  return a.days() == b.days() && a.first_day() == b.first_day() && a.last_day() == b.last_day() &&
         a.last_present_day() == b.last_present_day();
}

class RecountEvents {
 public:
  RecountEvents(const Rows& rows, Schedule& schedule, const Changes& changes, Events* events)
      : rows_(rows),
        sets_(changes.sets),
        schedule_(schedule),
        corrected_(changes.days),
        day_{changes.days.front().day()},
        events_(events) {}

  void Add(const v1::ForeignRegistration& facts) {
    const auto stored = base::Find<v1::TrackRow>(rows_, AsId(facts.registration_id()));
    const Places& places = stored ? stored->places() : facts.places();
    if (places.empty()) return;
    // The child may have moved since: its streak lives in the class where it is tracked now.
    const std::string& class_now = places.rbegin()->class_id();
    v1::TrackedChild before;
    const bool tracked = FindTracked(class_now, facts.registration_id(), &before);
    v1::Tracked tracking;
    if (!tracked) {
      tracking = TrackedEvent(rows_, corrected_, facts, "ABSENT", day_);
      before = ChildOf(tracking);
    }
    CivilDay until;
    for (const v1::Place& place : places) {
      const auto state = base::Find<v1::ClassStateRow>(rows_, AsId(place.class_id()));
      if (state) until.days = std::max(until.days, state->newest_judged_day());
    }
    for (const v1::ClassDayRow& corrected : corrected_)
      until.days = std::max(until.days, corrected.day());
    const Recount recount = RecountStreak(rows_, schedule_, before, places, until, corrected_);
    if (tracked ? SameStreak(before, recount.child) : recount.child.days() == 0) return;
    if (!tracked) events_->push_back(MakeEvent(tracking, day_));
    events_->push_back(MakeEvent(Recomputed(class_now, before, recount.child), day_));
    AddCrossings(class_now, facts, before, recount);
    if (recount.child.days() == 0 && !recount.child.watch()) {
      v1::Untracked untracked;
      untracked.set_registration_id(facts.registration_id());
      untracked.set_class_id(class_now);
      events_->push_back(MakeEvent(untracked, day_));
    }
  }

 private:
  bool FindTracked(const std::string& class_id, std::string_view registration,
                   v1::TrackedChild* out) const {
    std::optional<v1::TrackedSetRow> stored;
    const auto changed =
        std::find_if(sets_.begin(), sets_.end(),
                     [&](const v1::TrackedSetRow* set) { return set->class_id() == class_id; });
    const v1::TrackedSetRow* set = changed != sets_.end() ? *changed : nullptr;
    if (set == nullptr) {
      stored = base::Find<v1::TrackedSetRow>(rows_, AsId(class_id));
      set = stored ? &*stored : nullptr;
    }
    const v1::TrackedChild* found = set != nullptr ? FindChild(*set, registration) : nullptr;
    if (found != nullptr) *out = *found;
    return found != nullptr;
  }

  v1::StreakRecomputed Recomputed(const std::string& class_now, const v1::TrackedChild& before,
                                  const v1::TrackedChild& after) const {
    v1::StreakRecomputed event;
    event.set_registration_id(after.registration_id());
    event.set_child_id(after.child_id());
    event.set_class_id(class_now);
    event.set_days_before(before.days());
    event.set_days_after(after.days());
    event.set_day(day_.days);
    event.set_rule_version(RulesOn(rows_, day_).version());
    event.set_first_day(after.first_day());
    event.set_last_day(after.last_day());
    event.set_last_present_day(after.last_present_day());
    event.set_term_days(after.term_days());
    event.set_suspected_day(after.suspected_day());
    event.set_suspected_at(after.suspected_at());
    *event.mutable_crossed() = after.crossed();
    return event;
  }

  // Only what had not been crossed before: a recount never tells anybody the same twice.
  void AddCrossings(const std::string& class_now, const v1::ForeignRegistration& facts,
                    const v1::TrackedChild& before, const Recount& recount) {
    for (const Crossing& crossing : recount.crossings) {
      if (std::find(before.crossed().begin(), before.crossed().end(), crossing.threshold) !=
          before.crossed().end()) {
        continue;
      }
      v1::StreakCrossed event;
      event.set_registration_id(facts.registration_id());
      event.set_child_id(facts.child_id());
      event.set_class_id(class_now);
      event.set_school_code(facts.school_code());
      event.set_threshold(crossing.threshold);
      event.set_days(crossing.days);
      event.set_first_day(recount.child.first_day());
      event.set_last_day(crossing.day.days);
      event.set_last_present_day(recount.child.last_present_day());
      event.set_rule_version(crossing.rule_version);
      events_->push_back(MakeEvent(event, crossing.day));
    }
  }

  const Rows& rows_;
  const std::vector<const v1::TrackedSetRow*>& sets_;
  Schedule& schedule_;
  const ClassDays& corrected_;
  const CivilDay day_;
  Events* events_;
};

}  // namespace

Recount RecountStreak(const Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                      const Places& places, CivilDay until, const ClassDays& corrected) {
  return Recounter(rows, schedule, child, places, corrected).Run(until);
}

void AddRecounts(const Rows& rows, Schedule& schedule, const Changes& changes, Events* events) {
  const auto judged = [](const v1::ClassDayRow& row) { return row.judged(); };
  if (std::none_of(changes.days.begin(), changes.days.end(), judged)) return;
  std::vector<std::string> affected = changes.affected;
  std::sort(affected.begin(), affected.end());
  affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
  RecountEvents recounts(rows, schedule, changes, events);
  for (const std::string& registration : affected) {
    const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(registration));
    if (facts) recounts.Add(*facts);
  }
}

namespace {

template <typename Keep>
std::vector<std::string> ScanTracked(const Rows& rows, std::string_view class_id, Keep&& keep) {
  constexpr size_t kTrackedMax = 2000;
  std::vector<std::string> found;
  base::ScanIndex<v1::TrackRow>(
      rows, base::TableOf<v1::TrackRow>::kByClass, kTrackedMax,
      [&](const v1::TrackRow& row) {
        if (keep(row)) found.push_back(row.registration_id());
        return true;
      },
      AsId(class_id));
  return found;
}

}  // namespace

std::vector<std::string> TrackedOf(const Rows& rows, std::string_view class_id) {
  return ScanTracked(rows, class_id, [](const v1::TrackRow&) { return true; });
}

std::vector<std::string> TrackedMovedSince(const Rows& rows, std::string_view class_id,
                                           CivilDay day) {
  return ScanTracked(rows, class_id,
                     [&](const v1::TrackRow& row) { return MovedSince(row.places(), day); });
}

}  // namespace twinline::attendance

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
            const v1::TrackRow& track, const ClassDays& corrected)
      : rows_(rows), schedule_(schedule), before_(child), track_(track), corrected_(corrected) {}

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
      const v1::Membership& place = PlaceOn(track_, day);
      if (place.class_id().empty()) continue;
      const DayPlan plan = schedule_.On(SchoolOf(place.class_id()), day);
      if (plan.sessions == 0) continue;                                    // C-1
      const uint32_t outcome = OutcomeOn(place, day);
      if (outcome == kOutcomeUnexplained) absent_.push_back({day, plan.term_start});
      if (outcome != kOutcomePresent) continue;                            // C-4, C-5
      last_present_ = day;
      return;
    }
    // Beyond what can be counted: what was known then still holds.
    if (before_.last_present_day() <= day.days) last_present_ = CivilDay{before_.last_present_day()};
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

  uint32_t OutcomeOn(const v1::Membership& place, CivilDay day) const {
    const auto outcome = [&](const v1::ClassDayRow& class_day) -> uint32_t {
      if (!class_day.judged()) return kOutcomeNoData;
      return OutcomeOf(class_day, track_.registration_id(), place.roster_from());
    };
    for (const v1::ClassDayRow& corrected : corrected_) {
      if (corrected.day() == day.days && corrected.class_id() == place.class_id()) {
        return outcome(corrected);
      }
    }
    const auto stored = base::Find<v1::ClassDayRow>(rows_, AsId(place.class_id()), day.days);
    return stored ? outcome(*stored) : uint32_t{kOutcomeNoData};
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
  const v1::TrackRow& track_;
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
  RecountEvents(const Rows& rows, Schedule& schedule, const ClassDays& corrected, Events* events)
      : rows_(rows),
        schedule_(schedule),
        corrected_(corrected),
        day_{corrected.front().day()},
        events_(events) {}

  void Add(const v1::ForeignRegistration& facts) {
    const auto stored = base::Find<v1::TrackRow>(rows_, AsId(facts.registration_id()));
    const v1::TrackRow track = stored ? *stored : TrackFrom(facts);
    // The child may have moved since: its streak lives in the class where it is tracked now.
    const std::string& class_now = track.memberships(track.memberships_size() - 1).class_id();
    v1::TrackedChild before;
    const bool tracked = stored && FindTracked(class_now, facts.registration_id(), &before);
    v1::Tracked tracking;
    if (!tracked) {
      tracking = TrackedEvent(rows_, facts, "ABSENT", day_);
      before = ChildOf(tracking);
    }
    const auto state = base::Find<v1::ClassStateRow>(rows_, AsId(class_now));
    CivilDay until{state ? state->newest_judged_day() : 0};
    for (const v1::ClassDayRow& corrected : corrected_) until.days = std::max(until.days, corrected.day());
    const Recount recount = RecountStreak(rows_, schedule_, before, track, until, corrected_);
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
    const auto set = base::Find<v1::TrackedSetRow>(rows_, AsId(class_id));
    const v1::TrackedChild* found = set ? FindChild(*set, registration) : nullptr;
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
  Schedule& schedule_;
  const ClassDays& corrected_;
  const CivilDay day_;
  Events* events_;
};

}  // namespace

Recount RecountStreak(const Rows& rows, Schedule& schedule, const v1::TrackedChild& child,
                      const v1::TrackRow& track, CivilDay until, const ClassDays& corrected) {
  return Recounter(rows, schedule, child, track, corrected).Run(until);
}

void AddRecounts(const Rows& rows, Schedule& schedule, const ClassDays& corrected,
                 std::vector<std::string> affected, Events* events) {
  const auto judged = [](const v1::ClassDayRow& row) { return row.judged(); };
  if (std::none_of(corrected.begin(), corrected.end(), judged)) return;
  std::sort(affected.begin(), affected.end());
  affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
  RecountEvents recounts(rows, schedule, corrected, events);
  for (const std::string& registration : affected) {
    const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(registration));
    if (facts) recounts.Add(*facts);
  }
}

std::vector<std::string> TrackedOf(const Rows& rows, std::string_view class_id) {
  constexpr size_t kTrackedMax = 2000;
  std::vector<std::string> found;
  base::ScanIndex<v1::TrackRow>(
      rows, base::TableOf<v1::TrackRow>::kByClass, kTrackedMax,
      [&](const v1::TrackRow& row) {
        found.push_back(row.registration_id());
        return true;
      },
      AsId(class_id));
  return found;
}

}  // namespace twinline::attendance

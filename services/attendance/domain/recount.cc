#include "attendance/domain/recount.h"

#include <algorithm>

#include "attendance/domain/judge.h"
#include "attendance/domain/streak_walk.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

bool SameStreak(const v1::TrackedChild& a, const v1::TrackedChild& b) {
  return a.days() == b.days() && a.first_day() == b.first_day() && a.last_day() == b.last_day() &&
         a.last_present_day() == b.last_present_day();
}

bool SamePast(const std::vector<v1::PastStreak>& a, const std::vector<v1::PastStreak>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.days() == other.days() && one.first_day() == other.first_day() &&
           one.last_day() == other.last_day() &&
           std::equal(one.crossed().begin(), one.crossed().end(), other.crossed().begin(),
                      other.crossed().end());
  });
}

CivilDay FirstOf(const ClassDays& days) {
  CivilDay first{days.front().day()};
  for (const v1::ClassDayRow& row : days) first = std::min(first, CivilDay{row.day()});
  return first;
}

class RecountEvents {
 public:
  RecountEvents(const Rows& rows, Schedule& schedule, const Changes& changes, Events* events)
      : rows_(rows),
        sets_(changes.sets),
        schedule_(schedule),
        corrected_(changes.days),
        day_{changes.days.front().day()},
        first_(FirstOf(changes.days)),
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
    const Span span{first_, LastJudged(places)};
    Recount recount = CountStreaks(rows_, schedule_, before, places, span, corrected_);
    const Recount old = CountStreaks(rows_, schedule_, before, places, span, {});
    const bool same = tracked ? SameStreak(before, recount.child) : recount.child.days() == 0;
    if (same && SamePast(old.past, recount.past)) return;
    if (same) recount.child = before;
    const bool starts = !tracked && recount.child.days() > 0;
    if (starts) events_->push_back(MakeEvent(tracking, day_));
    v1::StreakRecomputed event = Recomputed(class_now, before, recount.child);
    AddPast(old, recount, &event);
    events_->push_back(MakeEvent(event, day_));
    if (same) return;
    AddCrossings(class_now, facts, before, recount);
    if (recount.child.days() == 0 && !recount.child.watch()) {
      v1::Untracked untracked;
      untracked.set_registration_id(facts.registration_id());
      untracked.set_class_id(class_now);
      events_->push_back(MakeEvent(untracked, day_));
    }
  }

 private:
  // The newest judged day of all its classes.
  CivilDay LastJudged(const Places& places) const {
    CivilDay last;
    for (const v1::Place& place : places) {
      const auto state = base::Find<v1::ClassStateRow>(rows_, AsId(place.class_id()));
      if (state) last.days = std::max(last.days, state->newest_judged_day());
    }
    for (const v1::ClassDayRow& corrected : corrected_)
      last.days = std::max(last.days, corrected.day());
    return last;
  }

  static void AddPast(const Recount& old, const Recount& recount, v1::StreakRecomputed* event) {
    event->set_since_day(recount.since.days);
    for (const v1::PastStreak& past : old.past) *event->add_past_before() = past;
    for (const v1::PastStreak& past : recount.past) *event->add_past_after() = past;
  }

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
    *event.mutable_crossed_before() = before.crossed();
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
  const CivilDay first_;  // of the changed days
  Events* events_;
};

}  // namespace

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

#include "attendance/domain/streak.h"

#include <algorithm>

namespace twinline::attendance {

using base::CivilDay;

namespace {

bool MakesSuspected(std::string_view threshold) {
  return threshold == "SUSPECTED" || threshold == "TERM_START_NO_SHOW";
}

// The same day of the next month, or that month's last day.
CivilDay MonthAfter(CivilDay day) {
  base::YearMonthDay date = day.ymd();
  date.month += 1;
  if (date.month > 12) {
    date.month = 1;
    date.year += 1;
  }
  const CivilDay first = CivilDay::FromYmd(date.year, date.month, 1);
  const CivilDay after = date.month == 12 ? CivilDay::FromYmd(date.year + 1, 1, 1)
                                          : CivilDay::FromYmd(date.year, date.month + 1, 1);
  return std::min(first + (date.day - 1), after - 1);
}

}  // namespace

v1::Verdict CountDay(const v1::TrackedChild& child, uint32_t outcome, CivilDay day,
                     CivilDay term_start) {
  v1::Verdict verdict;
  verdict.set_registration_id(child.registration_id());
  verdict.set_outcome(outcome);
  if (outcome == kOutcomePresent) return verdict;
  verdict.set_streak_days(child.days());
  verdict.set_first_day(child.first_day());
  verdict.set_term_days(child.term_days());
  if (outcome != kOutcomeUnexplained) return verdict;
  verdict.set_streak_days(child.days() + 1);
  if (child.days() == 0) verdict.set_first_day(day.days);
  const bool new_term = child.days() == 0 || child.last_day() < term_start.days;
  verdict.set_term_days(new_term ? 1 : child.term_days() + 1);
  return verdict;
}

void ApplyVerdict(const v1::Verdict& verdict, CivilDay day, v1::TrackedChild* child) {
  if (verdict.outcome() == kOutcomeUnexplained) {
    child->set_days(verdict.streak_days());
    child->set_first_day(verdict.first_day());
    child->set_term_days(verdict.term_days());
    child->set_last_day(day.days);
  } else if (verdict.outcome() == kOutcomePresent) {
    child->clear_days();
    child->clear_first_day();
    child->clear_last_day();
    child->clear_term_days();
    child->clear_suspected_day();
    child->clear_suspected_at();
    child->clear_crossed();
    child->set_last_present_day(day.days);
  }
}

std::vector<std::string> ReachedThresholds(const v1::RuleSet& rules, const v1::TrackedChild& child,
                                           CivilDay day, CivilDay term_start) {
  const bool unseen_this_term = term_start.days != 0 &&
                                child.last_present_day() < term_start.days &&
                                child.joined_day() <= term_start.days;
  const bool confirm = rules.confirm_after() > 0 && child.suspected_day() != 0 &&
                       child.days() >= child.suspected_at() + rules.confirm_after() &&
                       day >= MonthAfter(CivilDay{child.suspected_day()});
  const auto at_least = [](uint32_t days, uint32_t threshold) {
    return threshold > 0 && days >= threshold;
  };
  const std::pair<const char*, bool> reached[] = {
      {"CONTACT", at_least(child.days(), rules.contact())},
      {"SCHOOL_REPORT", at_least(child.days(), rules.school_report())},
      {"TERM_START_NO_SHOW",
       unseen_this_term && at_least(child.term_days(), rules.term_start_no_show())},
      {"SUSPECTED", at_least(child.days(), rules.suspected())},
      {"CONFIRM_DUE", confirm},
  };
  std::vector<std::string> crossed;
  for (const auto& [name, holds] : reached) {
    if (holds &&
        std::find(child.crossed().begin(), child.crossed().end(), name) == child.crossed().end()) {
      crossed.emplace_back(name);
    }
  }
  return crossed;
}

void ApplyCrossed(std::string_view threshold, uint32_t days, CivilDay day,
                  v1::TrackedChild* child) {
  if (std::find(child->crossed().begin(), child->crossed().end(), threshold) ==
      child->crossed().end()) {
    child->add_crossed(std::string(threshold));
  }
  if (MakesSuspected(threshold) && child->suspected_day() == 0) {
    child->set_suspected_day(day.days);
    child->set_suspected_at(days);
  }
}

v1::TrackedChild* FindChild(v1::TrackedSetRow* set, std::string_view registration) {
  for (v1::TrackedChild& child : *set->mutable_children()) {
    if (child.registration_id() == registration) return &child;
  }
  return nullptr;
}

const v1::TrackedChild* FindChild(const v1::TrackedSetRow& set, std::string_view registration) {
  for (const v1::TrackedChild& child : set.children()) {
    if (child.registration_id() == registration) return &child;
  }
  return nullptr;
}

v1::TrackedChild RemoveChild(v1::TrackedSetRow* set, std::string_view registration) {
  v1::TrackedChild removed;
  for (int i = 0; i < set->children_size(); ++i) {
    if (set->children(i).registration_id() != registration) continue;
    removed = std::move(*set->mutable_children(i));
    set->mutable_children()->DeleteSubrange(i, 1);
    break;
  }
  return removed;
}

v1::TrackedChild ChildOf(const v1::Tracked& event) {
  v1::TrackedChild child;
  child.set_registration_id(event.registration_id());
  child.set_child_id(event.child_id());
  child.set_last_present_day(event.last_present_day());
  if (event.places().empty()) return child;
  const v1::Place& here = *event.places().rbegin();
  child.set_roster_from(here.roster_from());
  child.set_joined_day(event.places(0).from_day());
  if (event.places_size() > 1) child.set_from_day(here.from_day());
  return child;
}

const v1::Place& PlaceOn(const Places& places, CivilDay day) {
  const v1::Place* on = &v1::Place::default_instance();
  for (int i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].from_day() <= day.days) on = &places[i];
  }
  return *on;
}

bool MovedSince(const Places& places, CivilDay day) {
  return !places.empty() && &PlaceOn(places, day) != &*places.rbegin();
}

}  // namespace twinline::attendance

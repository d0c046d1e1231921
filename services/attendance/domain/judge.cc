#include "attendance/domain/judge.h"

#include <algorithm>

#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::MakeEvent;
using base::Rows;

namespace {

// Seen at another school in that session: present somewhere, which is what a streak asks (C-6).
bool IsGuestElsewhere(const v1::ClassDayRow& class_day, std::string_view registration) {
  for (const std::string* guests : {&class_day.guest_morning(), &class_day.guest_afternoon()}) {
    for (size_t at = 0; at + base::Id16::kSize <= guests->size(); at += base::Id16::kSize) {
      if (std::string_view(*guests).substr(at, base::Id16::kSize) == registration) return true;
    }
  }
  return false;
}

}  // namespace

uint32_t OutcomeOf(const v1::ClassDayRow& class_day, std::string_view registration) {
  if (IsGuestElsewhere(class_day, registration)) return kOutcomePresent;
  bool unexplained = false;
  bool leave = false;
  bool recorded = false;
  for (const uint32_t session : {kMorning, kAfternoon}) {
    if (!Taken(class_day, session)) continue;
    recorded = true;
    const uint32_t code = CodeOf(MarksOf(class_day, session), registration);
    if (ShowsPresence(code)) return kOutcomePresent;
    unexplained = unexplained || code == kUnexplained;
    leave = leave || IsApprovedLeave(code);
  }
  if (!recorded) return kOutcomeNoData;
  return unexplained ? kOutcomeUnexplained : leave ? kOutcomeLeave : kOutcomePresent;
}

std::vector<std::string> NewlyCrossed(const v1::RuleSet& rules, uint32_t days, bool from_term_start,
                                      const v1::TrackedChild& child) {
  struct Threshold {
    const char* name;
    uint32_t days;
    bool applies;
  };
  const Threshold thresholds[] = {
      {"CONTACT", rules.contact(), true},
      {"SCHOOL_REPORT", rules.school_report(), true},
      {"TERM_START_NO_SHOW", rules.term_start_no_show(), from_term_start},
      {"SUSPECTED", rules.suspected(), true},
  };
  std::vector<std::string> crossed;
  for (const Threshold& threshold : thresholds) {
    if (!threshold.applies || threshold.days == 0 || days < threshold.days) continue;
    if (std::find(child.crossed().begin(), child.crossed().end(), threshold.name) ==
        child.crossed().end()) {
      crossed.emplace_back(threshold.name);
    }
  }
  return crossed;
}

namespace {

class DayJudge {
 public:
  DayJudge(const Rows& rows, const v1::ForeignClass& class_facts, const v1::ClassDayRow& class_day,
           CivilDay day)
      : rows_(rows), class_(class_facts), class_day_(class_day), day_(day) {}

  Judgement Run() {
    const auto set = base::Find<v1::TrackedSetRow>(rows_, AsId(class_.class_id()));
    if (set) {
      for (const v1::TrackedChild& child : set->children()) JudgeChild(child, /*known=*/true);
    }
    for (const std::string& registration : NewAbsentees(set)) {
      v1::TrackedChild child;
      child.set_registration_id(registration);
      const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(registration));
      if (facts) child.set_child_id(facts->child_id());
      // Not tracked until today means seen on the class's newest judged day.
      const auto state = base::Find<v1::ClassStateRow>(rows_, AsId(class_.class_id()));
      if (state) child.set_last_present_day(state->newest_judged_day());
      JudgeChild(child, /*known=*/false);
    }
    return std::move(judgement_);
  }

 private:
  // Registrations with an unexplained mark today that are not tracked yet.
  std::vector<std::string> NewAbsentees(const std::optional<v1::TrackedSetRow>& set) const {
    std::vector<std::string> found;
    for (const uint32_t session : {kMorning, kAfternoon}) {
      if (!Taken(class_day_, session)) continue;
      const v1::SessionMarks& marks = MarksOf(class_day_, session);
      for (size_t i = 0; i < marks.codes().size(); ++i) {
        if (static_cast<uint8_t>(marks.codes()[i]) != kUnexplained) continue;
        std::string id = marks.registration_ids().substr(i * base::Id16::kSize, base::Id16::kSize);
        const bool tracked =
            set && std::any_of(set->children().begin(), set->children().end(),
                               [&](const auto& child) { return child.registration_id() == id; });
        if (!tracked && std::find(found.begin(), found.end(), id) == found.end()) {
          found.push_back(std::move(id));
        }
      }
    }
    return found;
  }

  void JudgeChild(const v1::TrackedChild& child, bool known) {
    v1::Verdict verdict;
    verdict.set_registration_id(child.registration_id());
    const uint32_t outcome = OutcomeOf(class_day_, child.registration_id());
    verdict.set_outcome(outcome);
    verdict.set_streak_days(child.days());
    verdict.set_first_day(child.first_day());
    if (outcome == kOutcomeUnexplained) {
      if (!known) Track(child);
      verdict.set_streak_days(child.days() + 1);
      verdict.set_first_day(child.days() == 0 ? day_.days : child.first_day());
      Cross(child, verdict);
    } else if (outcome == kOutcomePresent) {
      verdict.set_streak_days(0);
      verdict.set_first_day(0);
      if (known) End(child);
    }
    if (known || outcome == kOutcomeUnexplained) judgement_.verdicts.push_back(std::move(verdict));
  }

  void Track(const v1::TrackedChild& child) {
    v1::Tracked event;
    event.set_registration_id(child.registration_id());
    event.set_child_id(child.child_id());
    event.set_class_id(class_.class_id());
    event.set_cause("ABSENT");
    judgement_.tracked.push_back(MakeEvent(event, day_));
  }

  void Cross(const v1::TrackedChild& child, const v1::Verdict& verdict) {
    const v1::RuleSetRow rules = RulesOn(rows_, day_);
    CivilDay term_start;
    ScheduledSessions(rows_, class_.school_code(), day_, &term_start);
    // Never seen this term: the streak began on the term's first school day (D06).
    const bool from_term_start = verdict.first_day() == term_start.days;
    for (const std::string& threshold :
         NewlyCrossed(rules.rules(), verdict.streak_days(), from_term_start, child)) {
      v1::StreakCrossed event;
      event.set_registration_id(child.registration_id());
      event.set_child_id(child.child_id());
      event.set_class_id(class_.class_id());
      event.set_school_code(class_.school_code());
      event.set_threshold(threshold);
      event.set_days(verdict.streak_days());
      event.set_first_day(verdict.first_day());
      event.set_last_day(day_.days);
      event.set_last_present_day(child.last_present_day());
      event.set_rule_version(rules.version());
      judgement_.events.push_back(MakeEvent(event, day_));
      ++judgement_.crossed;
    }
  }

  void End(const v1::TrackedChild& child) {
    if (child.days() > 0) {
      v1::StreakEnded event;
      event.set_registration_id(child.registration_id());
      event.set_child_id(child.child_id());
      event.set_day(day_.days);
      event.set_days(child.days());
      judgement_.events.push_back(MakeEvent(event, day_));
    }
    if (!child.watch()) {
      v1::Untracked event;
      event.set_registration_id(child.registration_id());
      event.set_class_id(class_.class_id());
      judgement_.events.push_back(MakeEvent(event, day_));
    }
  }

  const Rows& rows_;
  const v1::ForeignClass& class_;
  const v1::ClassDayRow& class_day_;
  const CivilDay day_;
  Judgement judgement_;
};

}  // namespace

Judgement JudgeDay(const Rows& rows, const v1::ForeignClass& class_facts,
                   const v1::ClassDayRow& class_day, CivilDay day) {
  return DayJudge(rows, class_facts, class_day, day).Run();
}

Recount RecountStreak(const Rows& rows, const v1::TrackRow& track, std::string_view school,
                      CivilDay until, const v1::ClassDayRow& corrected) {
  constexpr int kSchoolDaysMax = 60;
  constexpr int kCivilDaysMax = 250;   // a streak may span the summer break
  Recount count;
  int school_days = 0;
  for (CivilDay day = until; until - day < kCivilDaysMax && school_days < kSchoolDaysMax; day = day - 1) {
    if (ScheduledSessions(rows, school, day) == 0) continue;
    ++school_days;
    // The class the child was in on that day.
    std::string_view class_id;
    for (const v1::Membership& membership : track.memberships()) {
      if (membership.from_day() <= day.days || class_id.empty()) class_id = membership.class_id();
    }
    const bool is_corrected = corrected.class_id() == class_id && corrected.day() == day.days;
    const auto stored = base::Find<v1::ClassDayRow>(rows, AsId(class_id), day.days);
    if (!is_corrected && !stored) continue;  // C-5: no data
    const v1::ClassDayRow& class_day = is_corrected ? corrected : *stored;
    if (!class_day.judged()) continue;
    const uint32_t outcome = OutcomeOf(class_day, track.registration_id());
    if (outcome == kOutcomePresent) {
      count.last_present_day = day;
      break;
    }
    if (outcome != kOutcomeUnexplained) continue;
    if (count.days == 0) count.last_day = day;
    ++count.days;
    count.first_day = day;
  }
  return count;
}

}  // namespace twinline::attendance

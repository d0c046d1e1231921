// Random school weeks: roll calls in and out of order, by several people, corrections, guests,
// moves, suspensions, watches, new rule sets, closes. After each step every pupil's streak is what
// a naive count of the raw marks gives, and so is every StreakRecomputed.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "attendance/domain/schedule.h"
#include "tests/property/attendance_reference.h"
#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

namespace ref = attendance_reference;

constexpr int kClasses =
    3;  // two of the junior school, one of the primary with a calendar of its own
constexpr int kPupils = 5;
const CivilDay kTermEnd = Day(1, 22, 2027);
constexpr int kMovesMax = 2;  // a pupil; attendance keeps three places

// One step; what the numbers mean depends on `kind`. Small numbers are simple steps, so that a
// failing sequence shrinks to one that can be read.
struct Step {
  int kind = 0;
  int class_index = 0;
  int session = 1;
  int back = 0;  // days before today
  int pupil = 0;
  int number = 0;
  std::vector<int> codes;
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  out << "{kind " << step.kind << " class " << step.class_index << " session " << step.session
      << " back " << step.back << " pupil " << step.pupil << " number " << step.number << " codes";
  for (const int code : step.codes) out << ' ' << code;
  return out << '}';
}

rc::Gen<Step> AnyStep() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::weightedElement<int>(
              {{12, 0}, {8, 1}, {2, 2}, {4, 3}, {2, 4}, {2, 5}, {2, 6}, {1, 7}, {1, 8}, {1, 9}}),
          rc::gen::inRange(0, kClasses), rc::gen::inRange(1, 3),
          rc::gen::weightedElement<int>({{12, 0}, {3, 1}, {2, 2}, {1, 4}}),
          rc::gen::inRange(0, kPupils), rc::gen::inRange(0, 6),
          rc::gen::container<std::vector<int>>(
              kPupils, rc::gen::weightedElement<int>({{8, 0}, {8, 5}, {1, 1}, {1, 2}, {1, 6}}))),
      [](const auto& t) {
        return Step{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t),
                    std::get<4>(t), std::get<5>(t), std::get<6>(t)};
      });
}

class World {
 public:
  World() {
    v1::SchoolCalendar own = County::DefaultCalendar();
    own.set_version("own");
    own.set_sessions(1);
    own.add_closures()->set_day(Day(9, 9).days);
    county_.Adopt(own, kPrimary);
    // Classes and pupils are known since August.
    classes_ = {county_.AddClass(kJunior, 7, 1), county_.AddClass(kJunior, 7, 2),
                county_.AddClass(kPrimary, 6, 1)};
    for (int pupil = 0; pupil < kPupils; ++pupil) {
      const int k = pupil % kClasses;
      pupils_.push_back(county_.AddPupil(classes_[k]));
      model_.places[pupil] = {
          {county_.today().days, k, static_cast<int>(county_.RosterOf(classes_[k]))}};
    }
    Schedule schedule(county_.rows());
    for (int k = 0; k < kClasses; ++k) {
      for (int day = Day(9, 1).days; day <= kTermEnd.days; ++day) {
        const DayPlan plan = schedule.On(SchoolOf(k), CivilDay{day});
        if (plan.sessions != 0) model_.calendar[k][day] = plan.sessions == 3 ? 2 : 1;
      }
    }
    model_.rules = {ref::Rules()};
    model_.term_start = Day(9, 1).days;
  }

  void Do(const Step& step) {
    switch (step.kind) {
      case 0:
        return Take(step, "teacher", false);
      case 1:
        if (county_.today() >= kTermEnd) return;  // the reference knows one term
        return Pass(county_.NextSchoolDay());
      case 2:
        return Pass(county_.GoTo(county_.today(), 19));
      case 3:
        return Correct(step);
      case 4:
        return step.number % 2 ? Take(step, "principal", true) : Take(step, "registrar", false);
      case 5:
        return Resolve(step);
      case 6:
        return Move(step, step.class_index);
      case 7:
        return Adopt(step);
      case 8:
        county_.Watch(pupils_[step.pupil], step.number % 2 == 0);
        return;
      default:
        return Move(step, -1);
    }
  }

  static const std::map<std::string, int>& seen() { return seen_; }

  // Every pupil's streak as attendance keeps it, against the count from the beginning.
  void Compare() const {
    RC_ASSERT(county_.trouble() == "");
    for (int pupil = 0; pupil < kPupils; ++pupil) {
      const ref::Streak expected = model_.StreakOf(pupil);
      const auto tracked = county_.Tracked(pupils_[pupil]);
      if (expected.days >= 5) ++seen_["suspected"];
      RC_ASSERT(static_cast<int>(tracked ? tracked->days() : 0) == expected.days);
      if (!tracked) continue;
      RC_ASSERT(tracked->first_day() == expected.first);
      RC_ASSERT(tracked->last_day() == expected.last);
      if (expected.days > 0) RC_ASSERT(tracked->last_present_day() == expected.last_present);
      RC_ASSERT(tracked->suspected_day() == expected.suspected);
      const std::set<std::string> crossed(tracked->crossed().begin(), tracked->crossed().end());
      RC_ASSERT(crossed == expected.crossed);
    }
    for (int k = 0; k < kClasses; ++k) {
      for (const auto& [day, sessions] : model_.calendar.at(k)) {
        if (day > county_.today().days) break;
        RC_ASSERT(county_.ClassDay(classes_[k], CivilDay{day}).judged() ==
                  (model_.judged.count({k, day}) > 0));
      }
    }
  }

 private:
  static const char* SchoolOf(int k) { return k < 2 ? kJunior : kPrimary; }
  int DayOf(const Step& step) const {
    return std::max(Day(9, 1).days, county_.today().days - step.back);
  }

  void Check(const Result& result) const {
    for (const auto& event : result.All<v1::StreakRecomputed>()) {
      ++seen_[event.days_after() < event.days_before() ? "recounted down" : "recounted up"];
      for (int pupil = 0; pupil < kPupils; ++pupil) {
        if (event.registration_id() != pupils_[pupil].bytes()) continue;
        RC_ASSERT(static_cast<int>(event.days_after()) == model_.StreakOf(pupil).days);
        ComparePast(pupil, event);
      }
    }
  }

  // Of the streaks that are over, those since the named day are told, each with its thresholds.
  void ComparePast(int pupil, const v1::StreakRecomputed& event) const {
    std::vector<ref::Streak> expected;
    for (const ref::Streak& past : model_.PastOf(pupil)) {
      if (past.last >= event.since_day()) expected.push_back(past);
    }
    RC_ASSERT(event.past_after_size() == static_cast<int>(expected.size()));
    for (int i = 0; i < event.past_after_size(); ++i) {
      const v1::PastStreak& told = event.past_after(i);
      const ref::Streak& past = expected[static_cast<size_t>(i)];
      RC_ASSERT(static_cast<int>(told.days()) == past.days);
      RC_ASSERT(told.first_day() == past.first);
      RC_ASSERT(told.last_day() == past.last);
      RC_ASSERT(std::set<std::string>(told.crossed().begin(), told.crossed().end()) ==
                past.crossed);
    }
  }

  std::vector<std::vector<ref::Streak>> AllPast() const {
    std::vector<std::vector<ref::Streak>> all;
    for (int pupil = 0; pupil < kPupils; ++pupil) all.push_back(model_.PastOf(pupil));
    return all;
  }

  // Whose past a correction has changed is told, with the past as it was.
  void CheckPast(const std::vector<std::vector<ref::Streak>>& before, const Result& result) const {
    const auto events = result.All<v1::StreakRecomputed>();
    for (int pupil = 0; pupil < kPupils; ++pupil) {
      // When it was last seen before a streak is told only by the thresholds that follow from it.
      const auto now = model_.PastOf(pupil);
      const auto& was = before[static_cast<size_t>(pupil)];
      if (std::equal(was.begin(), was.end(), now.begin(), now.end(),
                     [](const ref::Streak& a, const ref::Streak& b) {
                       return a.days == b.days && a.first == b.first && a.last == b.last &&
                              a.crossed == b.crossed;
                     })) {
        continue;
      }
      ++seen_["past changed"];
      RC_ASSERT(std::any_of(events.begin(), events.end(), [&](const auto& event) {
        return event.registration_id() == pupils_[pupil].bytes();
      }));
    }
  }

  void Take(const Step& step, const char* by, bool late) {
    const int k = step.class_index;
    const int day = DayOf(step);
    County::How how;
    how.day = CivilDay{day};
    how.by = by;
    how.signed_late = late;
    const int newest = static_cast<int>(county_.RosterOf(classes_[k]));
    how.roster = step.number == 5 ? std::max(1, newest - 1) : newest;
    ref::RollCall roll_call;
    roll_call.roster = how.roster;
    Marks marks;
    for (int pupil = 0; pupil < kPupils; ++pupil) {
      int code = step.codes[pupil];
      const bool pupil_of_class = model_.ClassOn(pupil, day) == k;
      // Teachers list pupils of their class, guests, and now and then somebody of an old list.
      if (!pupil_of_class && code != 6 && step.number != 4) code = 0;
      if (code == 0) continue;
      marks.emplace_back(pupils_[pupil], static_cast<uint32_t>(code));
      roll_call.marks[pupil] = {code, -1};
    }
    const Result result =
        county_.RollCall(classes_[k], static_cast<uint32_t>(step.session), marks, how);
    if (result.Has<v1::RollCallTaken>()) {
      const bool signed_late = result.All<v1::RollCallTaken>()[0].signed_late();
      ++seen_[signed_late ? "signed late" : "taken"];
      if (result.All<v1::RollCallTaken>()[0].replaces()) ++seen_["replaced"];
      if (day < county_.today().days) ++seen_["handed in later"];
      const auto past = AllPast();
      model_.Take(k, day, step.session, std::move(roll_call), signed_late);
      if (signed_late) CheckPast(past, result);
    } else if (result.Has<v1::RollCallConflict>()) {
      for (auto& [pupil, mark] : roll_call.marks) {
        if (mark.code == 6) mark.home = model_.ClassOn(pupil, day);
      }
      ++seen_["conflict"];
      model_.conflicts[{k, day, step.session}] = std::move(roll_call);
    }
    Check(result);
  }

  // Days are closed on the way.
  void Pass(const Result& result) {
    for (const auto& closed : result.All<v1::SchoolDayClosed>()) {
      for (int k = 0; k < kClasses; ++k) {
        if (closed.school_code() == SchoolOf(k)) model_.CloseDay(k, closed.day());
      }
    }
    Check(result);
  }

  void Correct(const Step& step) {
    const int day = DayOf(step);
    const Result result = county_.Correct(classes_[step.class_index], CivilDay{day},
                                          static_cast<uint32_t>(step.session), pupils_[step.pupil],
                                          static_cast<uint32_t>(step.number));
    if (!result.Has<v1::MarkCorrected>()) return;
    ++seen_["corrected"];
    const auto past = AllPast();
    std::map<int, ref::Mark>& marks = model_.taken.at({step.class_index, day, step.session}).marks;
    marks.erase(step.pupil);
    if (step.number != 0) marks[step.pupil] = {step.number, -1};
    Check(result);
    CheckPast(past, result);
  }

  // One of the open conflicts.
  void Resolve(const Step& step) {
    if (model_.conflicts.empty()) return;
    auto it = model_.conflicts.begin();
    std::advance(it, step.pupil % static_cast<int>(model_.conflicts.size()));
    const auto [k, day, session] = it->first;
    const bool second = step.number % 2 == 0;
    const Result result = county_.Resolve(classes_[static_cast<size_t>(k)], CivilDay{day},
                                          static_cast<uint32_t>(session), second);
    RC_ASSERT(result.ok());
    ++seen_["resolved"];
    if (second) model_.taken[it->first] = it->second;
    model_.conflicts.erase(it);
    Check(result);
  }

  // Between school days: before anybody has taken a roll call of today. -1: suspended.
  void Move(const Step& step, int to) {
    std::vector<ref::Place>& places = model_.places[step.pupil];
    if (places.back().class_index == to || places.size() > kMovesMax) return;
    for (const auto& [key, roll_call] : model_.taken) {
      if (std::get<1>(key) == county_.today().days) return;
    }
    ++seen_["moved"];
    const Id16 target = to < 0 ? Id16() : classes_[to];
    if (to < 0 || places.back().class_index < 0) {
      county_.ChangeStatus(pupils_[step.pupil], to < 0 ? "SUSPENDED" : "ACTIVE", target);
    } else {
      county_.Place(pupils_[step.pupil], target);
    }
    places.push_back(
        {county_.today().days, to, to < 0 ? 0 : static_cast<int>(county_.RosterOf(target))});
  }

  void Adopt(const Step& step) {
    v1::RuleSet rules = County::DefaultRules();
    ref::Rules model;
    model.from = county_.today().days + 1 + step.back;
    model.contact = 1 + step.number % 2;
    model.report = model.contact + step.pupil % 3;
    model.suspected = model.report + step.session;
    model.no_show = 1 + step.class_index;
    rules.set_contact(static_cast<uint32_t>(model.contact));
    rules.set_school_report(static_cast<uint32_t>(model.report));
    rules.set_suspected(static_cast<uint32_t>(model.suspected));
    rules.set_term_start_no_show(static_cast<uint32_t>(model.no_show));
    RC_ASSERT(
        county_.AdoptRules("v" + std::to_string(model_.rules.size()), CivilDay{model.from}, rules)
            .ok());
    model_.rules.push_back(model);
  }

  // What all runs together have come across.
  static inline std::map<std::string, int> seen_;

  County county_;
  std::vector<Id16> classes_;
  std::vector<Id16> pupils_;
  ref::Reference model_;
};

// The runs of one process are looked at together: a generator that no longer reaches a rule proves
// nothing about it.
TEST(AttendanceProperty, StreaksAreWhatANaiveCountOfTheMarksGives) {
  const bool holds = rc::check([] {
    World world;
    const auto steps = *rc::gen::scale(2.0, rc::gen::container<std::vector<Step>>(AnyStep()));
    for (const Step& step : steps) {
      world.Do(step);
      world.Compare();
    }
  });
  ASSERT_TRUE(holds);
  if (std::getenv("RC_PARAMS") != nullptr) return;  // one case played again, or other numbers
  for (const char* what :
       {"taken", "signed late", "replaced", "handed in later", "conflict", "resolved", "corrected",
        "moved", "recounted up", "recounted down", "past changed", "suspected"}) {
    const auto it = World::seen().find(what);
    EXPECT_TRUE(it != World::seen().end() && it->second > 0) << what;
  }
}

}  // namespace
}  // namespace twinline::attendance

// How streaks are counted, told a second time and as simply as possible: from the raw marks, day
// after day, every time from the beginning. It shares no code with attendance/domain; the property
// test holds both against each other.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace twinline::attendance_reference {

// Days are plain numbers, classes and pupils indexes; class -1 is "in no class".
struct Mark {
  int code = 0;   // 0 present 1 late 2-4 leave 5 unexplained 6 guest
  int home = -1;  // of a guest: the class that it belonged to on that day
};

struct RollCall {
  int roster = 0;
  std::map<int, Mark> marks;  // pupil -> mark; not listed: present, if the list named it
};

struct Rules {
  int from = 0;
  int contact = 1, report = 3, suspected = 5, no_show = 3;
};

struct Place {
  int from = 0;
  int class_index = -1;
  int roster = 0;
};

struct Streak {
  int days = 0;
  int first = 0, last = 0, last_present = 0, suspected = 0;
  std::set<std::string> crossed;
};

class Reference {
 public:
  // class -> day -> number of sessions (1: morning only, 2: both)
  std::map<int, std::map<int, int>> calendar;
  std::map<std::tuple<int, int, int>, RollCall> taken;  // class, day, session 1 or 2
  std::map<std::tuple<int, int, int>, RollCall> conflicts;
  std::set<std::pair<int, int>> judged;      // class, day
  std::map<int, std::vector<Place>> places;  // pupil
  std::vector<Rules> rules;
  int term_start = 0;

  int PlaceOn(int pupil, int day) const {
    int found = -1;
    const std::vector<Place>& all = places.at(pupil);
    for (size_t i = 0; i < all.size(); ++i) {
      if (i == 0 || all[i].from <= day) found = static_cast<int>(i);
    }
    return found;
  }
  int ClassOn(int pupil, int day) const {
    return places.at(pupil)[PlaceOn(pupil, day)].class_index;
  }

  void Take(int class_index, int day, int session, RollCall roll_call, bool late) {
    for (auto& [pupil, mark] : roll_call.marks) {
      if (mark.code == 6) mark.home = ClassOn(pupil, day);
    }
    taken[{class_index, day, session}] = std::move(roll_call);
    if (late) {
      judged.insert({class_index, day});
    } else if (session == 2 || calendar[class_index][day] == 1 ||
               taken.count({class_index, day, 2})) {
      JudgeUpTo(class_index, day);
    }
  }

  void CloseDay(int class_index, int day) {
    if (calendar[class_index].count(day)) JudgeUpTo(class_index, day);
  }

  Streak StreakOf(int pupil) const { return Count(pupil, nullptr); }

  // The streaks that presence has ended, rising.
  std::vector<Streak> PastOf(int pupil) const {
    std::vector<Streak> past;
    Count(pupil, &past);
    return past;
  }

 private:
  Streak Count(int pupil, std::vector<Streak>* past) const {
    Streak streak;
    std::set<int> days;
    for (const auto& [class_index, day] : judged) days.insert(day);
    for (const int day : days) {
      const Streak before = streak;
      CountDay(pupil, day, &streak);
      if (past != nullptr && before.days > 0 && streak.days == 0) past->push_back(before);
    }
    return streak;
  }

  void JudgeUpTo(int class_index, int day) {
    for (const auto& [key, roll_call] : taken) {
      const auto& [k, d, s] = key;
      if (k == class_index && d <= day) judged.insert({k, d});
    }
  }

  void CountDay(int pupil, int day, Streak* streak) const {
    const Place& place = places.at(pupil)[PlaceOn(pupil, day)];
    const int k = place.class_index;
    if (k < 0 || !judged.count({k, day}) || !calendar.at(k).count(day)) return;
    bool present = false;
    bool absent = false;
    for (const auto& [key, roll_call] : taken) {
      const auto& [where, when, session] = key;
      if (when != day) continue;
      const auto listed = roll_call.marks.find(pupil);
      const int code = listed == roll_call.marks.end() ? 0 : listed->second.code;
      if (where != k) {
        present = present || (code == 6 && listed->second.home == k);
      } else if (code == 0) {
        present = present || roll_call.roster >= place.roster;
      } else {
        present = present || code == 1 || code == 6;
        absent = absent || code == 5;
      }
    }
    if (present) {
      *streak = Streak();
      streak->last_present = day;
    } else if (absent) {
      AddAbsence(pupil, day, streak);
    }
  }

  void AddAbsence(int pupil, int day, Streak* streak) const {
    if (streak->days++ == 0) streak->first = day;
    streak->last = day;
    const Rules* in_force = &rules.front();
    for (const Rules& candidate : rules) {
      if (candidate.from <= day && candidate.from >= in_force->from) in_force = &candidate;
    }
    const bool known_before_term = places.at(pupil).front().from <= term_start;
    const auto cross = [&](const char* name, bool holds) {
      if (!holds) return;
      streak->crossed.insert(name);
      const bool suspects =
          std::string(name) == "SUSPECTED" || std::string(name) == "TERM_START_NO_SHOW";
      if (suspects && streak->suspected == 0) streak->suspected = day;
    };
    cross("CONTACT", streak->days >= in_force->contact);
    cross("SCHOOL_REPORT", streak->days >= in_force->report);
    // The whole test is one term, so every day of a streak is one of the term.
    cross("TERM_START_NO_SHOW", streak->last_present < term_start && known_before_term &&
                                    streak->days >= in_force->no_show);
    cross("SUSPECTED", streak->days >= in_force->suspected);
  }
};

}  // namespace twinline::attendance_reference

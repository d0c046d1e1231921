#include "tools/datagen/absence.h"

#include <algorithm>

#include "tools/datagen/prng.h"

namespace twinline::datagen {

AbsencePlan::AbsencePlan(const County& county, uint64_t seed, int school_days) : seed_(seed) {
  Prng prng = StreamOf(seed, 10);
  // Truancy is a junior-school story (domain.md 2.2): one in 450 there, one in 6,000 below.
  const size_t count = std::max<size_t>(6, county.pupils.size() / 900);
  std::set<size_t> used;
  for (size_t guard = 0; truants_.size() < count && guard < 200 * count; ++guard) {
    const size_t pupil = prng.Below(county.pupils.size());
    const uint32_t grade = county.classes[county.pupils[pupil].school_class].grade;
    if ((grade < 7 && !prng.Chance(60)) || !used.insert(pupil).second) continue;
    Truant truant;
    truant.pupil = pupil;
    truant.no_show = truants_.size() % 6 == 0;
    truant.first_day =
        truant.no_show ? 0 : static_cast<int>(1 + prng.Below(std::max(1, school_days * 2 / 3)));
    truant.days = static_cast<int>(5 + prng.Below(12));
    const uint64_t end = prng.Below(10);
    truant.end = end < 7   ? StoryEnd::kReturns
                 : end < 9 ? StoryEnd::kTransfers
                           : StoryEnd::kStaysAway;
    truant.corrected = !truant.no_show && truants_.size() % 11 == 5;
    if (truant.end == StoryEnd::kStaysAway) truant.days = school_days;
    truant_of_[pupil] = truants_.size();
    truants_.push_back(truant);
  }
  const size_t classes = std::max<size_t>(1, county.classes.size() / 400);
  for (size_t i = 0; i < classes; ++i) {
    unmarked_.push_back({prng.Below(county.classes.size()),
                         static_cast<int>(3 + prng.Below(std::max(1, school_days - 8))), 4});
  }
  // A child whose transfer is on its way sits in the new class already while the old one still
  // lists it.
  TwoSchools two;
  two.pupil = county.classes.front().pupils.front();
  for (size_t c = 0; c < county.classes.size(); ++c) {
    if (county.classes[c].school != county.classes[county.pupils[two.pupil].school_class].school &&
        county.classes[c].grade == county.classes[county.pupils[two.pupil].school_class].grade) {
      two.other_class = c;
      two.day = std::min(4, school_days - 1);
      two_schools_.push_back(two);
      break;
    }
  }
}

uint32_t AbsencePlan::Mark(size_t pupil, int day, uint32_t session) const {
  if (const auto it = truant_of_.find(pupil); it != truant_of_.end()) {
    const Truant& truant = truants_[it->second];
    if (day >= truant.first_day && day < truant.first_day + truant.days) return 5;
  }
  // Illness comes in runs of one to three days: did a run begin today or on one of the two days
  // before?
  for (int back = 0; back < 3; ++back) {
    if (day - back < 0) break;
    Prng begins = StreamOf(seed_, 11, pupil, static_cast<uint64_t>(day - back));
    if (begins.Below(1000) < 6 && static_cast<int>(begins.Below(3)) >= back) return 2;
  }
  Prng today = StreamOf(seed_, 12, pupil, static_cast<uint64_t>(day));
  const uint64_t luck = today.Below(10'000);
  if (luck < 45) return 3;                      // personal leave, whole day
  if (luck < 95) return session == 1 ? 1 : 0;   // late in the morning
  if (luck < 103) return session == 2 ? 5 : 0;  // skips an afternoon: half a day present
  if (luck < 108) return 4;
  if (luck < 112) return 5;  // a day away without a word
  return 0;
}

bool AbsencePlan::Unmarked(size_t school_class, int day) const {
  return std::any_of(unmarked_.begin(), unmarked_.end(), [&](const UnmarkedClass& u) {
    return u.school_class == school_class && day >= u.first_day && day < u.first_day + u.days;
  });
}

}  // namespace twinline::datagen

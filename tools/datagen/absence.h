// Absence that looks like life: illness in runs, personal leave, lateness, truants whose streaks
// cross the thresholds, children who never turn up at term start, a class nobody marks, a child
// marked at two schools. Deterministic by seed; a mark of one pupil and day does not depend on any
// other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "tools/datagen/county.h"

namespace twinline::datagen {

enum class StoryEnd { kReturns, kTransfers, kStaysAway };

// One child's road away from school, and how it ends.
struct Truant {
  size_t pupil = 0;
  int first_day = 0;  // index of the school day on which it stops coming
  int days = 0;       // school days away; INT_MAX-like for kStaysAway
  StoryEnd end = StoryEnd::kReturns;
  bool no_show = false;    // never came this term
  bool corrected = false;  // the teacher was wrong: a mark is corrected later (D03)
};

struct UnmarkedClass {
  size_t school_class = 0;
  int first_day = 0;
  int days = 4;
};

struct TwoSchools {
  size_t pupil = 0;
  size_t other_class = 0;
  int day = 0;
};

class AbsencePlan {
 public:
  AbsencePlan(const County& county, uint64_t seed, int school_days);

  // Mark of a pupil on school day `day` (from 0) and session (1 morning, 2 afternoon): 0 present,
  // else twinline.attendance.v1.Exception.code 1 to 5.
  uint32_t Mark(size_t pupil, int day, uint32_t session) const;
  bool Unmarked(size_t school_class, int day) const;

  const std::vector<Truant>& truants() const { return truants_; }
  const std::vector<UnmarkedClass>& unmarked() const { return unmarked_; }
  const std::vector<TwoSchools>& two_schools() const { return two_schools_; }

 private:
  const uint64_t seed_;
  std::vector<Truant> truants_;
  std::map<size_t, size_t> truant_of_;  // pupil -> index
  std::vector<UnmarkedClass> unmarked_;
  std::vector<TwoSchools> two_schools_;
};

}  // namespace twinline::datagen

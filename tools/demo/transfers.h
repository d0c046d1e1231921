// Ordinary transfers of the term: a registrar of the receiving school starts, each party decides,
// some refuse, some stay silent.
#pragma once

#include <vector>

#include "tools/demo/loader.h"

namespace twinline::demo {

struct TransferStory {
  size_t pupil = 0;
  size_t to_school = 0;
  size_t to_class = 0;
  int day = 0;           // school day on which the guardian applies
  int step = 0;          // next party to act
  bool refused = false;  // the receiving principal says no
  bool silent = false;   // the sending school never answers: overdue, never consent
  bool done = false;
  base::Id16 business;
};

class Transfers {
 public:
  Transfers(Api& api, const datagen::County& county, Loaded& loaded, uint64_t seed,
            int school_days);
  // What happens on one school day; call once a day.
  void Play(int day);
  // Starts a transfer of this pupil now (a truant found to live elsewhere); false when it has one.
  bool Start(size_t pupil, int day);
  // True once the registry has moved the pupil.
  bool Moved(size_t pupil) const;
  size_t completed() const { return completed_; }
  size_t started() const { return stories_.size(); }

 private:
  void Apply(TransferStory& story);
  void Decide(TransferStory& story);
  bool PickTarget(TransferStory* story) const;

  Api& api_;
  const datagen::County& county_;
  Loaded& loaded_;
  std::vector<TransferStory> stories_;
  size_t completed_ = 0;
};

}  // namespace twinline::demo

// What people do about cases: the class teacher phones, the village and township visit, the child
// comes back or is found elsewhere, both lines sign. Some do nothing, and that is on record too.
#pragma once

#include <map>

#include "tools/datagen/absence.h"
#include "tools/demo/loader.h"
#include "tools/demo/transfers.h"

namespace twinline::demo {

struct CaseCounts {
  size_t opened = 0;
  size_t closed = 0;
};

class Cases {
 public:
  Cases(Api& api, const datagen::County& county, Loaded& loaded, const datagen::AbsencePlan& plan,
        Transfers& transfers)
      : api_(api), county_(county), loaded_(loaded), plan_(plan), transfers_(transfers) {}
  void Play(int day, base::CivilDay date);
  CaseCounts Count();

 private:
  Api& api_;
  const datagen::County& county_;
  Loaded& loaded_;
  const datagen::AbsencePlan& plan_;
  Transfers& transfers_;
  std::map<size_t, int> acted_;  // truant -> last school day on which somebody acted
};

}  // namespace twinline::demo

// A whole term, two sessions a day, played through the public API with a driven clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/datagen/absence.h"
#include "tools/demo/alerts.h"
#include "tools/demo/cases.h"
#include "tools/demo/loader.h"
#include "tools/demo/transfers.h"

namespace twinline::demo {

struct TermResult {
  size_t roll_calls = 0;
  size_t cases_opened = 0;
  size_t cases_closed = 0;
  size_t transfers_completed = 0;
  size_t alerts_delivered = 0;
};

class Term {
 public:
  Term(Api& api, const datagen::County& county, Loaded& loaded, std::vector<base::CivilDay> days,
       uint64_t seed);
  TermResult Play();

  // Moves the driven clock; returns when everything that was due has happened.
  static void AdvanceTo(Api& api, base::Timestamp to);

 private:
  void PlayDay(int day);
  void TakeRollCalls(int day, uint32_t session);
  void FollowMoves();
  void CorrectMistakes(int day);

  Api& api_;
  const datagen::County& county_;
  Loaded& loaded_;
  const std::vector<base::CivilDay> days_;
  datagen::AbsencePlan plan_;
  Transfers transfers_;
  Cases cases_;
  Alerts alerts_;
  std::vector<std::vector<size_t>> rosters_;  // pupils by class, as they are now
  std::vector<bool> followed_;                // pupils whose move was applied to the rosters
  std::atomic<size_t> roll_calls_{0};
  std::atomic<size_t> refused_{0};
};

}  // namespace twinline::demo

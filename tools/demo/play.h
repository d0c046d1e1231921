// The play itself, against servers that run already: a generated county is loaded and a term
// played, whatever the servers stand on.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/base/civil.h"
#include "tools/datagen/county.h"
#include "tools/demo/api.h"
#include "tools/demo/loader.h"

namespace twinline::demo {

struct Script {
  bool small = false;
  uint64_t seed = 1;
  int weeks = 0;  // 0: three in a small county, else the whole term
  // Autumn term of 2026: the calendar of the State Council with its National Day and make-up days.
  base::CivilDay first = base::CivilDay::FromYmd(2026, 9, 1);

  base::CivilDay last() const;
  // Where the driven clock begins.
  base::CivilDay clock_start() const { return first - 20; }
  datagen::County County() const;
};

struct Played {
  Loaded loaded;
  nlohmann::ordered_json line;  // what the demonstration prints at its end
};

Played Play(Api& api, const Script& script, const datagen::County& county, const Admins& admins);

}  // namespace twinline::demo

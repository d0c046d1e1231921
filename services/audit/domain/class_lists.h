// A class list that was shown is one entry "class at roster version" and not its pupils one by one
// (decisions.md part 11). Who was on it is answered by the registry's events: each change of a
// roster carries the class after it, with the version from which the child is on it or no longer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "platform/base/ids.h"

namespace twinline::audit {

struct RosterChange {
  base::Id16 child;
  base::Id16 class_id;
  uint32_t version = 0;
  bool joined = false;  // on the list from this version on; false: off it
};

// Empty for events that change no roster.
std::vector<RosterChange> RosterChanges(uint32_t event_type, std::string_view data);

// A stretch of versions of one class with the child on the list.
struct Membership {
  base::Id16 class_id;
  uint32_t from = 0;
  uint32_t to = UINT32_MAX;  // exclusive
};

// Folds the changes of one child, in any order, into stretches.
std::vector<Membership> Memberships(std::vector<RosterChange> changes);

}  // namespace twinline::audit

// Loads the generated county through the public API, in the order a county would: the security
// administrator gives the bureau its first duties, the bureau records places, people and children.
#pragma once

#include <vector>

#include "tools/datagen/county.h"
#include "tools/demo/api.h"

namespace twinline::demo {

// What the server called the things of the generated county.
struct Loaded {
  std::vector<base::Id16> staff;  // by index of County::staff
  std::vector<base::Id16> classes;
  std::vector<uint32_t> roster_version;  // by class
  std::vector<base::Id16> children;
  std::vector<base::Id16> registrations;
  base::Id16 bureau_director, bureau_official, bureau_second, auditor;
  // Office code -> staff who decides there.
  std::unordered_map<std::string, base::Id16> principal, registrar, township_official,
      township_head;
};

// The administrators that the first start made: one records people, one gives duties, one looks on.
struct Admins {
  base::Id16 system, security, audit;
};

Loaded LoadCounty(Api& api, const datagen::County& county, base::CivilDay term_start,
                  const Admins& admins);

// Adopts the county's school calendar for the term and returns its school days.
std::vector<base::CivilDay> AdoptTerm(Api& api, const Loaded& loaded, base::CivilDay first,
                                      base::CivilDay last);

}  // namespace twinline::demo

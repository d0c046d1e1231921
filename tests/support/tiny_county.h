// The smallest county in which everything can happen: two townships, four villages, three schools,
// four classes of six pupils, everybody on duty on both lines. For end-to-end and crash tests.
#pragma once

#include "tools/datagen/county.h"

namespace twinline::test {

inline constexpr size_t kPrimaryOne = 0;  // schools
inline constexpr size_t kPrimaryTwo = 1;
inline constexpr size_t kJunior = 2;

// Classes: 0 = primary one 4-1, 1 = primary two 4-1, 2 = junior 7-1, 3 = junior 7-2.
datagen::County TinyCounty(base::CivilDay term_start);

}  // namespace twinline::test

// What a class business would do to a class now: the one decision behind the dry run, the two
// persons' digest and the run itself (N14, R-59).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/base/rows.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"

namespace twinline::transfer {

inline constexpr std::string_view kPromotion = "PROMOTION";
inline constexpr std::string_view kMerger = "MERGER";

struct ClassPlan {
  v1::ClassBusinessFacts facts;  // without ids and state
  std::string blocked;           // why nothing happens to the class
  // Nobody is left in it to be promoted.
  bool empty() const { return blocked.empty() && facts.members().empty(); }
};

struct RunPlan {
  std::vector<ClassPlan> classes;  // by school and class id; those with somebody in them
  std::string digest;              // SHA-256 over all of it
  uint32_t children = 0;
  uint32_t excepted = 0;
};

// Reads the whole county when the run names no school: est. half a second for 70,000 children,
// twice a year; the run itself then takes one class at a time.
RunPlan PlanRun(const v1::ClassRunFacts& run, const base::Rows& rows);

// The first class after (`school`, `class_id`) in the run's order that has something to do; false
// when none is left. The plan is made of what is true now, not of what was planned.
bool NextClass(const v1::ClassRunFacts& run, const std::string& after_school,
               const std::string& after_class, const base::Rows& rows, ClassPlan* plan);

}  // namespace twinline::transfer

// The two as-of questions about a class: who was in it on a day (when it was true), as it
// was known at a moment (when it was recorded).
#pragma once

#include <vector>

#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/base/rows.h"
#include "twinline/registry/v1/registry_rows.pb.h"

namespace twinline::registry {

// Stays that cover `day`, seen with what was recorded up to and including `known`. A stay is
// [joined, left): on the day of leaving the child is elsewhere.
std::vector<v1::MemberRow> ClassAsOf(const base::Rows& rows, const base::Id16& class_id,
                                     base::CivilDay day, base::Timestamp known);

// The newest roster version recorded by then; 0 when there was none.
uint32_t RosterVersionAsOf(const base::Rows& rows, const base::Id16& class_id,
                           base::Timestamp known);

}  // namespace twinline::registry

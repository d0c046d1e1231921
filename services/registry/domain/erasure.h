// States of an erasure and whom it covers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/rows.h"
#include "registry/tables/tables.h"

namespace twinline::registry {

inline constexpr char kErasureRequested[] = "REQUESTED";
inline constexpr char kErasureDeclined[] = "DECLINED";
inline constexpr char kErasureOrdered[] = "ORDERED";
inline constexpr char kErasureDestroyed[] = "KEYS_DESTROYED";
inline constexpr char kErasureCompleted[] = "COMPLETED";

// The ordered erasure that speaks of this record: of the child itself, or of one that it was merged
// into when the order was given.
std::optional<v1::ErasureRow> FindOrder(const base::Rows& rows, std::string_view record);

// The records merged into a child, also through others; at most 64.
std::vector<std::string> MergedInto(const base::Rows& rows, std::string_view child_id);

}  // namespace twinline::registry

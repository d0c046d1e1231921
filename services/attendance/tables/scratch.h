// Rows of one decision or one fold read into messages on an arena (base::Scratch).
#pragma once

#include "platform/base/rows.h"
#include "platform/base/scratch.h"

namespace twinline::attendance {

using base::Scratch;

// base::Find into a message that is there already; false, and the message empty, when there is no
// row.
template <typename Row, typename... Parts>
bool FindInto(const base::Rows& rows, Row* out, const Parts&... key_parts) {
  const auto value = rows.Get(base::RowKey<Row>(key_parts...));
  if (value && out->ParseFromString(*value)) return true;
  out->Clear();
  return false;
}

}  // namespace twinline::attendance

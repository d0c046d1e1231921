// What each event is called in administrative Chinese and in English. A type without a line here is
// shown by its own name, so a new one is never invisible; a test asks for its line.
#pragma once

#include <cstdint>
#include <string_view>

namespace twinline::audit {

struct Label {
  std::string_view zh;
  std::string_view en;
};

// Empty when there is none.
Label LabelOf(uint32_t event_type);

}  // namespace twinline::audit

// Kinds of alerts in words, for people.
#pragma once

#include <string_view>

namespace twinline::accountability {

struct Label {
  std::string_view zh;
  std::string_view en;
};
// An unknown kind comes back as it is: a newer build may have offered it.
Label LabelOf(std::string_view alert_kind);

}  // namespace twinline::accountability

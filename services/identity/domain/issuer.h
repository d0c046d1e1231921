// Names in our tokens. The two realms have two issuers, so that a token of a demonstration is
// refused by a real installation whatever key signed it.
#pragma once

#include <string>
#include <string_view>

#include "platform/base/ids.h"

namespace twinline::identity {

inline constexpr std::string_view kAudience = "twinline";
inline constexpr std::string_view kDemoPrefix = "demo.";

// "twinline.<installation in hex>", in a demonstration "demo.twinline.<…>".
inline std::string IssuerName(const base::Id16& installation, bool demo_realm) {
  return std::string(demo_realm ? kDemoPrefix : "") + "twinline." + installation.hex();
}

}  // namespace twinline::identity

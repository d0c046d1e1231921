// Which session an event of `identity/0` ended.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/base/decision.h"
#include "twinline/identity/v1/identity_events.pb.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::identity {

inline std::optional<uint64_t> SessionEndedBy(const journal::v1::Event& event) {
  if (event.type() != base::EventType<v1::SessionEnded>()) return std::nullopt;
  v1::SessionEnded ended;
  if (!ended.ParseFromString(event.data())) return std::nullopt;
  return ended.session();
}

}  // namespace twinline::identity

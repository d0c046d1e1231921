// A session's number: 64 bits, since it stands in the actor of every commit. As an entity of
// a commit it is an id with the number in front.
#pragma once

#include <cstdint>
#include <string>

#include "platform/base/ids.h"
#include "platform/base/keys.h"

namespace twinline::identity {

inline uint64_t SessionOf(const base::Id16& id) {
  uint64_t session = 0;
  for (size_t i = 0; i < 8; ++i) session = session << 8 | static_cast<uint8_t>(id.bytes()[i]);
  return session;
}

inline base::Id16 SessionEntity(uint64_t session) {
  std::string bytes;
  base::AppendKeyPart(&bytes, session);
  bytes.resize(base::Id16::kSize, '\0');
  return base::AsId(bytes);
}

}  // namespace twinline::identity

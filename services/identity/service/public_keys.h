// The keys of the ring whose tokens are still good.
#pragma once

#include <vector>

#include "identity/domain/key_set.h"
#include "platform/base/time.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

// Public halves of those that are in use, or were retired so lately that tokens of theirs may be
// about. `now` is the real clock.
KeySet PublicKeys(const std::vector<v1::SigningKeyState>& keys, base::Timestamp now);

// When the first retired key that is still good falls away; far in the future when there is none.
int64_t NextEndUs(const std::vector<v1::SigningKeyState>& keys, base::Timestamp now);

}  // namespace twinline::identity

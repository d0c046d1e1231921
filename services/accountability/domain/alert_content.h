// What leaves the house with an alert: one canonical JSON text of codes, without a name, an ID
// number or the internal child id. Its digest is fixed in the AlertOffered event, so that
// what was sent can be proven later.
#pragma once

#include <string>

#include "twinline/accountability/v1/accountability_events.pb.h"

namespace twinline::accountability {

// Deterministic: a function of the event's own fields only, fields in this order, no white space.
std::string AlertContent(const v1::AlertOffered& alert);
std::string AlertContentDigest(const v1::AlertOffered& alert);  // 32 bytes of SHA-256

}  // namespace twinline::accountability
